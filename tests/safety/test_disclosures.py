"""A package for an authority holds exactly what the order covers, and can be proven unchanged."""

import hashlib
import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.hashing import merkle_root
from fairboard.ledger.queries import events_between
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case, Disclosure
from fairboard.safety.queries.orders import order_page
from fairboard.safety.services.disclosing import Damaged, hand_over, open_package
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.orders import take_step
from tests.market.drafts import bicycle
from tests.market.photos import jpeg
from tests.safety.orders_made import verified


def made(lead: Actor, at: datetime, **changes: Any) -> tuple[str, dict[str, bytes]]:
    """The id of a package made for an order, and its files."""
    order_id = verified(lead, at, **changes)
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=at)
    disclosure_id = order_page(order_id=order_id, actor=lead, at=at).disclosures[0].id
    packed = open_package(disclosure_id=disclosure_id, purpose="a test of it", actor=lead, at=at)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return disclosure_id, {name: archive.read(name) for name in archive.namelist()}


def test_it_holds_what_the_scope_covers_as_written(seller: Actor, lead: Actor, now: datetime) -> None:
    photo = add_photo(actor=seller, raw=jpeg(), at=now)
    ad = submit(actor=seller, draft=bicycle(photos=[photo.id]), at=now)
    _id, files = made(lead, now, subjects=f"ad {ad.ad_id}")
    folder = f"ad-{ad.ad_id}/ad-{ad.ad_id}/version-1"
    kept = json.loads(files[f"{folder}/submission.json"])
    assert kept["fields"] == {"title": bicycle().title, "body": bicycle().body}
    (sha256,) = kept["photos_sha256"]
    assert files[f"{folder}/photos/{sha256}-{photo.id}.webp"][:4] == b"RIFF"
    assert not [name for name in files if name.endswith("account.json")]
    kinds = {event["kind"] for event in json.loads(files[f"ad-{ad.ad_id}/events.json"])}
    assert {"market.ad.published", "safety.submission.judged"} <= kinds


def test_a_version_has_the_photos_it_showed(seller: Actor, lead: Actor, now: datetime) -> None:
    first, second = (add_photo(actor=seller, raw=jpeg(colour=one), at=now) for one in ("teal", "maroon"))
    ad = submit(actor=seller, draft=bicycle(photos=[first.id]), at=now)
    submit(actor=seller, draft=bicycle(photos=[second.id]), at=now, ad_id=ad.ad_id)
    _id, files = made(lead, now, subjects=f"ad {ad.ad_id}")
    photos = sorted((name.split("/")[-3], name.split("-")[-1]) for name in files if name.endswith(".webp"))
    assert photos == [("version-1", f"{first.id}.webp"), ("version-2", f"{second.id}.webp")]


def test_nothing_outside_the_scope_is_in_it(
    live_ad: Any, seller: Actor, buyer: Actor, lead: Actor, now: datetime
) -> None:
    other = submit(actor=seller, draft=bicycle(title="Kestrel tandem", body="Never named by the order at all."), at=now)
    file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="scam", text="A trick",
        at=now,
    )  # fmt: skip
    _id, files = made(lead, now, subjects=f"ad {live_ad.ad_id}")
    everything = b"\n".join(files.values()).decode()
    for secret in (other.ad_id, "Kestrel", buyer.id, "bea@example.org", "sam@example.org", lead.id):
        assert secret not in everything, secret
    assert "A trick" in everything


def test_a_members_package_holds_the_account_and_all_they_wrote(
    live_ad: Any, seller: Actor, lead: Actor, now: datetime
) -> None:
    _id, files = made(lead, now, subjects=f"member {seller.id}")
    account = json.loads(files[f"member-{seller.id}/account.json"])
    assert (account["email"], account["standing"]) == ("sam@example.org", "good")
    assert f"member-{seller.id}/ad-{live_ad.ad_id}/version-1/submission.json" in files


def test_the_time_range_bounds_it(seller: Actor, lead: Actor, now: datetime) -> None:
    ad = submit(actor=seller, draft=bicycle(), at=now)
    later = now + timedelta(days=5)
    submit(actor=seller, draft=bicycle(title="Later title"), at=later, ad_id=ad.ad_id)
    _id, files = made(
        lead, later, subjects=f"ad {ad.ad_id}", scope_from=now - timedelta(days=1), scope_until=now + timedelta(days=1)
    )
    everything = b"\n".join(files.values()).decode()
    assert "Later title" not in everything
    assert bicycle().title in everything
    assert all(
        datetime.fromisoformat(event["at"]) < now + timedelta(days=1)
        for event in json.loads(files[f"ad-{ad.ad_id}/events.json"])
    )


def test_its_hashes_are_in_the_manifest_and_on_the_ledger(live_ad: Any, lead: Actor, now: datetime) -> None:
    disclosure_id, files = made(lead, now, subjects=f"ad {live_ad.ad_id}")
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert manifest["root"] == merkle_root([manifest["files"][name] for name in sorted(files)])
    event = next(iter(events_between(kinds=["safety.disclosure.made"])))
    kept = Disclosure.objects.get(public_id=disclosure_id)
    assert (event.data["root"], event.data["sha256"]) == (manifest["root"], kept.sha256)


def test_who_made_looked_and_handed_over_is_on_record(live_ad: Any, lead: Actor, now: datetime) -> None:
    disclosure_id, _files = made(lead, now, subjects=f"ad {live_ad.ad_id}")
    with pytest.raises(Invalid):
        open_package(disclosure_id=disclosure_id, purpose=" ", actor=lead, at=now)
    hand_over(disclosure_id=disclosure_id, to="Inspector Weiss", how="portal", actor=lead, at=now)
    order = Disclosure.objects.get().order
    chain = order_page(order_id=order.public_id, actor=lead, at=now).disclosures[0].custody
    assert [(link.step, link.by_name, link.to) for link in chain] == [
        ("made", "Lea", ""), ("looked", "Lea", ""), ("handed", "Lea", "Inspector Weiss"),
    ]  # fmt: skip


def test_a_changed_package_is_not_given_out(live_ad: Any, lead: Actor, now: datetime) -> None:
    disclosure_id, _files = made(lead, now, subjects=f"ad {live_ad.ad_id}")
    path = Disclosure.objects.get().path
    with default_storage.open(path) as stream:
        assert b"PK" not in stream.read(2)  # sealed at rest
    default_storage.delete(path)
    default_storage.save(path, ContentFile(b"something else"))
    with pytest.raises(Damaged):
        open_package(disclosure_id=disclosure_id, purpose="a test of it", actor=lead, at=now)


def test_a_childs_case_needs_that_permission(
    live_ad: Any, seller: Actor, buyer: Actor, admin: Actor, lead: Actor, now: datetime
) -> None:
    file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="child", text="", at=now
    )
    Case.objects.update(is_child=True, queue="child")
    for subject in (f"ad {live_ad.ad_id}", f"member {seller.id}"):
        order_id = verified(admin, now, subjects=subject)
        with pytest.raises(Forbidden):
            take_step(order_id=order_id, step="carry_out", text="", actor=admin, at=now)
        take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
        disclosure_id = order_page(order_id=order_id, actor=lead, at=now).disclosures[0].id
        with pytest.raises(Forbidden):
            open_package(disclosure_id=disclosure_id, purpose="a test of it", actor=admin, at=now)

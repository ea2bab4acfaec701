"""Ads tied by shared evidence become networks as they are placed; rules see what they look like."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import yaml
from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.market.services.posting import submit
from fairboard.safety import joining, parts, ties
from fairboard.safety.models import Identifier, Network, NetworkMember, Submission, TextKey, Tie
from fairboard.safety.services import deciding
from fairboard.safety.ties import Node, canonical, key_of, write
from fairboard.screening import networks as pure
from tests.market.drafts import bicycle
from tests.safety.ads import DISGUISED, NUMBER, body, place_ad

Maker = Callable[..., Actor]


def live_networks() -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for number, subject in NetworkMember.objects.filter(network__isnull=False).values_list("network_id", "subject_id"):
        found.setdefault(number, []).append(subject)
    return sorted(sorted(one) for one in found.values())


def features_of(ad_id: str) -> dict[str, Any]:
    return Submission.objects.filter(subject_id=ad_id).order_by("-revision").values_list("features", flat=True)[0]


def put(
    subject: str, keys: dict[int, str], *, member: str = "", place: str = "", at: datetime, new: bool = True
) -> None:
    """One ad with its ties, below the gate."""
    with transaction.atomic():
        node = Node("ad", subject, member or subject, place, at, keys, is_new=new)
        joining.keep_nodes([node])
        joining.join([node], write([node]))


def test_one_number_ties_ads_of_several_members_and_places(make_member: Maker, now: datetime) -> None:
    members = [make_member(f"m{n}") for n in range(4)]
    ads = [place_ad(one, at, f"Call {NUMBER}", at=now).ad_id for at, one in enumerate(members)]
    assert live_networks() == [sorted(ads)]
    network = Network.objects.get()
    assert (network.size, network.members, network.places, network.growth) == (4, 4, 4, 4)
    assert (network.first_at, network.last_at) == (now, now.replace(minute=33))
    assert features_of(ads[0])["network"]["size"] == 0
    seen = features_of(ads[3])["network"]
    assert (seen["size"], seen["members"], seen["places"], seen["growth"], seen["refused"]) == (4, 4, 4, 4, 0)
    assert seen["risk"] == pytest.approx(network.risk)


def test_a_disguised_number_is_the_same_number(make_member: Maker, now: datetime) -> None:
    ads = [place_ad(make_member(f"m{n}"), n, f"Call {text}", at=now).ad_id for n, text in enumerate(DISGUISED)]
    assert live_networks() == [sorted(ads)]


def test_ordinary_ads_are_in_no_network(make_member: Maker, now: datetime) -> None:
    for number in range(6):
        place_ad(make_member(f"m{number}"), number, f"Call 030 55 66 {number}7 {number}8", at=now)
    assert live_networks() == []
    assert not Network.objects.exists()


def test_no_identifier_is_kept_plainly(seller: Actor, now: datetime) -> None:
    place_ad(seller, 1, f"Call {NUMBER} or ann.lee@example.org", at=now)
    kept = [*Tie.objects.values(), *Identifier.objects.values()]
    assert {one["kind"] for one in kept} == {"phone", "email", "account"}
    assert "12345678" not in str(kept)
    assert "ann.lee" not in str(kept)


def test_an_edit_counts_once_and_what_it_drops_stays(make_member: Maker, now: datetime) -> None:
    one, other = make_member("one"), make_member("other")
    first = place_ad(one, 1, f"Call {NUMBER}", at=now).ad_id
    place_ad(other, 2, f"Call {NUMBER}", at=now)
    submit(actor=one, draft=bicycle(body=body(1, f"Call {NUMBER}!"), price="5"), at=now, ad_id=first)
    submit(actor=one, draft=bicycle(body=body(1)), at=now, ad_id=first)
    network = Network.objects.get()
    assert (network.size, network.members) == (2, 2)
    assert Identifier.objects.get(kind="phone").ads == 2
    assert features_of(first)["network"]["size"] == 2
    assert set(Tie.objects.filter(subject_id=first).values_list("kind", flat=True)) == {"phone", "account"}
    assert TextKey.objects.filter(submission__subject_id=first).count() < 2 * 16


def test_an_ad_that_shares_with_two_networks_makes_them_one(make_member: Maker, now: datetime) -> None:
    for at, contact in enumerate((NUMBER, NUMBER, NUMBER, "sale@example.org", "sale@example.org")):
        place_ad(make_member(f"m{at}"), at, contact, at=now)
    assert [len(one) for one in live_networks()] == [3, 2] or [len(one) for one in live_networks()] == [2, 3]
    bridge = place_ad(make_member("bridge"), 9, f"{NUMBER} or sale@example.org", at=now)
    assert [len(one) for one in live_networks()] == [6]
    large, small = Network.objects.order_by("pk")
    assert (large.size, large.members, small.size, small.merged_into_id) == (6, 6, 0, large.pk)
    assert features_of(bridge.ad_id)["network"]["size"] == 6


def test_a_hub_does_not_join_a_city(now: datetime, db: None) -> None:
    for number in range(40):
        put(f"ad{number}", {1: "phone", 1000 + number // 2: "email"}, place="de/berlin", at=now)
    assert [len(one) for one in live_networks()] == [2] * 20
    assert pure.networks(ties_kept()) == live_networks()


def ties_kept() -> list[pure.Tie]:
    return [
        pure.Tie(one.key, one.kind, one.subject_id, one.author_id, one.place, one.at.timestamp())
        for one in Tie.objects.all()
    ]


@pytest.mark.parametrize("seed", range(6))
def test_ties_coming_in_one_by_one_make_the_networks_of_the_batch(seed: int, now: datetime, db: None) -> None:
    from tests.insight.test_networks import batch

    for tie in batch(seed, 120, 12 + 8 * seed):
        put(tie.subject, {tie.key: tie.kind}, member=tie.member, place=tie.place, at=now, new=False)
    assert live_networks() == pure.networks(ties_kept())
    for network in Network.objects.filter(size__gt=1):
        rows = NetworkMember.objects.filter(network=network)
        posts = [pure.Post(one.author_id, one.place, one.posted, one.is_refused) for one in rows]
        found = pure.figures(posts, max(one.at for one in posts))
        assert all(getattr(network, name) == value for name, value in found.to_features().items())


def test_a_large_network_is_counted_by_what_is_added(now: datetime, db: None) -> None:
    for number in range(pure.WINDOW + 30):
        put(f"ad{number}", {1: "phone"}, member=f"m{number % 9}", place=f"p{number % 5}", at=now)
    network = Network.objects.get()
    assert (network.size, network.members, network.places) == (pure.WINDOW + 30, 9, 5)
    put("more", {1: "phone"}, member="m-new", place="p-new", at=now)
    network.refresh_from_db()
    assert (network.size, network.members, network.places) == (pure.WINDOW + 31, 10, 6)


def test_a_refused_ad_marks_its_network(make_member: Maker, moderator: Actor, now: datetime) -> None:
    from fairboard.safety.models import Case

    one = place_ad(make_member("one"), 1, "Call five five five, two one two, nine zero three four.", at=now)
    place_ad(make_member("two"), 2, "Call five five five, two one two, nine zero three four.", at=now)
    case = Case.objects.get(subject_id=one.ad_id)
    deciding.decide(
        case_id=case.public_id, outcome="reject", policy="contact", reason_text="A hidden number.",
        actor=moderator, at=now,
    )  # fmt: skip
    network = Network.objects.get()
    assert (network.refused, network.stands_out) == (1, True)
    later = place_ad(make_member("three"), 3, "Call five five five, two one two, nine zero three four.", at=now)
    assert features_of(later.ad_id)["network"]["refused"] == 1


def test_what_a_networks_member_posts_next_is_seen_though_it_has_no_contact(make_member: Maker, now: datetime) -> None:
    members = [make_member(f"m{n}") for n in range(3)]
    for at, one in enumerate(members):
        place_ad(one, at, f"Call {NUMBER}", at=now)
    quiet = place_ad(members[1], 9, at=now)
    assert features_of(quiet.ad_id)["network"]["size"] == 3
    assert not NetworkMember.objects.filter(subject_id=quiet.ad_id).exists()


WORDS = (
    "this lovely quiet offer for everybody who likes long walks and good talks "
    "every day of the week from nine to five in {}"
)


def test_texts_that_resemble_each_other_are_found_and_counted(make_member: Maker, now: datetime) -> None:
    ads = [
        place_ad(make_member(f"m{n}"), n, at=now, title="Offer", body=WORDS.format(city)).ad_id
        for n, city in enumerate(("spring", "summer", "autumn", "winter"))
    ]
    last = features_of(ads[3])
    assert last["match"]["template_similarity"] > 0.8
    assert last["history"] == {"similar": 3, "similar_members": 3, "similar_places": 3, "edits": 0}
    assert Tie.objects.filter(kind="template").values("key").distinct().count() == 1
    assert live_networks() == []  # a phrase alone ties nobody
    alone = place_ad(make_member("other"), 7, at=now)
    assert features_of(alone.ad_id)["match"]["template_similarity"] == 0.0


def test_copies_within_one_batch_are_found_too(make_member: Maker, now: datetime) -> None:
    from fairboard.market.services.bulk import Row, submit_many

    rows = [
        Row(bicycle(title="Offer", body=f"{WORDS.format(n)}. Call {NUMBER}"), make_member(f"m{n}"), str(n), "feed")
        for n in range(3)
    ]
    done = submit_many(rows=rows, at=now, actor=Actor.system("test"))
    assert features_of(done[2].ad_id)["history"]["similar"] >= 2
    assert [len(one) for one in live_networks()] == [3]


def test_devices_and_payment_given_with_the_request_tie(now: datetime, seller: Actor, buyer: Actor) -> None:
    from fairboard.safety import gate

    for number, author in enumerate((seller, buyer)):
        asked = parts.Request(
            "ad", f"x{number}", 1, {"body": body(number)}, author=author, ties=[("device", "abc"), ("shoe", "x")]
        )
        with transaction.atomic():
            gate.review_many(requests=[asked], at=now)
    assert live_networks() == [["x0", "x1"]]


def test_messages_tie_nobody(now: datetime, seller: Actor) -> None:
    from fairboard.safety import gate

    with transaction.atomic():
        gate.review(
            kind="message", subject_id="m1", revision=1, author=seller, fields={"body": f"Call {NUMBER}"}, at=now
        )
    assert not Tie.objects.exists()


def test_rules_see_the_network(make_member: Maker, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairboard.safety import ruleset
    from fairboard.screening.pack_reading import read_pack

    given = {
        "id": "t", "version": 1,
        "terms": [{"policy": "exploitation", "action": "hold", "message": "x", "source": "x", "words": ["qwertz"]}],
        "policies": [{"code": "exploitation", "name": "x", "explanation": "x"}],
        "rules": [{"id": "spreads", "policy": "exploitation", "action": "hold", "owner": "x", "source": "x",
                   "message": "x", "when": "network.stands_out || history.similar_members > 8"}],
    }  # fmt: skip
    monkeypatch.setattr(ruleset, "default_packs", lambda: [read_pack("t", yaml.safe_dump(given), {})])
    monkeypatch.setattr(ruleset, "_kept", None)
    verdicts = [place_ad(make_member(f"m{n}"), n, f"Call {NUMBER}", at=now).verdict for n in range(6)]
    assert verdicts == ["allow"] * 4 + ["hold"] * 2


def test_a_broken_part_holds_and_loses_nothing_else(
    seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(joining, "recent_posts", breaks)
    place_ad(seller, 1, f"Call {NUMBER}", at=now)
    done = place_ad(seller, 2, f"Call {NUMBER}", at=now)
    assert done.verdict == "allow"  # it broke while keeping, after the judgement: that is an alarm
    assert Submission.objects.filter(subject_id=done.ad_id).exists()
    monkeypatch.setattr(ties, "uses_of", breaks)
    assert place_ad(seller, 3, f"Call {NUMBER}", at=now).verdict == "hold"
    assert Event.objects.filter(kind="safety.alarm.raised").count() == 3


@pytest.mark.parametrize(("kind", "one", "other"), [
    ("email", "Ann.Lee+ads@GMail.com", "annlee@googlemail.com"),
    ("url", "https://www.Shop.example/a/", "shop.example/a"),
    ("handle", "@Ann", "ann"), ("phone", " +4930123 ", "+4930123"),
])  # fmt: skip
def test_one_identifier_has_one_key(kind: str, one: str, other: str) -> None:
    assert canonical(kind, one) == canonical(kind, other)
    assert key_of(kind, one) == key_of(kind, other)
    assert key_of(kind, one) != key_of("crypto", one)
    assert -(2**63) <= key_of(kind, one) < 2**63

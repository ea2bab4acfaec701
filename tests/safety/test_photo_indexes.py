"""Copies of photos are found by indexes on disk; a lost or damaged one is built again, and meanwhile all waits."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from fairboard.kit import tasks
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.ledger.models import Event
from fairboard.market.queries.ads import ad_for
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import Submitted, submit
from fairboard.safety import bank_index, events, photo_index, refused, seen
from fairboard.safety.models import BankEntry, Case, NetworkMember, Resemblance, Submission, Tie
from fairboard.safety.queries.banks import exported
from fairboard.safety.services import banks
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.relinking import relink
from fairboard.safety.services.takedowns import grant, remove_copies, request_takedown
from fairboard.screening.banks import lists, ncmec
from fairboard.screening.photos import digests
from tests.market.drafts import bicycle
from tests.safety.ads import body
from tests.safety.drawn import drawn, file_of, mirrored, smaller
from tests.safety.takedowns_made import asking

SYSTEM = Actor.system("test")


def post(actor: Actor, raw: bytes, number: int, at: datetime, **changes: Any) -> Submitted:
    """An ad with one photo and words of its own."""
    photo = add_photo(actor=actor, raw=raw, at=at)
    values = {"title": f"Thing {chr(97 + number)}", "body": body(number), "photos": [photo.id], **changes}
    return submit(actor=actor, draft=bicycle(**values), at=at)


def bank(actor: Actor, at: datetime, *lines: str, kind: str = "pdq", **changes: Any) -> str:
    values = {"name": f"List {kind} {len(lines)}", "policy": "scam", "action": "hold", **changes}
    made = banks.create(kind=kind, actor=actor, at=at, **values)
    assert banks.bring_in(bank_id=made, lines=lines, actor=actor, at=at).bad_count == 0
    return made


def pdq_of(raw: bytes) -> str:
    return digests.fingerprint(raw).pdq


def rules_of(ad: Submitted) -> set[str]:
    return {reason.rule for reason in ad.reasons}


def refuse(ad: Submitted, actor: Actor, at: datetime) -> str:
    with transaction.atomic():
        from fairboard.safety.gate import open_case

        one = Submission.objects.get(subject_id=ad.ad_id)
        case = open_case(submission=one, queue="notices", severity=3, policy="scam", at=at)
    decide(
        case_id=case.public_id, outcome="reject", policy="scam", reason_text="This is a fraud, as it seems.",
        actor=actor, at=at,
    )  # fmt: skip
    return case.public_id


@pytest.mark.parametrize("changed", [smaller, mirrored])
def test_a_copy_of_a_refused_photo_is_held(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime, changed: Callable[[Any], bytes]
) -> None:
    first = post(seller, file_of(drawn(1)), 1, now)
    refuse(first, moderator, now)
    again = post(buyer, changed(drawn(1)), 2, now)
    assert (again.verdict, "photo-refused" in rules_of(again)) == ("hold", True)
    assert Resemblance.objects.get(by="photo").refused.subject_id == first.ad_id
    assert post(buyer, file_of(drawn(2)), 3, now).verdict == "allow"
    refused.forget(Submission.objects.get(subject_id=first.ad_id))
    assert "photo-refused" not in rules_of(post(buyer, changed(drawn(1)), 4, now))


def test_recompressed_copies_share_a_tie(seller: Actor, buyer: Actor, now: datetime) -> None:
    ads = [post(seller, file_of(drawn(3)), 1, now), post(buyer, smaller(drawn(3)), 2, now)]
    apart = post(buyer, file_of(drawn(4)), 3, now)
    keys = [set(Tie.objects.filter(subject_id=ad.ad_id, kind="photo").values_list("key", flat=True)) for ad in ads]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 1
    assert keys[0].isdisjoint(Tie.objects.filter(subject_id=apart.ad_id).values_list("key", flat=True))
    found = relink(actor=SYSTEM, at=now)
    assert (found.added, found.removed) == (0, 0)
    Tie.objects.all().delete()
    NetworkMember.objects.all().delete()
    assert relink(actor=SYSTEM, at=now).added == 6  # the photo and the account of each
    again = Tie.objects.filter(subject_id=ads[1].ad_id, kind="photo")
    assert set(again.values_list("key", flat=True)) == keys[0]


def test_copies_of_a_photo_taken_down_are_taken_down(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    first, other = post(seller, file_of(drawn(5)), 1, now), post(buyer, file_of(drawn(6)), 4, now)
    copies = [post(buyer, smaller(drawn(5)), 2, now), post(buyer, mirrored(drawn(5)), 3, now)]
    location = f"http://localhost:8000/ad/{first.ad_id}"
    receipt = request_takedown(draft=asking(location=location), actor=ANONYMOUS, at=now)
    grant(takedown_id=receipt, location="", photos=[], answer="", actor=moderator, at=now)
    assert remove_copies(takedown_id=receipt, at=now) == 2
    assert remove_copies(takedown_id=receipt, at=now) == 0
    assert [ad_for(ad_id=one.ad_id, actor=seller) for one in copies] == [None, None]
    assert ad_for(ad_id=other.ad_id, actor=seller) is not None


def test_banks_know_copies_and_md5(seller: Actor, lead: Actor, now: datetime) -> None:
    made = bank(lead, now, pdq_of(file_of(drawn(7))))
    for number, raw in enumerate([smaller(drawn(7)), mirrored(drawn(7))]):
        assert f"bank-{made}" in rules_of(post(seller, raw, number, now))
    raw = file_of(drawn(8))
    assert post(seller, raw, 5, now).verdict == "allow"
    by_bytes = bank(lead, now, hashlib.md5(raw, usedforsecurity=False).hexdigest(), kind="md5")
    assert f"bank-{by_bytes}" in rules_of(post(seller, raw, 6, now))


def test_what_rolled_back_does_not_act(seller: Actor, lead: Actor, now: datetime) -> None:
    value = pdq_of(file_of(drawn(9)))
    made = bank(lead, now)
    with transaction.atomic():
        banks.bring_in(bank_id=made, lines=[value], actor=lead, at=now)
        assert len(bank_index.nearest([value])[0]) == 1
        transaction.set_rollback(True)
    assert bank_index.nearest([value]) == [[]]
    banks.bring_in(bank_id=made, lines=["0f" * 32], actor=lead, at=now)  # may get the number that was free again
    assert bank_index.nearest([value]) == [[]]
    banks.switch(bank_id=made, enabled=False, actor=lead, at=now)
    assert bank_index.nearest(["0f" * 32]) == [[]]


def damage_nothing_left(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def damage_index_gone(folder: Path) -> None:
    (folder / "index").unlink()


def damage_journal_gone(folder: Path) -> None:
    for path in folder.glob("journal-*"):
        path.unlink()


def damage_bits(folder: Path) -> None:
    raw = bytearray((folder / "index").read_bytes())
    raw[9_000] ^= 255
    (folder / "new").write_bytes(raw)
    (folder / "new").replace(folder / "index")


def damage_another(folder: Path) -> None:
    (folder / "edition").write_text("of another database")


@pytest.mark.parametrize(
    "damage", [damage_nothing_left, damage_index_gone, damage_journal_gone, damage_bits, damage_another]
)
def test_a_lost_index_holds_and_is_built_again(
    seller: Actor, lead: Actor, now: datetime, damage: Callable[[Path], None]
) -> None:
    raw = file_of(drawn(10))
    bank(lead, now, pdq_of(raw), *(f"{number:064x}" for number in range(1, 50)), action="reject")
    photo_index._opened(bank_index.SOURCE).rebuild()
    damage(Path(settings.INDEX_DIR) / "banks")
    held = post(seller, file_of(drawn(11)), 1, now)
    assert (held.verdict, rules_of(held)) == ("hold", {"not-checked"})
    tasks.call("safety.tend_photo_indexes")
    assert Event.objects.filter(kind=events.ALARM, subject_id="index banks").count() == 1
    assert post(seller, file_of(drawn(12)), 2, now).verdict == "allow"
    assert post(seller, raw, 3, now).verdict == "reject"
    tasks.call("safety.check_photo_indexes")
    assert Event.objects.filter(kind=events.ALARM, subject_id="index banks").count() == 1


def test_an_index_that_lacks_a_hash_is_filled_up(lead: Actor, now: datetime) -> None:
    made = bank(lead, now, "0f" * 32)
    whole = BankEntry.objects.get()
    BankEntry.objects.create(bank=whole.bank, value="f0" * 32, added_at=now)  # as from a copy of the database
    assert bank_index.nearest(["f0" * 32]) == [[]]
    tasks.call("safety.tend_photo_indexes")
    assert len(bank_index.nearest(["f0" * 32])[0]) == 1
    assert made


def test_while_an_index_is_lost_what_is_added_is_not(lead: Actor, now: datetime) -> None:
    made = bank(lead, now, "0f" * 32)
    damage_nothing_left(Path(settings.INDEX_DIR) / "banks")
    banks.bring_in(bank_id=made, lines=["f0" * 32], actor=lead, at=now)
    with pytest.raises(photo_index.NotReady):
        bank_index.nearest(["f0" * 32])
    assert photo_index.reindex(bank_index.SOURCE) == 2
    assert len(bank_index.nearest(["f0" * 32])[0]) == 1


KILLED = """
import sys
from pathlib import Path
import numpy as np
from fairboard.screening.photos.bank import PhotoBank
bank = PhotoBank(Path(sys.argv[1]))
hashes, payloads = np.load(sys.argv[2]), np.arange(1, 20_001, dtype=np.uint64)
print("ready", flush=True)
while True:
    bank.refill(lambda: (hashes, payloads), keep_recent=True)
"""


def test_killed_while_it_is_built_an_index_is_whole_or_counts_as_missing(db: None, tmp_path: Path) -> None:
    import numpy as np

    hashes = np.random.default_rng(3).integers(0, 256, (20_000, 32), dtype=np.uint8)
    np.save(tmp_path / "hashes.npy", hashes)
    rows = [(number + 1, one.tobytes()) for number, one in enumerate(hashes)]
    source = photo_index.Source("killed", lambda: iter([rows]), lambda: False, lambda: len(rows))
    photo_index.reindex(source)
    folder = Path(settings.INDEX_DIR) / "killed"
    for pause in (0.01, 0.05, 0.09, 0.13, 0.2):
        command = [sys.executable, "-c", KILLED, str(folder), str(tmp_path / "hashes.npy")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ})
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for number in (0, 9_999, 19_999):
            assert photo_index.nearest(source, [rows[number][1].hex()])[0][0].number == number + 1
    assert photo_index.check(source, thorough=True).trouble == ""


def test_a_deletion_names_only_the_reference(lead: Actor, now: datetime, tmp_path: Path) -> None:
    made = banks.create(name="N", kind="pdq", policy="scam", action="hold", actor=lead, at=now)
    page = tmp_path / "page.xml"

    def image(member: int, name: str, *values: str) -> str:
        prints = "".join(
            f"<{kind}>{value}</{kind}>" for kind, value in zip(("pdq", "pdq", "md5"), values, strict=False)
        )
        return f'<image><member id="{member}">M</member><id>{name}</id><fingerprints>{prints}</fingerprints></image>'

    def bring(*records: str) -> banks.Imported:
        said = "".join(records)
        page.write_text(
            f'<queryResult xmlns="{ncmec.NAMESPACE}"><images maxTimestamp="2026-01-01T00:00:00Z">{said}</images>'
            "</queryResult>"
        )
        return banks.bring_in_file(bank_id=made, path=page, actor=lead, at=now)

    def gone(member: int, name: str) -> str:
        return f'<deletedImage><member id="{member}">M</member><id>{name}</id></deletedImage>'

    one, two, three = ("0f" * 32, "f0" * 32, "3c" * 32)
    found = bring(image(1, "a", one, two, "0" * 32), image(2, "b", one))
    assert (found.added, found.known, found.other) == (2, 1, 1)
    assert bring(gone(1, "a")).removed == 1  # the other is told of by the second member still
    assert [len(near) for near in bank_index.nearest([one, two])] == [1, 0]
    assert bring(image(2, "b", three)).removed == 1  # an entry that comes again replaces its hashes
    assert [len(near) for near in bank_index.nearest([one, two, three])] == [0, 0, 1]
    assert bring(image(1, "a", two)).restored == 1
    assert len(bank_index.nearest([two])[0]) == 1


def test_what_is_exported_can_be_brought_in(lead: Actor, now: datetime, tmp_path: Path) -> None:
    made = bank(lead, now, f"{'0f' * 32},a note", "3c" * 32)
    for write in (lists.write_plain, lists.write_signals, lists.write_csv, lists.write_te, lists.write_json):
        stream = io.StringIO()
        assert write(exported(bank_id=made, actor=lead), stream) == 2
        again = banks.bring_in(bank_id=made, lines=stream.getvalue().splitlines(), actor=lead, at=now)
        assert (again.known, again.bad_count) == (2, 0)


def test_an_idle_process_does_not_load_numpy(tmp_path: Path) -> None:
    said = (
        "from fairboard.kit import startup; startup.start(); startup.migrate();"
        "from fairboard.kit import tasks; from fairboard.safety.services import banks, takedowns;"
        "tasks.call('safety.tend_photo_indexes'); import sys; print('numpy' in sys.modules)"
    )
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(tmp_path / "data")}
    environment.pop("FAIRBOARD_DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_seen_photos_are_counted_once(seller: Actor, now: datetime) -> None:
    for number in range(3):
        post(seller, [file_of(drawn(13)), smaller(drawn(13)), file_of(drawn(14))][number], number, now)
    assert len(photo_index._opened(seen.SOURCE)) == 2
    assert Case.objects.count() == 0

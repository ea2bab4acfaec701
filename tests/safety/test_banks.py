"""Hash banks in the gate: what is known is stopped, near ones too, a flood is set aside, a bad line costs itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.models import Event
from fairboard.safety import bank_index
from fairboard.safety.gate import Review, review_many
from fairboard.safety.models import Bank, BankEntry, BankMatch, Case, RuleHit, Submission
from fairboard.safety.parts import Request
from fairboard.safety.queries import banks as queries
from fairboard.safety.services import banks
from fairboard.safety.services.deciding import decide
from fairboard.screening.banks import lists
from fairboard.screening.banks.entries import Kind, Report

SHA = "ab" * 32
PDQ = "f" * 32 + "0" * 32


def bank(actor: Actor, at: datetime, *lines: str, kind: str = "sha256", **changes: Any) -> str:
    values = {"name": f"List {Bank.objects.count()}", "policy": "scam", "action": "reject", **changes}
    made = banks.create(kind=kind, actor=actor, at=at, **values)
    assert banks.bring_in(bank_id=made, lines=lines, actor=actor, at=at).bad_count == 0
    return made


def sent(at: datetime, name: str = "a", photo: str = SHA, pdq: str = "", quality: int = 100) -> Review:
    asked = Request(
        "ad", name, 1, {"title": f"Chair {name}"}, photos=[photo], photo_hashes=[(pdq, quality)] if pdq else ()
    )
    return review_many(requests=[asked], at=at)[0]


def turned(value: str, bits: int) -> str:
    """The hash with so many of its bits turned, spread over all of it."""
    return f"{int(value, 16) ^ sum(1 << (place * 8) for place in range(bits)):064x}"


def test_a_photo_of_a_bank_is_stopped_and_the_match_kept(lead: Actor, now: datetime) -> None:
    made = bank(lead, now, f"{SHA.upper()},case 7", policy="counterfeit")
    answer = sent(now)
    assert (answer.verdict, [one.rule for one in answer.reasons]) == ("reject", [f"bank-{made}"])
    match = BankMatch.objects.get()
    assert (match.entry.metadata, match.distance, match.photo) == ({"classification": "case 7"}, 0, SHA)
    kept = Submission.objects.get()
    assert (kept.features["match"]["bank"], kept.features["match"]["bank_distance"]) == (1, 0)
    assert RuleHit.objects.get().rule_key == f"bank-{made}"
    assert sent(now, "b", photo="cd" * 32).verdict == "allow"


@pytest.mark.parametrize(
    ("bits", "quality", "verdict"), [(0, 100, "reject"), (31, 50, "reject"), (32, 100, "allow"), (0, 49, "allow")]
)
def test_a_near_photo_matches_within_31_bits_and_quality_50(
    lead: Actor, now: datetime, bits: int, quality: int, verdict: str
) -> None:
    bank(lead, now, PDQ, kind="pdq")
    assert sent(now, pdq=turned(PDQ, bits), quality=quality).verdict == verdict
    assert list(BankMatch.objects.values_list("distance", flat=True)) == ([bits] if verdict == "reject" else [])


def test_nearest_equals_looking_at_every_hash(lead: Actor, now: datetime) -> None:
    import random

    draw = random.Random(7)
    known = [f"{draw.getrandbits(256):064x}" for _turn in range(200)]
    known += [turned(known[0], bits) for bits in (3, 12, 31, 32)]
    bank(lead, now, *known, kind="pdq")
    entries = dict(BankEntry.objects.values_list("value", "pk"))
    far = {one: (int(one, 16) ^ int(known[0], 16)).bit_count() for one in known}
    expected = sorted(((entries[one], gap) for one, gap in far.items() if gap <= 31), key=lambda one: (one[1], one[0]))
    assert bank_index.nearest([known[0]]) == [expected]
    assert len(expected) == 4


def test_child_safety_escalates_to_its_own_queue(lead: Actor, admin: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        banks.create(name="X", kind="sha256", policy="child-safety", action="reject", actor=lead, at=now)
    made = bank(lead, now, SHA, policy="child-safety", action="escalate")
    assert sent(now).verdict == "escalate"
    case = Case.objects.get()
    assert (case.is_child, case.queue) == (True, "child")
    assert len(queries.matches(bank_id=made, actor=lead)) == 1
    assert queries.matches(bank_id=made, actor=admin) == []
    row = queries.bank(bank_id=made, actor=admin, at=now)
    assert (row.matches, row.entries) == (None, 1)


def test_a_bad_line_is_named_and_costs_only_itself(lead: Actor, now: datetime) -> None:
    made = banks.create(name="List", kind="md5", policy="scam", action="hold", actor=lead, at=now)
    lines = [
        "# a list",
        "",
        "0" * 32,
        "zz" * 16,
        '{"hash": "' + "1" * 32 + '", "source": "x"}',
        "{broken",
        "2" * 31,
        "0" * 32,
    ]
    found = banks.bring_in(bank_id=made, lines=lines, actor=lead, at=now)
    assert (found.added, found.known, found.bad_count) == (2, 1, 3)
    assert [line.number for line in found.bad] == [4, 6, 7]
    assert "hexadecimal" in found.bad[0].error
    again = banks.bring_in(bank_id=made, lines=lines, actor=lead, at=now)
    assert (again.added, again.known) == (0, 3)


@given(st.text(max_size=80), st.sampled_from(["pdq", "sha256", "md5"]))
def test_no_line_breaks_the_reader(text: str, kind: str) -> None:
    report = Report()
    for entry in lists.read(text.splitlines(), report, kind=Kind(kind)):
        assert len(entry.value) in {32, 64}
    assert report.rows + report.bad_count + report.unsupported <= len(text.splitlines())


def test_a_removed_hash_matches_no_more_and_comes_back(lead: Actor, now: datetime) -> None:
    made = bank(lead, now, SHA)
    banks.remove_entry(bank_id=made, value=SHA, actor=lead, at=now)
    assert sent(now).verdict == "allow"
    with pytest.raises(NotFound):
        banks.remove_entry(bank_id=made, value=SHA, actor=lead, at=now)
    assert banks.bring_in(bank_id=made, lines=[SHA], actor=lead, at=now).restored == 1
    assert sent(now, "b").verdict == "reject"


def test_a_flood_of_one_hash_sets_that_hash_aside(lead: Actor, now: datetime) -> None:
    made = bank(lead, now, SHA, "cd" * 32, most_per_hour=3)
    verdicts = [sent(now + timedelta(seconds=one), f"a{one}").verdict for one in range(6)]
    assert verdicts == ["reject"] * 4 + ["hold"] * 2  # held as a photo that was refused before
    assert BankEntry.objects.get(value=SHA).quarantined_at is not None
    assert Bank.objects.get().quarantined_at is None
    assert sent(now, "other", photo="cd" * 32).verdict == "reject"
    assert Event.objects.filter(kind="safety.bank.quarantined", subject_id=made).count() == 1
    banks.release(bank_id=made, actor=lead, at=now)
    assert BankEntry.objects.get(value=SHA).quarantined_at is None


def test_a_flood_of_many_hashes_sets_the_bank_aside(lead: Actor, now: datetime) -> None:
    values = [f"{number:064x}" for number in range(1, 7)]
    made = bank(lead, now, *values, most_per_hour=4, action="hold")
    verdicts = [sent(now, value[-4:], photo=value).verdict for value in values]
    assert verdicts == ["hold"] * 5 + ["allow"]
    assert queries.bank(bank_id=made, actor=lead, at=now).quarantined_why
    assert BankMatch.objects.count() == 6
    banks.release(bank_id=made, actor=lead, at=now + timedelta(hours=2))
    assert sent(now + timedelta(hours=2), "z", photo=values[0]).verdict == "hold"


def test_what_may_endanger_a_child_still_asks_for_a_person_when_set_aside(lead: Actor, now: datetime) -> None:
    made = bank(lead, now, SHA, policy="child-safety", action="escalate")
    banks.quarantine(bank_id=made, why="It matches a blank picture.", actor=lead, at=now)
    assert sent(now).verdict == "hold"
    assert Case.objects.get().queue == "child"


def test_people_say_whether_a_match_was_right(lead: Actor, now: datetime) -> None:
    made = bank(lead, now, SHA, action="hold")
    sent(now)
    decide(case_id=Case.objects.get().public_id, outcome="allow", policy="", reason_text="", actor=lead, at=now)
    row = queries.bank(bank_id=made, actor=lead, at=now + timedelta(minutes=1))
    assert (row.matches, row.overturned, row.upheld) == (1, 1, 0)


def test_who_keeps_banks(moderator: Actor, lead: Actor, now: datetime) -> None:
    made = bank(lead, now, SHA)
    banks.switch(bank_id=made, enabled=False, actor=lead, at=now)
    assert sent(now).verdict == "allow"
    with pytest.raises(Forbidden):
        bank(moderator, now)
    for act in (banks.release, banks.bring_in, banks.quarantine):
        given = {banks.bring_in: {"lines": []}, banks.quarantine: {"why": "x"}}.get(act, {})
        with pytest.raises(Forbidden):
            act(bank_id=made, actor=moderator, at=now, **given)
    with pytest.raises(Forbidden):
        queries.banks(actor=moderator, at=now)

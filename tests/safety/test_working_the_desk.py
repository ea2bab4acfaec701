"""The desk: order, claims, four eyes, the safety of children, what one has to look at."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.filters import Condition
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.models import Event
from fairboard.market.services.posting import submit
from fairboard.safety import parts, priority
from fairboard.safety.models import Case, Decision, Exposure, Proposal
from fairboard.safety.queries import cases
from fairboard.safety.queries.wellness import wellness_of
from fairboard.safety.services import deciding, exposure, queueing, second
from tests.market.drafts import bicycle, hidden_number
from tests.people import token_of

REASON = "Contact details do not belong in the text."
MAY_LOOK = ("/desk/cases/{case}", "/ad/{ad}", "/ad/{ad}/history", "/api/v1/cases/{case}", "/api/v1/safety/cases/{case}",
            "/api/v1/ads/{ad}/verdict", "/api/v1/ads/{ad}/versions")  # fmt: skip


@pytest.fixture
def held(seller: Actor, now: datetime) -> Case:
    """An ad the gate held."""
    return Case.objects.get(subject_id=submit(actor=seller, draft=hidden_number(), at=now).ad_id)


@pytest.fixture
def colleague(make_member: Callable[..., Actor]) -> Actor:
    """Another person of the desk."""
    return make_member("coco", role="safety")


def refuse(case: Case, actor: Actor, at: datetime, **more: Any) -> second.Decided:
    return second.decide(
        case_id=case.public_id, outcome="reject", policy="contact", reason_text=REASON, actor=actor, at=at, **more
    )


def test_severity_reach_and_time_order_a_queue(now: datetime) -> None:
    def rank(severity: int, reach: int, hours: float) -> int:
        return priority.rank(severity=severity, reach=reach, opened_at=now - timedelta(hours=hours))

    assert rank(5, 1, 0) < rank(3, 1, 24) < rank(3, 1, 0) < rank(2, 1, 0)
    assert rank(2, 16, 0) < rank(3, 1, 0)
    assert rank(2, 1, 13) < rank(3, 1, 0)


def test_a_case_that_waited_comes_before_a_newer_one_of_the_same_kind(
    seller: Actor, moderator: Actor, now: datetime
) -> None:
    old = submit(actor=seller, draft=hidden_number(), at=now - timedelta(days=1)).ad_id
    new = submit(actor=seller, draft=hidden_number(), at=now).ad_id
    tree = Condition("queue", "eq", "screening")
    assert [one.subject_id for one in cases.cases(actor=moderator, tree=tree).items] == [old, new]
    first = cases.cases(actor=moderator, tree=tree, size=1)
    assert cases.cases(actor=moderator, tree=tree, size=1, cursor=first.next_cursor).items[0].subject_id == new


def test_two_people_never_work_on_the_same_case(held: Case, moderator: Actor, colleague: Actor, now: datetime) -> None:
    assert queueing.take_next(queue="screening", actor=moderator, at=now) == held.public_id
    assert queueing.take_next(queue="screening", actor=colleague, at=now) == ""
    with pytest.raises(Conflict, match="colleague"):
        refuse(held, colleague, now)
    assert queueing.take_next(queue="screening", actor=colleague, at=now + timedelta(minutes=21)) == held.public_id


def test_a_case_given_back_is_free_at_once(held: Case, moderator: Actor, colleague: Actor, now: datetime) -> None:
    deciding.claim(case_id=held.public_id, actor=moderator, at=now)
    with pytest.raises(Conflict):
        queueing.release(case_id=held.public_id, actor=colleague, at=now)
    queueing.release(case_id=held.public_id, actor=moderator, at=now)
    assert queueing.take_next(queue="screening", actor=colleague, at=now) == held.public_id


def test_going_on_leads_through_the_whole_queue(seller: Actor, moderator: Actor, now: datetime) -> None:
    held = {submit(actor=seller, draft=hidden_number(), at=now - timedelta(hours=n)).ad_id for n in range(4)}
    case_id, seen = queueing.take_next(queue="screening", actor=moderator, at=now), []
    for _ in range(5):
        seen.append(Case.objects.get(public_id=case_id).subject_id)
        case_id = queueing.take_next(queue="screening", actor=moderator, at=now, after=case_id)
    assert set(seen[:4]) == held
    assert seen[4] == seen[0]
    assert Case.objects.exclude(claimed_by="").count() == 1


def test_nobody_is_handed_what_they_wrote(moderator: Actor, now: datetime) -> None:
    submit(actor=moderator, draft=hidden_number(), at=now)
    assert queueing.take_next(queue="screening", actor=moderator, at=now) == ""


class TestFourEyes:
    """Closing an account and letting a child-safety case go need two people."""

    def test_the_first_proposes_and_the_second_confirms(
        self, held: Case, moderator: Actor, colleague: Actor, now: datetime
    ) -> None:
        first = refuse(held, moderator, now, actions=["close"])
        assert first.waits_for_second
        assert not Decision.objects.exists()
        assert queueing.take_next(queue="screening", actor=moderator, at=now) == ""
        with pytest.raises(Conflict, match="yourself"):
            refuse(held, moderator, now, actions=["close"])
        done = refuse(held, colleague, now)
        assert done.decision is not None
        made = Decision.objects.get()
        assert (made.decided_by, made.second_by, made.actions) == (colleague.id, moderator.id, ["remove", "close"])

    def test_who_decides_otherwise_proposes_anew_and_the_lead_has_the_last_word(
        self, held: Case, moderator: Actor, colleague: Actor, lead: Actor, now: datetime
    ) -> None:
        refuse(held, moderator, now, actions=["close"])
        other = second.decide(
            case_id=held.public_id, outcome="allow", policy="", reason_text="", actor=colleague, at=now
        )
        assert other.waits_for_second
        assert Proposal.objects.get(state="pending").proposed_by == colleague.id
        assert refuse(held, lead, now).decision is not None

    def test_a_proposal_lacking_a_reason_is_refused(self, held: Case, moderator: Actor, now: datetime) -> None:
        with pytest.raises(Invalid):
            second.decide(
                case_id=held.public_id, outcome="reject", policy="contact", reason_text="", actor=moderator, at=now,
                actions=["close"],
            )  # fmt: skip
        assert not Proposal.objects.exists()

    def test_the_api_says_that_it_waits(self, held: Case, moderator: Actor, client: Client) -> None:
        answer = client.post(
            f"/api/v1/safety/cases/{held.public_id}/decisions",
            {"outcome": "reject", "policy": "contact", "reason_text": REASON, "actions": ["close"]},
            content_type="application/json", headers={"Authorization": f"Bearer {token_of(moderator)}"},
        )  # fmt: skip
        assert answer.status_code == 202


class TestChildSafety:
    """Those without the permission see neither text nor photos nor counts, whatever way they come."""

    def test_a_moved_case_is_gone_for_the_rest_of_the_desk(
        self, held: Case, moderator: Actor, admin: Actor, lead: Actor, now: datetime,
        signed_in: Callable[[Actor], Client],
    ) -> None:  # fmt: skip
        queueing.escalate(case_id=held.public_id, actor=moderator, at=now)
        paths = [path.format(case=held.public_id, ad=held.subject_id) for path in MAY_LOOK]
        for actor in (moderator, admin):
            client = signed_in(actor)
            for path in paths:
                answer = client.get(path)
                assert answer.status_code in {403, 404}, (actor.role, path)
            page = client.get("/desk/").content.decode()
            assert "queue=child" not in page
            assert held.subject_id not in client.get("/api/v1/cases").content.decode()
            assert "child" not in cases.open_counts(actor)
            with pytest.raises(NotFound):
                second.decide(case_id=held.public_id, outcome="allow", policy="", reason_text="", actor=actor, at=now)
        client = signed_in(lead)
        for path in paths:
            assert client.get(path).status_code == 200, path
        assert cases.open_counts(lead) == {"child": 1}

    def test_the_clock_runs_from_the_first_knowledge(self, held: Case, lead: Actor, now: datetime) -> None:
        Case.objects.filter(pk=held.pk).update(is_child=True, queue="child", severity=5)
        exposure.looked(case_id=held.public_id, actor=lead, at=now)
        exposure.looked(case_id=held.public_id, actor=lead, at=now + timedelta(hours=2))
        assert Case.objects.get(pk=held.pk).known_at == now
        assert Event.objects.filter(kind="safety.case.known").count() == 1

    def test_letting_one_go_needs_two(self, held: Case, moderator: Actor, lead: Actor, now: datetime) -> None:
        queueing.escalate(case_id=held.public_id, actor=moderator, at=now)
        done = second.decide(case_id=held.public_id, outcome="allow", policy="", reason_text="", actor=lead, at=now)
        assert done.waits_for_second

    def test_only_those_trusted_with_it_move_one_back(
        self, held: Case, moderator: Actor, lead: Actor, now: datetime
    ) -> None:
        queueing.escalate(case_id=held.public_id, actor=moderator, at=now)
        with pytest.raises(Forbidden):
            queueing.move_back(case_id=held.public_id, actor=moderator, at=now)
        queueing.move_back(case_id=held.public_id, actor=lead, at=now)
        assert cases.case_page(case_id=held.public_id, actor=moderator, at=now)["case"].queue == "urgent"


class TestWellness:
    """Exposure is counted and capped; photos are blurred until asked for."""

    def test_hard_cases_are_counted_and_capped(self, held: Case, moderator: Actor, now: datetime) -> None:
        Case.objects.filter(pk=held.pk).update(severity=5, queue="urgent")
        exposure.set_comfort(actor=moderator, grey=True, blurred=True, hard_queues=True, cap=1, at=now)
        assert queueing.take_next(queue="urgent", actor=moderator, at=now) == held.public_id
        exposure.looked(case_id=held.public_id, actor=moderator, at=now)
        assert wellness_of(actor=moderator, at=now).left == 0
        with pytest.raises(queueing.Rest):
            queueing.take_next(queue="urgent", actor=moderator, at=now)
        assert wellness_of(actor=moderator, at=now + timedelta(days=1)).left == 1

    def test_who_takes_no_hard_queue_is_given_none(self, moderator: Actor, now: datetime) -> None:
        exposure.set_comfort(actor=moderator, grey=True, blurred=True, hard_queues=False, cap=None, at=now)
        with pytest.raises(queueing.Rest):
            queueing.take_next(queue="child", actor=moderator, at=now)

    def test_a_break_is_suggested_after_an_hour_and_a_half(self, held: Case, moderator: Actor, now: datetime) -> None:
        for minute in range(0, 96, 5):
            exposure.looked(case_id=held.public_id, actor=moderator, at=now + timedelta(minutes=minute))
        later = now + timedelta(minutes=96)
        assert wellness_of(actor=moderator, at=later).break_due == "stretch"
        assert wellness_of(actor=moderator, at=later + timedelta(minutes=11)).break_due == ""

    def test_photos_in_the_clear_are_asked_for_and_counted(
        self, held: Case, moderator: Actor, signed_in: Callable[[Actor], Client]
    ) -> None:
        client = signed_in(moderator)
        answer = client.post(f"/desk/cases/{held.public_id}", {"act": "grey"})
        assert answer["Location"].endswith("?photos=grey#photos")
        assert Event.objects.filter(kind="safety.case.photos_shown", actor_id=moderator.id).exists()
        assert Exposure.objects.get(staff_id=moderator.id)


def test_a_part_of_the_gate_that_breaks_or_is_slow_holds(
    seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(requests: Any, at: datetime) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(parts._parts, "broken", parts.Part("broken", look=breaks))
    done = submit(actor=seller, draft=bicycle(), at=now)
    assert (done.state, done.verdict) == ("in_review", "hold")
    assert Event.objects.get(kind="safety.alarm.raised").data == {"trouble": "failed"}
    monkeypatch.setitem(parts._parts, "broken", parts.Part("broken", look=lambda requests, at: [{} for _ in requests]))
    monkeypatch.setattr(parts, "LIMIT", -1.0)
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "hold"
    monkeypatch.setattr(parts, "LIMIT", 2.0)
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "allow"


def test_a_trained_person_decides_by_keys_and_the_next_case_opens(
    seller: Actor, moderator: Actor, now: datetime, signed_in: Callable[[Actor], Client]
) -> None:
    for _ in range(2):
        submit(actor=seller, draft=hidden_number(), at=now)
    client = signed_in(moderator)
    opened = client.post("/desk/take", {"queue": "screening"})
    page = client.get(opened["Location"]).content.decode()
    assert 'value="reject" data-key="r"' in page
    form = {"outcome": "reject", "policy": "contact", "reason_text": REASON, "queue": "screening"}
    following = client.post(opened["Location"], form)
    assert following["Location"].startswith("/desk/cases/")
    assert following["Location"] != opened["Location"]
    assert client.post(following["Location"], form)["Location"] == "/desk/"

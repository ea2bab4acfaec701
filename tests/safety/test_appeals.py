"""Appeals: six months, another person, restoration by itself, an answer in one's language."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import search
from fairboard.market.services.posting import submit
from fairboard.people.services.members import set_language
from fairboard.safety import appealing
from fairboard.safety.models import Appeal, Case, Decision, Reporter
from fairboard.safety.queries import appeals as queries
from fairboard.safety.queries.notices import receipt_view
from fairboard.safety.queries.standing import standing_of
from fairboard.safety.services.appeals import (
    Answer,
    AppealedBefore,
    SamePerson,
    TooLate,
    decide_appeal,
    file_appeal,
    file_reporter_appeal,
)
from fairboard.safety.services.deciding import AlreadyDecided, decide
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.undoing import NotLatest, undo
from tests.api.client import Caller
from tests.market.drafts import bicycle, hidden_number, prohibited
from tests.people import OPERATOR, client_of

WHY = "The number is the size of the frame."
ANSWER = "You are right, it is no telephone number."


def shown() -> set[str]:
    return {card.id for card in search(Search(words="bicycle")).items}


def refused(seller: Actor, moderator: Actor, at: datetime, *actions: str) -> str:
    submit(actor=seller, draft=hidden_number(), at=at)
    case_id = Case.objects.get(state="open").public_id
    return decide(
        case_id=case_id, outcome="reject", policy="contact", reason_text="The text tells a number.", actor=moderator,
        at=at, actions=actions,
    ).id  # fmt: skip


def notified(live_ad: Any, reporter: Actor, moderator: Actor, at: datetime, email: str = "") -> str:
    """A report that is looked at and not followed; its receipt."""
    receipt = file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=reporter, reporter_email=email, kind="scam", text="",
        at=at,
    ).id  # fmt: skip
    case_id = Case.objects.get(state="open").public_id
    decide(case_id=case_id, outcome="allow", policy="", reason_text="", actor=moderator, at=at)
    return receipt


def test_an_overturned_decision_gives_everything_back(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    other = submit(actor=seller, draft=bicycle(), at=now)
    decision = refused(seller, moderator, now, "suspend")
    assert shown() == set()
    appeal = file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    made = decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=lead, at=now)
    assert standing_of(seller.id) == "good"
    assert len(shown()) == 2
    assert other.ad_id in shown()
    assert Decision.objects.get(public_id=made).undoes == Decision.objects.get(public_id=decision)
    assert Decision.objects.get(public_id=made).decided_by == lead.id


def test_who_decided_does_not_decide_again(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    submit(actor=seller, draft=hidden_number(), at=now)
    made = decide(
        case_id=Case.objects.get().public_id, outcome="reject", policy="contact", reason_text="It tells a number.",
        actor=moderator, at=now, second_by=lead.id,
    )  # fmt: skip
    appeal = file_appeal(decision_id=made.id, text=WHY, actor=seller, at=now)
    for actor in (moderator, lead, OPERATOR):
        with pytest.raises(SamePerson):
            decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=actor, at=now)
    assert Appeal.objects.get().state == "open"


def test_an_appeal_of_staff_is_decided_by_somebody_else(
    moderator: Actor, admin: Actor, lead: Actor, now: datetime
) -> None:
    decision = refused(moderator, admin, now)
    appeal = file_appeal(decision_id=decision, text=WHY, actor=moderator, at=now)
    with pytest.raises(SamePerson):
        decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=moderator, at=now)
    decide_appeal(appeal_id=appeal, answer=Answer("uphold", ANSWER), actor=lead, at=now)


def test_an_automatic_refusal_is_looked_at_by_a_person(seller: Actor, moderator: Actor, now: datetime) -> None:
    submit(actor=seller, draft=prohibited(), at=now)
    appeal = file_appeal(decision_id=Decision.objects.get().public_id, text=WHY, actor=seller, at=now)
    with pytest.raises(SamePerson):
        decide_appeal(appeal_id=appeal, answer=Answer("uphold", ANSWER), actor=OPERATOR, at=now)
    decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=moderator, at=now)
    assert {card.title for card in search(Search(words="escort")).items} == {"Escort service"}


@pytest.mark.parametrize(
    ("decided", "last"),
    [
        (datetime(2026, 8, 31, 12, tzinfo=UTC), datetime(2027, 2, 28, 23, 59, tzinfo=UTC)),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2027, 5, 2, 23, 59, tzinfo=UTC)),
    ],
)
def test_it_is_open_for_six_months(seller: Actor, moderator: Actor, decided: datetime, last: datetime) -> None:
    assert appealing.last_moment(decided).replace(second=0, microsecond=0) == last
    decision = refused(seller, moderator, decided)
    with pytest.raises(TooLate, match="court"):
        file_appeal(decision_id=decision, text=WHY, actor=seller, at=last + timedelta(minutes=1))
    assert file_appeal(decision_id=decision, text=WHY, actor=seller, at=last)


def test_a_decision_is_appealed_against_once(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    decision = refused(seller, moderator, now)
    appeal = file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    with pytest.raises(AppealedBefore):
        file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    decide_appeal(appeal_id=appeal, answer=Answer("uphold", ANSWER), actor=lead, at=now)
    with pytest.raises(AppealedBefore, match="court"):
        file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    with pytest.raises(AlreadyDecided):
        decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=lead, at=now)
    assert shown() == set()


def test_nobody_appeals_for_another(seller: Actor, buyer: Actor, moderator: Actor, now: datetime) -> None:
    decision = refused(seller, moderator, now)
    with pytest.raises(NotFound):
        file_appeal(decision_id=decision, text=WHY, actor=buyer, at=now)
    with pytest.raises(Invalid):
        file_appeal(decision_id=decision, text="no", actor=seller, at=now)


def test_what_restricts_nothing_is_not_appealed_against(seller: Actor, moderator: Actor, now: datetime) -> None:
    submit(actor=seller, draft=hidden_number(), at=now)
    made = decide(
        case_id=Case.objects.get().public_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now
    )
    with pytest.raises(Conflict):
        file_appeal(decision_id=made.id, text=WHY, actor=seller, at=now)


def test_partly_right_keeps_a_part(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    other = submit(actor=seller, draft=bicycle(), at=now)
    decision = refused(seller, moderator, now, "suspend")
    appeal = file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    everything = Answer("partly", ANSWER, actions=("remove", "suspend"))
    with pytest.raises(Invalid):
        decide_appeal(appeal_id=appeal, answer=everything, actor=lead, at=now)
    made = decide_appeal(appeal_id=appeal, answer=Answer("partly", ANSWER, actions=("remove",)), actor=lead, at=now)
    assert (standing_of(seller.id), shown()) == ("good", {other.ad_id})
    kept = Decision.objects.get(public_id=made)
    assert (kept.outcome, kept.actions, kept.policy) == ("reject", ["remove"], "contact")
    assert "decision_account" not in kept.statement


def test_a_decision_undone_meanwhile_is_not_overturned_again(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    decision = refused(seller, moderator, now)
    appeal = file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    undo(decision_id=decision, reason="It was a mistake.", actor=moderator, at=now)
    with pytest.raises(NotLatest):
        decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=lead, at=now)
    decide_appeal(appeal_id=appeal, answer=Answer("uphold", "It was undone already."), actor=lead, at=now)


def test_a_reporter_appeals_by_the_receipt(
    live_ad: Any, moderator: Actor, lead: Actor, now: datetime, outbox: list[Any]
) -> None:
    visitor = Actor("anonymous", "", "anonymous")
    receipt = notified(live_ad, visitor, moderator, now, "ria@example.org")
    tasks.call("ledger.deliver")
    told = next(mail for mail in outbox if mail.to == ["ria@example.org"])
    assert f"/notices/{receipt}" in told.body
    assert "appeal free of charge" in told.body
    appeal = file_reporter_appeal(receipt=receipt, text="The seller asks for money ahead.", actor=visitor, at=now)
    answer = Answer("overturn", "You are right.", policy="scam", reason_text="Money is asked for ahead.")
    with pytest.raises(SamePerson):
        decide_appeal(appeal_id=appeal, answer=answer, actor=moderator, at=now)
    decide_appeal(appeal_id=appeal, answer=answer, actor=lead, at=clock.now())
    assert shown() == set()
    record = Reporter.objects.get()
    assert (record.upheld, record.dismissed) == (1, 0)
    view = receipt_view(receipt)
    assert view is not None
    assert (view.outcome, view.appeal_answer) == ("reject", "You are right.")
    outbox.clear()
    tasks.call("ledger.deliver")
    assert {mail.to[0] for mail in outbox} == {"ria@example.org", "sam@example.org"}


def test_a_reporter_waits_for_the_decision_and_is_not_told_what_it_says(
    live_ad: Any, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    receipt = file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="scam", text="", at=now
    ).id
    with pytest.raises(Conflict):
        file_reporter_appeal(receipt=receipt, text=WHY, actor=buyer, at=now)
    page = Client().get(f"/notices/{receipt}").content.decode()
    assert "Red city bicycle" not in page
    decide(
        case_id=Case.objects.get().public_id, outcome="reject", policy="scam", reason_text="Money asked ahead.",
        actor=moderator, at=now,
    )  # fmt: skip
    with pytest.raises(Conflict):
        file_reporter_appeal(receipt=receipt, text=WHY, actor=buyer, at=now)


@pytest.mark.parametrize(("language", "word"), [("en", "overturned"), ("de", "")])
def test_the_answer_is_sent_in_the_language_of_the_appellant(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime, outbox: list[Any], language: str, word: str
) -> None:
    set_language(actor=seller, language=language, at=now)
    decision = refused(seller, moderator, now)
    tasks.call("ledger.deliver")
    outbox.clear()
    appeal = file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    tasks.call("ledger.deliver")
    assert ("9. November 2026" if language == "de" else "Nov. 9, 2026") in outbox[0].body
    decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=lead, at=now)
    tasks.call("ledger.deliver")
    assert len(outbox) == 2
    assert ANSWER in outbox[1].body
    assert word in outbox[1].body
    tasks.call("ledger.deliver")
    assert len(outbox) == 2


def test_the_queue_begins_with_what_is_due_first(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    filed = []
    for number in range(3):
        decision = refused(seller, moderator, now + timedelta(days=number))
        filed.append(file_appeal(decision_id=decision, text=WHY, actor=seller, at=now + timedelta(days=5 - number)))
    first = queries.appeals(actor=lead, tree=None, size=2)
    second = queries.appeals(actor=lead, tree=None, size=2, cursor=first.next_cursor)
    assert [row.id for row in (*first.items, *second.items)] == filed[::-1]
    assert first.items[0].due_at == now + timedelta(days=10)
    assert [row.is_mine_to_decide for row in first.items] == [True, True]
    assert not queries.appeals(actor=moderator, tree=None).items[0].is_mine_to_decide


def test_overturned_decisions_are_counted_by_policy_and_rule(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    for number, outcome in enumerate(("overturn", "uphold", "")):
        decision = refused(seller, moderator, now + timedelta(hours=number))
        if outcome:
            appeal = file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
            decide_appeal(appeal_id=appeal, answer=Answer(outcome, ANSWER), actor=lead, at=now)
    asked = {"actor": lead, "since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    (row,) = queries.overturn_rates(**asked)  # type: ignore[arg-type]
    assert (row.key, row.decided, row.appealed, row.overturned, row.rate) == ("contact", 3, 2, 1, 0.5)
    by_rule = {row.key: row for row in queries.overturn_rates(**asked, by="rule")}  # type: ignore[arg-type]
    assert by_rule["disguised-contact"].overturned == 1


def test_an_appeal_in_a_child_safety_case_is_for_the_permitted_only(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, admin: Actor, lead: Actor, make_member: Any,
    now: datetime,
) -> None:  # fmt: skip
    file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="child", text="", at=now
    )
    decision = decide(
        case_id=Case.objects.get().public_id, outcome="reject", policy="child-safety",
        reason_text="It is refused under this policy.", actor=lead, at=now,
    ).id  # fmt: skip
    appeal = file_appeal(decision_id=decision, text=WHY, actor=seller, at=now)
    for actor in (moderator, admin):
        assert queries.appeals(actor=actor, tree=None).items == []
        assert queries.open_appeals(actor) == 0
        with pytest.raises(NotFound):
            decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=actor, at=now)
        assert client_of(actor).get(f"/desk/appeals/{appeal}").status_code == 404
        assert Caller(actor).get(f"/appeals/{appeal}").status_code == 404
    second = make_member("second", role="safety", grants=["child_safety"])
    decide_appeal(appeal_id=appeal, answer=Answer("overturn", ANSWER), actor=second, at=now)


def test_the_pages_take_an_appeal_from_filing_to_answer(seller: Actor, moderator: Actor, lead: Actor) -> None:
    at = clock.now()
    decision = refused(seller, moderator, at)
    page = client_of(seller)
    assert "Send the appeal" in page.get(f"/decisions/{decision}").content.decode()
    short = page.post(f"/decisions/{decision}", {"text": "no", "facts": "kept & shown"})
    assert short.status_code == 422
    assert "kept &amp; shown" in short.content.decode()
    assert page.post(f"/decisions/{decision}", {"text": WHY}).status_code == 302
    appeal = Appeal.objects.get().public_id
    assert page.post(f"/decisions/{decision}", {"text": WHY}).status_code == 409
    desk = client_of(lead)
    assert WHY in desk.get("/desk/appeals").content.decode()
    bad = desk.post(f"/desk/appeals/{appeal}", {"outcome": "overturn", "answer": ""})
    assert bad.status_code == 422
    done = desk.post(f"/desk/appeals/{appeal}", {"outcome": "overturn", "answer": ANSWER})
    assert done.status_code == 302
    assert ANSWER in page.get(f"/decisions/{decision}").content.decode()
    assert "no longer stands" in page.get("/account/decisions").content.decode()


def test_the_api_takes_an_appeal_from_filing_to_answer(seller: Actor, moderator: Actor, lead: Actor) -> None:
    decision = refused(seller, moderator, clock.now())
    filed = Caller(seller).post("/appeals", {"decision_id": decision, "text": WHY})
    assert filed.status_code == 201
    appeal = filed.json()["id"]
    assert [one["id"] for one in Caller(lead).get("/appeals").json()["items"]] == [appeal]
    answer = {"outcome": "overturn", "answer": ANSWER}
    assert Caller(moderator).post(f"/appeals/{appeal}/decision", answer).status_code == 403
    made = Caller(lead).post(f"/appeals/{appeal}/decision", answer)
    assert made.status_code == 201
    assert Caller(seller).get("/me/appeals").json()[0]["answer"] == ANSWER
    assert Caller(seller).get(f"/decisions/{decision}").json()["undone_by"] == made.json()["new_decision_id"]

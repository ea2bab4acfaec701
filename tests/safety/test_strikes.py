"""Refusals add up: a warning first, then steps; what was laundered counts double and stays tied."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.market.services.bulk import Row, submit_many
from fairboard.market.services.posting import submit
from fairboard.people.services.members import set_language
from fairboard.safety.models import Case, Decision, MemberWarning, Resemblance, Submission
from fairboard.safety.queries.strikes import resemblances, strikes, suggestion, suggestion_for
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.undoing import undo
from fairboard.safety.services.warnings import warn_recent
from tests.market.drafts import bicycle, prohibited
from tests.people import OPERATOR

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight")
TEXTS = [
    f"{noun} Call five five five, two one two, nine zero three {number}."
    for noun, number in zip(
        ("Old kitchen table with drawers.", "A tent for three people, green.", "Garden tools in a wooden box.",
         "Child seat, washed and tidy.", "Lamp of brass from a hotel.", "Winter tyres nearly new.",
         "Piano lessons at your home.", "Moving boxes, about forty of them."),
        NUMBERS, strict=True,
    )
]  # fmt: skip


def refuse(seller: Actor, moderator: Actor, at: datetime, number: int, policy: str = "contact") -> Decision:
    submit(actor=seller, draft=bicycle(title=f"Offer {NUMBERS[number]}", body=TEXTS[number]), at=at)
    case = Case.objects.get(state="open")
    made = decide(
        case_id=case.public_id, outcome="reject", policy=policy, reason_text="The text tells a number.",
        actor=moderator, at=at,
    )  # fmt: skip
    return Decision.objects.get(public_id=made.id)


def launder(seller: Actor, at: datetime, words: str = "") -> Submission:
    body = "a quiet and friendly offer for everybody who likes long walks, every day of the week from nine to five"
    done = submit(actor=seller, draft=bicycle(title="My offer", body=f"{words} {body}"), at=at)
    return Submission.objects.get(subject_id=done.ad_id)


def test_a_member_is_warned_before_any_suspension_is_suggested(
    seller: Actor, moderator: Actor, now: datetime, outbox: list[Any]
) -> None:
    steps = []
    for number in range(7):
        steps.append(suggestion(member_id=seller.id, policy="contact", at=now))
        refuse(seller, moderator, now, number)
    assert [one.strikes for one in steps] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.action for one in steps] == ["", "", "warn", "suspend", "suspend", "suspend", "close"]
    assert [one.days for one in steps[3:6]] == [7, 14, 30]
    tasks.call("ledger.deliver")
    warnings = [mail for mail in outbox if "warning" in mail.subject]
    assert len(warnings) == 1
    assert "suspended for a time" in warnings[0].body
    assert MemberWarning.objects.count() == 1


def test_the_warning_is_in_the_language_of_the_member(
    seller: Actor, moderator: Actor, now: datetime, outbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairboard.kit import mail

    languages = []
    send = mail.send
    monkeypatch.setattr(mail, "send", lambda **sent: languages.append(sent["language"]) or send(**sent))
    set_language(actor=seller, language="de", at=now)
    for number in range(3):
        refuse(seller, moderator, now, number)
    tasks.call("ledger.deliver")
    assert languages == ["de"] * 4


def test_undone_and_old_refusals_do_not_count(seller: Actor, moderator: Actor, now: datetime) -> None:
    first = refuse(seller, moderator, now, 0)
    refuse(seller, moderator, now + timedelta(days=10), 1)
    assert strikes(member_id=seller.id, at=now + timedelta(days=11)) == {"contact": 2}
    undo(decision_id=first.public_id, reason="It was a mistake.", actor=moderator, at=now + timedelta(days=11))
    assert strikes(member_id=seller.id, at=now + timedelta(days=12)) == {"contact": 1}
    assert strikes(member_id=seller.id, at=now + timedelta(days=376)) == {}


def test_automatic_refusals_of_one_ad_count_once(seller: Actor, now: datetime, outbox: list[Any]) -> None:
    done = submit(actor=seller, draft=prohibited(), at=now)
    submit(actor=seller, draft=prohibited(price="7"), at=now, ad_id=done.ad_id)
    Resemblance.objects.all().delete()
    assert strikes(member_id=seller.id, at=now) == {"sexual-services": 1}


def test_automatic_refusals_are_warned_of_by_a_task(seller: Actor, moderator: Actor, now: datetime) -> None:
    for number in range(2):
        refuse(seller, moderator, now, number)
    case = refuse(seller, moderator, now, 2)
    MemberWarning.objects.all().delete()
    Decision.objects.filter(pk=case.pk).update(is_automatic=True)
    assert warn_recent(at=now + timedelta(hours=1)) == 1
    assert warn_recent(at=now + timedelta(hours=1)) == 0


def test_under_a_grave_policy_the_first_refusal_holds_the_account(seller: Actor, now: datetime) -> None:
    assert suggestion(member_id=seller.id, policy="exploitation", at=now).action == "hold_account"
    submit(actor=seller, draft=prohibited(), at=now)
    assert suggestion(member_id=seller.id, policy="sexual-services", at=now).action == "close"


def test_a_laundered_text_is_tied_to_what_was_refused_and_counts_double(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    refused = launder(seller, now, "Escort service,")
    assert Decision.objects.get().submission == refused
    again = launder(seller, now, "Hello!")
    tie = Resemblance.objects.get()
    assert (tie.submission, tie.refused, tie.by) == (again, refused, "text")
    assert tie.similarity >= 0.6
    case = Case.objects.get()
    decide(
        case_id=case.public_id, outcome="reject", policy="resubmission", reason_text="It was refused before.",
        actor=moderator, at=now,
    )  # fmt: skip
    assert strikes(member_id=seller.id, at=now) == {"sexual-services": 3}
    stranger = launder(buyer, now, "Good day!")
    decide(
        case_id=Case.objects.get(subject_id=stranger.subject_id).public_id, outcome="reject", policy="resubmission",
        reason_text="It was refused before.", actor=moderator, at=now,
    )  # fmt: skip
    assert strikes(member_id=buyer.id, at=now) == {"resubmission": 1}


def test_the_desk_sees_what_it_resembles(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    refused = launder(seller, now, "Escort service,")
    again = launder(seller, now, "Hello!")
    (row,) = resemblances(submission_id=again.pk, actor=moderator)
    assert (row.submission_id, row.by, row.same_author, row.policy) == (
        refused.public_id, "text", True, "sexual-services"
    )  # fmt: skip
    assert suggestion_for(case=Case.objects.get(), actor=moderator, at=now) is not None
    Case.objects.create(
        kind="ad", subject_id=refused.subject_id, submission=refused, queue="child", severity=5, opened_at=now,
        due_at=now, is_child=True, state="decided",
    )  # fmt: skip
    assert resemblances(submission_id=again.pk, actor=moderator)[0].title == ""
    assert resemblances(submission_id=again.pk, actor=lead)[0].title == "My offer"


def test_what_resembles_a_refusal_of_the_same_batch_is_tied_too(seller: Actor, buyer: Actor, now: datetime) -> None:
    words = "a quiet and friendly offer for everybody who likes long walks, every day of the week from nine to five"
    rows = [
        Row(bicycle(title="My offer", body=f"Escort service, {words}"), seller),
        Row(bicycle(title="My offer", body=f"Hello! {words}"), buyer),
    ]
    submit_many(rows=rows, at=now, actor=OPERATOR)
    tie = Resemblance.objects.get()
    assert (tie.submission.author_id, tie.refused.author_id) == (buyer.id, seller.id)

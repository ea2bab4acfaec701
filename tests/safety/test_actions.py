"""What a decision does beside refusing, and that undoing it restores all of that."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound
from fairboard.market.models import Ad, Card
from fairboard.market.queries.ads import ad_for
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import search
from fairboard.market.services import lifecycle
from fairboard.market.services.bulk import Row, submit_many
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case, Decision, Effect
from fairboard.safety.queries.standing import standing_of, withheld_ids
from fairboard.safety.services import decisions, effects
from fairboard.safety.services.deciding import SecondNeeded, decide
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.standing import (
    AccountRestricted,
    NotPromotable,
    check_promotable,
    set_standing,
)
from fairboard.safety.services.undoing import NotLatest, undo
from fairboard.talk.models import Message
from fairboard.talk.services.messages import reply
from tests.market.drafts import bicycle, hidden_number
from tests.people import OPERATOR, client_of

REASON = "Contact details do not belong in the text."


def reported(ad_id: str, reporter: Actor, at: datetime) -> str:
    file_notice(subject_kind="ad", subject_id=ad_id, reporter=reporter, reporter_email="", kind="other", text="", at=at)
    return Case.objects.get(subject_id=ad_id, state="open").public_id


def refuse(case_id: str, actor: Actor, at: datetime, *actions: str, **more: Any) -> str:
    values = {"outcome": "reject", "policy": "contact", "reason_text": REASON, **more}
    return decide(case_id=case_id, actor=actor, at=at, actions=actions, **values).id


def shown(words: str = "bicycle") -> set[str]:
    return {card.id for card in search(Search(words=words)).items}


def test_a_refusal_removes_unless_it_says_otherwise(
    live_ad: Any, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    refuse(reported(live_ad.ad_id, buyer, now), moderator, now)
    assert Decision.objects.get().actions == ["remove"]
    assert ad_for(ad_id=live_ad.ad_id, actor=buyer) is None


def test_a_restricted_ad_is_seen_by_its_address_only(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    decision = refuse(reported(live_ad.ad_id, buyer, now), moderator, now, "restrict")
    assert shown() == set()
    assert ad_for(ad_id=live_ad.ad_id, actor=buyer) is not None
    submit(actor=seller, draft=bicycle(title="Red bicycle, changed"), at=now, ad_id=live_ad.ad_id)
    lifecycle.renew(actor=seller, ad_id=live_ad.ad_id, at=now + timedelta(days=2))
    assert shown() == set()
    undo(decision_id=decision, reason="It was the wrong ad.", actor=moderator, at=now + timedelta(days=2))
    assert not Effect.objects.filter(ended_at=None).exists()


def test_undoing_a_restriction_lists_the_ad_again(live_ad: Any, buyer: Actor, moderator: Actor, now: datetime) -> None:
    decision = refuse(reported(live_ad.ad_id, buyer, now), moderator, now, "restrict")
    undo(decision_id=decision, reason="It was the wrong ad.", actor=moderator, at=now)
    assert shown() == {live_ad.ad_id}


def test_a_held_ad_may_be_shown_restricted(seller: Actor, buyer: Actor, moderator: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    refuse(Case.objects.get().public_id, moderator, now, "restrict")
    assert ad_for(ad_id=done.ad_id, actor=buyer) is not None
    assert not Card.objects.exists()


def test_what_is_demonetised_is_not_promoted(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    case_id = reported(live_ad.ad_id, buyer, now)
    decide(
        case_id=case_id, outcome="allow", policy="contact", reason_text=REASON, actor=moderator, at=now,
        actions=["demonetise"],
    )  # fmt: skip
    asked = {"kind": "ad", "subject_id": live_ad.ad_id, "member_id": seller.id, "at": now}
    with pytest.raises(NotPromotable):
        check_promotable(**asked)  # type: ignore[arg-type]
    assert shown() == {live_ad.ad_id}
    undo(decision_id=Decision.objects.get().public_id, reason="It was a mistake.", actor=moderator, at=now)
    check_promotable(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "state"), [("suspend", "suspended"), ("hold_account", "on_hold"), ("close", "closed")]
)
def test_a_restricted_account_publishes_nothing_until_it_is_undone(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime, action: str, state: str
) -> None:
    other = submit(actor=seller, draft=bicycle(title="Green bicycle"), at=now)
    from_buyer = submit(actor=buyer, draft=bicycle(title="Grey bicycle"), at=now)
    decision = refuse(reported(live_ad.ad_id, buyer, now), moderator, now, action)
    assert standing_of(seller.id) == state
    assert shown() == {from_buyer.ad_id}
    attempts = (
        lambda: submit(actor=seller, draft=bicycle(), at=now),
        lambda: submit(actor=seller, draft=bicycle(), at=now, ad_id=other.ad_id),
        lambda: lifecycle.renew(actor=seller, ad_id=other.ad_id, at=now + timedelta(days=2)),
        lambda: reply(actor=seller, ad_id=from_buyer.ad_id, text="Hello", at=now),
    )
    for attempt in attempts:
        with pytest.raises(AccountRestricted) as caught:
            attempt()
        assert REASON in caught.value.detail
        assert "/account/decisions" in caught.value.detail
    assert not Message.objects.exists()
    page = client_of(seller).get("/my/ads").content.decode()
    assert page.count("hidden while your account is restricted") == 1
    assert (REASON in page) == (action != "suspend")  # the page's clock is past its end
    undo(decision_id=decision, reason="It was the wrong account.", actor=moderator, at=now)
    assert standing_of(seller.id) == "good"
    assert shown() == {live_ad.ad_id, other.ad_id, from_buyer.ad_id}
    assert withheld_ids(member_id=seller.id, kind="ad") == []


def test_an_import_for_a_suspended_seller_reports_its_rows(seller: Actor, buyer: Actor, now: datetime) -> None:
    set_standing(member_id=seller.id, state="suspended", policy="scam", reason="Fraud.", actor=OPERATOR, at=now)
    rows = [Row(bicycle(title=f"Bicycle {who.name}"), who) for who in (seller, buyer)]
    outcomes = submit_many(rows=rows, at=now, actor=OPERATOR)
    assert [one.done for one in outcomes] == ["bad", "added"]
    assert "Fraud." in outcomes[0].errors[0]["message"]


def test_only_what_the_standing_hid_comes_back(seller: Actor, moderator: Actor, now: datetime) -> None:
    kept = submit(actor=seller, draft=bicycle(title="Bicycle kept"), at=now)
    sold = submit(actor=seller, draft=bicycle(title="Bicycle sold"), at=now)
    ended = submit(actor=seller, draft=bicycle(title="Bicycle ended"), at=now)
    refused = submit(actor=seller, draft=bicycle(title="Bicycle refused"), at=now)
    refuse(reported(refused.ad_id, moderator, now), moderator, now, "hold_account")
    lifecycle.withdraw(actor=seller, ad_id=sold.ad_id, at=now)
    Ad.objects.filter(public_id=ended.ad_id).update(expires_at=now + timedelta(days=1))
    later = now + timedelta(days=3)
    set_standing(member_id=seller.id, state="good", policy="", reason="", actor=moderator, at=later)
    assert shown() == {kept.ad_id}
    states = {ad.public_id: ad.state for ad in Ad.objects.all()}
    assert (states[sold.ad_id], states[ended.ad_id], states[refused.ad_id]) == ("withdrawn", "expired", "removed")


def test_an_ad_allowed_while_its_seller_is_suspended_waits_for_them(
    seller: Actor, moderator: Actor, now: datetime
) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    set_standing(member_id=seller.id, state="suspended", policy="scam", reason="Fraud.", actor=moderator, at=now)
    decide(case_id=Case.objects.get().public_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    assert shown() == set()
    set_standing(member_id=seller.id, state="good", policy="", reason="", actor=moderator, at=now)
    assert shown() == {done.ad_id}


def test_a_suspension_ends_by_itself(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime, outbox: list[Any]
) -> None:
    kept = submit(actor=seller, draft=bicycle(title="Green bicycle"), at=now)
    refuse(reported(live_ad.ad_id, buyer, now), moderator, now, "suspend", "watch", days=7)
    assert effects.end_due(at=now + timedelta(days=6), actor=OPERATOR) == 0
    with pytest.raises(AccountRestricted, match="9 Nov|Nov. 9"):
        submit(actor=seller, draft=bicycle(), at=now + timedelta(days=6))
    tasks.call("safety.end_suspensions")  # days later by the clock
    assert standing_of(seller.id) == "watched"
    assert shown() == {kept.ad_id}
    assert effects.end_due(at=now + timedelta(days=8), actor=OPERATOR) == 0
    submit(actor=seller, draft=bicycle(title="One more"), at=now + timedelta(days=8))


def test_a_weaker_step_never_replaces_a_stronger_one(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    other = submit(actor=seller, draft=bicycle(title="Green bicycle"), at=now)
    first = refuse(reported(live_ad.ad_id, buyer, now), moderator, now, "close")
    refuse(reported(other.ad_id, buyer, now), moderator, now, "suspend", days=30)
    assert standing_of(seller.id) == "closed"
    undo(decision_id=first, reason="It was the wrong account.", actor=moderator, at=now)
    assert standing_of(seller.id) == "suspended"


def test_undoing_leaves_a_standing_another_room_gave(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    decision = refuse(reported(live_ad.ad_id, buyer, now), moderator, now, "suspend")
    set_standing(member_id=seller.id, state="suspended", policy="trader", reason="No proof.", actor=OPERATOR, at=now)
    undo(decision_id=decision, reason="It was the wrong account.", actor=moderator, at=now)
    assert standing_of(seller.id) == "suspended"


def test_undoing_an_allowance_opens_the_case_again(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    case_id = Case.objects.get().public_id
    made = decide(case_id=case_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    undo(decision_id=made.id, reason="I had overlooked the number.", actor=moderator, at=now)
    assert shown("blue") == set()
    assert Ad.objects.get(public_id=done.ad_id).state == "in_review"
    assert Case.objects.get().state == "open"
    refuse(case_id, moderator, now)
    assert Ad.objects.get(public_id=done.ad_id).state == "removed"


def test_a_decision_is_undone_once_and_only_the_one_that_stands(seller: Actor, moderator: Actor, now: datetime) -> None:
    submit(actor=seller, draft=hidden_number(), at=now)
    first = refuse(Case.objects.get().public_id, moderator, now)
    second = undo(decision_id=first, reason="It was a mistake.", actor=moderator, at=now)
    with pytest.raises(NotLatest):
        undo(decision_id=first, reason="It was a mistake.", actor=moderator, at=now)
    assert Decision.objects.get(public_id=second.id).undoes == Decision.objects.get(public_id=first)
    with pytest.raises(Invalid):
        undo(decision_id=second.id, reason="no", actor=moderator, at=now)


@pytest.mark.parametrize(
    ("outcome", "actions", "field"),
    [
        ("reject", ["remove", "restrict"], "actions"), ("allow", ["remove"], "actions"),
        ("reject", ["suspend", "close"], "actions"), ("reject", ["banish"], "actions"),
        ("allow", ["suspend"], "policy"),
    ],
)  # fmt: skip
def test_a_decision_that_contradicts_itself_is_refused(
    seller: Actor, moderator: Actor, now: datetime, outcome: str, actions: list[str], field: str
) -> None:
    submit(actor=seller, draft=hidden_number(), at=now)
    policy = "" if field == "policy" else "contact"
    with pytest.raises(Invalid) as caught:
        decide(
            case_id=Case.objects.get().public_id, outcome=outcome, policy=policy, reason_text=REASON,
            actor=moderator, at=now, actions=actions,
        )  # fmt: skip
    assert field in {error["field"] for error in caught.value.errors}
    assert Case.objects.get().state == "open"


def test_a_message_cannot_be_restricted(live_ad: Any, buyer: Actor, moderator: Actor, now: datetime) -> None:
    reply(actor=buyer, ad_id=live_ad.ad_id, text="See https://bit.ly/3xyzabc for more.", at=now)
    with pytest.raises(Invalid, match="not complete"):
        refuse(Case.objects.get(kind="message").public_id, moderator, now, "restrict")


def test_a_case_of_four_eyes_needs_another_person(
    seller: Actor, moderator: Actor, lead: Actor, buyer: Actor, now: datetime
) -> None:
    submit(actor=seller, draft=hidden_number(), at=now)
    Case.objects.update(needs_second=True)
    case_id = Case.objects.get().public_id
    with pytest.raises(SecondNeeded):
        refuse(case_id, moderator, now)
    for nobody in (moderator.id, buyer.id, "0" * 16):
        with pytest.raises(Invalid):
            refuse(case_id, moderator, now, second_by=nobody)
    refuse(case_id, moderator, now, second_by=lead.id)
    assert Decision.objects.get().second_by == lead.id


def test_a_decision_that_waits_is_carried_out_once_at_its_moment(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime, outbox: list[Any]
) -> None:
    later = now + timedelta(hours=5)
    refuse(reported(live_ad.ad_id, buyer, now), moderator, now, "suspend", carry_out_at=later)
    tasks.call("ledger.deliver")
    assert (shown(), standing_of(seller.id), outbox) == ({live_ad.ad_id}, "good", [])
    assert decisions.carry_out_due(actor=OPERATOR, at=later - timedelta(minutes=1)) == 0
    assert decisions.carry_out_due(actor=OPERATOR, at=later) == 1
    assert decisions.carry_out_due(actor=OPERATOR, at=later) == 0
    assert (shown(), standing_of(seller.id)) == (set(), "suspended")
    tasks.call("ledger.deliver")
    assert "sam@example.org" in {mail.to[0] for mail in outbox}


def test_without_the_permission_a_child_safety_case_is_neither_decided_nor_undone(
    live_ad: Any, buyer: Actor, moderator: Actor, admin: Actor, lead: Actor, now: datetime
) -> None:
    file_notice(
        subject_kind="ad", subject_id=live_ad.ad_id, reporter=buyer, reporter_email="", kind="child", text="", at=now
    )
    case = Case.objects.get()
    assert (case.queue, case.is_child, case.policy) == ("child", True, "child-safety")
    for actor in (moderator, admin):
        with pytest.raises(NotFound):
            refuse(case.public_id, actor, now)
    decision = refuse(case.public_id, lead, now, policy="child-safety")
    for actor in (moderator, admin):
        with pytest.raises(NotFound):
            undo(decision_id=decision, reason="It was a mistake.", actor=actor, at=now)
    undo(decision_id=decision, reason="It was a mistake.", actor=lead, at=now)
    assert shown() == {live_ad.ad_id}

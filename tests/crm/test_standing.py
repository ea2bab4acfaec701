"""An account has the standing safety gives its members; on hold, nothing is moved on for it, by any way."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from fairboard.crm.queries.records import record
from fairboard.crm.queries.standing import held_among, signals
from fairboard.crm.services.due_diligence import answer_signal, raise_signal, release_account, take_step
from fairboard.crm.services.records import create_record, update_record, update_records
from fairboard.crm.services.ties import TiedElsewhere, tie_members, untie_member
from fairboard.crm.standing import KycNeeded, OnHold
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid
from fairboard.ledger.queries import events_between
from fairboard.safety.services.standing import set_standing
from tests.crm import made

pytestmark = pytest.mark.django_db


def hold(member: Actor, moderator: Actor, at: datetime, state: str = "on_hold") -> None:
    set_standing(member_id=member.id, state=state, policy="spam", reason="Looked at.", actor=moderator, at=at)


def standing_of(actor: Actor, account_id: str) -> str:
    return str(record(actor=actor, record_id=account_id).values["standing"])


def refusals(account_id: str) -> list[str]:
    found = events_between(kinds=["crm.hold.refused"], subject_kind="crm.account", subject_id=account_id)
    return [str(one.data["act"]) for one in found]


def test_the_standing_of_a_member_is_the_accounts_at_once(
    sales: Actor, seller: Actor, moderator: Actor, now: datetime
) -> None:
    account = made(sales, now, "account", name="Sam")
    assert standing_of(sales, account.id) == "clear"
    tie_members(account_id=account.id, member_ids=[seller.id], actor=sales, at=now)
    hold(seller, moderator, now)
    assert standing_of(sales, account.id) == "on_hold"
    hold(seller, moderator, now, "good")
    assert standing_of(sales, account.id) == "clear"
    hold(seller, moderator, now, "closed")
    assert standing_of(sales, account.id) == "closed"
    told = [one.data["to"] for one in events_between(kinds=["crm.standing.changed"])]
    assert told == ["on_hold", "clear", "closed"]


def test_a_member_belongs_to_one_account_and_a_held_one_stays(
    sales: Actor, seller: Actor, moderator: Actor, now: datetime
) -> None:
    first, second = (made(sales, now, "account", name=name) for name in ("One", "Two"))
    tie_members(account_id=first.id, member_ids=[seller.id], actor=sales, at=now)
    with pytest.raises(TiedElsewhere):
        tie_members(account_id=second.id, member_ids=[seller.id], actor=sales, at=now)
    hold(seller, moderator, now)
    with pytest.raises(Conflict, match="stays"):
        untie_member(member_id=seller.id, actor=sales, at=now)
    hold(seller, moderator, now, "good")
    untie_member(member_id=seller.id, actor=sales, at=now)
    assert record(actor=sales, record_id=first.id).values["members"] == 0


def test_nothing_is_moved_on_for_an_account_on_hold(
    sales: Actor, crm_admin: Actor, seller: Actor, moderator: Actor, now: datetime
) -> None:
    account = made(sales, now, "account", name="Sam")
    contact = made(sales, now, "contact", last_name="Sam", account=account.id)
    campaign = made(sales, now, "campaign", name="Spring")
    deal = made(sales, now, "deal", name="A deal", account=account.id)
    by_contact = made(sales, now, "deal", name="Another", contact=contact.id)
    quote = made(sales, now, "quote", name="Q", deal=deal.id)
    tie_members(account_id=account.id, member_ids=[seller.id], actor=sales, at=now)
    hold(seller, moderator, now)
    ways: dict[str, Callable[[], object]] = {
        "a deal": lambda: made(sales, now, "deal", name="New", account=account.id),
        "a deal by the contact": lambda: made(sales, now, "deal", name="New", contact=contact.id),
        "a stage": lambda: update_record(record_id=deal.id, values={"stage": "meet"}, actor=sales, at=now),
        "a stage by the contact": lambda: update_record(
            record_id=by_contact.id, values={"stage": "meet"}, actor=sales, at=now
        ),
        "won": lambda: update_record(record_id=deal.id, values={"stage": "won"}, actor=sales, at=now),
        "an amount": lambda: update_record(record_id=deal.id, values={"amount": 9}, actor=sales, at=now),
        "another pipeline": lambda: update_record(
            record_id=deal.id, values={"pipeline": "renewal", "stage": "due"}, actor=sales, at=now
        ),
        "several stages": lambda: update_records(
            record_ids=[deal.id, by_contact.id], values={"stage": "meet"}, actor=sales, at=now
        ),
        "a deal moved to it": lambda: update_record(
            record_id=made(sales, now, "deal", name="Free").id, values={"account": account.id, "stage": "meet"},
            actor=sales, at=now,
        ),
        "a quote": lambda: made(sales, now, "quote", name="Q2", account=account.id),
        "a quote by the deal": lambda: made(sales, now, "quote", name="Q3", deal=deal.id),
        "a quote sent": lambda: update_record(record_id=quote.id, values={"status": "sent"}, actor=sales, at=now),
        "a line": lambda: made(sales, now, "quote_line", quote=quote.id, name="Ads", quantity=1, price=5),
        "an invoice": lambda: made(sales, now, "invoice", number="1", account=account.id),
        "a campaign": lambda: made(sales, now, "campaign_member", campaign=campaign.id, contact=contact.id),
        "an automation": lambda: update_record(
            record_id=account.id, values={"city": "Bern"}, actor=crm_admin, at=now, source="automation"
        ),
        "an automation on the contact": lambda: update_record(
            record_id=contact.id, values={"city": "Bern"}, actor=Actor.system("automation"), at=now, source="automation"
        ),
        "an import": lambda: update_record(
            record_id=account.id, values={"city": "Bern"}, actor=crm_admin, at=now, source="import"
        ),
    }  # fmt: skip
    for number, (name, act) in enumerate(ways.items(), start=1):
        with pytest.raises(OnHold):
            act()
        assert len(refusals(account.id)) == number, name
    # What helps to look at it, and to end it, goes on.
    made(sales, now, "note", text="Called, no answer", about=account.id)
    update_record(record_id=account.id, values={"city": "Bern"}, actor=sales, at=now)
    update_record(record_id=deal.id, values={"stage": "lost", "lost_reason": "other"}, actor=sales, at=now)
    hold(seller, moderator, now + timedelta(hours=1), "good")
    made(sales, now, "deal", name="New", account=account.id)


def test_a_business_is_known_before_its_deal_is_won(sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes Ltd", record_type="organisation")
    assert standing_of(sales, account.id) == "unverified"
    deal = made(sales, now, "deal", name="A deal", account=account.id)
    with pytest.raises(KycNeeded) as caught:
        update_record(record_id=deal.id, values={"stage": "won"}, actor=sales, at=now)
    assert caught.value.extra["missing"] == ["register", "contact", "traceability"]
    with pytest.raises(Invalid):
        take_step(
            account_id=account.id, step="register", details={"register": "Bern"}, confirmed=True, actor=sales, at=now
        )
    given = {
        "register": {"register": "Bern", "number": "CH-123"}, "contact": {"person": "A. Meier", "how": "called back"},
        "traceability": {"legal_name": "Bikes Ltd", "address": "Main 1", "email": "a@bikes.example",
                         "phone": "+41310000000", "payment_account": "6789"},
    }  # fmt: skip
    for step, details in given.items():
        take_step(account_id=account.id, step=step, details=details, confirmed=True, actor=sales, at=now)
    assert standing_of(sales, account.id) == "clear"
    assert update_record(record_id=deal.id, values={"stage": "won"}, actor=sales, at=now).values["is_won"]


def test_what_sales_sees_reaches_safety_and_the_answer_comes_back(
    sales: Actor, seller: Actor, moderator: Actor, now: datetime
) -> None:
    account = made(sales, now, "account", name="Sam")
    tie_members(account_id=account.id, member_ids=[seller.id], actor=sales, at=now)
    raised = raise_signal(account_id=account.id, kind="growth", note="Twenty cities in a week", actor=sales, at=now)
    assert standing_of(sales, account.id) == "under_review"
    with pytest.raises(Conflict):
        raise_signal(account_id=account.id, kind="growth", note="again", actor=sales, at=now)
    assert [one.id for one in signals(actor=moderator, is_open=True)] == [raised]
    with pytest.raises(Forbidden):
        signals(actor=sales)
    with pytest.raises(Forbidden):
        answer_signal(signal_id=raised, answer="nothing", actor=sales, at=now)
    answer_signal(signal_id=raised, answer="held", actor=moderator, at=now)
    row = record(actor=sales, record_id=account.id)
    assert row.values["standing"] == "on_hold"
    assert held_among([row.pk], at=now) == {row.pk}
    hold(seller, moderator, now, "good")
    assert standing_of(sales, account.id) == "on_hold", "the account itself is still held"
    release_account(account_id=account.id, actor=moderator, at=now)
    assert standing_of(sales, account.id) == "clear"
    assert create_record(type_key="deal", values={"name": "D", "account": account.id}, actor=sales, at=now)

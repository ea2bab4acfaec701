"""Traders and high-volume sellers say who they are, in time, or do not sell; buyers are shown it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.market.queries.sales import sold_new
from fairboard.market.services.lifecycle import mark_sold
from fairboard.market.services.posting import submit
from fairboard.safety.models import TraderRecord
from fairboard.safety.queries.standing import standing_of
from fairboard.safety.queries.traders import disclosure_of, may_sell, trader_page, traders
from fairboard.safety.services.standing import set_standing
from fairboard.safety.services.traders import (
    TraderDraft,
    certify,
    count,
    declare,
    give,
    refuse,
    run_clocks,
    verify,
)
from fairboard.safety.trading import Sale, figures
from tests.market.drafts import bicycle
from tests.people import client_of


def details(**changes: Any) -> TraderDraft:
    """Complete details."""
    values: dict[str, Any] = {
        "name": "Wheels Ltd", "address": "Long Street 5, 73301 Austin, Texas", "country": "US",
        "phone": "+1 512 474 1234", "email": "shop@wheels.example", "account": "US1234567890", "tax_id": "12-3456789",
        "certifies": True,
    }  # fmt: skip
    return TraderDraft(**{**values, **changes})


def sales(member: Actor, at: datetime, number: int, minor: int, days: float = 300.0) -> list[Sale]:
    """So many sales spread over the days before a moment."""
    return [Sale(member.id, at - timedelta(days=days) * one / number, minor) for one in range(number)]


def high_volume(member: Actor, at: datetime, minor: int = 2_500) -> None:
    assert count(sales=sales(member, at, 200, minor), at=at) == 1


@pytest.mark.parametrize(
    ("number", "minor", "days", "reached"),
    [
        (200, 2_500, 300, True), (199, 2_500, 300, False), (200, 2_499, 300, False),
        (400, 2_500, 729, True), (300, 2_500, 729, False), (199, 100_000, 100, False),
    ],
)  # fmt: skip
def test_both_thresholds_within_the_same_twelve_months(
    seller: Actor, now: datetime, number: int, minor: int, days: int, reached: bool
) -> None:
    assert figures(sales(seller, now, number, minor, days), now).is_high_volume is reached


def test_what_is_older_than_two_years_does_not_count(seller: Actor, now: datetime) -> None:
    sold = sales(seller, now, 200, 2_500)
    assert figures(sold, now + timedelta(days=425)).is_high_volume
    assert not figures(sold, now + timedelta(days=731)).is_high_volume


def test_a_few_dear_and_many_cheap_sales_in_different_years_are_not_high_volume(seller: Actor, now: datetime) -> None:
    cheap = sales(seller, now, 200, 100, 200)
    dear = [Sale(seller.id, now - timedelta(days=700), 900_000)]
    assert not figures([*cheap, *dear], now).is_high_volume


def test_only_new_things_sold_in_the_united_states_count(seller: Actor, now: datetime) -> None:
    austin = {"place": "us/texas/austin", "price": "30"}
    drafts = [
        bicycle(attributes={"condition": "new"}, **austin),
        bicycle(title="Second bicycle, used", attributes={"condition": "good"}, **austin),
        bicycle(title="Third bicycle, elsewhere", attributes={"condition": "new"}),
    ]
    for draft in drafts:
        ad = submit(actor=seller, draft=draft, at=now)
        assert ad.verdict == "allow"
        mark_sold(actor=seller, ad_id=ad.ad_id, at=now)
    found = list(sold_new(at=now + timedelta(days=1)))
    assert found == [Sale(seller.id, now, 3_000)]
    tasks.call("market.count_sales")
    assert TraderRecord.objects.count() == 0


def test_who_reaches_them_has_ten_days_and_is_told(seller: Actor, now: datetime, outbox: list[Any]) -> None:
    high_volume(seller, now)
    assert count(sales=sales(seller, now, 200, 2_500), at=now) == 0
    record = TraderRecord.objects.get()
    assert (record.state, record.due_at) == ("collecting", now + timedelta(days=10))
    assert may_sell(seller.id)
    tasks.call("ledger.deliver")
    assert "45f" in outbox[0].body


def test_doing_nothing_leads_to_a_warning_and_then_a_suspension(
    seller: Actor, now: datetime, outbox: list[Any]
) -> None:
    high_volume(seller, now)
    assert run_clocks(at=now + timedelta(days=9)) == 0
    assert run_clocks(at=now + timedelta(days=10)) == 1
    assert run_clocks(at=now + timedelta(days=11)) == 0
    assert may_sell(seller.id)
    assert run_clocks(at=now + timedelta(days=20)) == 1
    assert run_clocks(at=now + timedelta(days=40)) == 0
    assert not may_sell(seller.id)
    assert standing_of(seller.id) == "on_hold"
    with pytest.raises(Forbidden):
        submit(actor=seller, draft=bicycle(), at=now + timedelta(days=20))
    tasks.call("ledger.deliver")
    assert [message.to for message in outbox] == [["sam@example.org"]] * 3


def test_giving_and_verifying_releases_and_starts_a_year(seller: Actor, lead: Actor, now: datetime) -> None:
    high_volume(seller, now)
    for days in (10, 20):
        run_clocks(at=now + timedelta(days=days))
    later = now + timedelta(days=21)
    give(draft=details(), actor=seller, at=later)
    assert not may_sell(seller.id)
    assert trader_page(member_id=seller.id, actor=lead, at=later).row.due_at == later + timedelta(days=10)
    with pytest.raises(Invalid):
        verify(member_id=seller.id, id_outcome="", actor=lead, at=later)
    verify(member_id=seller.id, id_outcome="passed", actor=lead, at=later)
    assert may_sell(seller.id)
    assert standing_of(seller.id) == "good"
    assert TraderRecord.objects.get().due_at == later + timedelta(days=365)


def test_a_graver_standing_is_neither_softened_nor_lifted(seller: Actor, lead: Actor, now: datetime) -> None:
    high_volume(seller, now)
    set_standing(member_id=seller.id, state="suspended", policy="scam", reason="Fraud", actor=lead, at=now)
    for days in (10, 20):
        run_clocks(at=now + timedelta(days=days))
    assert standing_of(seller.id) == "suspended"
    give(draft=details(), actor=seller, at=now + timedelta(days=21))
    verify(member_id=seller.id, id_outcome="passed", actor=lead, at=now + timedelta(days=21))
    assert standing_of(seller.id) == "suspended"


def test_every_year_it_is_certified_again(seller: Actor, lead: Actor, now: datetime) -> None:
    high_volume(seller, now)
    give(draft=details(), actor=seller, at=now)
    verify(member_id=seller.id, id_outcome="passed", actor=lead, at=now)
    year = now + timedelta(days=365)
    assert run_clocks(at=year) == 1
    certify(actor=seller, at=year + timedelta(days=9))
    assert run_clocks(at=year + timedelta(days=30)) == 0
    assert run_clocks(at=year + timedelta(days=9 + 365)) == 1
    assert run_clocks(at=year + timedelta(days=19 + 365)) == 1
    assert standing_of(seller.id) == "on_hold"


def test_a_business_sells_only_once_it_is_known(seller: Actor, lead: Actor, now: datetime) -> None:
    declare(is_trader=True, actor=seller, at=now)
    with pytest.raises(Forbidden):
        submit(actor=seller, draft=bicycle(), at=now)
    with pytest.raises(Invalid) as caught:
        give(draft=details(name="", phone="5", email="x", country="QQ", certifies=False), actor=seller, at=now)
    assert {error["field"] for error in caught.value.errors} == {"name", "phone", "email", "country", "certifies"}
    give(draft=details(tax_id=""), actor=seller, at=now)
    refuse(member_id=seller.id, reason="The register does not know this number.", actor=lead, at=now)
    with pytest.raises(Conflict):
        verify(member_id=seller.id, id_outcome="passed", actor=lead, at=now)
    give(draft=details(), actor=seller, at=now)
    verify(member_id=seller.id, id_outcome="passed", actor=lead, at=now)
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "allow"


def test_who_is_asked_nothing_gives_nothing(seller: Actor, moderator: Actor, now: datetime) -> None:
    with pytest.raises(NotFound):
        give(draft=details(), actor=seller, at=now)
    with pytest.raises(Forbidden):
        traders(actor=moderator, at=now)
    with pytest.raises(Forbidden):
        verify(member_id=seller.id, id_outcome="passed", actor=moderator, at=now)


def test_details_are_sealed(seller: Actor, now: datetime) -> None:
    declare(is_trader=True, actor=seller, at=now)
    give(draft=details(), actor=seller, at=now)
    kept = bytes(TraderRecord.objects.get().details)
    assert b"Wheels" not in kept
    assert b"3456789" not in kept


def test_buyers_see_who_the_business_is_and_never_its_account(
    live_ad: Any, seller: Actor, lead: Actor, now: datetime
) -> None:
    page = Client().get(live_ad.path).content.decode()
    assert "Sells as a business" not in page
    declare(is_trader=True, actor=seller, at=now)
    give(draft=details(), actor=seller, at=now)
    assert disclosure_of(seller.id).name == ""  # type: ignore[union-attr]
    verify(member_id=seller.id, id_outcome="passed", actor=lead, at=now)
    page = client_of(lead).get(live_ad.path).content.decode()
    for shown in ("Sells as a business", "Wheels Ltd", "Long Street 5", "shop@wheels.example"):
        assert shown in page
    for hidden in ("US1234567890", "12-3456789"):
        assert hidden not in page


def test_a_high_volume_seller_is_shown_from_twenty_thousand_dollars(
    live_ad: Any, seller: Actor, lead: Actor, now: datetime
) -> None:
    high_volume(seller, now, minor=9_999)
    give(draft=details(at_home=True), actor=seller, at=now)
    verify(member_id=seller.id, id_outcome="passed", actor=lead, at=now)
    assert disclosure_of(seller.id).name == ""  # type: ignore[union-attr]
    count(sales=sales(seller, now, 200, 10_000), at=now)
    shown = disclosure_of(seller.id)
    assert shown is not None
    assert (shown.name, shown.country, shown.address, shown.phone) == ("Wheels Ltd", "US", "", "")
    page = client_of(lead).get(live_ad.path).content.decode()
    assert "Report suspicious activity" in page


def test_selling_less_again_ends_it(seller: Actor, now: datetime) -> None:
    high_volume(seller, now)
    for days in (10, 20):
        run_clocks(at=now + timedelta(days=days))
    count(sales=[], at=now + timedelta(days=800))
    assert may_sell(seller.id)
    assert standing_of(seller.id) == "good"
    assert disclosure_of(seller.id) is None


def test_the_pages_carry_it_from_declaration_to_verification(seller: Actor, lead: Actor) -> None:
    own, desk = client_of(seller), client_of(lead)
    assert own.post("/account/trader", {"act": "business"}).status_code == 302
    typed = {
        "act": "give", "name": "Wheels Ltd", "address": "Long Street 5, 73301 Austin, Texas", "country": "US",
        "phone": "+1 512 474 1234", "email": "shop@wheels.example", "account": "US1234567890",
    }  # fmt: skip
    refused = own.post("/account/trader", typed)
    assert refused.status_code == 422
    assert "Long Street 5" in refused.content.decode()
    assert own.post("/account/trader", {**typed, "certifies": "on"}).status_code == 302
    listed = desk.get("/desk/traders?state=verifying&trader=yes&suspended=no").content.decode()
    assert "Sam" in listed
    path = f"/desk/traders/{seller.id}"
    assert desk.post(path, {"outcome": "verify"}).status_code == 422
    assert desk.post(path, {"outcome": "verify", "id_outcome": "passed"}).status_code == 302
    assert may_sell(seller.id)
    assert clock.now() - TraderRecord.objects.get().verified_at < timedelta(minutes=1)


def test_the_list_goes_on_after_those_without_a_clock(make_member: Any, lead: Actor, now: datetime) -> None:
    members = [make_member(f"m{number}") for number in range(4)]
    for member in members:
        declare(is_trader=True, actor=member, at=now)
    give(draft=details(), actor=members[3], at=now)
    seen, cursor = [], ""
    while True:
        page = traders(actor=lead, at=now, size=1, cursor=cursor)
        seen += [row.member_id for row in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [members[3].id, members[0].id, members[1].id, members[2].id]

"""The transparency report counts what happened, and hides what would single somebody out."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from fairboard.kit import clock
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import Invalid
from fairboard.ledger import kinds
from fairboard.ledger.services import Subject, record
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case
from fairboard.safety.queries.transparency import Report, report, shown
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.orders import receive, take_step
from fairboard.safety.services.standing import set_standing
from fairboard.safety.services.takedowns import decline, request_takedown
from tests.market.drafts import bicycle, hidden_number, prohibited
from tests.people import client_of
from tests.safety.orders_made import draft, verified
from tests.safety.takedowns_made import asking

START, END = date(2026, 11, 1), date(2026, 12, 1)
TODAY = date(2026, 12, 5)


def of(actor: Actor = ANONYMOUS, start: date = START, end: date = END) -> Report:
    return report(start=start, end=end, actor=actor, today=TODAY)


def rows(key: str, found: Report | None = None) -> list[tuple[str, ...]]:
    return list(next(table.rows for table in (found or of()).tables if table.key == key))


def test_small_numbers_are_not_told_apart() -> None:
    assert [shown(number) for number in (0, 1, 4, 5, 17)] == ["0", "<5", "<5", "5", "17"]


def test_orders_are_counted_by_country_and_kind_with_the_median_time(live_ad: Any, lead: Actor, now: datetime) -> None:
    subject = f"ad {live_ad.ad_id}"
    for hours in (1, 2, 3, 4, 30):
        order_id = verified(lead, now, subjects=subject)
        take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now + timedelta(hours=hours))
    receive(draft=draft(now, country="IT", kind="removal", subjects=subject), actor=lead, at=now)
    assert rows("orders") == [
        ("DE", "Order to give information", "DSA art. 10", "5", "3.0"),
        ("IT", "Order against content", "DSA art. 9", "<5", "–"),
    ]


def test_what_is_outside_the_period_is_not_in_it(live_ad: Any, lead: Actor, now: datetime) -> None:
    receive(draft=draft(now, subjects=f"ad {live_ad.ad_id}"), actor=lead, at=now)
    assert rows("orders", of(start=date(2026, 10, 1), end=date(2026, 11, 1))) == []
    assert len(rows("orders")) == 1


def test_notices_by_category_with_what_became_of_them(
    seller: Actor, moderator: Actor, make_member: Any, now: datetime
) -> None:
    for number in range(6):
        ad = submit(actor=seller, draft=bicycle(title=f"Bicycle number {number}", price=str(100 + number)), at=now)
        file_notice(
            subject_kind="ad", subject_id=ad.ad_id, reporter=make_member(f"r{number}"), reporter_email="",
            kind="scam", text="", at=now,
        )  # fmt: skip
        case = Case.objects.get(subject_id=ad.ad_id, state="open")
        if number < 5:
            decide(
                case_id=case.public_id, outcome="reject", policy="scam", reason_text="It asks for money ahead.",
                actor=moderator, at=now + timedelta(hours=2),
            )  # fmt: skip
    assert rows("notices") == [("It looks like a fraud", "no", "6", "5", "0", "2.0")]
    assert rows("own_initiative") == []


def test_our_own_refusals_with_those_that_were_wrong(seller: Actor, moderator: Actor, now: datetime) -> None:
    for number in range(5):
        submit(actor=seller, draft=prohibited(price=str(10 + number)), at=now)
    ad = submit(actor=seller, draft=hidden_number(), at=now)
    for outcome in ("reject", "allow"):
        case = Case.objects.filter(subject_id=ad.ad_id, state="open").first()
        if case is None:
            submit(actor=seller, draft=hidden_number(), at=now, ad_id=ad.ad_id)
            case = Case.objects.get(subject_id=ad.ad_id, state="open")
        decide(
            case_id=case.public_id, outcome=outcome, policy="contact", reason_text="Numbers do not belong here.",
            actor=moderator, at=now,
        )  # fmt: skip
    assert rows("own_initiative") == [
        ("Hidden contact details", "ad", "no", "<5", "0", "–"),
        ("Sexual services", "ad", "yes", "5", "0", "0.0 %"),
    ]


def test_a_refusal_of_the_same_submission_that_was_allowed_later_is_wrong(
    seller: Actor, moderator: Actor, now: datetime
) -> None:
    from fairboard.safety.gate import open_case

    for number in range(5):
        body = f"Good condition {number}. Call five five five, two one two, nine zero three four."
        ad = submit(actor=seller, draft=bicycle(title=f"Blue bicycle {number}", body=body), at=now)
        case = Case.objects.get(subject_id=ad.ad_id)
        for outcome in ("reject", "allow"):
            again = open_case(submission=case.submission, queue="screening", severity=2, policy="contact", at=now)
            decide(
                case_id=again.public_id, outcome=outcome, policy="contact", reason_text="Numbers do not belong here.",
                actor=moderator, at=now,
            )  # fmt: skip
    assert rows("own_initiative") == [("Hidden contact details", "ad", "no", "5", "5", "100.0 %")]


def test_complaints_and_reports_are_read_from_the_ledger(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("safety.appeal.filed", "safety.appeal.decided", "safety.report.finished"):
        monkeypatch.setitem(kinds._kinds, kind, "For a test.")
    with transaction.atomic():
        for number in range(7):
            about = Subject("appeal", f"a{number}")
            record(kind="safety.appeal.filed", subject=about, actor=ANONYMOUS, at=now)
            if number < 6:
                record(
                    kind="safety.appeal.decided", subject=about, actor=ANONYMOUS, at=now + timedelta(hours=5),
                    data={"outcome": "upheld"},
                )  # fmt: skip
            record(kind="safety.report.finished", subject=Subject("report", f"r{number}"), actor=ANONYMOUS, at=now)
    assert rows("complaints") == [("filed", "7", "–"), ("upheld", "6", "5.0")]
    assert rows("children")[2] == ("reports to the CyberTipline", "7")


def test_suspensions_and_requests_to_take_down(
    live_ad: Any, moderator: Actor, make_member: Any, lead: Actor, now: datetime
) -> None:
    for number in range(5):
        set_standing(
            member_id=make_member(f"s{number}").id, state="suspended", policy="scam", reason="", actor=lead, at=now
        )
        set_standing(
            member_id=make_member(f"c{number}").id, state="closed", policy="child-safety", reason="", actor=lead, at=now
        )
        receipt = request_takedown(draft=asking(contact=f"a{number}@example.org"), actor=ANONYMOUS, at=now)
        decline(takedown_id=receipt, missing=["image"], answer="This shows a bicycle.", actor=moderator, at=now)
    assert rows("suspensions") == [("suspended for a time", "Fraud", "5")]
    assert rows("takedowns") == [
        ("received", "5"), ("removed", "0"), ("not valid", "5"), ("removed within 48 hours", "–"),
    ]  # fmt: skip


def test_the_public_gets_whole_months_that_are_over(db: None, moderator: Actor) -> None:
    for start, end in ((date(2026, 11, 2), END), (START, date(2026, 11, 20)), (START, date(2027, 1, 1)), (END, START)):
        with pytest.raises(Invalid):
            of(start=start, end=end)
    assert of(moderator, date(2026, 11, 2), date(2026, 11, 20)).tables


def test_the_file_has_the_same_figures_as_the_page(live_ad: Any, lead: Actor, moderator: Actor, now: datetime) -> None:
    at = clock.now() - timedelta(hours=1)
    for _number in range(5):
        receive(draft=draft(at, subjects=f"ad {live_ad.ad_id}"), actor=lead, at=at)
    query = f"?from={(at - timedelta(days=1)).date()}&until={(at + timedelta(days=2)).date()}"
    assert Client().get("/transparency" + query).status_code == 422
    desk = client_of(moderator)
    page = desk.get("/transparency" + query).content.decode()
    lines = list(csv.DictReader(io.StringIO(desk.get("/transparency.csv" + query).content.decode())))
    line = next(one for one in lines if one["table"] == "orders" and one["measure"] == "Received")
    assert (line["row"], line["value"]) == ("DE / Order to give information / DSA art. 10", "5")
    assert all(f">{one['value']}<" in page.replace("&lt;5", "<5") for one in lines)
    assert Client().get("/transparency?from=nonsense").status_code == 422
    assert Client().get("/transparency").status_code == 200
    assert Client().get("/transparency.csv?from=0001-01-01").status_code == 422

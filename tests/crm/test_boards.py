"""Boards, calendars and maps: the same filter, other ways to look at it."""

import html
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from fairboard.crm.queries.positions import Box, dots
from fairboard.crm.queries.records import record
from fairboard.kit.actors import Actor
from tests.crm import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(sales: Actor, signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(sales)


def body(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_board_of_stages(browser: Client, sales: Actor, now: datetime) -> None:
    made(sales, now, "deal", name="First", stage="meet", amount=1000)
    made(sales, now, "deal", name="Second", stage="meet", amount=500)
    made(sales, now, "deal", name="Elsewhere", pipeline="renewal", stage="due")
    page = body(browser, "/crm/deal/?_kind=board")
    meet = page.split('data-lane="meet"')[0].rpartition("<section")[2]
    assert "1,500" in meet
    assert ">2<" in meet
    assert "Elsewhere" not in page
    assert "Elsewhere" in body(browser, "/crm/deal/?_kind=board&_pipeline=renewal")
    page = body(browser, "/crm/deal/?_kind=board&amount.gte=600")
    assert ">First<" in page
    assert ">Second<" not in page


def test_a_card_is_moved_by_a_form_and_by_dragging(
    browser: Client, sales: Actor, crm_admin: Actor, now: datetime
) -> None:
    row = made(sales, now, "deal", name="Deal", stage="meet")
    given = {"id": row.id, "field": "stage", "value": "propose"}
    answer = browser.post("/crm/deal/move/", {**given, "back": "/crm/deal/?_kind=board"})
    assert answer["Location"] == "/crm/deal/?_kind=board"
    assert record(actor=sales, record_id=row.id).values["stage"] == "propose"
    away = browser.post("/crm/deal/move/", {**given, "back": "https://elsewhere.example/"})
    assert away["Location"].startswith("/crm/deal/")
    dragged = browser.post("/crm/deal/move/", {**given, "value": "won"}, HTTP_X_REQUESTED_WITH="fetch")
    assert dragged.status_code == 204
    hers = made(crm_admin, now, "deal", name="Hers")
    refused = browser.post("/crm/deal/move/", {**given, "id": hers.id}, HTTP_X_REQUESTED_WITH="fetch")
    assert refused.status_code == 403
    assert (
        browser.post("/crm/deal/move/", {"id": row.id, "field": "name"}, HTTP_X_REQUESTED_WITH="fetch").status_code
        == 422
    )


def test_a_lane_shows_thirty_and_then_more(browser: Client, sales: Actor, now: datetime) -> None:
    for number in range(33):
        made(sales, now, "task", subject=f"T{number:02}", status="open")
    page = body(browser, "/crm/task/?_kind=board&_group=status")
    assert page.count('class="crm-card"') == 30
    more = page.split('hx-get="')[1].split('"')[0]
    rest = browser.get(more, HTTP_HX_REQUEST="true").content.decode()
    assert rest.count('class="crm-card"') == 3
    assert "T02" in rest


def test_a_board_by_owner(browser: Client, sales: Actor, crm_admin: Actor, now: datetime) -> None:
    row = made(sales, now, "deal", name="Deal")
    page = body(browser, "/crm/deal/?_kind=board&_group=owner")
    assert "Sally" in page
    browser.post("/crm/deal/move/", {"id": row.id, "field": "owner", "value": crm_admin.id})
    assert record(actor=sales, record_id=row.id).owner_id == crm_admin.id


def test_a_calendar_of_days_and_of_moments(browser: Client, sales: Actor, now: datetime) -> None:
    made(sales, now, "task", subject="On the fifth", due_on="2026-11-05")
    made(sales, now, "task", subject="In March", due_on="2026-03-31")
    made(sales, now, "meeting", subject="Late", starts_at="2026-11-30 23:30")
    page = body(browser, "/crm/task/?_kind=calendar&_day=2026-11-20")
    assert "On the fifth" in page
    assert "In March" not in page
    assert "November 2026" in page
    assert "_day=2026-10-31" in page
    assert "In March" in body(browser, "/crm/task/?_kind=calendar&_day=2026-03-01")
    week = body(browser, "/crm/task/?_kind=calendar&_span=week&_day=2026-11-05")
    assert "On the fifth" in week
    assert "On the fifth" not in body(browser, "/crm/task/?_kind=calendar&_span=week&_day=2026-11-12")
    page = body(browser, "/crm/meeting/?_kind=calendar&_day=2026-11-01")
    assert "23:30" in page
    day = page.split('class="crm-cal__day" href="')[-1]
    assert day  # the days are links to their records
    assert "Late" in body(browser, "/crm/meeting/?starts_at.gte=2026-11-30&starts_at.lt=2026-12-01")
    for bad in ("2026-99-99", "x", "0001-01-01", "9999-12-31"):
        body(browser, f"/crm/task/?_kind=calendar&_day={bad}")


def test_a_map_by_numbers_and_by_city(browser: Client, sales: Actor, now: datetime) -> None:
    for name, latitude, longitude in (("Bern A", 46.95, 7.44), ("Bern B", 46.9501, 7.4401), ("Oslo", 59.91, 10.75)):
        made(sales, now, "account", name=name, latitude=latitude, longitude=longitude)
    found, box = dots(actor=sales, type_key="account", tree=None, box=None)
    assert [(one.count, one.record_id != "") for one in found] == [(2, False), (1, True)]
    assert box.south < 46.95 < 59.91 < box.north
    near, _box = dots(actor=sales, type_key="account", tree=None, box=Box(46.9, 7.4, 47.0, 7.5))
    assert sum(one.count for one in near) == 2
    page = body(browser, "/crm/account/?_kind=map")
    assert "<circle" in page
    assert "Oslo" in page
    made(sales, now, "lead", last_name="Somebody", city="Berlin")
    made(sales, now, "lead", last_name="Nowhere", city="Qqqqqq")
    found, _box = dots(actor=sales, type_key="lead", tree=None, box=None)
    assert [(round(one.latitude), one.count) for one in found] == [(53, 1)]
    body(browser, "/crm/lead/?_kind=map&_box=1,2,x")

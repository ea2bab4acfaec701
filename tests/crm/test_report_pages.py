"""Reports and dashboards on pages, as files, by mail and over the API: what one may see, with one's own rights."""

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.core import mail
from django.test import Client

from fairboard.crm import chart_process, charts
from fairboard.crm.charts import Drawing, Point
from fairboard.crm.models import Chart, Profile, ReportDelivery, ReportMail, Seat
from fairboard.crm.queries import report_list, report_ready
from fairboard.crm.queries.periods import before, span_of
from fairboard.crm.queries.report_definition import CHARTS
from fairboard.crm.services import charts as drawing
from fairboard.crm.services import report_files, report_mail, reports
from fairboard.crm.services.records import update_record
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from tests.api.client import Caller
from tests.crm import made

pytestmark = pytest.mark.django_db
BY_CITY = {
    "rows": [{"field": "account.city"}], "chart": {"kind": "bar", "measure": "sum"}, "sort": "-sum",
    "measures": [{"key": "sum", "function": "sum", "field": "amount"}, {"key": "count", "function": "count"}],
}  # fmt: skip


@pytest.fixture
def deals(sales: Actor, now: datetime) -> list[Any]:
    """Three deals of two cities."""
    one = made(sales, now, "account", name="One", city="Bern")
    two = made(sales, now, "account", name="Two", city="<b>Basel</b>")
    return [
        made(sales, now, "deal", name="D1", account=one.id, amount=1000),
        made(sales, now, "deal", name="D2", account=one.id, amount=500),
        made(sales, now, "deal", name="D3", account=two.id, amount=70),
    ]


def kept(actor: Actor, now: datetime, **more: Any) -> report_list.ReportRow:
    given = {"type_key": "deal", "name": "By city", "definition": BY_CITY, **more}
    return reports.save_report(actor=actor, at=now, **given)


def restricted(make_member: Callable[..., Actor], name: str, **profile: Any) -> Actor:
    """Somebody of sales with a profile of these rights, fields and permissions."""
    actor = make_member(name, role="sales")
    row = Profile.objects.create(key=name, label=name, **profile)
    Seat.objects.create(member_id=actor.id, profile=row)
    return actor


def test_a_figure_on_the_page_opens_the_list_it_counts(
    deals: list[Any], sales: Actor, now: datetime, signed_in: Callable[[Actor], Client]
) -> None:
    browser = signed_in(sales)
    page = browser.get(f"/crm/reports/{kept(sales, now).id}/").content.decode()
    assert "<b>Basel" not in page
    links = re.findall(r'href="(/crm/deal/\?_filter=[^"]+)">1,500<', html.unescape(page))
    assert len(links) == 1
    assert json.loads(unquote(links[0].partition("=")[2]))["field"] == "account.city"
    opened = browser.get(links[0]).content.decode()
    assert ">D1<" in opened
    assert ">D2<" in opened
    assert ">D3<" not in opened


def test_hidden_fields_and_records_are_not_in_a_report(
    deals: list[Any], sales: Actor, now: datetime, make_member: Callable[..., Actor]
) -> None:
    everything = {"*": {"read": "all", "edit": "all", "delete": "all", "create": True}}
    blind = restricted(make_member, "blind", rights=everything, fields={"deal.amount": "hidden"})
    alone = restricted(make_member, "alone", rights={"*": {**everything["*"], "read": "own"}})
    none = restricted(make_member, "none", rights={"*": everything["*"], "deal": {"read": "none"}})
    made(alone, now, "deal", name="Mine", amount=5)
    row = kept(sales, now, is_shared=True)
    for definition in (
        BY_CITY, {"rows": [{"field": "amount", "by": "100"}]},
        {"measures": [{"function": "count", "filter": {"field": "amount", "op": "gt", "value": 1}}]},
        {"filter": {"field": "amount", "op": "gt", "value": 1}},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            report_ready.run(actor=blind, type_key="deal", definition=definition, at=now)
    own = report_ready.run(actor=alone, type_key="deal", definition={}, at=now)
    assert own.total.values == {"count": 1}
    with pytest.raises(NotFound):
        report_ready.run(actor=none, type_key="deal", definition={}, at=now)
    with pytest.raises(NotFound):
        report_list.report(actor=none, report_id=row.id)
    assert row.id not in {one.id for one in report_list.reports_of(actor=none)}
    with pytest.raises(Forbidden):  # no right to share
        kept(alone, now, definition={}, is_shared=True)
    with pytest.raises(Forbidden):  # somebody else's
        kept(alone, now, definition={}, report_id=row.id)


@pytest.mark.parametrize(
    "definition",
    [
        {"rows": [{"field": "nothing"}]}, {"rows": "x"}, {"rows": [1]}, {"rows": [{"field": "stage", "by": "month"}]},
        {"rows": [{"field": "amount", "by": "7"}]}, {"rows": [{"field": "stage"}] * 4}, {"column": {"field": "id"}},
        {"measures": [{"function": "sum", "field": "name"}]}, {"measures": [{"function": "median"}]}, {"sort": "x"},
        {"measures": [{"key": "n", "function": "count"}, {"key": "f", "expression": "n +"}]}, {"limit": "many"},
        {"measures": [{"key": "n", "function": "count"}, {"key": "f", "expression": "unknown / n"}]}, {"limit": -1},
        {"measures": [{"key": "A b", "function": "count"}]}, {"measures": [{"key": "f", "expression": "1.0"}]},
        {"measures": {"a": 1}}, {"period": {"field": "stage", "span": "last_30"}}, {"chart": {"kind": "cake"}},
        {"period": {"field": "created", "span": "never"}}, {"kind": "spiral"}, {"filter": {"field": "x", "op": "eq"}},
        {"period": {"field": "created", "from": "2026-02-30", "to": "x"}}, {"kind": "cohort"},
        {"kind": "funnel", "pipeline": "none"}, {"measures": [{"function": "count", "filter": [1]}]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(definition: dict[str, Any], deals: list[Any], sales: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        report_ready.run(actor=sales, type_key="deal", definition=definition, at=now)
    answer = Caller(sales).post("/crm/reports/run", {"type": "deal", "definition": definition})
    assert answer.status_code == 422


def test_division_by_nothing_is_empty_and_percent_is_said(deals: list[Any], sales: Actor, now: datetime) -> None:
    measures = [
        {"key": "won", "function": "count", "filter": {"field": "is_won", "op": "eq", "value": True}},
        {"key": "share", "expression": "won / count", "format": "percent"},
        {"key": "odd", "expression": "count / won"},
    ]
    definition = {"measures": [{"key": "count", "function": "count"}, *measures]}
    update_record(record_id=deals[0].id, values={"stage": "won"}, actor=sales, at=now)
    made(sales, now, "deal", name="D4")
    values = report_ready.run(actor=sales, type_key="deal", definition=definition, at=now).total.values
    assert values["share"] == 25
    assert values["odd"] == 4
    update_record(record_id=deals[0].id, values={"stage": "meet"}, actor=sales, at=now)
    values = report_ready.run(actor=sales, type_key="deal", definition=definition, at=now).total.values
    assert values["odd"] is None


def test_the_period_before(sales: Actor, now: datetime) -> None:
    made(sales, now - timedelta(days=40), "deal", name="Old", amount=100)
    made(sales, now, "deal", name="New", amount=150)
    definition = {
        "measures": [{"key": "sum", "function": "sum", "field": "amount"}],
        "period": {"field": "created", "span": "last_30", "compare": True},
    }
    total = report_ready.run(actor=sales, type_key="deal", definition=definition, at=now).total
    assert (total.values["sum"], total.before["sum"]) == (150, 100)
    today = now.date()
    quarter = span_of("this_quarter", today)
    assert (f"{quarter.first}", f"{quarter.last}") == ("2026-10-01", "2026-12-31")
    assert f"{before('this_quarter', quarter).first}" == "2026-07-01"
    assert f"{before('last_year', span_of('last_year', today)).last}" == "2024-12-31"


def test_the_funnel_counts_how_far_deals_came(sales: Actor, now: datetime) -> None:
    start = now - timedelta(days=20)
    far, lost, fresh = (made(sales, start, "deal", name=name) for name in ("far", "lost", "fresh"))
    for days, row, stage in ((4, far, "meet"), (2, lost, "meet"), (8, far, "propose"), (6, lost, "lost")):
        update_record(record_id=row.id, values={"stage": stage}, actor=sales, at=start + timedelta(days=days))
    result = report_ready.run(actor=sales, type_key="deal", definition={"kind": "funnel"}, at=now)
    by_stage = {row.keys[0]: row.total.values for row in result.rows}
    assert [by_stage[key]["reached"] for key in ("qualify", "meet", "propose", "won")] == [3, 2, 1, 0]
    assert by_stage["meet"]["step"] == pytest.approx(200 / 3)
    assert by_stage["qualify"]["now"] == 1
    assert by_stage["qualify"]["days"] == pytest.approx((4 + 2 + 20) / 3)
    assert by_stage["meet"]["days"] == pytest.approx(4)
    assert fresh.id


def test_cohorts_begin_with_the_first_paid_invoice(sales: Actor, now: datetime) -> None:
    days = {"A": ("2026-08-03", "2026-08-20", "2026-10-01"), "B": ("2026-08-31",), "C": ("2026-10-05",)}
    for name, paid in days.items():
        account = made(sales, now, "account", name=name)
        for number, day in enumerate(paid):
            made(sales, now, "invoice", number=f"{name}{number}", account=account.id, status="paid", paid_on=day)
    made(sales, now, "invoice", number="Open", account=account.id, status="open", paid_on="2026-11-01")
    result = report_ready.run(
        actor=sales, type_key="account", definition={"kind": "cohort", "by": "invoice", "months": 4}, at=now
    )
    shares = {row.keys[0]: [cell.values["share"] for cell in row.cells] for row in result.rows}
    assert shares == {"2026-08": [100, 0, 50, 0], "2026-10": [100, 0, None, None]}
    assert {row.keys for row in result.rows} == {("2026-08", 2), ("2026-10", 1)}


def test_activity_counts_what_each_person_made(sales: Actor, admin: Actor, now: datetime) -> None:
    made(sales, now, "call", subject="Hello")
    made(admin, now, "call", subject="Hello")
    made(admin, now, "task", subject="Do")
    made(admin, now - timedelta(days=60), "task", subject="Long ago")
    definition = {"kind": "activity", "period": {"field": "created", "span": "last_30"}}
    result = report_ready.run(actor=sales, type_key="call", definition=definition, at=now)
    found = {row.keys[0]: row.total.values["count"] for row in result.rows}
    assert found == {sales.id: 1, admin.id: 2}


def test_every_ready_made_report_runs_and_its_pages_open(
    deals: list[Any], sales: Actor, signed_in: Callable[[Actor], Client]
) -> None:
    browser = signed_in(sales)
    ready = report_list.reports_of(actor=sales)
    assert len(ready) == 13
    for one in ready:
        for path in ("", "edit/", "mails/", "file/csv/", "file/xlsx/"):
            assert browser.get(f"/crm/reports/{one.id}/{path}").status_code == 200, (one.name, path)
    boards = report_list.dashboards_of(actor=sales)
    assert len(boards) == 3
    for board in boards:
        for query in ("", "?span=last_90&owner=me", "?span=x&owner=y"):
            answer = browser.get(f"/crm/dashboards/{board.id}/{query}")
            assert answer.status_code == 200
            assert "cannot" not in answer.content.decode()


def test_a_report_is_made_without_javascript(
    deals: list[Any], sales: Actor, signed_in: Callable[[Actor], Client]
) -> None:
    browser = signed_in(sales)
    form = {
        "name": "Mine", "kind": "", "r0": "account.city", "c": "stage", "m0.function": "sum", "m0.field": "amount",
        "m0.key": "total", "m1.function": "count", "m1.key": "n", "m2.function": "formula", "m2.key": "each",
        "m2.expression": "total / n", "sort": "-total", "chart": "bar", "chart.measure": "total", "g.0": "all",
        "f.0.0": "amount", "o.0.0": "gte", "v.0.0": "100", "p": "created", "p.span": "", "limit": "",
    }  # fmt: skip
    page = browser.post("/crm/reports/new/?type=deal", {**form, "do": "preview"})
    assert "1,500" in page.content.decode()
    assert 'value="Mine"' in page.content.decode()
    more = browser.post("/crm/reports/new/?type=deal", {**form, "do": "add:0"})
    assert 'name="f.0.1"' in more.content.decode()
    bad = browser.post("/crm/reports/new/?type=deal", {**form, "m2.expression": "total / nothing", "do": "save"})
    assert bad.status_code == 200
    assert "total / nothing" in html.unescape(bad.content.decode())
    saved = browser.post("/crm/reports/new/?type=deal", {**form, "do": "save"})
    assert saved.status_code == 302
    row = next(one for one in report_list.reports_of(actor=sales) if one.name == "Mine")
    assert row.definition["filter"] == {"and": [{"field": "amount", "op": "gte", "value": "100"}]}
    again = browser.post(f"/crm/reports/{row.id}/edit/", {**form, "name": "Other", "r0": "close_date", "do": "save"})
    assert again.status_code == 302
    assert report_list.report(actor=sales, report_id=row.id).definition["rows"] == [
        {"field": "close_date", "by": "month"}
    ]
    assert browser.post(f"/crm/reports/{row.id}/").status_code == 302
    assert browser.get(f"/crm/reports/{row.id}/").status_code == 404


def test_dashboards_are_arranged_and_chosen(
    deals: list[Any], sales: Actor, admin: Actor, now: datetime, signed_in: Callable[[Actor], Client]
) -> None:
    browser = signed_in(sales)
    one, two = kept(sales, now), kept(sales, now, name="Second")
    page = browser.post("/crm/dashboards/new/", {"name": "Mine", "card": [one.id], "add": two.id, "do": "add"})
    assert page.content.decode().count('name="card"') == 2
    page = browser.post(
        "/crm/dashboards/new/", {"name": "Mine", "card": [one.id, two.id], "wide": two.id, "do": "up:1"}
    )
    assert page.content.decode().index(two.id) < page.content.decode().index(one.id)
    saved = browser.post(
        "/crm/dashboards/new/", {"name": "Mine", "card": [two.id, one.id], "wide": two.id, "do": "save"}
    )
    board = next(each for each in report_list.dashboards_of(actor=sales) if each.name == "Mine")
    assert saved["Location"] == f"/crm/dashboards/{board.id}/"
    assert board.cards == ((two.id, True), (one.id, False))
    with pytest.raises(NotFound):
        report_list.dashboard(actor=admin, dashboard_id=board.id)
    browser.post(f"/crm/dashboards/{board.id}/", {"do": "home"})
    assert browser.get("/crm/dashboards/")["Location"] == f"/crm/dashboards/{board.id}/"
    shown = browser.get(f"/crm/dashboards/{board.id}/card/0/").content.decode()
    assert "1,500" in shown
    reports.delete_report(report_id=two.id, actor=sales, at=now)
    assert "Second" not in browser.get(f"/crm/dashboards/{board.id}/").content.decode()


def test_charts_come_from_the_worker_and_are_drawn_once(
    deals: list[Any], sales: Actor, now: datetime, signed_in: Callable[[Actor], Client]
) -> None:
    browser = signed_in(sales)
    address = f"/crm/reports/{kept(sales, now).id}/"
    assert "being drawn" in browser.get(address).content.decode()
    assert Chart.objects.count() == 1
    key = Chart.objects.get().key
    assert "being drawn" in browser.get(f"/crm/reports/chart/{key}/?turn=3").content.decode()
    assert "could not be drawn" in browser.get(f"/crm/reports/chart/{key}/?turn=99").content.decode()
    assert drawing.draw_waiting(at=now) == 1
    assert drawing.draw_waiting(at=now) == 0
    page = browser.get(address).content.decode()
    assert page.count("<svg xmlns") == 2
    assert "var(--chart-1)" in page
    assert "&lt;b&gt;Basel" in page
    assert "<b>Basel" not in page
    assert " style=" not in page
    assert "var(" not in charts.on_paper(Chart.objects.get().wide)


def test_every_kind_of_chart_can_be_drawn() -> None:
    points = [Point(x, s, y, f"{y}") for y, (x, s) in enumerate([("a", "1"), ("b", "1"), ("a", "2"), ("b", "2")], 1)]
    wanted = {}
    for kind in sorted(set(CHARTS) - {"", "number"}):
        for is_time in (True, False):
            for found in (points, points[:2]):
                made_of = charts.specs(Drawing(kind, found, is_time, "x"))
                wanted |= {f"{kind}{is_time}{len(found)}{size}": spec for size, spec in made_of.items()}
    drawn = chart_process.draw(wanted)
    assert len(drawn) == len(wanted)
    assert all(svg.startswith("<svg") for svg in drawn.values())


def test_files_hold_the_figures_and_no_formulas(deals: list[Any], sales: Actor, now: datetime) -> None:
    made(sales, now, "deal", name="=1+1", amount=1)
    definition = {"rows": [{"field": "name"}], "measures": BY_CITY["measures"]}
    result = report_ready.run(actor=sales, type_key="deal", definition=definition, at=now)
    text = report_files.as_csv(result).decode("utf-8-sig")
    assert "'=1+1,1,1" in text
    assert text.splitlines()[-1] == "Total,1571,4"
    assert report_files.as_xlsx(result, "a/b:[c]")[:2] == b"PK"
    pdf = report_files.as_pdf("Title #1 *x*", [report_files.Titled("Part $1", result)], reader="A", at=now)
    assert pdf[:5] == b"%PDF-"


def test_an_export_needs_the_right_to_export(
    deals: list[Any], sales: Actor, now: datetime, make_member: Callable[..., Actor],
    signed_in: Callable[[Actor], Client],
) -> None:  # fmt: skip
    row = kept(sales, now, is_shared=True)
    reader = restricted(make_member, "reader2", rights={"*": {"read": "all"}})
    assert signed_in(reader).get(f"/crm/reports/{row.id}/").status_code == 200
    assert signed_in(reader).get(f"/crm/reports/{row.id}/file/csv/").status_code == 403
    assert signed_in(sales).get(f"/crm/reports/{row.id}/file/exe/").status_code == 404


def test_a_mail_goes_to_each_colleague_once_with_their_rights(
    deals: list[Any], sales: Actor, admin: Actor, now: datetime, make_member: Callable[..., Actor]
) -> None:
    alone = restricted(
        make_member, "alone2", rights={"*": {"read": "own"}, "account": {"read": "all"}}, permissions=["export"]
    )
    row = kept(sales, now, definition={"rows": [{"field": "stage"}]}, is_shared=True)
    report_mail.schedule(
        rhythm="weekly", recipients=[sales.id, alone.id], forms=["csv"], actor=sales, at=now, report_id=row.id
    )
    due = ReportMail.objects.get().due_at
    assert due == datetime(2026, 11, 9, 6, tzinfo=UTC)
    assert report_mail.begin_due(at=now) == 0
    assert report_mail.begin_due(at=due) == 2
    assert report_mail.begin_due(at=due) == 2  # asked for again, claimed once
    sent = [report_mail.deliver(delivery_id=one.pk, at=due) for one in ReportDelivery.objects.all() for _ in range(2)]
    assert sent == [True, False, True, False]
    assert len(mail.outbox) == 2
    texts = {message.to[0]: message.attachments[0][1] for message in mail.outbox}
    assert sorted(text.splitlines()[-1] for text in texts.values()) == ["Total,0", "Total,3"]
    assert ReportMail.objects.get().due_at == datetime(2026, 11, 16, 6, tzinfo=UTC)
    assert report_mail.begin_due(at=due + timedelta(minutes=5)) == 0
    with pytest.raises(Invalid):
        report_mail.schedule(
            rhythm="hourly", recipients=[sales.id], forms=["csv"], actor=sales, at=now, report_id=row.id
        )
    with pytest.raises(Forbidden):  # no right to share: only to oneself
        report_mail.schedule(
            rhythm="daily", recipients=[sales.id], forms=["csv"], actor=alone, at=now, report_id=row.id
        )


def test_a_failed_mail_is_tried_again_and_one_who_left_gets_nothing(
    deals: list[Any], sales: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = kept(sales, now)
    report_mail.schedule(rhythm="daily", recipients=[sales.id], forms=["csv"], actor=sales, at=now, report_id=row.id)
    due = ReportMail.objects.get().due_at
    report_mail.begin_due(at=due)
    delivery = ReportDelivery.objects.get()

    def refuses(**_given: Any) -> None:
        raise OSError("the server is away")

    with monkeypatch.context() as patched:
        patched.setattr(report_mail.mail, "send", refuses)
        assert not report_mail.deliver(delivery_id=delivery.pk, at=due)
    assert report_mail.begin_due(at=due + timedelta(minutes=5)) == 1
    assert report_mail.deliver(delivery_id=delivery.pk, at=due)


def test_the_api_defines_and_runs(deals: list[Any], sales: Actor) -> None:
    caller = Caller(sales)
    made_one = caller.post("/crm/reports", {"name": "A", "type": "deal", "definition": BY_CITY}).json()
    result = caller.get(f"/crm/reports/{made_one['id']}/result", span="last_30").json()
    assert [row["labels"] for row in result["rows"]] == [["Bern"], ["<b>Basel</b>"]]
    assert result["rows"][0]["total"]["values"] == {"sum": 1500, "count": 2}
    assert result["rows"][0]["total"]["filters"]["count"]["value"] == "Bern"
    assert caller.get(f"/crm/reports/{made_one['id']}/result", span="x").status_code == 422
    board = caller.post("/crm/dashboards", {"name": "B", "cards": [{"report": made_one["id"]}]}).json()
    assert board["cards"] == [{"report": made_one["id"], "wide": False}]
    assert caller.post("/crm/dashboards", {"name": "B", "cards": [{"report": "nothing"}]}).status_code == 422
    assert caller.delete(f"/crm/dashboards/{board['id']}").status_code == 204
    assert caller.delete(f"/crm/reports/{made_one['id']}").status_code == 204

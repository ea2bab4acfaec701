"""Reports: every figure equals the list it opens, and nobody counts what they may not see."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from fairboard.crm.queries import report_indexes
from fairboard.crm.queries.records import counted, readable, records
from fairboard.crm.queries.report_definition import read
from fairboard.crm.queries.reports import Cell, Result, run
from fairboard.crm.queries.views import tree_of
from fairboard.crm.services.report_indexes import refresh
from fairboard.crm.services.reports import delete_report, save_report
from fairboard.kit.actors import Actor
from fairboard.kit.lists import dialect
from tests.crm import made

pytestmark = pytest.mark.django_db
STAGES = ("qualify", "meet", "propose", "won", "lost")


@pytest.fixture
def company(sales: Actor, admin: Actor, now: datetime) -> list[Any]:
    """Accounts and deals with values missing here and there, of two owners."""
    rng = Random(5)
    accounts = [
        made(sales, now, "account", name=f"A{number}", city=rng.choice(["Bern", "Basel", "o'Fallon"]),
             **({"industry": rng.choice(["jobs", "retail"])} if number % 3 else {}))
        for number in range(8)
    ]  # fmt: skip
    for account in accounts:
        for step in range(3):
            values: dict[str, Any] = {"name": f"D{step}", "account": account.id, "stage": rng.choice(STAGES[:3])}
            if rng.random() < 0.8:
                values["amount"] = rng.choice([0, 99.99, 100, 150, 1000, 12_345.67])
            if rng.random() < 0.8:
                values["close_date"] = (now + timedelta(days=rng.randrange(-400, 400))).date().isoformat()
            if rng.random() < 0.6:
                values["source"] = rng.choice(["web", "call"])
            made(rng.choice([sales, admin]), now - timedelta(days=rng.randrange(90)), "deal", **values)
    return accounts


def count_of(actor: Actor, key: str, tree: Any, at: datetime) -> int:
    seat, info = readable(actor, key)
    return counted(actor=actor, type_key=key, tree=tree_of(tree, seat, info, at=at), most=0)


def sum_of(actor: Actor, key: str, tree: Any, at: datetime, field: str) -> float:
    seat, info = readable(actor, key)
    page = records(actor=actor, type_key=key, tree=tree_of(tree, seat, info, at=at), size=500)
    return float(sum(row.values.get(field) or 0 for row in page.items))


GROUPS = [
    {"field": "stage"}, {"field": "owner"}, {"field": "account"}, {"field": "account.city"}, {"field": "source"},
    {"field": "account.industry"}, {"field": "is_closed"}, {"field": "name"}, {"field": "pipeline"},
    *({"field": "close_date", "by": step} for step in ("day", "week", "month", "quarter", "year", "age")),
    *({"field": "created", "by": step} for step in ("week", "month")),
    *({"field": "amount", "by": size} for size in ("1", "50", "1000")), {"field": "probability", "by": "50"},
]  # fmt: skip
FILTERS: list[Any] = [
    None,
    {"and": [{"field": "amount", "op": "gt", "value": 99}]},
    {"or": [{"field": "owner", "op": "eq", "value": "me"}, {"field": "source", "op": "is_empty", "value": True}]},
    {"not": {"or": [{"field": "account.city", "op": "eq", "value": "Bern"}]}},
]
MEASURES = [
    {"key": "count", "function": "count"},
    {"key": "amount", "function": "sum", "field": "amount"},
    {"key": "web", "function": "count", "filter": {"and": [{"field": "source", "op": "eq", "value": "web"}]}},
    {"key": "share", "expression": "web / count * 100"},
]


def cells(result: Result) -> list[Cell]:
    return [result.total, *result.totals, *(one for row in result.rows for one in (row.total, *row.cells))]


@pytest.mark.parametrize("seed", range(12))
def test_every_figure_equals_the_list_it_opens(seed: int, company: list[Any], sales: Actor, now: datetime) -> None:
    rng = Random(seed)
    for _turn in range(3):
        definition: dict[str, Any] = {
            "filter": rng.choice(FILTERS), "measures": MEASURES,
            "rows": rng.sample(GROUPS, rng.choice([0, 1, 1, 2, 3])),
            "sort": rng.choice(["", "-amount", "count", "-share"]),
        }  # fmt: skip
        if rng.random() < 0.5:
            definition["column"] = rng.choice(GROUPS[:6])
        if rng.random() < 0.3:
            definition["period"] = {"field": "created", "span": rng.choice(["this_month", "last_30", "last_quarter"])}
        result = run(actor=sales, type_key="deal", definition=definition, at=now)
        sample = cells(result)
        for cell in rng.sample(sample, min(12, len(sample))):
            for key in ("count", "web"):
                assert cell.values[key] == count_of(sales, "deal", cell.trees[key], now), (definition, cell.trees[key])
            assert cell.values["amount"] == pytest.approx(
                sum_of(sales, "deal", cell.trees["amount"], now, "amount")
            ) or (cell.values["amount"] is None and not sum_of(sales, "deal", cell.trees["amount"], now, "amount"))
        leaves = [row for row in result.rows if row.level == len(definition["rows"])]
        if leaves:
            assert sum(int(row.total.values["count"] or 0) for row in leaves) == result.total.values["count"]


def test_the_biggest_of_many_groups_with_everything_in_the_totals(
    company: list[Any], sales: Actor, now: datetime
) -> None:
    definition = {"rows": [{"field": "account"}], "measures": MEASURES, "sort": "-amount"}
    whole = run(actor=sales, type_key="deal", definition=definition, at=now)
    cut = run(actor=sales, type_key="deal", definition={**definition, "limit": 3}, at=now)
    assert [row.keys for row in cut.rows] == [row.keys for row in whole.rows[:3]]
    assert cut.total.values == whole.total.values
    assert cut.left_out == len(whole.rows) - 3


def test_a_report_of_many_records_reads_an_index(
    company: list[Any], sales: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairboard.crm.services.views.BIG", 5)
    definition = {
        "rows": [{"field": "stage"}, {"field": "close_date", "by": "month"}], "measures": MEASURES,
        "filter": {"and": [{"field": "is_closed", "op": "eq", "value": False}]},
    }  # fmt: skip
    without = run(actor=sales, type_key="deal", definition=definition, at=now)
    row = save_report(type_key="deal", name="R", definition=definition, actor=sales, at=now)
    made_now, _dropped = refresh(at=now)
    assert (made_now > 0) == (dialect() == "sqlite")
    again = run(actor=sales, type_key="deal", definition=definition, at=now)
    assert [one.total.values for one in again.rows] == [one.total.values for one in without.rows]
    seat, info = readable(sales, "deal")
    assert bool(report_indexes.hint(read(definition, seat, info, at=now))) == (dialect() == "sqlite")
    delete_report(report_id=row.id, actor=sales, at=now)
    assert refresh(at=now) == (0, 1 if dialect() == "sqlite" else 0)

"""Rules over the API: all that the pages do."""

from datetime import timedelta
from typing import Any

import pytest

from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.safety.models import BackTest, Rule
from fairboard.safety.services import backtests
from tests.api.client import Caller
from tests.safety.test_back_test import history

RULE = {"key": "many-numbers", "name": "Many numbers", "policy": "scam", "message": "Too many numbers in this ad.",
        "rows": {"all": [{"variable": "contact.phones", "operator": "gt", "value": 3}]}}  # fmt: skip


def test_a_rule_lives_over_the_api(moderator: Actor, lead: Actor) -> None:
    history(10, clock.now() - timedelta(days=1))
    desk, boss = Caller(moderator), Caller(lead)
    made = desk.post("/rules", RULE)
    assert (made.status_code, made.json()["number"]) == (201, 1)
    path = f"/rules/{made.json()['rule_id']}"
    assert desk.post("/rules", RULE).status_code == 422
    assert desk.get(path).json()["versions"][0]["when"] == "contact.phones > 3"
    assert boss.post(f"{path}/promote", {}).json()["code"] == "rule-not-ready"
    assert desk.get(f"{path}/backtest").status_code == 404
    assert desk.post(f"{path}/backtest", {}).status_code == 201
    tasks.call(backtests.TASK, test_id=BackTest.objects.get().public_id)
    found = desk.get(f"{path}/backtest").json()
    assert (found["state"], found["hits"], len(found["samples"])) == ("done", 6, 6)
    assert desk.post(f"{path}/shadow", {"reason": "A look."}).status_code == 204
    assert boss.post(f"{path}/promote", {"reason": "It is right."}).status_code == 204
    assert [(one["key"], one["life"], one["live"]) for one in desk.get("/rules").json()["items"]] == [
        ("many-numbers", "live", 1)
    ]
    assert boss.post(f"{path}/retire", {}).status_code == 422
    assert boss.post(f"{path}/retire", {"reason": "Over."}).status_code == 204
    assert Rule.objects.get().life == "retired"


def test_the_author_does_not_promote_alone(lead: Actor) -> None:
    boss = Caller(lead)
    path = f"/rules/{boss.post('/rules', RULE).json()['rule_id']}"
    boss.post(f"{path}/backtest", {})
    tasks.call(backtests.TASK, test_id=BackTest.objects.get().public_id)
    answer = boss.post(f"{path}/promote", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "four-eyes")


def test_a_condition_is_checked_with_line_column_row_and_field(moderator: Actor) -> None:
    desk = Caller(moderator)
    found = desk.post("/rules/validate", {"when": "contact.phones > 1 &&\n ad.kind > 3"}).json()
    assert [(one["line"], one["column"]) for one in found["problems"]] == [(2, 2)]
    found = desk.post("/rules/validate", {"when": "contact.phones > 1"}).json()
    assert found["rows"] == {"all": [{"variable": "contact.phones", "operator": "gt", "value": 1}]}
    rows = {"any": [{"variable": "contact.phones", "operator": "gt", "value": "x"}]}
    (problem,) = desk.post("/rules/validate", {"rows": rows}).json()["problems"]
    assert (problem["path"], problem["field"]) == ("any[0]", "value")


@pytest.mark.parametrize(
    "odd",
    [
        {"rows": {}}, {"rows": {"all": [[]]}}, {"rows": {"all": 5}},
        {"rows": {"variable": [], "operator": {}, "value": {}}},
        {"rows": {"not": {"not": {"not": None}}}}, {"severity": 10**20}, {"delay_minutes": -1}, {"action": "nonsense"},
        {"rows": {"all": [{"variable": "contact.phones", "operator": "between", "value": [[], {}]}]}},
        {"rows": {"all": [{"variable": "contact.phones", "operator": "eq", "value": 10**30}]}},
        {"rows": {"all": [{"variable": "ad.kind", "operator": "is", "value": "a\u0000b\ud800"}]}}, {"key": "../x"},
        {"when": "(" * 3000, "rows": None}, {"when": "a\u0000", "rows": None}, {"name": ""},
    ],
)  # fmt: skip
def test_no_rule_is_an_error_of_the_server(moderator: Actor, odd: dict[str, Any]) -> None:
    assert Caller(moderator).post("/rules", {**RULE, **odd}).status_code in {201, 400, 422}
    checked = {name: odd[name] for name in ("rows", "when") if name in odd}
    assert Caller(moderator).post("/rules/validate", checked).status_code in {200, 400, 422}

"""Rules over the API: written, checked, tried on history, put to shadow, live and retired."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.problems import NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.rules import Problem, rows
from fairboard.rules.rows import RowProblem
from fairboard.safety.queries import backtests as test_queries
from fairboard.safety.queries import rules as queries
from fairboard.safety.schemas_rules import (
    AskedOut,
    BackTestIn,
    BackTestOut,
    CheckedOut,
    ConditionIn,
    NewRuleIn,
    PackagedStepIn,
    RuleDetail,
    RuleIn,
    RuleList,
    RuleOut,
    StepIn,
    VariableOut,
    WrittenOut,
)
from fairboard.safety.services import backtests, rules
from fairboard.screening import ENVIRONMENT

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
KEY = Path(..., pattern="^[0-9a-z-]{1,80}$")


@router.get("/rules", response={200: RuleList, PROBLEMS: ProblemOut})
def list_rules(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """The desk's rules by their keys, with what they hit."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.rule_schema())
    page = queries.rules(actor=actor, at=clock.now(), tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/rules", response={201: WrittenOut, PROBLEMS: ProblemOut})
def create_rule(request: HttpRequest, rule: NewRuleIn) -> Any:
    """A new rule, as a draft."""
    return Status(201, _write(request, rule.key, rule, is_new=True))


@router.get("/rules/variables", response={200: list[VariableOut], PROBLEMS: ProblemOut})
def list_variables(request: HttpRequest) -> Any:
    """Everything a rule can look at."""
    require(request, "desk:read")
    return [
        {"name": one.name, "type": one.type, "doc": one.doc, "operators": list(rows.operators(one.type))}
        for one in ENVIRONMENT.variables.values()
    ]


@router.post("/rules/validate", response={200: CheckedOut, PROBLEMS: ProblemOut})
def validate_condition(request: HttpRequest, condition: ConditionIn) -> Any:
    """What is wrong with a condition, and the same as CEL and as rows; nothing is kept."""
    require(request, "desk:read")
    if condition.rows is not None:
        wrong = rows.check(condition.rows, ENVIRONMENT)
        when = "" if wrong else rows.to_cel(condition.rows, ENVIRONMENT)
        return {"when": when, "rows": condition.rows, "problems": [_told(one) for one in wrong]}
    found = ENVIRONMENT.check(condition.when)
    return {
        "when": condition.when,
        "rows": None if found else rows.from_cel(condition.when, ENVIRONMENT),
        "problems": [_told(one) for one in found],
    }


def _told(one: RowProblem | Problem) -> dict[str, Any]:
    """A problem with its sentence in the caller's language and where it is."""
    where = {"path": one.path, "field": one.field} if isinstance(one, RowProblem) else {
        "line": one.line, "column": one.column
    }  # fmt: skip
    return {"message": rules.sentence(one), **where}


@router.get("/rules/packaged", response={200: list[RuleOut], PROBLEMS: ProblemOut})
def list_packaged_rules(request: HttpRequest) -> Any:
    """The rules that come with the product, with what was done with them."""
    return queries.packaged_rules(actor=require(request, "desk:read"), at=clock.now())


@router.put("/rules/packaged/{key}", response={204: None, PROBLEMS: ProblemOut})
def move_packaged_rule(request: HttpRequest, step: PackagedStepIn, key: str = KEY) -> Any:
    """Put a packaged rule to shadow, retire it, or have it act again."""
    actor = require(request, "safety:manage")
    rules.move_packaged(key=key, life=step.life, reason=step.reason, actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/rules/{rule_id}", response={200: RuleDetail, PROBLEMS: ProblemOut})
def read_rule(request: HttpRequest, rule_id: str = ID) -> Any:
    """One rule with its versions."""
    actor = require(request, "desk:read")
    row = queries.rule(rule_id=rule_id, actor=actor, at=clock.now())
    return {**_fields(row), "versions": queries.versions(rule_id=rule_id, actor=actor)}


@router.put("/rules/{rule_id}", response={200: WrittenOut, PROBLEMS: ProblemOut})
def write_version(request: HttpRequest, rule: RuleIn, rule_id: str = ID) -> Any:
    """A new version of a rule, as a draft; what is live stays so."""
    actor = require(request, "safety:manage")
    row = queries.rule(rule_id=rule_id, actor=actor, at=clock.now())
    return _write(request, row.key, rule, is_new=False)


@router.post("/rules/{rule_id}/backtest", response={201: AskedOut, PROBLEMS: ProblemOut})
def ask_back_test(request: HttpRequest, asked: BackTestIn, rule_id: str = ID) -> Any:
    """Try a version on what was judged before; it runs in the background."""
    actor, at = require(request, "safety:manage"), clock.now()
    row = queries.rule(rule_id=rule_id, actor=actor, at=at)
    test = backtests.ask(
        rule_id=rule_id, number=asked.number or row.newest, actor=actor, at=at, since=asked.since, until=asked.until
    )
    return Status(201, {"id": test})


@router.get("/rules/{rule_id}/backtest", response={200: BackTestOut, PROBLEMS: ProblemOut})
def read_back_test(request: HttpRequest, rule_id: str = ID, number: int = Query(0, ge=0, le=1_000_000)) -> Any:
    """The last back-test of a version, as far as it is; the newest version when no number is given."""
    actor = require(request, "desk:read")
    row = queries.rule(rule_id=rule_id, actor=actor, at=clock.now())
    found = test_queries.latest(rule_id=rule_id, number=number or row.newest, actor=actor)
    if found is None:
        raise NotFound
    return found


@router.post("/rules/{rule_id}/shadow", response={204: None, PROBLEMS: ProblemOut})
def put_to_shadow(request: HttpRequest, step: StepIn, rule_id: str = ID) -> Any:
    """Have a version watch without acting."""
    actor, at = require(request, "safety:manage"), clock.now()
    number = step.number or queries.rule(rule_id=rule_id, actor=actor, at=at).newest
    rules.to_shadow(rule_id=rule_id, number=number, actor=actor, at=at, reason=step.reason)
    return Status(204, None)


@router.post("/rules/{rule_id}/promote", response={204: None, PROBLEMS: ProblemOut})
def promote_rule(request: HttpRequest, step: StepIn, rule_id: str = ID) -> Any:
    """Have a version act. It needs a finished back-test and somebody else than its author."""
    actor, at = require(request, "safety:manage"), clock.now()
    number = step.number or queries.rule(rule_id=rule_id, actor=actor, at=at).newest
    rules.promote(rule_id=rule_id, number=number, actor=actor, at=at, reason=step.reason)
    return Status(204, None)


@router.post("/rules/{rule_id}/retire", response={204: None, PROBLEMS: ProblemOut})
def retire_rule(request: HttpRequest, step: StepIn, rule_id: str = ID) -> Any:
    """Have a rule neither act nor watch; a reason is needed."""
    actor = require(request, "safety:manage")
    rules.retire(rule_id=rule_id, actor=actor, at=clock.now(), reason=step.reason)
    return Status(204, None)


def _write(request: HttpRequest, key: str, rule: RuleIn, *, is_new: bool) -> Any:
    given = rule.dict(exclude={"key", "name"})
    return rules.write(
        key=key, name=rule.name, draft=rules.Draft(**given), actor=require(request, "safety:manage"), at=clock.now(),
        must_be_new=is_new,
    )  # fmt: skip


def _fields(row: queries.RuleRow) -> dict[str, Any]:
    """A row with its figures, also those that are computed."""
    return {**asdict(row), "hits": row.hits}

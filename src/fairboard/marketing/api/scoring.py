"""Rules for scores over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas_capture as shapes
from fairboard.marketing.queries import scoring as queries
from fairboard.marketing.services import scoring as services
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/marketing/scores", response={200: list[shapes.ScoreRuleOut], PROBLEMS: ProblemOut})
def list_score_rules(request: HttpRequest) -> Any:
    """The rules that give leads and contacts points, in their order."""
    return queries.rules(actor=require(request, "marketing:read"))


@router.post("/marketing/scores", response={201: shapes.ScoreRuleOut, PROBLEMS: ProblemOut})
def create_score_rule(request: HttpRequest, given: shapes.ScoreRuleIn) -> Any:
    """Make a rule; scores follow in the background."""
    actor = require(request, "marketing:write")
    made = services.save_rule(**given.dict(), actor=actor, at=clock.now())
    return Status(201, queries.rule(rule_id=made, actor=actor))


@router.get("/marketing/scores/{score_rule_id}", response={200: shapes.ScoreRuleOut, PROBLEMS: ProblemOut})
def read_score_rule(request: HttpRequest, score_rule_id: str = ID) -> Any:
    """One rule."""
    return queries.rule(rule_id=score_rule_id, actor=require(request, "marketing:read"))


@router.put("/marketing/scores/{score_rule_id}", response={200: shapes.ScoreRuleOut, PROBLEMS: ProblemOut})
def replace_score_rule(request: HttpRequest, given: shapes.ScoreRuleIn, score_rule_id: str = ID) -> Any:
    """Change a rule; scores follow in the background."""
    actor = require(request, "marketing:write")
    services.save_rule(**given.dict(), rule_id=score_rule_id, actor=actor, at=clock.now())
    return queries.rule(rule_id=score_rule_id, actor=actor)


@router.delete("/marketing/scores/{score_rule_id}", response={204: None, PROBLEMS: ProblemOut})
def remove_score_rule(request: HttpRequest, score_rule_id: str = ID) -> Any:
    """Take a rule away; scores follow in the background."""
    services.remove_rule(rule_id=score_rule_id, actor=require(request, "marketing:write"), at=clock.now())
    return Status(204, None)

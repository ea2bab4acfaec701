"""Automations over the API."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.crm import schemas_automations as shapes
from fairboard.crm.queries import automations as asked
from fairboard.crm.services import automations as acts
from fairboard.crm.services import rehearsing, running
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
WHERE = "/crm/automations/{automation_id}"


def _shown(request: HttpRequest, automation_id: str, scope: str = "crm:read") -> dict[str, Any]:
    row, versions = asked.automation(actor=require(request, scope), automation_id=automation_id)
    return {
        **{name: getattr(row, name) for name in shapes.AutomationRowOut.model_fields},
        "versions": [
            {name: getattr(one, name) for name in shapes.AutomationVersionOut.model_fields} for one in versions
        ],
    }


@router.get(
    "/crm/automations", response={200: list[shapes.AutomationRowOut], PROBLEMS: ProblemOut}, operation_id="automations"
)
def get_automations(request: HttpRequest) -> Any:
    """Every automation."""
    return asked.automations(actor=require(request, "crm:read"))


@router.post(
    "/crm/automations", response={201: shapes.AutomationOut, PROBLEMS: ProblemOut}, operation_id="automation_create"
)
def post_automation(request: HttpRequest, body: shapes.AutomationIn) -> Any:
    """Make an automation; its first version is a draft."""
    actor, at = require(request, "crm:write"), clock.now()
    made = acts.create(name=body.name or "", description=body.description or "", actor=actor, at=at)
    acts.save(automation_id=made, trigger=body.trigger, condition=body.condition, steps=body.steps, actor=actor, at=at)
    return Status(201, _shown(request, made, "crm:write"))


@router.get(WHERE, response={200: shapes.AutomationOut, PROBLEMS: ProblemOut}, operation_id="automation")
def get_automation(request: HttpRequest, automation_id: str = ID) -> Any:
    """One automation with its versions."""
    return _shown(request, automation_id)


@router.patch(WHERE, response={200: shapes.AutomationOut, PROBLEMS: ProblemOut}, operation_id="automation_change")
def patch_automation(request: HttpRequest, body: shapes.AutomationIn, automation_id: str = ID) -> Any:
    """Change the draft; where there is none, one is made from the newest version."""
    acts.save(automation_id=automation_id, actor=require(request, "crm:write"), at=clock.now(), **body.dict())
    return _shown(request, automation_id, "crm:write")


@router.delete(WHERE, response={204: None, PROBLEMS: ProblemOut}, operation_id="automation_remove")
def delete_automation(request: HttpRequest, automation_id: str = ID) -> Any:
    """Remove an automation that is off, with its history."""
    acts.remove(automation_id=automation_id, actor=require(request, "crm:write"), at=clock.now())
    return Status(204, None)


@router.post(
    f"{WHERE}/live", response={200: shapes.AutomationOut, PROBLEMS: ProblemOut}, operation_id="automation_live"
)
def post_live(request: HttpRequest, automation_id: str = ID) -> Any:
    """Put the draft live in place of the version that is."""
    acts.publish(automation_id=automation_id, actor=require(request, "crm:write"), at=clock.now())
    return _shown(request, automation_id, "crm:write")


@router.post(f"{WHERE}/off", response={200: shapes.AutomationOut, PROBLEMS: ProblemOut}, operation_id="automation_off")
def post_off(request: HttpRequest, automation_id: str = ID) -> Any:
    """Switch an automation off."""
    acts.switch_off(automation_id=automation_id, actor=require(request, "crm:write"), at=clock.now())
    return _shown(request, automation_id, "crm:write")


@router.get(
    f"{WHERE}/rehearsal", response={200: list[shapes.RehearsalOut], PROBLEMS: ProblemOut},
    operation_id="automation_rehearsal",
)  # fmt: skip
def get_rehearsal(request: HttpRequest, automation_id: str = ID, last: int = Query(50, ge=1, le=500)) -> Any:
    """What the newest version would have done with the last so many events. Nothing is written."""
    return rehearsing.dry_run(
        automation_id=automation_id, actor=require(request, "crm:read"), at=clock.now(), last=last
    )


@router.get(f"{WHERE}/runs", response={200: shapes.RunPage, PROBLEMS: ProblemOut}, operation_id="automation_runs")
def get_runs(
    request: HttpRequest, automation_id: str = ID, cursor: str = Query("", max_length=400),
    state: Literal["", "queued", "running", "waiting", "done", "failed", "stopped", "refused"] = "",
) -> Any:  # fmt: skip
    """The runs of an automation, newest first."""
    page = asked.runs(actor=require(request, "crm:read"), automation_id=automation_id, state=state, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get(
    "/crm/runs/{run_id}", response={200: shapes.AutomationRunOut, PROBLEMS: ProblemOut}, operation_id="automation_run"
)
def get_run(request: HttpRequest, run_id: str = ID) -> Any:
    """One run with its input, steps and errors."""
    return asked.run(actor=require(request, "crm:read"), run_id=run_id)[0]


@router.post("/crm/runs/{run_id}/retry", response={204: None, PROBLEMS: ProblemOut}, operation_id="run_retry")
def post_retry(request: HttpRequest, run_id: str = ID) -> Any:
    """Go on with a run that failed or was refused, at the step it stopped at."""
    running.retry(run_id=run_id, actor=require(request, "crm:write"), at=clock.now())
    return Status(204, None)

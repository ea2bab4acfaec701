"""The pages of risk assessments."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety import risks
from fairboard.safety.queries import risks as queries
from fairboard.safety.services.risks import adopt

FIELDS = ("likelihood", "impact", "measures", "evidence")


@permission_required("metrics.view")
@require_GET
def risk_list(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first."""
    actor = actor_of(request)
    regimes = [{"key": one.key, "label": str(one.label)} for one in risks.REGIMES]
    return render(
        request,
        "safety/risks.html",
        {
            "assessments": queries.assessments(actor=actor, at=clock.now()),
            "regimes": regimes,
            "may_write": actor.can("desk.lead"),
        },
    )


@permission_required("metrics.view")
@require_GET
def risk(request: HttpRequest, assessment_id: str) -> HttpResponse:
    """One version; ``?format=json`` as a file."""
    row = queries.assessment(assessment_id=assessment_id, actor=actor_of(request), at=clock.now())
    if request.GET.get("format") == "json":
        name = f"risk-assessment-{row.regime}-{row.version}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return JsonResponse(queries.as_file(row), headers=headers, json_dumps_params={"indent": 1})
    return render(request, "safety/risk.html", {"assessment": row, "levels": _levels()})


@permission_required("desk.lead")
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, regime: str) -> HttpResponse:
    """Write the next version, from the one in force."""
    if regime not in risks.BY_KEY:
        raise NotFound
    actor, at = actor_of(request), clock.now()
    errors: dict[str, str] = {}
    before = queries.newest(regime=regime, actor=actor, at=at)
    rows, typed = _given(request, regime, before)
    if request.method == "POST":
        try:
            made = adopt(
                regime=regime, rows=rows, summary=typed["summary"], owner=typed["owner"],
                review_on=_day(typed["review_on"]), actor=actor, at=at,
            )  # fmt: skip
        except Problem as problem:
            errors = {error["field"]: error["message"] for error in problem.errors} or {"": problem.detail}
        else:
            return redirect("safety:risk", assessment_id=made)
    labels = {kind: str(label) for kind, label in risks.KINDS[regime].items()}
    return render(
        request,
        "safety/risk_write.html",
        {
            "rows": rows, "labels": labels, "levels": _levels(), "errors": errors, "regime": risks.BY_KEY[regime].law,
            **typed,
        },
        status=422 if errors else 200,
    )  # fmt: skip


def _levels() -> dict[str, str]:
    return {str(number): str(label) for number, label in risks.LEVELS.items()}


def _given(
    request: HttpRequest, regime: str, before: queries.AssessmentRow | None
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """What was typed, or the version before to start from."""
    if request.method == "POST":
        rows = [
            {"kind": kind, **{name: request.POST.get(f"{kind}-{name}", "") for name in FIELDS}}
            for kind in risks.KINDS[regime]
        ]
        return rows, {name: request.POST.get(name, "") for name in ("owner", "review_on", "summary")}
    known = {one.kind: one for one in before.rows} if before else {}
    rows = [
        {"kind": kind, **{name: str(getattr(known[kind], name)) if kind in known else "" for name in FIELDS}}
        for kind in risks.KINDS[regime]
    ]
    return rows, {
        "owner": before.owner if before else "", "summary": before.summary if before else "", "review_on": "",
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

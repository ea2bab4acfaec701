"""Scores: the rules, a try of one before it is saved, how scores are spread, and why somebody has theirs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, NotFound, Problem
from fairboard.marketing import conditions
from fairboard.marketing.forms import add_problem
from fairboard.marketing.forms_leads import RuleForm
from fairboard.marketing.queries import scoring as queries
from fairboard.marketing.services import scoring as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def scoring(request: HttpRequest) -> HttpResponse:
    """Rules and what they come to; trying one out saves nothing."""
    actor, at = actor_of(request), clock.now()
    rows = queries.rules(actor=actor)
    chosen = next((one for one in rows if one.id == request.GET.get("rule")), None)
    initial = {name: getattr(chosen, name) for name in ("type_key", "name", "expression", "points")} if chosen else {}
    if request.method == "POST" and request.POST.get("do") == "remove":
        services.remove_rule(rule_id=request.POST.get("rule", ""), actor=actor, at=at)
        return redirect("marketing:scoring")
    form = RuleForm(request.POST or None, initial=initial)
    extra = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if request.POST.get("do") == "try":
                conditions.program(given["type_key"], given["expression"], given["type_key"], field="expression")
                extra = queries.RuleRow("", given["type_key"], given["name"], given["expression"], given["points"])
            else:
                services.save_rule(**given, rule_id=chosen.id if chosen else "", actor=actor, at=at)
                return redirect("marketing:scoring")
        except (Forbidden, NotFound):
            raise
        except Problem as problem:
            add_problem(
                form, problem.errors or [{"field": getattr(problem, "field", ""), "message": problem.detail}], ""
            )
    type_key = extra.type_key if extra else "lead"
    before = queries.spread(type_key=type_key, extra=None, at=at)
    after = queries.spread(type_key=type_key, extra=extra, without=chosen.id if chosen else "", at=at) if extra else []
    context = {
        "rules": rows, "form": form, "chosen": chosen, "before": before, "after": after, "sample": queries.SAMPLE,
        "highest": queries.highest(actor=actor), "most": max([1, *(count for _l, _h, count in [*before, *after])]),
        "variables": conditions.environment("lead", "lead").reference(),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/scoring.html", context, status=status)


@permission_required("marketing.use")
@require_GET
def why(request: HttpRequest, record_id: str) -> HttpResponse:
    """What each rule gives somebody now."""
    row, parts, total = queries.why(record_id=record_id, actor=actor_of(request), at=clock.now())
    return render(request, "marketing/score_why.html", {"record": row, "parts": parts, "total": total})

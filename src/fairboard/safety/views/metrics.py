"""The desk's figures, and judging samples blind."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.queries import metrics as queries
from fairboard.safety.services.samples import judge
from fairboard.safety.views.desk import QUEUE_LABELS
from fairboard.screening import policies


@permission_required("metrics.view")
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """How the desk does."""
    found = queries.metrics(actor=actor_of(request), at=clock.now())
    days = [{"label": day.isoformat(), "value": count} for day, count in found.by_day]
    ages = [{"label": _queue(one.queue), "value": one.p90} for one in found.queues]
    return render(
        request,
        "safety/metrics.html",
        {
            "metrics": found,
            "days": days,
            "most": max((count for _day, count in found.by_day), default=0),
            "ages": ages,
            "oldest": max((one.p90 for one in found.queues), default=0),
            "queue_names": {name: _queue(name) for name in [*QUEUE_LABELS, *(one.queue for one in found.queues)]},
        },
    )


def _queue(name: str) -> str:
    return str(QUEUE_LABELS.get(name, name))


@permission_required("desk.decide")
@require_http_methods(["GET", "POST"])
def samples(request: HttpRequest) -> HttpResponse:
    """One sample at a time: only what everybody sees, is it fine or which rule does it break."""
    actor = actor_of(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            judge(
                sample_id=request.POST.get("sample", ""), finding=request.POST.get("finding", ""),
                policy=request.POST.get("policy", ""), actor=actor, at=clock.now(),
            )  # fmt: skip
        except Problem as found:
            problem = found
        else:
            return redirect("safety:samples")
    sample = queries.next_sample(actor=actor)
    return render(
        request,
        "safety/samples.html",
        {
            "sample": asdict(sample) if sample else None,
            "problem": problem,
            "chosen": request.POST.get("policy", ""),
            "policies": [{"code": one.code, "name": _(one.name)} for one in policies().values()],
        },
        status=problem.status if problem else 200,
    )

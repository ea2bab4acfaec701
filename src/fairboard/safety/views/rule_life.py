"""A rule's life on its page: back-tests with their figures, and the steps from draft to live to retired."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.queries import backtests as test_queries
from fairboard.safety.queries import rules as queries
from fairboard.safety.queries.backtests import BackTestRow
from fairboard.safety.services import backtests, rules

WIDE, HIGH = 640, 120
MOST_BARS = 128


def surroundings(
    request: HttpRequest, rule: queries.RuleRow, shown: queries.VersionRow, versions: Sequence[queries.VersionRow]
) -> dict[str, Any]:
    """What stands around the editor: the last back-test, the versions, the steps so far, who may take the next."""
    actor = actor_of(request)
    test = test_queries.latest(rule_id=rule.id, number=shown.number, actor=actor)
    return {
        "shown": shown, "versions": versions, "moves": queries.moves(rule_id=rule.id, actor=actor),
        "may_promote": actor.can("rules.promote"), "is_author": shown.created_by == actor.id,
        **test_context(test), "days": 90,
    }  # fmt: skip


def test_context(test: BackTestRow | None) -> dict[str, Any]:
    """A back-test as its part of the page needs it."""
    if test is None:
        return {"test": None}
    names = {
        "allowed": _("Allowed"), "held": _("Waiting"), "refused": _("Refused by the gate"),
        "upheld": _("Refused by people"), "overturned": _("Allowed by people"),
    }  # fmt: skip
    return {
        "test": test, "bars": bars(test), "wide": WIDE, "high": HIGH, "state_names": names,
        "is_running": test.state in {"waiting", "running"},
        "percent": round(100 * test.seen / test.total) if test.total else 0,
        "precision": _percent(test.precision), "low": _percent(test.interval and test.interval[0]),
        "up": _percent(test.interval and test.interval[1]),
    }  # fmt: skip


@permission_required("rules.edit")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Take a step: to shadow, live or retired; what stands in the way is said on the rule's page."""
    if request.method == "POST":
        try:
            _move(request, rule_id, actor_of(request))
        except Invalid as problem:
            messages.error(request, problem.detail)
        except NotFound:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, _("Done. The gate runs it so from now on."))
    queries.rule(rule_id=rule_id, actor=actor_of(request), at=clock.now())
    return redirect("safety:rule", rule_id=rule_id)


def _move(request: HttpRequest, rule_id: str, actor: Actor) -> None:
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "")
    number = _whole(request.POST.get("number", ""))
    if to == "shadow":
        rules.to_shadow(rule_id=rule_id, number=number, actor=actor, at=clock.now(), reason=reason)
    elif to == "live":
        rules.promote(rule_id=rule_id, number=number, actor=actor, at=clock.now(), reason=reason)
    elif to == "retired":
        rules.retire(rule_id=rule_id, actor=actor, at=clock.now(), reason=reason)
    else:
        raise Invalid(_("There is no such life of a rule."), field="to")


@permission_required("rules.edit")
@require_http_methods(["GET", "POST"])
def back_test(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Ask for a back-test, stop it, or go on with it."""
    actor, at = actor_of(request), clock.now()
    queries.rule(rule_id=rule_id, actor=actor, at=at)
    number = _whole(request.POST.get("number", ""))
    if request.method == "POST":
        act, test_id = request.POST.get("act", ""), request.POST.get("test", "")
        try:
            if act == "stop":
                backtests.stop(test_id=test_id, actor=actor, at=at)
            elif act == "resume":
                backtests.resume(test_id=test_id, actor=actor, at=at)
            else:
                days = min(3650, max(1, _whole(request.POST.get("days", "")) or 90))
                backtests.ask(
                    rule_id=rule_id, number=number, actor=actor, at=at, since=at - timedelta(days=days), until=at
                )  # fmt: skip
        except NotFound:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
    answer = redirect("safety:rule", rule_id=rule_id)
    answer["Location"] += f"?version={number}#test" if number else "#test"
    return answer


@permission_required("desk.view")
@require_GET
def progress(request: HttpRequest, rule_id: str, number: int) -> HttpResponse:
    """The back-test's part of the page alone: it renews itself while the test runs."""
    actor = actor_of(request)
    row = queries.rule(rule_id=rule_id, actor=actor, at=clock.now())
    test = test_queries.latest(rule_id=rule_id, number=number, actor=actor)
    if test is None:
        raise NotFound
    context = {"rule": row, "shown": {"number": number}, "may_edit": actor.can("rules.edit"), **test_context(test)}
    return render(request, "safety/parts/back_test.html", context)


def bars(test: BackTestRow) -> list[dict[str, Any]]:
    """The chart of hits by day, by week where the days are many: x, y, width and height of each bar, and its words."""
    counted = {date.fromisoformat(day): hits for day, hits in test.days}
    if not counted:
        return []
    first, last = max(test.since.date(), min(counted) - timedelta(days=7)), test.until.date()
    step = 1 + ((last - first).days + 1) // MOST_BARS
    buckets: list[tuple[date, int]] = []
    day = first
    while day <= last:
        buckets.append((day, sum(counted.get(day + timedelta(days=one), 0) for one in range(step))))
        day += timedelta(days=step)
    most, each = max(1, *(hits for _day, hits in buckets)), WIDE / len(buckets)
    return [
        {"x": round(at * each + 0.5, 2), "w": round(max(1.0, each - 1), 2), "h": round(hits / most * (HIGH - 4), 2),
         "y": round(HIGH - hits / most * (HIGH - 4), 2), "day": day, "hits": hits}
        for at, (day, hits) in enumerate(buckets)
    ]  # fmt: skip


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _whole(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else 0

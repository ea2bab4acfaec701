"""Running automations: one step after the other, each in a transaction of its own, so that a kill costs nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from fairboard.crm import automation_plans as plans
from fairboard.crm import scopes
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import AutomationRun, AutomationStep
from fairboard.crm.queries.records import check_permission
from fairboard.crm.queries.standing import accounts_of
from fairboard.crm.services import acting
from fairboard.crm.services.firing import DEPTH, SYSTEM, scope_of
from fairboard.crm.services.standing import refusals_recorded
from fairboard.crm.standing import OnHold
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, NotFound, Problem
from fairboard.rules import RuleError

CLAIM = timedelta(minutes=5)
RETRIES = (60, 300, 1_800)
"""Seconds after which a step is tried again that broke for no reason of its own."""
KEPT = timedelta(days=90)


def run_due(*, at: datetime, most: int = 200) -> int:
    """Go on with the runs that are due; returns how many."""
    free = Q(state__in=["queued", "waiting"], wake_at__lte=at) | Q(state="running", claimed_at__lt=at - CLAIM)
    done = 0
    for pk in list(AutomationRun.objects.filter(free).order_by("wake_at", "pk").values_list("pk", flat=True)[:most]):
        if AutomationRun.objects.filter(free, pk=pk).update(state="running", claimed_at=at):
            advance(pk, at=at)
            done += 1
    return done


def advance(pk: int, *, at: datetime) -> None:
    """Do the steps of a claimed run until it waits or ends."""
    for _step in range(plans.MOST_STEPS + 1):
        run = AutomationRun.objects.select_related("version__automation", "record").get(pk=pk)
        if run.state != "running":
            return
        token = DEPTH.set(run.depth + 1)
        try:
            with refusals_recorded(actor=SYSTEM, at=at, source="automation"), transaction.atomic():
                _next(run, at)
        except OnHold as held:
            _ended(run, "refused", held.detail, at)
        except (Problem, RuleError) as problem:
            text = problem.detail or str(problem.title) if isinstance(problem, Problem) else str(problem)
            _ended(run, "failed", text, at)
        except Exception as error:  # whatever breaks a step must not break the others
            _broken(run, error, at)
        finally:
            DEPTH.reset(token)


def _next(run: AutomationRun, at: datetime) -> None:
    """Do one step, in its transaction."""
    run = (
        AutomationRun.objects.select_for_update(of=("self",))
        .select_related("version__automation", "record")
        .get(pk=run.pk)
    )
    if run.state != "running":
        return
    steps = {step["key"]: step for step in plans.walk(run.version.steps)}
    step, info = steps.get(run.step), catalogue().by_id.get(run.record.type_id)
    if step is None or info is None:
        _close(run, "done" if info else "stopped", "", at)
        return
    if run.version.state != "live" and not run.version.automation.versions.filter(state="live").exists():
        _close(run, "stopped", "off", at)
        return
    if run.record.deleted_at is not None and run.version.trigger_kind != "deleted":
        _close(run, "stopped", "gone", at)
        return
    account = next(iter(accounts_of([run.record]).get(run.record.pk, ())), 0)
    scope = scope_of(info, run.record, run.input, at, account)
    following = plans.order(run.version.steps)[run.step]
    wake: datetime | None = None
    output: dict[str, Any] = {}
    if step["do"] == "stop":
        following = ""
    elif step["do"] == "branch":
        is_so = scopes.holds(str(step.get("condition", "")), scope)
        side = step.get("then" if is_so else "else", [])
        following, output = side[0]["key"] if side else following, {"result": is_so}
    elif step["do"] == "wait":
        wake = wake_at(step, scope, at)
        output = {"until": wake.isoformat()}
    else:
        output = acting.act(acting.Work(run, run.record, scope, account, step, at))
    AutomationStep.objects.update_or_create(
        run=run, key=run.step,
        defaults={"act": step["do"], "is_done": True, "output": output, "error": "", "at": at},
    )  # fmt: skip
    run.step, run.attempts, run.error, run.claimed_at = following, 0, "", at
    if wake is not None:
        run.state, run.wake_at = "waiting", wake
    run.save()
    if not following and wake is None:
        _close(run, "done", "", at)


def wake_at(step: Mapping[str, Any], scope: scopes.Scope, at: datetime) -> datetime:
    """When a wait is over: after a while, or at the day of a field; now when that is empty or past."""
    if until := step.get("until"):
        given = str(scope.record.get(until, ""))
        moment = parse_datetime(given) if len(given) > 10 else None
        day = parse_date(given[:10]) if given and moment is None else None
        if day is not None:
            moment = datetime(day.year, day.month, day.day, 8, tzinfo=at.tzinfo)
        return max(moment or at, at)
    return at + timedelta(seconds=int(step.get("amount", 1)) * plans.UNITS[str(step.get("unit", "days"))])


def _close(run: AutomationRun, state: str, error: str, at: datetime) -> None:
    run.state, run.error, run.finished_at, run.claimed_at = state, error[:400], at, None
    run.save()


def _ended(run: AutomationRun, state: str, error: str, at: datetime) -> None:
    """Write down, after the step was taken back, why the run ends here."""
    with transaction.atomic():
        act = next((one["do"] for one in plans.walk(run.version.steps) if one["key"] == run.step), "")
        AutomationStep.objects.update_or_create(
            run=run, key=run.step, defaults={"act": act, "is_done": False, "output": {}, "error": error[:400], "at": at}
        )
        AutomationRun.objects.filter(pk=run.pk).update(state=state, error=error[:400], finished_at=at, claimed_at=None)


def _broken(run: AutomationRun, error: Exception, at: datetime) -> None:
    if run.attempts < len(RETRIES):
        AutomationRun.objects.filter(pk=run.pk).update(
            state="queued", attempts=run.attempts + 1, error=repr(error)[:400], claimed_at=None,
            wake_at=at + timedelta(seconds=RETRIES[run.attempts]),
        )  # fmt: skip
    else:
        _ended(run, "failed", repr(error), at)


def retry(*, run_id: str, actor: Actor, at: datetime) -> None:
    """Go on with a run that failed or was refused, at the step it stopped at. Raises NotFound, Conflict."""
    check_permission(actor, "automations")
    run = AutomationRun.objects.filter(public_id=run_id).first()
    if run is None:
        raise NotFound(_("There is no such run."))
    if not AutomationRun.objects.filter(pk=run.pk, state__in=["failed", "refused"]).update(
        state="queued", wake_at=at, attempts=0, finished_at=None, claimed_at=None
    ):
        raise Conflict(_("This run did not fail."))


def forget(*, at: datetime) -> int:
    """Remove what ended 90 days ago; returns how many runs."""
    old = AutomationRun.objects.filter(finished_at__lt=at - KEPT).order_by("pk").values_list("pk", flat=True)[:5_000]
    return AutomationRun.objects.filter(pk__in=list(old)).delete()[0]

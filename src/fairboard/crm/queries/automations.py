"""Reading automations: which there are, their runs, and what one would have done with what happened before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from fairboard.crm import automation_plans as plans
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Automation, AutomationRun, AutomationStep, AutomationVersion, Record
from fairboard.crm.queries.records import check_permission
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import NotFound

PERMISSION = "automations"


@dataclass(frozen=True, slots=True)
class AutomationRow:
    """An automation: the version that is live (0: off), its draft (0: none), its runs."""

    id: str
    name: str
    description: str
    live: int
    draft: int
    trigger: Mapping[str, Any]
    runs: int
    failed: int
    last_run_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version and its content; ``errors`` keep a draft from going live."""

    number: int
    state: str
    trigger: Mapping[str, Any]
    condition: str
    steps: Sequence[Mapping[str, Any]]
    created_at: datetime
    live_at: datetime | None
    retired_at: datetime | None
    next_at: datetime | None
    errors: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a run that was done or failed."""

    key: str
    act: str
    is_done: bool
    output: Mapping[str, Any]
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run for a record."""

    id: str
    version: int
    record_id: str
    record_name: str
    type_key: str
    state: str
    error: str
    depth: int
    step: str
    input: Mapping[str, Any]
    wake_at: datetime
    created_at: datetime
    finished_at: datetime | None
    steps: Sequence[StepRow] = ()


def automations(*, actor: Actor) -> list[AutomationRow]:
    """Every automation by name; raises Forbidden."""
    check_permission(actor, PERMISSION)
    rows = list(Automation.objects.order_by("name", "pk"))
    found = AutomationRun.objects.values("version__automation_id", "state").annotate(
        n=Count("pk"), last=Max("created_at")
    )
    counts: dict[int, list[Mapping[str, Any]]] = {}
    for one in found:
        counts.setdefault(one["version__automation_id"], []).append(one)
    versions: dict[int, list[AutomationVersion]] = {}
    for version in AutomationVersion.objects.exclude(state="retired").order_by("number"):
        versions.setdefault(version.automation_id, []).append(version)
    return [_row(one, versions.get(one.pk, []), counts.get(one.pk, [])) for one in rows]


def _row(row: Automation, versions: Sequence[AutomationVersion], counts: Sequence[Mapping[str, Any]]) -> AutomationRow:
    live = next((one for one in versions if one.state == "live"), None)
    draft = next((one for one in versions if one.state == "draft"), None)
    shown = live or draft
    return AutomationRow(
        row.public_id, row.name, row.description, live.number if live else 0, draft.number if draft else 0,
        shown.trigger if shown else {}, sum(one["n"] for one in counts),
        sum(one["n"] for one in counts if one["state"] in {"failed", "refused"}),
        max((one["last"] for one in counts), default=None),
    )  # fmt: skip


def automation(*, actor: Actor, automation_id: str) -> tuple[AutomationRow, list[VersionRow]]:
    """One automation and its versions, the newest first; raises Forbidden, NotFound."""
    check_permission(actor, PERMISSION)
    row = Automation.objects.filter(public_id=automation_id).first()
    if row is None:
        raise NotFound(_("There is no such automation."))
    versions = list(row.versions.order_by("-number"))
    runs = AutomationRun.objects.filter(version__automation=row).values("state")
    counts = list(runs.annotate(n=Count("pk"), last=Max("created_at")))
    return _row(row, versions, counts), [_version(one) for one in versions]


def _version(one: AutomationVersion) -> VersionRow:
    errors = plans.errors(one.trigger, one.condition, one.steps) if one.state == "draft" else ()
    return VersionRow(
        one.number, one.state, one.trigger, one.condition, one.steps, one.created_at, one.live_at, one.retired_at,
        one.next_at, errors,
    )  # fmt: skip


def runs(*, actor: Actor, automation_id: str, state: str = "", cursor: str = "", size: int = 50) -> Page[RunRow]:
    """The runs of an automation, newest first; raises Forbidden, NotFound."""
    automation(actor=actor, automation_id=automation_id)
    found = AutomationRun.objects.filter(version__automation__public_id=automation_id)
    if state:
        found = found.filter(state=state)
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found.select_related("version", "record").order_by("-pk")[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_run(one) for one in rows[:size]], next_cursor=more)


def run(*, actor: Actor, run_id: str) -> tuple[RunRow, str]:
    """One run with its steps, and its automation's id; raises Forbidden, NotFound."""
    check_permission(actor, PERMISSION)
    row = AutomationRun.objects.select_related("version__automation", "record").filter(public_id=run_id).first()
    if row is None:
        raise NotFound(_("There is no such run."))
    steps = [
        StepRow(one.key, one.act, one.is_done, one.output, one.error, one.at)
        for one in AutomationStep.objects.filter(run=row).order_by("at", "pk")
    ]
    return _run(row, steps), row.version.automation.public_id


def _run(row: AutomationRun, steps: Sequence[StepRow] = ()) -> RunRow:
    record: Record = row.record
    info = catalogue().by_id.get(record.type_id)
    return RunRow(
        row.public_id, row.version.number, record.public_id, record.name, info.key if info else "", row.state,
        row.error, row.depth, row.step, row.input, row.wake_at, row.created_at, row.finished_at, steps,
    )  # fmt: skip

"""What sets automations off: writes of records, events on timelines, the clock, and what other floors say."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from fairboard.crm import automation_plans as plans
from fairboard.crm import cron, scopes
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import AutomationRun, AutomationVersion, Follower, Record, TimelineEntry
from fairboard.crm.queries.records import schema_of, walked
from fairboard.crm.queries.standing import accounts_of
from fairboard.filters import Condition, Node, validate
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Problem
from fairboard.rules import RuleError

DEPTH: ContextVar[int] = ContextVar("automation_depth", default=0)
"""How many automations stand behind what is being written now."""
DEEPEST = 5
MOST_AN_HOUR = 20
"""Runs of one automation for one record in an hour."""
RUN = tasks.expect("crm.automate")
SYSTEM = Actor.system("automation")
OVERLAP, SIZE = 200, 1_000
LATEST = timedelta(days=31)
"""How far back days are made up for on which nothing ran."""


def heard(batch: Batch) -> None:
    """Set off what waits for writes of these records, in the same transaction."""
    live = [
        one for one in _live(type_key=batch.type.key, trigger_kind__in=plans.RECORD_TRIGGERS)
        if batch.source != "import" or one.trigger.get("imports")
    ]  # fmt: skip
    found = [(one, row) for one in live for row in batch.rows if fits(one.trigger, row)]
    if found:
        depth = DEPTH.get() if batch.source == "automation" else 0
        _start(batch.type, [(one, row.record, *_input(row)) for one, row in found], depth=depth, at=batch.at)


def _live(**narrowed: Any) -> list[AutomationVersion]:
    return list(AutomationVersion.objects.filter(state="live", **narrowed).order_by("pk"))


def fits(trigger: Mapping[str, Any], row: Written) -> bool:
    """Whether a write is what a trigger waits for."""
    kind, is_bin = trigger["kind"], "deleted" in row.changed
    if kind == "deleted":
        return is_bin and row.record.deleted_at is not None
    if kind == "created":
        return row.is_new
    if row.is_new or is_bin:
        return False
    if kind == "changed":
        return True
    key = trigger.get("field", "")
    if key not in row.changed:
        return False
    before, after = row.before.get(key), row.after.get(key)
    if key == "owner":
        after = row.record.owner_id
    return all(
        not trigger.get(side) or str(value if value is not None else "") == trigger[side]
        for side, value in (("from", before), ("to", after))
    )


def _input(row: Written) -> tuple[str, dict[str, Any]]:
    return f"e{row.event}:{row.record.pk}", {
        "before": {} if row.is_new else {key: row.before.get(key) for key in row.before if key not in {"owner"}},
        "changed": sorted(row.changed), "is_new": row.is_new, "event": row.event,
    }  # fmt: skip


Wanted = tuple[AutomationVersion, Record, str, dict[str, Any]]


def _start(info: TypeInfo, wanted: Sequence[Wanted], *, depth: int, at: datetime) -> int:
    """Make a run for each that satisfies its condition; returns how many."""
    reached = (
        accounts_of([row for _one, row, _key, _given in wanted])
        if any("account" in x[0].condition for x in wanted)
        else {}
    )
    runs = []
    for one, row, key, given in wanted:
        state, error = "queued", ""
        try:
            if not scopes.holds(one.condition, scope_of(info, row, given, at, next(iter(reached.get(row.pk, ())), 0))):
                continue
        except (RuleError, Problem) as problem:
            state, error = "failed", str(problem)
        if depth > DEEPEST:
            state, error = "stopped", "loop"
        elif state == "queued" and (recent := _recent(one, row, at)) >= MOST_AN_HOUR:
            if recent > MOST_AN_HOUR:
                continue
            state, error = "stopped", "too-often"
        first = one.steps[0]["key"] if one.steps else ""
        runs.append(
            AutomationRun(
                version=one, record=row, key=key, depth=depth, state=state, input=given, step=first,
                error=error[:400], wake_at=at, created_at=at, finished_at=None if state == "queued" else at,
            )
        )  # fmt: skip
    AutomationRun.objects.bulk_create(runs, ignore_conflicts=True, batch_size=500)
    if runs:
        tasks.enqueue(RUN)
    return len(runs)


def _recent(one: AutomationVersion, row: Record, at: datetime) -> int:
    runs = AutomationRun.objects.filter(record=row, created_at__gt=at - timedelta(hours=1))
    return runs.filter(version__automation_id=one.automation_id)[: MOST_AN_HOUR + 2].count()


def scope_of(info: TypeInfo, row: Record, given: Mapping[str, Any], at: datetime, account: int = 0) -> scopes.Scope:
    """What a run sees: the record as it is, what set the run off, and the account it is about."""
    about = Record.objects.filter(pk=account).values_list("data", flat=True).first() if account else None
    return scopes.Scope(
        info, row.data, at.date(), before=given.get("before", {}), account=about or {}, data=given.get("data", {}),
        owner=row.owner_id, changed=tuple(given.get("changed", ())), is_new=bool(given.get("is_new")),
    )  # fmt: skip


def fire(*, kind: str, record_id: str, data: Mapping[str, Any], at: datetime, key: str = "") -> int:
    """Set off what waits for a ``form``, ``segment_entered`` or ``segment_left``, for a record; returns how many runs.

    ``data`` goes to conditions and texts as ``data``; its ``of`` is the form's or segment's key, which a trigger may
    name. The same ``key`` sets an automation off once. Call it in the transaction of what happened.
    """
    if kind not in plans.FIRED:
        raise ValueError(kind)
    row = Record.objects.filter(public_id=record_id, deleted_at=None).first()
    info = catalogue().by_id.get(row.type_id) if row else None
    if row is None or info is None:
        return 0
    of = str(data.get("of", ""))
    live = [one for one in _live(type_key=info.key, trigger_kind=kind) if one.trigger.get("of", of) == of]
    mark = key or f"{kind}:{of}:{at.timestamp()}"
    given = {"data": {name: value for name, value in data.items() if isinstance(value, str | int | float | bool)}}
    with transaction.atomic():
        return _start(info, [(one, row, f"{mark}:{row.pk}"[:80], given) for one in live], depth=0, at=at)


def follow(*, at: datetime) -> int:
    """Set off what waits for events of the market, as they come to timelines; returns how many entries were read."""
    with transaction.atomic():
        place, _new = Follower.objects.select_for_update().get_or_create(name="automations")
        live: dict[str, list[AutomationVersion]] = {}
        for one in _live(trigger_kind="event"):
            live.setdefault(str(one.trigger.get("event")), []).append(one)
        newest = TimelineEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if not live or not place.event_id:
            Follower.objects.filter(pk=place.pk).update(event_id=newest)
            return 0
        found = TimelineEntry.objects.filter(pk__gt=max(place.event_id - OVERLAP, 0), kind__in=list(live))
        entries = list(found.select_related("record").order_by("pk")[:SIZE])
        for entry in entries:
            info = catalogue().by_id.get(entry.record.type_id)
            wanted: list[Wanted] = [
                (one, entry.record, f"t{entry.pk}", {"event": entry.event_id})
                for one in live[entry.kind]
                if info is not None and one.type_key == info.key and one.live_at is not None and one.live_at <= entry.at
            ]
            if info is not None and wanted and entry.record.deleted_at is None:
                _start(info, wanted, depth=0, at=at)
        reached = entries[-1].pk if len(entries) == SIZE else newest
        Follower.objects.filter(pk=place.pk).update(event_id=max(reached, place.event_id))
        return len(entries) if len(entries) == SIZE else 0


def tick(*, at: datetime) -> int:
    """Set off what is due by the clock; returns how many automations were. Cut short, it begins again: nothing runs
    twice."""
    due = _live(trigger_kind__in=plans.CLOCK, next_at__lte=at)
    for one in due:
        info = catalogue().types.get(one.type_key)
        moment = max(one.next_at or at, at - LATEST)
        while info is not None and moment <= at:
            _set_off(one, info, moment, at)
            moment = cron.next_due(one.trigger, moment)
            if one.trigger_kind == "schedule":  # once is enough for what was missed
                moment = cron.next_due(one.trigger, at)
        AutomationVersion.objects.filter(pk=one.pk, next_at=one.next_at).update(next_at=moment)
    return len(due)


def _set_off(one: AutomationVersion, info: TypeInfo, moment: datetime, at: datetime) -> None:
    tree, mark = None, f"s{moment:%Y%m%d%H%M}"
    if one.trigger_kind == "date":
        day = moment.date() - timedelta(days=int(one.trigger.get("days", 0)))
        tree, mark = day_tree(info, str(one.trigger["field"]), day), f"d{day:%Y%m%d}"
    for rows in walked(actor=SYSTEM, type_key=info.key, tree=tree, size=500):
        records = Record.objects.in_bulk([row.pk for row in rows])
        with transaction.atomic():
            wanted: list[Wanted] = [(one, records[row.pk], f"{mark}:{row.pk}", {}) for row in rows if row.pk in records]
            _start(info, wanted, depth=0, at=at)


def day_tree(info: TypeInfo, field: str, day: date) -> Node:
    """The records whose date field holds this day."""
    if field in info.fields and info.fields[field].type == "datetime":
        given = Condition(field, "between", (f"{day}T00:00:00+00:00", f"{day}T23:59:59+00:00"))
    else:
        given = Condition(field, "eq", day.isoformat())
    return validate(given, schema_of(SYSTEM, info.key))

"""Dry runs: what an automation would have done with what happened before. Nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from fairboard.crm import automation_plans as plans
from fairboard.crm import events, scopes
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Written
from fairboard.crm.models import AutomationVersion, Change, Record, TimelineEntry
from fairboard.crm.queries.records import check_permission, walked
from fairboard.crm.queries.standing import accounts_of, held_among
from fairboard.crm.services.firing import SYSTEM, day_tree, fits, scope_of
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound, Problem
from fairboard.ledger.queries import events_about
from fairboard.rules import RuleError

KINDS = {"created": events.CREATED, "changed": events.CHANGED, "field": events.CHANGED, "deleted": events.DELETED}
MOST = 500


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would have become of one event: ``acts`` in words, or why nothing."""

    record_id: str
    record_name: str
    at: datetime
    verdict: str
    acts: tuple[str, ...] = ()
    error: str = ""


Past = tuple[Record, dict[str, Any], dict[str, Any], datetime]


def dry_run(*, automation_id: str, actor: Actor, at: datetime, last: int = 50, number: int = 0) -> list[Rehearsal]:
    """What a version (0: the newest) would have done with the last so many events it waits for.

    Values are those of that moment, rebuilt from kept changes; accounts are as they are now. ``verdict``: run, no
    (the condition is false), refused (the account is on hold), error. Raises Forbidden, NotFound.
    """
    check_permission(actor, "automations")
    versions = AutomationVersion.objects.filter(automation__public_id=automation_id).order_by("-number")
    version = (versions.filter(number=number) if number else versions).first()
    info = catalogue().types.get(version.type_key) if version else None
    if version is None or info is None:
        raise NotFound
    return [_rehearsed(version, info, *one) for one in islice(_past(version, info, at), min(max(last, 1), MOST))]


def _past(version: AutomationVersion, info: TypeInfo, at: datetime) -> Iterator[Past]:
    kind = version.trigger_kind
    if kind in KINDS:
        yield from _writes(version, info)
    elif kind == "event":
        found = TimelineEntry.objects.filter(kind=str(version.trigger.get("event")), record__type_id=info.id)
        for entry in found.select_related("record").order_by("-pk")[:MOST]:
            yield entry.record, dict(entry.record.data), {}, entry.at
    elif kind in plans.CLOCK:
        days = range(1, 31) if kind == "date" else (0,)
        for ago in days:
            moment = at - timedelta(days=ago)
            tree = None
            if kind == "date":
                aim = moment.date() - timedelta(days=int(version.trigger.get("days", 0)))
                tree = day_tree(info, str(version.trigger.get("field")), aim)
            for rows in walked(actor=SYSTEM, type_key=info.key, tree=tree, size=200):
                for row in Record.objects.filter(pk__in=[one.pk for one in rows]).order_by("pk"):
                    yield row, dict(row.data), {}, moment


def _writes(version: AutomationVersion, info: TypeInfo) -> Iterator[Past]:
    """Writes the trigger fits, newest first, with the values of that moment."""
    for event in events_about(f"crm.{info.key}", kind=KINDS[version.trigger_kind], size=MOST * 4):
        row = Record.objects.filter(public_id=event.subject_id).first()
        if row is None:
            continue
        after, before = dict(row.data), dict[str, Any]()
        changes = list(Change.objects.filter(record=row, event_id__gte=event.number).order_by("-event_id", "-pk"))
        for one in changes:
            if one.event_id > event.number:
                _put(after, one.key, one.before)
        before = dict(after)
        for one in changes:
            if one.event_id == event.number:
                _put(before, one.key, one.before)
        is_new = event.kind == events.CREATED
        changed = frozenset(event.data.get("fields", ())) or frozenset(after if is_new else {"deleted"})
        written = Written(row, {} if is_new else before, after, changed, is_new)
        if event.kind == events.DELETED or fits(version.trigger, written):
            given = {"before": {} if is_new else before, "changed": sorted(changed), "is_new": is_new}
            yield row, after, given, event.at


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        data.pop(key, None)
    else:
        data[key] = value


def _rehearsed(
    version: AutomationVersion, info: TypeInfo, row: Record, data: dict[str, Any], given: dict[str, Any], at: datetime
) -> Rehearsal:
    accounts = accounts_of([row]).get(row.pk, set())
    row.data = data  # the record as it was; it is not saved
    scope = scope_of(info, row, given, at, next(iter(accounts), 0))
    try:
        if not scopes.holds(version.condition, scope):
            return Rehearsal(row.public_id, row.name, at, "no")
        acts = tuple(_told(version.steps, scope, row))
    except (RuleError, Problem) as problem:
        return Rehearsal(row.public_id, row.name, at, "error", error=str(problem))
    held = held_among(accounts, at=at)
    return Rehearsal(row.public_id, row.name, at, "refused" if held else "run", acts)


def _told(steps: Sequence[Mapping[str, Any]], scope: scopes.Scope, row: Record) -> Iterator[str]:
    for step in steps:
        act = str(step["do"])
        if act == "stop":
            yield str(plans.ACTS[act])
            return
        if act == "branch":
            is_so = scopes.holds(str(step.get("condition", "")), scope)
            side = step.get("then" if is_so else "else", [])
            yield f"{plans.ACTS[act]}: {'then' if is_so else 'else'}"
            yield from _told(side, scope, row)
            if any(one["do"] == "stop" for one in side):
                return
        else:
            yield f"{plans.ACTS[act]}: {detail(step, scope)}".rstrip(": ")


def detail(step: Mapping[str, Any], scope: scopes.Scope) -> str:
    """What a step says with the values of a record put in."""
    if step["do"] in {"update", "create"}:
        key = (
            step.get("type") if step["do"] == "create" else "account" if step.get("on") == "account" else scope.info.key
        )
        target = catalogue().types.get(str(key), scope.info)
        pairs = [
            f"{target.fields[name].label if name in target.fields else name} = "
            f"{scopes.value_of(text, scope, target, name)}"
            for name, text in step.get("values", {}).items()
        ]
        return ", ".join(pairs)
    if step["do"] == "wait":
        return str(step.get("until") or f"{step.get('amount', 1)} {step.get('unit', 'days')}")
    if step["do"] == "count":
        return f"{step.get('field')} +{step.get('by', 1)}"
    return scopes.merged(str(step.get("subject") or step.get("template") or step.get("webhook") or ""), scope)

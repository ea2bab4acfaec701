"""What is still wrong with a journey before it can be put live, each thing with where it is."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.access import editable_fields, seat_of
from fairboard.crm.queries.records import records_by_id
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.marketing import conditions, graph
from fairboard.marketing.models import Form, Segment, Template
from fairboard.marketing.models.mailings import BASES
from fairboard.marketing.queries import consents

TYPES = ("contact", "lead", "account")
Found = list[dict[str, str]]


def problems(content: Mapping[str, Any], *, type_key: str, actor: Actor) -> Found:
    """Everything that is wrong, as ``field`` (the key of a step, or of a setting) and ``message``."""
    found = settings(content, type_key=type_key)
    steps = content.get("steps") or []
    if not steps:
        found.append({"field": "steps", "message": _("Add at least one step.")})
    for step in graph.walked(steps):
        found += [
            {"field": str(step["key"]), "message": text} for text in of_step(step, type_key=type_key, actor=actor)
        ]
    return found


def settings(content: Mapping[str, Any], *, type_key: str) -> Found:
    """What is wrong with how people come in and leave, and with what all mails share."""
    wrong = []
    entry = content.get("entry") or {}
    kind = entry.get("kind")
    if kind not in graph.ENTRIES:
        wrong.append(("entry", _("Choose how people come in.")))
    elif kind == "segment":
        segment = Segment.objects.filter(public_id=str(entry.get("segment", "")), archived_at=None).first()
        if segment is None or segment.type_key != type_key:
            wrong.append(("segment", _("Choose a segment of the same kind of record.")))
    elif kind == "form" and not Form.objects.filter(public_id=str(entry.get("form", "")), archived_at=None).exists():
        wrong.append(("form", _("Choose a form.")))
    elif kind == "field" and entry.get("field") not in catalogue().type(type_key).fields:
        wrong.append(("field", _("Choose a field.")))
    elif kind == "event" and not entry.get("event"):
        wrong.append(("event", _("Choose what happens.")))
    if consents.topic(str(content.get("topic", ""))) is None:
        wrong.append(("topic", _("Choose a topic.")))
    if content.get("basis") not in BASES:
        wrong.append(("basis", _("Choose one of the list.")))
    if (content.get("quiet_from") is None) != (content.get("quiet_to") is None):
        wrong.append(("quiet_from", _("Give both ends of the quiet hours.")))
    days = content.get("reentry_days")
    if days is not None and not 1 <= int(days) <= 3_650:
        wrong.append(("reentry_days", _("Between one day and ten years.")))
    if goal := content.get("goal"):
        wrong += _condition(type_key, str(goal), "goal")
    return [{"field": field, "message": str(text)} for field, text in wrong]


def of_step(step: Mapping[str, Any], *, type_key: str, actor: Actor) -> list[str]:
    """What is wrong with one step, in words."""
    check = _CHECKS.get(str(step["kind"]))
    return check(step, type_key, actor) if check else []


def _condition(type_key: str, source: str, field: str) -> list[tuple[str, str]]:
    try:
        conditions.program(type_key, source, field=field)
    except Invalid as problem:
        return [(field, problem.detail)]
    return []


def _mail(step: Mapping[str, Any], type_key: str, actor: Actor) -> list[str]:
    is_there = Template.objects.filter(public_id=str(step.get("template", "")), archived_at=None).exists()
    return [] if is_there else [_("Choose a template.")]


def _wait(step: Mapping[str, Any], type_key: str, actor: Actor) -> list[str]:
    mode = step.get("mode")
    if mode == "duration":
        minutes = _number(step.get("amount")) * graph.UNITS.get(str(step.get("unit")), 0)
        return [] if 1 <= minutes <= graph.LONGEST_WAIT else [_("Wait at least a minute and at most two years.")]
    if mode == "weekday":
        days = step.get("weekdays") or []
        return [] if days and all(day in range(7) for day in days) else [_("Choose at least one day of the week.")]
    if mode == "date":
        one = catalogue().type(type_key).fields.get(str(step.get("field", "")))
        if one is None or one.type not in {"date", "datetime"}:
            return [_("Choose a field that holds a date.")]
        return [] if abs(_number(step.get("days"))) <= 730 else [_("At most two years before or after.")]
    return [_("Choose how long to wait.")]


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _branch(step: Mapping[str, Any], type_key: str, actor: Actor) -> list[str]:
    if step.get("ask") not in graph.ASKS:
        return [_("Choose what to ask.")]
    if step["ask"] == "condition":
        return [text for _field, text in _condition(type_key, str(step.get("condition", "")), "condition")]
    return []


def _update(step: Mapping[str, Any], type_key: str, actor: Actor) -> list[str]:
    seat, info = seat_of(actor), catalogue().type(type_key)
    if step.get("field") not in editable_fields(seat, info):
        return [_("Choose a field you may change.")]
    return []


def _task(step: Mapping[str, Any], type_key: str, actor: Actor) -> list[str]:
    found = [] if str(step.get("subject", "")).strip() else [_("Say what is to be done.")]
    return found if 0 <= _number(step.get("days")) <= 365 else [*found, _("Due within a year.")]


def _campaign(step: Mapping[str, Any], type_key: str, actor: Actor) -> list[str]:
    if type_key == "account":
        return [_("Contacts and leads are members of campaigns; accounts are not.")]
    row = records_by_id(actor=actor, ids=[str(step.get("campaign", ""))]).get(str(step.get("campaign", "")))
    return [] if row is not None and row.type_key == "campaign" else [_("Choose a campaign.")]


_CHECKS = {
    "mail": _mail, "wait": _wait, "branch": _branch, "update": _update, "task": _task, "campaign": _campaign,
}  # fmt: skip

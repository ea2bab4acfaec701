"""What an automation may be: its triggers and steps, checked; which step follows which."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fairboard.crm import cron, scopes
from fairboard.crm.automation_mail import Letter
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.kit.problems import Invalid
from fairboard.ledger.kinds import is_declared

TRIGGERS: dict[str, str | Promise] = {
    "created": _("A record is created"), "changed": _("A record is changed"),
    "field": _("A field changes"), "deleted": _("A record is deleted"), "event": _("Something happens in the market"),
    "date": _("A date comes near, or has passed"), "schedule": _("At a time that comes back"),
    "form": _("A form is sent"), "segment_entered": _("A segment is entered"),
    "segment_left": _("A segment is left"),
}  # fmt: skip
RECORD_TRIGGERS = ("created", "changed", "field", "deleted")
FIRED = ("form", "segment_entered", "segment_left")
CLOCK = ("schedule", "date")
ACTS: dict[str, str | Promise] = {
    "update": _("Change fields"), "count": _("Count up a field"), "create": _("Create a record"),
    "assign": _("Assign in turn"), "task": _("Create a task"), "notify": _("Write to a colleague"),
    "mail": _("Send a template to the contact"), "webhook": _("Tell a webhook"), "wait": _("Wait"),
    "branch": _("If ... else"), "stop": _("Stop"),
}  # fmt: skip
EVERY: dict[str, str | Promise] = {
    "day": _("Every day"), "week": _("Every week"), "month": _("Every month"), "cron": _("Cron fields"),
}  # fmt: skip
UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400, "weeks": 604_800}
BASES: dict[str, str | Promise] = {
    "consent": _("They agreed to this topic"), "customer": _("They are customers who did not object"),
}  # fmt: skip
MOST_STEPS, MOST_NESTED = 50, 4
TEXTS = ("type", "field", "from", "to", "event", "every", "at", "cron", "of", "on", "team", "subject", "owner", "text",
         "template", "topic", "basis", "webhook", "unit", "until", "condition", "priority", "description")  # fmt: skip
NUMBERS = ("weekday", "day", "days", "amount", "by")


def clean_trigger(given: Mapping[str, Any]) -> dict[str, Any]:
    """A trigger with what belongs to it and nothing else; raises Invalid for a shape that is none."""
    kind = given.get("kind", "created")
    if kind not in TRIGGERS:
        raise Invalid(_now("There is no such trigger."), field="trigger.kind")
    return {"kind": kind, **_plain(given, "trigger"), "imports": bool(given.get("imports"))}


def clean_steps(given: Any) -> list[dict[str, Any]]:
    """Steps with a key each; raises Invalid for a shape that is none."""
    left = [MOST_STEPS]
    taken: set[str] = set()
    found = _steps(given, "steps", 0, left, taken)
    number = 0
    for step in walk(found):
        while not step["key"]:
            number += 1
            if f"s{number}" not in taken:
                step["key"] = f"s{number}"
                taken.add(step["key"])
    return found


def _steps(given: Any, path: str, depth: int, left: list[int], taken: set[str]) -> list[dict[str, Any]]:
    if not isinstance(given, list) or depth > MOST_NESTED:
        raise Invalid(_now("Steps are a list, nested at most %(n)d deep.") % {"n": MOST_NESTED}, field=path)
    found = []
    for place, one in enumerate(given):
        here = f"{path}[{place}]"
        left[0] -= 1
        if not isinstance(one, Mapping) or one.get("do") not in ACTS or left[0] < 0:
            raise Invalid(_now("At most %(n)d steps, each with a known act.") % {"n": MOST_STEPS}, field=here)
        key = one.get("key", "")
        key = key if isinstance(key, str) and key.isalnum() and key.isascii() and len(key) <= 6 else ""
        step: dict[str, Any] = {"key": "" if key in taken else key, "do": one["do"], **_plain(one, here)}
        taken.add(step["key"])
        if step["do"] in {"update", "create"}:
            step["values"] = _values(one.get("values", {}), here)
        if step["do"] == "branch":
            for side in ("then", "else"):
                step[side] = _steps(one.get(side, []), f"{here}.{side}", depth + 1, left, taken)
        found.append(step)
    return found


def _plain(given: Mapping[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in TEXTS:
        if name in given and given[name] not in (None, ""):
            if not isinstance(given[name], str) or len(given[name]) > 4_000 or "\x00" in given[name]:
                raise Invalid(_now("This is no text."), field=f"{path}.{name}")
            found[name] = given[name].strip()
    for name in NUMBERS:
        if name in given and given[name] not in (None, ""):
            try:
                number = int(str(given[name]))
            except ValueError as error:
                raise Invalid(_now("This is no whole number."), field=f"{path}.{name}") from error
            if abs(number) > 100_000:
                raise Invalid(_now("This number is too large."), field=f"{path}.{name}")
            found[name] = number
    return found


def _values(given: Any, path: str) -> dict[str, str]:
    if not isinstance(given, Mapping) or len(given) > 50:
        raise Invalid(_now("Values are given by field."), field=f"{path}.values")
    found = {str(key)[:43]: "" if value is None else str(value) for key, value in given.items()}
    if any(len(value) > 4_000 or "\x00" in key + value for key, value in found.items()):
        raise Invalid(_now("This text is too long."), field=f"{path}.values")
    return found


def letter_of(step: Mapping[str, Any]) -> Letter:
    """What a mail step sends."""
    return Letter(str(step["template"]), str(step.get("topic") or ""), str(step.get("basis") or "consent"))


def walk(steps: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every step, those of branches too, in their order."""
    for step in steps:
        yield step
        if step["do"] == "branch":
            yield from walk(step.get("then", []))
            yield from walk(step.get("else", []))


def order(steps: Sequence[dict[str, Any]], end: str = "") -> dict[str, str]:
    """Which step follows each step when it does not branch; empty for the end."""
    found: dict[str, str] = {}
    for place, step in enumerate(steps):
        following = steps[place + 1]["key"] if place + 1 < len(steps) else end
        found[step["key"]] = following
        if step["do"] == "branch":
            found |= order(step.get("then", []), following) | order(step.get("else", []), following)
    return found


def errors(trigger: Mapping[str, Any], condition: str, steps: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Everything that keeps an automation from going live, by path."""
    found: list[dict[str, str]] = []
    info = catalogue().types.get(str(trigger.get("type", "")))
    if info is None:
        return [{"field": "trigger.type", "message": _now("Choose an object type.")}]
    _try(found, "trigger", lambda: _check_trigger(trigger, info))
    if condition:
        _try(found, "condition", lambda: scopes.program(info, condition))
    if not steps:
        found.append({"field": "steps", "message": _now("Add a step.")})
    for place, step in enumerate(walk(steps)):
        _try(found, f"steps.{step['key'] or place}", lambda step=step: _check_step(step, info))
    return found


def _try(found: list[dict[str, str]], path: str, check: Any) -> None:
    try:
        check()
    except Invalid as problem:
        name = f"{path}.{problem.field}" if problem.field and problem.field != "expression" else path
        found.append({"field": name, "message": problem.detail})


def _check_trigger(trigger: Mapping[str, Any], info: TypeInfo) -> None:
    kind = trigger["kind"]
    if kind == "field" and str(trigger.get("field", "")) not in {*info.fields, "owner", "record_type"}:
        raise Invalid(_now("Choose a field."), field="field")
    if kind == "event" and not is_declared(str(trigger.get("event", ""))):
        raise Invalid(_now("Choose an event."), field="event")
    if kind == "schedule" and trigger.get("every", "day") not in EVERY:
        raise Invalid(_now("Choose how often."), field="every")
    if kind == "date":
        one = info.fields.get(str(trigger.get("field", "")))
        if trigger.get("field") not in {"created", "updated"} and (one is None or one.type not in {"date", "datetime"}):
            raise Invalid(_now("Choose a date field."), field="field")
        cron.time_of(trigger.get("at"))
    if kind == "schedule":
        cron.next_due(trigger, scopes.SOME_DAY)


def _check_step(step: Mapping[str, Any], info: TypeInfo) -> None:
    act = step["do"]
    if act == "update" or act == "create":
        key = step.get("type", "") if act == "create" else ("account" if step.get("on") == "account" else info.key)
        target = catalogue().types.get(str(key))
        if target is None:
            raise Invalid(_now("Choose an object type."), field="type")
        if not step.get("values"):
            raise Invalid(_now("Choose a field and its value."), field="values")
        for name, text in step["values"].items():
            if name != "owner" and (name not in target.fields or not target.fields[name].is_written):
                raise Invalid(_now("There is no field %(key)s to write.") % {"key": name}, field=f"values.{name}")
            if text.startswith("="):
                scopes.program(info, text[1:], scopes.result_of(target, name))
    elif act == "count":
        one = info.fields.get(str(step.get("field", "")))
        if one is None or one.type != "number" or one.kind not in {"value", "figure"}:
            raise Invalid(_now("Choose a number field."), field="field")
    elif act == "wait" and step.get("until"):
        one = info.fields.get(step["until"])
        if one is None or one.type not in {"date", "datetime"}:
            raise Invalid(_now("Choose a date field."), field="until")
    elif act == "wait" and (step.get("unit", "days") not in UNITS or not 0 < step.get("amount", 0) <= 1_000):
        raise Invalid(_now("Say how long: 1 to 1000."), field="amount")
    elif act == "branch":
        scopes.program(info, str(step.get("condition", "")))
    else:
        needed = {"task": "subject", "notify": "subject", "mail": "template", "webhook": "webhook"}.get(act)
        if needed and not step.get(needed):
            raise Invalid(_now("This is needed."), field=needed)
        if act == "mail" and step.get("basis", "consent") not in BASES:
            raise Invalid(_now("Choose one of the list."), field="basis")

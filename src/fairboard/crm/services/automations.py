"""Automations: drafted, put live, switched off; packaged ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import automation_mail, cron, events
from fairboard.crm import automation_plans as plans
from fairboard.crm.data import automations as packaged
from fairboard.crm.models import Automation, AutomationVersion
from fairboard.crm.queries.records import check_permission
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound
from fairboard.ledger.services import Subject, record

PERMISSION = "automations"


def create(*, name: str, actor: Actor, at: datetime, description: str = "", key: str = "") -> str:
    """Make an automation with an empty draft; returns its id. Raises Forbidden, Invalid."""
    check_permission(actor, PERMISSION)
    plain = name.replace("\x00", "").strip()[:80]
    if not plain:
        raise Invalid(_("Give it a name."), field="name")
    with transaction.atomic():
        row = Automation.objects.create(
            name=plain, description=description.replace("\x00", "").strip()[:400], key=key, created_by=actor.id,
            created_at=at,
        )  # fmt: skip
        AutomationVersion.objects.create(
            automation=row, number=1, created_by=actor.id, created_at=at, **_content({}, "", [])
        )
        _tell(row, "created", 1, actor, at)
    return row.public_id


def save(
    *, automation_id: str, actor: Actor, at: datetime, trigger: Mapping[str, Any] | None = None,
    condition: str | None = None, steps: Sequence[Any] | None = None, name: str | None = None,
    description: str | None = None,
) -> AutomationVersion:  # fmt: skip
    """Change the draft; where there is none, one is made from the newest version. Raises Invalid for a broken shape."""
    with transaction.atomic():
        row = _own(automation_id, actor)
        draft = _draft(row, actor, at)
        given = _content(
            draft.trigger if trigger is None else trigger, draft.condition if condition is None else condition,
            draft.steps if steps is None else list(steps),
        )  # fmt: skip
        for field, value in given.items():
            setattr(draft, field, value)
        draft.save()
        if name is not None:
            row.name = name.replace("\x00", "").strip()[:80] or row.name
        if description is not None:
            row.description = description.replace("\x00", "").strip()[:400]
        row.save(update_fields=["name", "description"])
        return draft


def _content(trigger: Mapping[str, Any], condition: str, steps: list[Any]) -> dict[str, Any]:
    clean = plans.clean_trigger(trigger)
    if len(condition) > 4_000 or "\x00" in condition:
        raise Invalid(_("This text is too long."), field="condition")
    return {
        "trigger": clean, "trigger_kind": clean["kind"], "type_key": str(clean.get("type", ""))[:40],
        "condition": condition.strip(), "steps": plans.clean_steps(steps),
    }  # fmt: skip


def _draft(row: Automation, actor: Actor, at: datetime) -> AutomationVersion:
    newest = row.versions.order_by("-number").first()
    if newest is not None and newest.state == "draft":
        return newest
    return AutomationVersion.objects.create(
        automation=row, number=(newest.number if newest else 0) + 1, created_by=actor.id, created_at=at,
        **(_content(newest.trigger, newest.condition, newest.steps) if newest else _content({}, "", [])),
    )  # fmt: skip


def publish(*, automation_id: str, actor: Actor, at: datetime) -> int:
    """Put the draft live in place of the version that is; returns its number. Raises Conflict, Invalid with paths."""
    with transaction.atomic():
        row = _own(automation_id, actor)
        draft = row.versions.filter(state="draft").first()
        if draft is None:
            raise Conflict(_("There is no draft to put live."))
        if found := plans.errors(draft.trigger, draft.condition, draft.steps):
            raise Invalid(found[0]["message"], errors=found)
        row.versions.filter(state="live").update(state="retired", retired_at=at)
        draft.state, draft.live_at = "live", at
        draft.next_at = cron.next_due(draft.trigger, at) if draft.trigger_kind in plans.CLOCK else None
        draft.save()
        if office := automation_mail.office():
            for step in plans.walk(draft.steps):
                if step["do"] == "mail":
                    office.prepare(letter=plans.letter_of(step), actor=actor, at=at)
        _tell(row, "live", draft.number, actor, at)
        return draft.number


def switch_off(*, automation_id: str, actor: Actor, at: datetime) -> None:
    """Retire the live version; runs that wait end when they would go on. Raises Conflict."""
    with transaction.atomic():
        row = _own(automation_id, actor)
        live = row.versions.filter(state="live").first()
        if live is None:
            raise Conflict(_("This automation is off."))
        live.state, live.retired_at = "retired", at
        live.save()
        _tell(row, "off", live.number, actor, at)


def remove(*, automation_id: str, actor: Actor, at: datetime) -> None:
    """Remove an automation that is off, with its history. Raises Conflict."""
    with transaction.atomic():
        row = _own(automation_id, actor)
        if row.versions.filter(state="live").exists():
            raise Conflict(_("Switch it off first."))
        _tell(row, "removed", 0, actor, at)
        row.delete()


def install(*, at: datetime) -> int:
    """Add the packaged automations that are missing, as drafts for somebody to look at; returns how many."""
    actor, added = Actor.system("crm"), 0
    known = set(Automation.objects.exclude(key="").values_list("key", flat=True))
    for key, given in packaged().items():
        if key not in known:
            made = create(name=given["name"], description=given["description"], key=key, actor=actor, at=at)
            save(
                automation_id=made, trigger=given["trigger"], condition=given.get("condition", ""),
                steps=given["steps"], actor=actor, at=at,
            )  # fmt: skip
            added += 1
    return added


def _own(automation_id: str, actor: Actor) -> Automation:
    check_permission(actor, PERMISSION)
    row = Automation.objects.select_for_update().filter(public_id=automation_id).first()
    if row is None:
        raise NotFound(_("There is no such automation."))
    return row


def _tell(row: Automation, act: str, number: int, actor: Actor, at: datetime) -> None:
    record(
        kind=events.AUTOMATION, subject=Subject("crm.automation", row.public_id), actor=actor, at=at,
        data={"act": act, "version": number},
    )  # fmt: skip

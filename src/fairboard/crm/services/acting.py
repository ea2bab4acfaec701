"""What the steps of automations do. Each runs in the transaction of its step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm import automation_mail, scopes
from fairboard.crm import automation_plans as plans
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Automation, AutomationRun, Link, Record, Seat, Team
from fairboard.crm.queries.access import SYSTEM_SEAT
from fairboard.crm.queries.standing import accounts_of
from fairboard.crm.services import webhooks, writing
from fairboard.crm.services.firing import SYSTEM
from fairboard.crm.services.records import create_record, update_records
from fairboard.crm.services.standing import require_clear
from fairboard.kit import tasks
from fairboard.kit.problems import Invalid
from fairboard.people import queries as people

SOURCE = "automation"
MAIL = tasks.expect("crm.automation_mail")


@dataclass(frozen=True, slots=True)
class Work:
    """A step to be done: whose run, for which record, with which values, when."""

    run: AutomationRun
    record: Record
    scope: scopes.Scope
    account: int
    step: Mapping[str, Any]
    at: datetime

    @property
    def key(self) -> str:
        """What makes an effect outside happen once."""
        return f"run:{self.run.public_id}:{self.step['key']}"


def act(work: Work) -> dict[str, Any]:
    """Do a step; returns what it did, for the history. Raises Problem, OnHold for an account on hold."""
    accounts = accounts_of([work.record]).get(work.record.pk, set())
    require_clear(accounts=accounts, act=f"automation.{work.step['do']}", at=work.at)
    return ACTIONS[str(work.step["do"])](work)


def _given(work: Work, key: str) -> tuple[dict[str, Any], str | None]:
    target = catalogue().type(key)
    found = {name: scopes.value_of(text, work.scope, target, name) for name, text in work.step["values"].items()
             if name != "owner"}  # fmt: skip
    owner = work.step["values"].get("owner")
    return found, scopes.merged(owner, work.scope).strip() if owner is not None else None


def _update(work: Work) -> dict[str, Any]:
    target = work.record
    if work.step.get("on") == "account":
        found = Record.objects.filter(pk=work.account).first()
        if found is None:
            raise Invalid(_("There is no account to change."))
        target = found
    values, owner = _given(work, catalogue().by_id[target.type_id].key)
    done = update_records(
        record_ids=[target.public_id], values=values, owner_id=owner, actor=SYSTEM, at=work.at, source=SOURCE
    )
    return {"record": target.public_id, "fields": sorted(done[0].changed) if done else []}


def _count(work: Work) -> dict[str, Any]:
    info, key = work.scope.info, str(work.step["field"])
    row = Record.objects.select_for_update().get(pk=work.record.pk)
    number = (row.data.get(key) or 0) + int(work.step.get("by", 1))
    plan = writing.plan(info, writing.Draft({key: number}, record=row), actor=SYSTEM, at=work.at)
    writing.write(info, [plan], seat=SYSTEM_SEAT, actor=SYSTEM, at=work.at, source=SOURCE)
    return {"field": key, "value": number}


def _create(work: Work) -> dict[str, Any]:
    key = str(work.step["type"])
    values, owner = _given(work, key)
    made = create_record(type_key=key, values=values, owner_id=owner, actor=SYSTEM, at=work.at, source=SOURCE)
    return {"type": key, "record": made.id}


def _task(work: Work) -> dict[str, Any]:
    info, step = catalogue().type("task"), work.step
    values: dict[str, Any] = {
        "subject": scopes.merged(str(step["subject"]), work.scope)[:200], "status": "open",
        "due_on": (work.at + timedelta(days=int(step.get("days", 0)))).date().isoformat(),
        "priority": step.get("priority") or "normal",
        "description": scopes.merged(str(step.get("description", "")), work.scope),
    }  # fmt: skip
    if work.scope.info.key in info.fields["about"].targets and work.record.deleted_at is None:
        values["about"] = work.record.public_id
    owner = str(step.get("owner") or work.record.owner_id)
    made = create_record(type_key="task", values=values, owner_id=owner, actor=SYSTEM, at=work.at, source=SOURCE)
    return {"record": made.id, "owner": owner}


def _assign(work: Work) -> dict[str, Any]:
    row = Automation.objects.select_for_update().get(pk=work.run.version.automation_id)
    seats = Seat.objects.order_by("pk")
    if team := work.step.get("team"):
        seats = seats.filter(team__in=Team.objects.filter(public_id=team))
    members = [one for one in seats.values_list("member_id", flat=True) if people.actor_by_id(one) is not None]
    if not members:
        raise Invalid(_("There is nobody in this team."), field="team")
    last = row.turns.get(work.step["key"], "")
    chosen = members[(members.index(last) + 1) % len(members)] if last in members else members[0]
    row.turns[work.step["key"]] = chosen
    row.save(update_fields=["turns"])
    update_records(
        record_ids=[work.record.public_id], values={}, owner_id=chosen, actor=SYSTEM, at=work.at, source=SOURCE
    )
    return {"owner": chosen}


def _notify(work: Work) -> dict[str, Any]:
    to = str(work.step.get("to") or "owner")
    member = work.record.owner_id if to == "owner" else (people.member_by_email(to) or to)
    colleague = people.actor_by_id(member) if member else None
    if colleague is None or not colleague.is_staff:
        raise Invalid(_("There is no colleague to write to."), field="to")
    tasks.enqueue(
        MAIL, member_id=member, subject=scopes.merged(str(work.step["subject"]), work.scope)[:200],
        text=scopes.merged(str(work.step.get("text", "")), work.scope)[:10_000], key=work.key,
        path=f"/crm/{work.scope.info.key}/{work.record.public_id}/",
    )  # fmt: skip
    return {"to": member}


def _mail(work: Work) -> dict[str, Any]:
    office = automation_mail.office()
    if office is None:
        raise Invalid(_("Nothing here sends templates."), field="template")
    recipient = _contact(work)
    left_out = office.send(
        letter=plans.letter_of(work.step), recipient_id=recipient, record_id=work.record.public_id, key=work.key,
        actor=SYSTEM, at=work.at,
    )  # fmt: skip
    return {"to": recipient, **({"left_out": left_out} if left_out else {})}


def _contact(work: Work) -> str:
    """The contact or lead a record is about: itself, the one it names, or the first of its account."""
    if work.scope.info.key in {"contact", "lead"}:
        return work.record.public_id
    for key in ("contact", "lead"):
        if isinstance(work.scope.record.get(key), str):
            return str(work.scope.record[key])
    field = catalogue().type("contact").fields.get("account")
    links = Link.objects.filter(field_id=field.id, target_id=work.account) if field and work.account else None
    found = links.filter(source__deleted_at=None).order_by("pk").first() if links is not None else None
    if found is None:
        raise Invalid(_("There is no contact to write to."))
    return str(found.source.public_id)


def _webhook(work: Work) -> dict[str, Any]:
    data = {
        "record_id": work.record.public_id, "record_type": work.scope.info.key,
        "automation": work.run.version.automation.public_id, "run": work.run.public_id,
    }  # fmt: skip
    webhooks.queue_own(
        webhook_id=str(work.step["webhook"]), key=work.key, kind="automation.step", data=data, at=work.at
    )
    return {"webhook": work.step["webhook"]}


ACTIONS: dict[str, Callable[[Work], dict[str, Any]]] = {
    "update": _update, "count": _count, "create": _create, "assign": _assign, "task": _task, "notify": _notify,
    "mail": _mail, "webhook": _webhook,
}  # fmt: skip

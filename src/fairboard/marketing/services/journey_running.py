"""People on journeys, moved on: each step in a transaction of its own, taken by a conditional update, done once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from fairboard.crm.queries.records import records_by_id
from fairboard.crm.services import standing
from fairboard.crm.services.records import create_record, update_record
from fairboard.crm.standing import OnHold
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound, Problem
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events, graph, waits
from fairboard.marketing.models import JourneyRun, JourneyStay
from fairboard.marketing.queries import journey_people as people
from fairboard.marketing.queries.journey_people import Person
from fairboard.marketing.queries.rights import require_send
from fairboard.marketing.services import journey_mails
from fairboard.people.queries import actor_by_id

log = logging.getLogger("fairboard.marketing.journeys")
MACHINE = Actor.system("journeys")
TRIES, RETRY = 3, timedelta(hours=1)
AT_ONCE = graph.MOST_STEPS + 5
"""Steps one look may take somebody through: more than a journey has."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a step came to: look again at ``again``, or go on to ``to`` ("" ends the journey), or ``leave``."""

    again: datetime | None = None
    to: str = ""
    outcome: str = "done"
    detail: str = ""
    leave: str = ""


def tick(*, at: datetime, most: int = 2_000) -> int:
    """Move on everybody who is due; returns how many people were looked at."""
    due = (
        JourneyRun.objects.filter(Q(due_at__lte=at) | Q(is_nudged=True), state="waiting", journey__state="live")
        .order_by("due_at", "pk").values_list("pk", flat=True)[:most]
    )  # fmt: skip
    count = 0
    for pk in list(due):
        try:
            advance(pk, at)
        except Exception:
            log.exception("run %s of a journey could not go on", pk)
            _put_off(pk, at, "internal")
        count += 1
    return count


def advance(pk: int, at: datetime) -> None:
    """Take one person through all steps that are due."""
    for _step in range(AT_ONCE):
        run = JourneyRun.objects.filter(pk=pk, state="waiting").values("turn", "journey__public_id").first()
        if run is None:
            return
        try:
            with (
                standing.refusals_recorded(actor=MACHINE, at=at, source=f"journey {run['journey__public_id']}"),
                transaction.atomic(),
            ):
                goes_on = _turn(pk, int(run["turn"]), at)
        except OnHold:
            with transaction.atomic():
                held = JourneyRun.objects.select_related("record", "journey", "version").get(pk=pk)
                if held.state == "waiting":
                    _leave(held, "exited", "hold", at)
            return
        except Problem as problem:
            _put_off(pk, at, str(problem.detail or problem.code))
            return
        if not goes_on:
            return


def _turn(pk: int, turn: int, at: datetime) -> bool:
    """One step of one person; True when the next is due at once."""
    mine = JourneyRun.objects.filter(pk=pk, turn=turn, state="waiting", journey__state="live")
    if not JourneyRun.objects.filter(pk__in=mine.values("pk"), turn=turn, state="waiting").update(turn=F("turn") + 1):
        return False
    run = JourneyRun.objects.select_related("record", "journey", "version").get(pk=pk)
    content = run.version.content
    person = _person(run)
    if person is None:
        return _leave(run, "exited", "deleted", at)
    if held := people.held_accounts(run.record.public_id, at):
        standing.refuse(
            accounts=held, act="journey.step", actor=MACHINE, at=at, source=f"journey {run.journey.public_id}"
        )
        return _leave(run, "exited", "hold", at)
    if reason := people.reason_to_leave(person, content):
        return _leave(run, "goal" if reason == "goal" else "exited", reason, at)
    if run.due_at > at:
        JourneyRun.objects.filter(pk=pk).update(is_nudged=False)
        return False
    node = graph.flat(content["steps"]).get(run.step)
    if node is None:
        return _leave(run, "done", "end", at)
    stay, _new = JourneyStay.objects.get_or_create(
        run=run, step=run.step, defaults={"version_id": run.version_id, "entered_at": at}
    )
    done = _STEPS[node.kind](run, node, person, stay, at)
    return _settle(run, stay, done, at)


def _person(run: JourneyRun) -> Person | None:
    if run.record.deleted_at is not None:
        return None
    reader = actor_by_id(run.version.made_by) if run.version.made_by else None
    deliveries = [int(one) for one in (run.context.get("mails") or {}).values()]
    return people.person(
        record_id=run.record.public_id, deliveries=deliveries, since=run.entered_at, reader=reader or MACHINE
    )


def _settle(run: JourneyRun, stay: JourneyStay, done: Done, at: datetime) -> bool:
    if done.again is not None:
        run.due_at, run.is_nudged = max(done.again, at + timedelta(seconds=1)), False
        run.save(update_fields=["due_at", "is_nudged", "context", "tries"])
        return False
    stay.left_at, stay.outcome, stay.detail = at, done.outcome, done.detail[:200]
    stay.save(update_fields=["left_at", "outcome", "detail"])
    if done.leave or not done.to:
        return _leave(run, done.leave or "done", done.detail if done.leave == "exited" else done.outcome, at, stay)
    run.step, run.due_at, run.tries, run.is_nudged = done.to, at, 0, False
    run.save(update_fields=["step", "due_at", "tries", "is_nudged", "context"])
    return True


def _leave(run: JourneyRun, state: str, reason: str, at: datetime, stay: JourneyStay | None = None) -> bool:
    """Somebody's journey is over."""
    if stay is None:
        JourneyStay.objects.filter(run=run, step=run.step, left_at=None).update(
            left_at=at, outcome="goal" if state == "goal" else "exited", detail=reason[:200]
        )
    JourneyRun.objects.filter(pk=run.pk).update(
        state=state, reason=reason[:200], ended_at=at, is_nudged=False, context=run.context
    )
    record(
        kind=events.RUN_LEFT, subject=Subject(f"crm.{run.journey.type_key}", run.record.public_id), actor=MACHINE,
        at=at, data={"journey": run.journey.public_id, "as": state, "step": run.step},
    )  # fmt: skip
    return False


def _put_off(pk: int, at: datetime, why: str) -> None:
    """A step could not be taken: try again in an hour, and give up after three times."""
    with transaction.atomic():
        run = JourneyRun.objects.select_for_update().select_related("record", "journey").filter(pk=pk).first()
        if run is None or run.state != "waiting":
            return
        run.tries += 1
        run.turn += 1
        run.reason, run.due_at, run.is_nudged = why[:200], at + RETRY, False
        run.save(update_fields=["tries", "turn", "reason", "due_at", "is_nudged"])
        if run.tries >= TRIES:
            stay, _new = JourneyStay.objects.get_or_create(
                run=run, step=run.step, defaults={"version_id": run.version_id, "entered_at": at}
            )
            stay.left_at, stay.outcome, stay.detail = at, "failed", why[:200]
            stay.save(update_fields=["left_at", "outcome", "detail"])
            _leave(run, "failed", why, at, stay)


def _mail(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    sent = journey_mails.take(run, person, at)
    if sent.again is not None:
        return Done(again=sent.again)
    if sent.detail == "hold":
        raise OnHold("", act="journey.mail", accounts=people.held_accounts(run.record.public_id, at))
    return Done(to=node.after, outcome=sent.outcome, detail=sent.detail)


def _wait(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    moment = waits.until(node.step, began=stay.entered_at, zone=person.zone, values=person.row.values)
    if moment is None:
        return Done(to=node.after, outcome="skipped", detail="no date")
    return Done(again=moment) if moment > at else Done(to=node.after)


def _branch(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    ask = str(node.step.get("ask"))
    yes = person.holds(str(node.step["condition"])) if ask == "condition" else person.mails[ask]
    return Done(to=node.yes if yes else node.no, outcome="yes" if yes else "no")


def _update(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    value = str(node.step.get("value", ""))
    update_record(
        record_id=run.record.public_id, values={str(node.step["field"]): value or None}, actor=MACHINE, at=at,
        source="journey",
    )  # fmt: skip
    return Done(to=node.after)


def _task(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    due = (at + timedelta(days=int(node.step.get("days") or 0))).date()
    create_record(
        type_key="task", actor=MACHINE, at=at, owner_id=person.row.owner_id or None, source="journey",
        values={"subject": str(node.step["subject"]), "about": run.record.public_id, "due_on": due.isoformat(),
                "status": "open"},
    )  # fmt: skip
    return Done(to=node.after)


def _campaign(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    status, campaign = str(node.step.get("status") or "sent"), str(node.step["campaign"])
    if campaign not in records_by_id(actor=MACHINE, ids=[campaign]):
        return Done(to=node.after, outcome="skipped", detail="no campaign")
    join_campaign(campaign=campaign, record_id=run.record.public_id, type_key=person.row.type_key, status=status, at=at)
    return Done(to=node.after)


def join_campaign(
    *, campaign: str, record_id: str, type_key: str, status: str, at: datetime, source: str = "journey"
) -> None:  # fmt: skip
    """Make somebody a member of a campaign, or bring the member they are up to a status; a response is not undone."""
    known = people.campaign_member(campaign, record_id)
    if known is None:
        create_record(
            type_key="campaign_member", values={"campaign": campaign, type_key: record_id, "status": status},
            actor=MACHINE, at=at, source=source,
        )  # fmt: skip
    elif known[1] != status and known[1] != "responded":
        values: dict[str, Any] = {"status": status}
        if status == "responded":
            values["responded_on"] = at.date().isoformat()
        update_record(record_id=known[0], values=values, actor=MACHINE, at=at, source=source)


def _goal(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    return Done(outcome="goal", leave="goal")


def _end(run: JourneyRun, node: graph.Node, person: Person, stay: JourneyStay, at: datetime) -> Done:
    return Done(outcome="end")


_STEPS: dict[str, Callable[[JourneyRun, graph.Node, Person, JourneyStay, datetime], Done]] = {
    "mail": _mail, "wait": _wait, "branch": _branch, "update": _update, "task": _task, "campaign": _campaign,
    "goal": _goal, "end": _end,
}  # fmt: skip


def take_off(*, run_id: str, actor: Actor, at: datetime) -> None:
    """Take one person off a journey by hand. Raises Forbidden, NotFound."""
    require_send(actor)
    with transaction.atomic():
        run = JourneyRun.objects.select_for_update().filter(public_id=run_id).first()
        if run is None:
            raise NotFound(_("There is no such person on this journey."))
        if run.state == "waiting":
            run.turn += 1
            run.save(update_fields=["turn"])
            _leave(run, "exited", "hand", at)

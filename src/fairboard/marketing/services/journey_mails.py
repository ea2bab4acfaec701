"""The mail step of a journey: one delivery, given to the same queue as all mailings, so that nothing is sent twice."""

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairboard.kit.ids import new_id
from fairboard.marketing import timing
from fairboard.marketing.models import Delivery, JourneyMail, JourneyRun, Mailing
from fairboard.marketing.queries.journey_people import Person
from fairboard.marketing.rendering import kept_values
from fairboard.marketing.services import filling

CAP_TRIES = 7
CAP_WAIT = timedelta(days=1)
LOOK = timedelta(minutes=1)
DESK_WAIT = timedelta(hours=1)
UNDER_WAY = ("queued", "waiting", "handing")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a mail step: look again at ``again``, or it is over with this outcome."""

    again: datetime | None
    outcome: str = ""
    detail: str = ""


def take(run: JourneyRun, person: Person, at: datetime) -> Sent:
    """Queue the mail of the step a run is at, or see what became of it. Called in the transaction of the step."""
    known = (run.context.get("mails") or {}).get(run.step)
    if known is not None:
        return _seen(int(known), at)
    mailing = mailing_of(run)
    if mailing.state not in {"sending", "paused"}:
        return Sent(at + DESK_WAIT)
    (kept,) = filling.sifted(mailing, [person.recipient], at)
    if kept.reason == "cap" and run.tries < CAP_TRIES:
        run.tries += 1
        return Sent(at + CAP_WAIT)
    if kept.reason:
        return Sent(None, "skipped", kept.reason)
    due = timing.due(
        at, person.zone, local_minute=mailing.local_minute, quiet_from=mailing.quiet_from, quiet_to=mailing.quiet_to
    )
    who = kept.recipient
    Delivery.objects.bulk_create(
        [
            Delivery(
                mailing=mailing, digest=kept.digest, address=kept.address, key=who.key, language=who.language[:10],
                zone=who.zone[:40], variant="a", state="queued", due_at=due,
                values=kept_values(mailing.fields, filling.merged(who)),
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    delivery = Delivery.objects.get(mailing=mailing, digest=kept.digest)
    if delivery.key != who.key:
        return Sent(None, "skipped", "address")
    run.context = {**run.context, "mails": {**(run.context.get("mails") or {}), run.step: delivery.pk}}
    return Sent(max(due, at) + LOOK)


def _seen(pk: int, at: datetime) -> Sent:
    one = Delivery.objects.filter(pk=pk).first()
    if one is None:
        return Sent(None, "skipped", "gone")
    if one.state in UNDER_WAY:
        return Sent(max(one.due_at, at) + LOOK)
    if one.state == "sent":
        return Sent(None, "sent")
    return Sent(None, "unknown" if one.state == "unknown" else "skipped", one.reason)


def mailing_of(run: JourneyRun) -> Mailing:
    """The mailing a run's step sends through, made for its round where that is the first to come by."""
    first = JourneyMail.objects.select_related("mailing").get(version_id=run.version_id, step=run.step, round=0).mailing
    if run.round == 0:
        return first
    found = (
        JourneyMail.objects.select_related("mailing")
        .filter(version_id=run.version_id, step=run.step, round=run.round).first()
    )  # fmt: skip
    if found is not None:
        if found.mailing.state != first.state:
            found.mailing.state = first.state
            found.mailing.save(update_fields=["state"])
        return found.mailing
    made = copy.copy(first)
    made.pk, made.public_id, made.audience_size = None, new_id(), 0
    made._state.adding = True
    made.save(force_insert=True)
    JourneyMail.objects.create(version_id=run.version_id, step=run.step, round=run.round, mailing=made)
    return made

"""A mailing on its way: started when it is due, its winner chosen, halted, finished."""

from datetime import datetime

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events, timing
from fairboard.marketing.models import Delivery, Mailing
from fairboard.marketing.queries import mailings as queries


def start_due(*, actor: Actor, at: datetime) -> int:
    """Begin to fill the mailings whose time has come; returns how many."""
    started = 0
    for pk, public_id in Mailing.objects.filter(state="scheduled", starts_at__lte=at).values_list("pk", "public_id"):
        with transaction.atomic():
            if Mailing.objects.filter(pk=pk, state="scheduled").update(state="filling", started_at=at):
                record(kind=events.MAILING_STARTED, subject=Subject("mailing", public_id), actor=actor, at=at)
                started += 1
    return started


def choose_winners(*, actor: Actor, at: datetime) -> int:
    """Choose the subject for the rest of each mailing whose time to decide has come; returns how many."""
    chosen = 0
    for pk in Mailing.objects.filter(state="sending", winner="", decide_at__lte=at).values_list("pk", flat=True):
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().filter(pk=pk, state="sending", winner="").first()
            if mailing is None:
                continue
            results = queries.variant_results(mailing.pk, mailing.variants, mailing.winner_by)
            best = max(results, key=lambda one: (one.rate, -results.index(one)))
            mailing.winner = best.key
            mailing.save(update_fields=["winner"])
            _release(mailing, at)
            record(
                kind=events.MAILING_WON, subject=Subject("mailing", mailing.public_id), actor=actor, at=at,
                data={"variant": best.key, "by": mailing.winner_by, "rates": [[one.key, one.rate] for one in results]},
            )  # fmt: skip
            chosen += 1
    return chosen


def _release(mailing: Mailing, at: datetime) -> None:
    """The rest gets the winner, each when its zone's time has come."""
    waiting = Delivery.objects.filter(mailing=mailing, state="waiting")
    for zone in list(waiting.values_list("zone", flat=True).distinct()):
        moment = timing.due(
            at, zone, local_minute=mailing.local_minute, quiet_from=mailing.quiet_from, quiet_to=mailing.quiet_to
        )
        waiting.filter(zone=zone).update(state="queued", variant=mailing.winner, due_at=moment)


def halt(*, mailing_id: str, problem: str, actor: Actor, at: datetime) -> None:
    """Pause a mailing that cannot go on, saying why."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().filter(public_id=mailing_id).first()
        if mailing is None or mailing.state not in {"filling", "sending"}:
            return
        mailing.paused_from, mailing.state, mailing.problem = mailing.state, "paused", problem[:300]
        mailing.save(update_fields=["paused_from", "state", "problem"])
        record(kind=events.MAILING_PAUSED, subject=Subject("mailing", mailing_id), actor=actor, at=at)


def finish(*, actor: Actor, at: datetime) -> int:
    """End the mailings nobody of whose audience still waits; what is unknown may be settled later.

    Those that journeys send through go on for as long as their journey does.
    """
    ended = 0
    for pk in Mailing.objects.filter(state="sending", journey_mail=None, automation_mailing=None).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().filter(pk=pk, state="sending").first()
            if mailing is None or queries.is_anybody_waiting(pk):
                continue
            mailing.state, mailing.ended_at = "done", at
            mailing.save(update_fields=["state", "ended_at"])
            record(
                kind=events.MAILING_DONE, subject=Subject("mailing", mailing.public_id), actor=actor, at=at,
                data=queries.counts(pk),
            )  # fmt: skip
            ended += 1
    return ended

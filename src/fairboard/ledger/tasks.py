"""Background work of the ledger: deliver events to their subscribers, seal batches, have seals timestamped."""

import logging
from datetime import timedelta

from django.db.models import F, Q

from fairboard.kit import clock, tasks
from fairboard.ledger import services, timestamps
from fairboard.ledger.models import Delivery

log = logging.getLogger("fairboard.ledger")
CLAIM = timedelta(minutes=10)
MOST_ATTEMPTS = 8


@tasks.task("ledger.deliver")
def deliver() -> None:
    """Hand every waiting delivery to its task, each claimed by a conditional update."""
    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    waiting = Delivery.objects.filter(free, done_at=None, attempts__lt=MOST_ATTEMPTS).order_by("id")
    for delivery in waiting[:500]:
        if Delivery.objects.filter(free, id=delivery.id, done_at=None).update(
            claimed_at=now, attempts=F("attempts") + 1
        ):
            _run(delivery)


def _run(delivery: Delivery) -> None:
    try:
        tasks.call(delivery.task, event_number=delivery.event_id)
    except Exception as error:  # a subscriber's failure must not stop the others
        log.exception("delivery %s of event %s failed", delivery.task, delivery.event_id)
        Delivery.objects.filter(id=delivery.id).update(last_error=repr(error)[:300])
    else:
        Delivery.objects.filter(id=delivery.id).update(done_at=clock.now(), last_error="")


@tasks.every(minutes=1, name="ledger.catch_up")
def catch_up() -> None:
    """Deliver what an interrupted worker left, seal what is new, forget what is long delivered."""
    deliver()
    services.seal_events(at=clock.now())
    Delivery.objects.filter(done_at__lt=clock.now() - timedelta(days=7)).delete()


@tasks.every(minutes=5, name="ledger.stamp")
def stamp() -> None:
    """Have the newest seal signed by the time-stamp authority, where there is one; a failure is tried again."""
    try:
        services.stamp_newest(at=clock.now())
    except timestamps.NotStamped as error:
        log.warning("the newest seal has no timestamp yet: %s", error)

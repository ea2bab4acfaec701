"""Refusals for accounts on hold are on the ledger, although what was refused never happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from fairboard.crm import events
from fairboard.crm.standing import OnHold
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Entry, Subject, record_many


def refused(held: OnHold, *, actor: Actor, at: datetime, source: str) -> None:
    """Write one event for each account something was refused for, in a transaction of its own."""
    with transaction.atomic():
        record_many(
            entries=[
                Entry(events.HOLD_REFUSED, Subject("crm.account", one), {"act": held.act, "source": source})
                for one in held.accounts
            ],
            actor=actor, at=at,
        )  # fmt: skip


@contextmanager
def refusals_recorded(*, actor: Actor, at: datetime, source: str) -> Iterator[None]:
    """Round a transaction: what it refuses for a hold is written down after it was rolled back."""
    try:
        yield
    except OnHold as held:
        refused(held, actor=actor, at=at, source=source)
        raise

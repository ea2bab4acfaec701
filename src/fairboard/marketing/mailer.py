"""The mailer: fills mailings that are due and hands their mails over, by several connections at once.

Each connection is a thread that takes a batch, journals it, hands over one mail after the other and settles the batch
in one transaction. Any number of such processes may run beside each other: the database gives each batch to one.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from minijinja import TemplateError

from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.marketing import sink
from fairboard.marketing.journal import Journal, Outcome
from fairboard.marketing.queries import mailings as queries
from fairboard.marketing.rendering import (
    Addressed,
    MissingValue,
    Renderer,
    date_header,
    message_id,
    read_values,
    return_path,
)
from fairboard.marketing.services import claiming, filling, running
from fairboard.marketing.services.claiming import Batch, Row
from fairboard.marketing.smtp import Transport, transports

log = logging.getLogger("fairboard.marketing")
MAILER = Actor.system("mailer")
Clock = Callable[[], datetime]


class Lane:
    """One connection with the renderers of the mailings it has met."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._renderers: dict[tuple[str, int], Renderer] = {}

    def turn(self, now: Clock, size: int = claiming.BATCH, stop: Callable[[], bool] = lambda: False) -> int:
        """Take one batch and hand it over; returns how many deliveries it had. Stopped, it gives back the rest."""
        claim = f"{int(now().timestamp())}-{new_id()}"
        journal = Journal.create(settings.MAILING_JOURNALS, claim)
        try:
            batch = claiming.claim(claim=claim, at=now(), size=size)
            if batch is not None:
                outcomes = self._outcomes(batch, journal, now, stop)
                claiming.settle(batch=batch, outcomes=outcomes, actor=MAILER, at=now())
        except BaseException:
            journal.release()
            raise
        journal.discard()
        return len(batch.rows) if batch else 0

    def _outcomes(self, batch: Batch, journal: Journal, now: Clock, stop: Callable[[], bool]) -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        renderer = self._renderer(batch)
        date = date_header(now())
        for row in batch.rows:
            if stop():
                break
            if row.id not in batch.left_out and row.id not in batch.put_off:
                outcomes[row.id] = self._hand(renderer, batch, row, journal, date)
        return outcomes

    def _renderer(self, batch: Batch) -> Renderer:
        key = (batch.mailing_id, batch.revision)
        if key not in self._renderers:
            self._renderers = {key: queries.renderer(batch.mailing)}
        return self._renderers[key]

    def _hand(self, renderer: Renderer, batch: Batch, row: Row, journal: Journal, date: str) -> Outcome:
        try:
            message = rendered(renderer, row, batch.fields, date)
        except (MissingValue, TemplateError, ValueError) as error:
            return Outcome("refused", 0, f"not rendered: {str(error).splitlines()[0] if str(error) else error!r}"[:200])
        outcome = self.transport.hand(return_path(row.id), row.address, message, lambda: journal.begin(row.id))
        if outcome.state != "unknown":
            journal.end(row.id, outcome)
        return outcome


def rendered(
    renderer: Renderer, row: Row, fields: Sequence[str], date: str, values: Mapping[str, Any] | None = None
) -> bytes:
    """The message of one delivery, of the values kept of it unless others are given."""
    values = read_values(fields, row.values) if values is None else values
    name = str(values.get("contact.name") or "")
    to = Addressed(row.id, row.address, name, row.digest)
    return renderer.message(to, values, language=row.language, variant=row.variant, date=date)


def housekeeping(now: Clock, *, size: int = filling.CHUNK) -> bool:
    """Recover, settle what is unknown, start what is due, choose winners, fill one chunk; True when there is more."""
    claiming.recover(actor=MAILER, at=now())
    if settings.MAIL_SINK:
        claiming.reconcile(accepted=sink.accepted, ids=message_id, actor=MAILER, at=now())
    running.start_due(actor=MAILER, at=now())
    running.choose_winners(actor=MAILER, at=now())
    more = False
    for mailing_id in queries.filling():
        try:
            more = filling.fill_chunk(mailing_id=mailing_id, at=now(), actor=MAILER, size=size) or more
        except Exception as error:
            log.exception("the audience of mailing %s cannot be read: it is paused", mailing_id)
            running.halt(mailing_id=mailing_id, problem=f"{type(error).__name__}: {error}", actor=MAILER, at=now())
    running.finish(actor=MAILER, at=now())
    return more


def run_lane(transport: Transport, now: Clock, stop: Callable[[], bool], *, size: int = claiming.BATCH) -> int:
    """Hand over until nothing is due or one is told to stop; returns how many deliveries went through."""
    lane, handled = Lane(transport), 0
    try:
        while not stop() and (count := lane.turn(now, size, stop)):
            handled += count
    finally:
        transport.close()
        close_old_connections()
    return handled


def run_once(
    now: Clock, stop: Callable[[], bool] = lambda: False, *, lanes: int = 0, size: int = claiming.BATCH
) -> int:
    """One round: housekeeping until everything due is filled, then all connections until nothing is due."""
    while housekeeping(now) and not stop():
        pass
    if not queries.is_anything_due(now()):
        return 0
    counts: list[int] = []

    def work(transport: Transport) -> None:
        try:
            counts.append(run_lane(transport, now, stop, size=size))
        except Exception:
            log.exception("a connection of the mailer ended")
        finally:
            close_old_connections()

    threads = [
        threading.Thread(target=work, args=(one,), name=f"mailer-{number}", daemon=True)
        for number, one in enumerate(transports(lanes or settings.MAILING_CONNECTIONS))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.finish(actor=MAILER, at=now())
    return sum(counts)


def run(now: Clock, stop: threading.Event, *, every: float = 5.0) -> None:
    """Work until told to stop: for the worker's own thread, or a process that does nothing else."""
    while not stop.is_set():
        try:
            done = run_once(now, stop.is_set)
        except Exception:
            log.exception("the mailer could not work; trying again")
            done = 0
        finally:
            close_old_connections()
        if not done:
            stop.wait(every)

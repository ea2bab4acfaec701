"""The background worker: tasks, the scheduler, and the relay's mail server. Runs as a process."""

import logging
import signal
import sys
import threading
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import OperationalError, close_old_connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from fairboard.cli import operate
from fairboard.kit import clock, startup

log = logging.getLogger("fairboard.worker")
_stop = threading.Event()


def main() -> int:
    """Work until told to stop; returns the exit code."""
    try:
        startup.ready()
        connection_created.connect(_read_modestly)
        signal.signal(signal.SIGTERM, _on_signal)
        signal.signal(signal.SIGINT, _on_signal)
        relay = _start_relay()
        sink = _start_sink()
        threading.Thread(target=_schedule, name="scheduler", daemon=True).start()
        mailing = threading.Thread(target=_mail, name="mailer", daemon=True)
        mailing.start()
        _work()
        mailing.join(20)  # the batch at hand is settled
        for server in (relay, sink):
            if server is not None:
                server.stop()
    except Exception as error:
        if not operate.explain(error):
            raise
        return 1
    return 0


def _read_modestly(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """Background work reads whole tables now and then: mapped into memory, they would stay there."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")
            cursor.execute("PRAGMA cache_size=-8192")


def _on_signal(number: int, frame: FrameType | None) -> None:
    _stop.set()


def _work() -> None:
    from django_tasks_db.management.commands.db_worker import Worker

    while not _stop.is_set():
        worker = Worker(
            queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False,
            max_tasks=200, worker_id=f"{id(_stop):x}-{time.monotonic_ns():x}", excluded_queue_names=[],
        )  # fmt: skip
        try:
            worker.run()
        except OperationalError:
            log.exception("the database did not answer; trying again")
            close_old_connections()
            _stop.wait(2)
        _stop.wait(0.3)


def _schedule() -> None:
    """Start what is due, every few seconds; a failure is logged and tried again."""
    from fairboard.kit import tasks

    while not _stop.is_set():
        try:
            tasks.run_due(clock.now())
        except Exception:
            log.exception("the scheduler could not reach the database; trying again")
        finally:
            close_old_connections()
        _stop.wait(5)


def _mail() -> None:
    """Send mailings; what it needs is loaded when there is one."""
    from fairboard.marketing import mailer

    mailer.run(clock.now, _stop)


def _start_sink() -> Any:
    """The mail sink of a demo or a test, running in threads of its own."""
    if not settings.MAIL_SINK_LISTEN:
        return None
    from fairboard.marketing import sink

    return sink.start(settings.MAIL_SINK_LISTEN, settings.MAIL_SINK_DIR)


def _start_relay() -> Any:
    """The relay's mail server when one is asked for, running in threads of its own."""
    if not settings.RELAY_LISTEN:
        return None
    from fairboard.talk import relay

    server = relay.start(settings.RELAY_LISTEN)
    log.warning("taking in mail for %s at %s", settings.RELAY_DOMAIN, settings.RELAY_LISTEN)
    return server


if __name__ == "__main__":
    sys.exit(main())

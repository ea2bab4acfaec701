"""A reader who goes on from the last number misses nothing, although numbers are given before transactions commit."""

import threading

import pytest
from django.db import connection, transaction

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.ledger.queries import last_event_number, settled_after
from fairboard.ledger.services import Subject, record

KIND = "crm.standard.installed"


def note(subject: str) -> None:
    """An event."""
    record(kind=KIND, subject=Subject("test", subject), actor=Actor.system("tests"), at=clock.now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="On SQLite one transaction writes at a time.")
def test_an_event_waits_for_a_lower_number_that_is_not_committed() -> None:
    start = last_event_number()
    held, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            note("slow")
            held.set()
            go_on.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    held.wait(20)
    with transaction.atomic():
        note("fast")
    assert settled_after(start, subject_kinds=["test"]) == []
    go_on.set()
    thread.join()
    assert [one.subject_id for one in settled_after(start, subject_kinds=["test"])] == ["slow", "fast"]

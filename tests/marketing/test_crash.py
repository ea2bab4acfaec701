"""Killed in the middle, again and again: in the end everybody has the mail exactly once."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from fairboard.kit import clock
from fairboard.marketing import journal, recipients
from fairboard.marketing.journal import Journal, Outcome
from fairboard.marketing.models import Delivery
from fairboard.marketing.services import claiming
from tests.marketing import made
from tests.marketing.made import OPERATOR, got, later, rows, run, started, state
from tests.server import ROOT

LANES = 3


def taken(sink: Path) -> int:
    """How many mails the sink has."""
    database = sqlite3.connect(sink / "sink" / "sink.sqlite3")
    try:
        return int(database.execute("SELECT count(*) FROM mails").fetchone()[0])
    finally:
        database.close()


@contextmanager
def mailing_process(batch: int) -> "Iterator[subprocess.Popen[str]]":
    """A mailer in a process of its own, on the database of this test."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        database = f"sqlite:///{name}"
    else:
        database = os.environ["FAIRBOARD_DATABASE_URL"].replace("/postgres?", f"/{name}?")
    environment = {
        **os.environ, "FAIRBOARD_DATABASE_URL": database, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "FAIRBOARD_DATA_DIR": str(settings.DATA_DIR), "FAIRBOARD_MAILING_SMTP_URLS": settings.MAILING_SMTP_URLS[0],
        "FAIRBOARD_TESTED_JOURNALS": str(settings.MAILING_JOURNALS),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.marketing.crashing", str(LANES), str(batch)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.crash
@pytest.mark.slow
def test_nobody_gets_it_twice_and_nobody_is_left_out(sink: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """6,000 mails; ``MAILS=100000 python -m pytest -s tests/marketing/test_crash.py -k nobody`` for more."""
    settings.MAILING_JOURNALS = settings.DATA_DIR / "mailings"
    count, kills, drawn = int(os.environ.get("MAILS", "6000")), 0, random.Random(4)
    monkeypatch.setattr(recipients, "MOST_ADDRESSES", max(count, recipients.MOST_ADDRESSES))
    one = started(clock.now(), rows(count))
    deadline = time.monotonic() + 240 + count // 200
    while kills < 5 and time.monotonic() < deadline:
        before = taken(sink)
        with mailing_process(batch=100) as process:
            while taken(sink) < before + count // 60 and process.poll() is None:
                time.sleep(0.01)
            time.sleep(drawn.uniform(0, 0.3))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
    assert kills == 5
    assert 0 < taken(sink) < count
    time.sleep(0.5)  # the sink answers what it was sent before
    run(later(clock.now(), minutes=1), lanes=LANES)
    unknown = Delivery.objects.filter(state="unknown").count()
    assert unknown <= LANES * kills
    for minutes in (2, 2, 10, 40):  # by the sink's own record; what a slow connection put off comes last
        run(later(clock.now(), minutes=minutes), lanes=LANES)
    counts = Counter(to for to, _sender, _raw in got(sink))
    print(f"{kills} kills, {unknown} uncertain for a while, {sum(counts.values())} mails, {len(counts)} recipients")
    assert max(counts.values()) == 1
    assert len(counts) == count
    assert state(one) == "done"
    assert Delivery.objects.filter(state="sent").count() == count


def test_what_was_begun_and_not_answered_is_unknown_and_not_sent_again(sink: Path) -> None:
    now = clock.now()
    one = started(now, rows(4))
    made.mailer.housekeeping(lambda: now)
    claim = f"{int(now.timestamp())}-dead"
    kept = Journal.create(settings.MAILING_JOURNALS, claim)
    batch = claiming.claim(claim=claim, at=now)
    assert batch is not None
    first, second, third, _fourth = (row.id for row in batch.rows)
    kept.begin(first)
    kept.end(first, Outcome("sent", 250))
    kept.begin(second)
    kept.begin(third)
    kept.end(third, Outcome("refused", 550, "5.1.1 no such user", True))
    assert list(journal.left_behind(settings.MAILING_JOURNALS)) == []  # its process still lives
    kept.release()
    settings.MAIL_SINK = False  # a server that cannot be asked
    run(later(now, minutes=5))
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {first: "sent", second: "unknown", third: "refused", _fourth: "sent"}
    assert [to for to, _sender, _raw in got(sink)] == ["reader3@example.org"]
    assert state(one) == "done"
    claiming.settle_unknown(sent=[], again=[second], actor=OPERATOR, at=now)
    run(later(now, minutes=5))
    assert [to for to, _sender, _raw in got(sink)] == ["reader3@example.org", "reader1@example.org"]


def test_after_a_reboot_nothing_of_a_batch_is_certain(sink: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    started(now, rows(3))
    made.mailer.housekeeping(lambda: now)
    claim = f"{int(now.timestamp())}-dead"
    kept = Journal.create(settings.MAILING_JOURNALS, claim)
    batch = claiming.claim(claim=claim, at=now)
    assert batch is not None
    kept.begin(batch.rows[0].id)
    kept.end(batch.rows[0].id, Outcome("sent", 250))
    kept.release()
    monkeypatch.setattr(journal, "boot_id", lambda: "another")
    settings.MAIL_SINK = False
    run(later(now, minutes=5))
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["sent", "unknown", "unknown"]
    assert got(sink) == []


def test_an_audience_is_filled_from_where_it_stopped(sink: Path) -> None:
    now = clock.now()
    one = started(now, rows(25))
    made.mailer.housekeeping(lambda: now, size=10)
    assert Delivery.objects.count() == 10
    assert state(one) == "filling"
    made.mailer.housekeeping(lambda: now, size=10)
    made.mailer.housekeeping(lambda: now, size=10)
    assert Delivery.objects.count() == 25
    assert state(one) == "sending"

"""Killed in the middle of a mail step, again and again: everybody gets the step's mail exactly once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from fairboard.crm.services.records import create_records
from fairboard.kit import clock
from fairboard.marketing.models import Delivery, JourneyRun, JourneyStay
from fairboard.marketing.services import journey_running
from tests.marketing import journeys_made as j
from tests.marketing.made import OPERATOR, got, later, run
from tests.server import ROOT

COUNT, KILLS = 300, 5


def process() -> "subprocess.Popen[bytes]":
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
    return subprocess.Popen([sys.executable, "-m", "tests.marketing.journey_crashing"], env=environment, cwd=ROOT)


@pytest.mark.crash
@pytest.mark.slow
def test_a_step_mails_everybody_once_however_often_it_is_killed(sink: Path) -> None:
    settings.MAILING_JOURNALS = settings.DATA_DIR / "mailings"
    now, drawn = clock.now(), random.Random(7)
    people = create_records(
        type_key="contact", actor=OPERATOR, at=now,
        rows=[{"last_name": f"P{number}", "email": f"p{number}@example.org"} for number in range(COUNT)],
    )  # fmt: skip
    one = j.live(now, [j.mail("s1", now), j.step("task", "s2", subject="Call", days=1)])
    assert j.add(one, now, *people) == COUNT
    for _kill in range(KILLS):
        before = Delivery.objects.count()
        with process() as worker:
            deadline = time.monotonic() + 60
            while Delivery.objects.count() < before + 15 and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(drawn.uniform(0, 0.4))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    assert Delivery.objects.count() > 0
    time.sleep(0.5)
    for minute in range(1, 12):
        moment = later(clock.now(), minutes=minute)
        journey_running.tick(at=moment)
        run(moment, lanes=2)
    counts = Counter(to for to, _sender, _raw in got(sink))
    assert max(counts.values()) == 1
    assert len(counts) == COUNT
    assert set(JourneyRun.objects.values_list("state", flat=True)) == {"done"}
    assert JourneyStay.objects.filter(step="s2", outcome="done").count() == COUNT

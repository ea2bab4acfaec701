"""An import that is killed in the middle goes on where it was: every row once, nothing lost."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import database

ROWS = 30_000
WATCH = """
import os, signal, sys, time
from fairboard.kit import startup
startup.start()
from django.db import DatabaseError
from fairboard.crm.models import ImportFile
while True:
    try:
        if ImportFile.objects.filter(done__gt=0).exists():
            break
    except DatabaseError:
        pass  # the tables are being made
    time.sleep(0.02)
os.kill(int(sys.argv[1]), signal.SIGKILL)
"""
RESUME = """
import json
from datetime import timedelta
from fairboard.kit import clock, startup
startup.ready()
from fairboard.crm.models import Import, ImportChunk, ImportProblem, Record
from fairboard.crm.services import importing, import_undo
from fairboard.kit.actors import Actor
actor = Actor("system", "", "system", "command line")
job = Import.objects.get()
before, done = Record.objects.count(), job.files.get().done
later = clock.now() + timedelta(minutes=10)
assert importing.claim(import_id=job.public_id, at=clock.now()) is None, "it was not silent for long"
taken = importing.claim(import_id=job.public_id, at=later)
list(importing.run(job=taken, actor=actor, at=clock.now(), now=clock.now))
file = job.files.get()
ids = set(Record.objects.values_list("data__external_id", flat=True))
print(json.dumps({
    "before": before, "done": done, "records": Record.objects.count(), "ids": len(ids), "created": file.created,
    "bad": file.bad, "problems": ImportProblem.objects.count(), "chunks": ImportChunk.objects.count(),
    "state": Import.objects.get().state,
}))
"""


@pytest.mark.crash
def test_a_killed_import_goes_on_and_every_row_is_there_once(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    with open(path, "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Contact id", "Last name", "E-mail", "Notes"])
        for number in range(ROWS):
            # The last row repeats the first: what was read before the kill is remembered after it.
            writer.writerow([f"C{number % (ROWS - 1)}", f"N{number}", f"n{number}@example.org", "x" * 120])
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(tmp_path / "data"), "FAIRBOARD_LOG_LEVEL": "ERROR"}
    with database(tmp_path, environment):
        command = [sys.executable, "-m", "fairboard.cli.main", "crm", "import", str(path), "--type", "contact"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        watcher = [sys.executable, "-c", WATCH, str(process.pid)]
        subprocess.run(watcher, env=environment, check=True, timeout=300)
        process.wait(30)
        done = subprocess.run(
            [sys.executable, "-c", RESUME], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
    assert 0 < found["done"] <= ROWS + 1
    assert found["before"] == found["done"] - 1 - (1 if found["done"] > ROWS else 0)
    assert (found["records"], found["ids"], found["created"]) == (ROWS - 1, ROWS - 1, ROWS - 1)
    assert (found["bad"], found["problems"], found["chunks"], found["state"]) == (1, 1, 6, "done")

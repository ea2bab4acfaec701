"""A mailing killed again and again, at any size: `python -m tests.marketing.kill_walk --mails 100000 --kills 5`.

Real processes on a market of its own: an SMTP sink, and a mailer that is killed (SIGKILL) in the middle. It ends with 1
unless everybody has the mail in the sink exactly once. ``FAIRBOARD_DATABASE_URL`` names an empty PostgreSQL to use
instead of SQLite.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.database import ROOT
from tests.server import free_port

LANES = 3
BATCH = 200


class Readers:
    """So many recipients, made up as they are walked."""

    def __init__(self, total: int) -> None:
        self.total = total

    def count(self) -> int:
        """How many there are."""
        return self.total

    def walk(self, after: str, size: int) -> tuple[Sequence[Any], str]:
        """The next ones."""
        from fairboard.marketing.recipients import Recipient

        start = int(after or 0)
        end = min(start + size, self.total)
        found = [
            Recipient("", f"reader{n}@example.org", f"Reader {n}", "en", "", {"contact.name": f"Reader {n}"})
            for n in range(start, end)
        ]
        return found, str(end) if end < self.total else ""


def register() -> None:
    """Make the audience known; every process that fills needs it."""
    from fairboard.marketing import recipients

    recipients.register("walk", lambda described: Readers(int(described["count"])))


def kept(folder: Path) -> tuple[int, int]:
    """How many mails the sink has, and for how many different recipients."""
    file = folder / "mail-sink" / "sink.sqlite3"
    if not file.exists():
        return 0, 0
    with closing(sqlite3.connect(file, timeout=30)) as database:
        row = database.execute("SELECT count(*), count(DISTINCT recipient) FROM mails").fetchone()
    return int(row[0]), int(row[1])


def _begun(mails: int) -> str:
    from fairboard.kit import clock, startup

    startup.start()
    startup.migrate()
    register()
    from tests.marketing.made import started

    return started(clock.now(), [], audience={"kind": "walk", "count": mails})


def _mailer(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.marketing.crashing", str(LANES), str(BATCH)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)


def walk(mails: int, kills: int, folder: Path, *, seed: int = 4) -> dict[str, Any]:
    """Send to so many, killed so often, then to the end; the figures."""
    port, drawn, began = free_port(), random.Random(seed), time.monotonic()
    environment = {
        **os.environ, "FAIRBOARD_DATA_DIR": str(folder), "FAIRBOARD_MAILING_SMTP_URLS": f"smtp://127.0.0.1:{port}",
        "FAIRBOARD_MAIL_SINK": "1", "FAIRBOARD_LOG_LEVEL": "ERROR", "FAIRBOARD_TESTED_WALK": "1",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip
    os.environ.update(environment)
    mailing = _begun(mails)
    command = [sys.executable, "-m", "fairboard.cli.main", "mail-sink", "--port", str(port)]
    sink = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    killed_at: list[int] = []
    try:
        time.sleep(5)
        for number in range(1, kills + 1):
            aim = mails * number // (kills + 1)
            with _mailer(environment) as process:
                while kept(folder)[0] < aim and process.poll() is None:
                    time.sleep(0.2)
                time.sleep(drawn.uniform(0, 0.3))
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    killed_at.append(kept(folder)[0])
        found = _finished(environment, folder, mails)
    finally:
        sink.terminate()
        sink.wait(30)
    total, different = kept(folder)
    return {
        "mails": mails, "kills": len(killed_at), "killed_at": killed_at, "in_the_sink": total,
        "different_recipients": different, "twice": total - different, "missing": mails - different,
        "state": _state(mailing), "seconds": round(time.monotonic() - began), **found,
    }  # fmt: skip


def _finished(environment: dict[str, str], folder: Path, mails: int) -> dict[str, Any]:
    """Mailers, one after the other, until all is sent: what was put off comes by the next ones."""
    rounds, deadline = 0, time.monotonic() + 3_600
    while time.monotonic() < deadline:
        rounds += 1
        with _mailer(environment) as process:
            process.wait()
        if kept(folder)[1] >= mails:
            with _mailer(environment) as process:  # what the sink has is settled
                process.wait()
            break
        time.sleep(10)
    return {"rounds_after": rounds}


def _state(mailing: str) -> str:
    from tests.marketing.made import state

    return state(mailing)


def main() -> int:
    """Run the walk; 0 when everybody has it once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fairboard-kill-walk-"))
    try:
        found = walk(given.mails, given.kills, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found))
    is_good = found["twice"] == found["missing"] == 0 and found["kills"] == given.kills
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

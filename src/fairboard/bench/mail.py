"""`fairboard bench mail`: a mailing to a list of a million: written down, rendered, handed to a sink on this machine.

Every step is the product's own: the audience is walked, each address held against suppressions, consents and the cap,
and queued; each mail is rendered whole from what was queued; and batches are claimed, journalled, handed over by SMTP
and settled. One in a hundred is suppressed and two in a hundred withdrew. Rendering runs in two processes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from fairboard.bench.report import Report
from fairboard.bench.servers import free_port
from fairboard.kit import startup as django_start

PROCESSES = 2
SENT = 20_000
"""So many mails go through SMTP at most: that rate does not depend on how many there are."""


def run(mails: int, seed: int, console: Console) -> Report:
    """Messages a second of each step, and of rendering and queueing together."""
    report = Report("mail", {"mails": mails, "seed": seed, "processes": PROCESSES})
    folder = Path(tempfile.mkdtemp(prefix="fairboard-bench-mail-"))
    try:
        console.print(f"Preparing {mails:,} recipients", markup=False)
        size = _step(folder, "prepare", str(mails))["bytes"]
        filled = _step(folder, "fill", str(mails))
        _add(report, "segment, suppress, queue", filled["rows"], filled["seconds"], filled["cpu"])
        began = time.perf_counter()
        done = [_answer(one) for one in [_started(folder, "render", str(number)) for number in range(PROCESSES)]]
        took = time.perf_counter() - began - min(one["loading"] for one in done)
        rendered, used = sum(one["mails"] for one in done), sum(one["cpu"] for one in done)
        _add(report, "render", rendered, took, used)
        _add(report, "rendered and queued", rendered, filled["seconds"] + took, filled["cpu"] + used)
        sent = _send(folder)
        _add(report, "claim, render, hand over by SMTP, settle", sent["mails"], sent["seconds"], sent["cpu"])
        report.notes.append(f"A mail is {size:,} bytes; {rendered:,} rendered, {sent['mails']:,} handed over.")
        report.notes.append(f"The sink has {sent['kept']:,} mails, {sent['different']:,} different recipients.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report


def _add(report: Report, what: str, mails: int, seconds: float, cpu: float) -> None:
    """A row: the rate as it was, and by processor time, which other work on the machine does not change."""
    report.add(what=what, rate=mails / seconds, seconds=seconds, rate_a_cpu_second=mails / cpu, cpu_seconds=cpu)


def _environment(folder: Path, **more: str) -> dict[str, str]:
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(folder), "FAIRBOARD_LOG_LEVEL": "ERROR", **more}
    environment.pop("FAIRBOARD_DATABASE_URL", None)
    return environment


def _started(folder: Path, *arguments: str, **more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "fairboard.bench.mail", *arguments]
    return subprocess.Popen(command, env=_environment(folder, **more), stdout=subprocess.PIPE, text=True)


def _answer(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, _err = process.communicate()
    if process.returncode:
        raise RuntimeError("a step of the measure failed")
    answer: dict[str, Any] = json.loads(out)
    return answer


def _step(folder: Path, *arguments: str) -> dict[str, Any]:
    return _answer(_started(folder, *arguments))


def _send(folder: Path) -> dict[str, Any]:
    port = free_port()
    settings = {"FAIRBOARD_MAILING_SMTP_URLS": f"smtp://127.0.0.1:{port}", "FAIRBOARD_MAIL_SINK": "1"}
    command = [sys.executable, "-m", "fairboard.cli.main", "mail-sink", "--port", str(port)]
    sink = subprocess.Popen(command, env=_environment(folder, **settings), stderr=subprocess.DEVNULL)
    try:
        time.sleep(4)
        return _answer(_started(folder, "send", **settings))
    finally:
        sink.terminate()
        sink.wait(20)


class _Readers:
    """A list of so many recipients, made up as it is walked."""

    def __init__(self, count: int) -> None:
        self._count = count

    def count(self) -> int:
        """How many there are."""
        return self._count

    def walk(self, after: str, size: int) -> tuple[Sequence[Any], str]:
        """The next ones."""
        from fairboard.marketing.recipients import Recipient

        start = int(after or 0)
        end = min(start + size, self._count)
        zones = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "")
        found = [
            Recipient(
                "", f"reader{n}@example.org", f"Reader {n}", "en", zones[n % 4],
                {"contact.name": f"Reader {n}", "contact.address": f"reader{n}@example.org", "account.city": "Berlin"},
            )
            for n in range(start, end)
        ]  # fmt: skip
        return found, str(end) if end < self._count else ""


BLOCKS = [
    {"type": "heading", "text": 'Hello {{ contact.name | default("there") }}'},
    {
        "type": "text",
        "text": "New on the market in {{ account.city }}: **bicycles**, boats and [much more](https://example.org/).",
    },
    {"type": "columns", "columns": [[{"type": "text", "text": "Left"}], [{"type": "text", "text": "Right"}]]},
    {"type": "button", "text": "Look", "href": "https://example.org/look"},
]


def prepare(mails: int) -> dict[str, Any]:
    """An empty market with a mailing that passed the gate; suppressions and withdrawals of a few."""
    django_start.start()
    django_start.migrate()
    from django.db import transaction

    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.marketing import mailer, recipients
    from fairboard.marketing.queries import mailings as queries
    from fairboard.marketing.services import claiming, consents, mailings, suppressions, templates

    operator, at = Actor.system("bench"), clock.now()
    recipients.register("bench", lambda described: _Readers(int(described["count"])))
    suppressions.bring_in(
        lines=(f"reader{n}@example.org" for n in range(0, mails, 100)), source="bench", actor=operator, at=at
    )
    with transaction.atomic():
        for n in range(1, min(mails, 20_000), 50):
            consents.write(
                address=f"reader{n}@example.org", changes=[consents.Change("news", "withdrawn")], source="bench",
                proof={}, actor=operator, at=at,
            )  # fmt: skip
    template = templates.create_template(name="Bench", actor=operator, at=at)
    draft = templates.TextDraft("en", "News for {{ contact.name }}", "What is new", BLOCKS)
    templates.save_text(template_id=template, draft=draft, actor=operator, at=at)
    made = mailings.MailingDraft("Bench", "news", template, {"kind": "bench", "count": mails}, "customer")
    mailing = mailings.save_mailing(draft=made, actor=operator, at=at)
    review = mailings.submit(mailing_id=mailing, actor=operator, at=at)
    if review.verdict != "allow":
        raise RuntimeError(f"the gate said {review.verdict}: {review.reasons}")
    mailings.schedule(mailing_id=mailing, starts_at=at, actor=operator, at=at)
    renderer = queries.renderer(queries.only_one())
    row = claiming.Row(1, "0" * 32, "reader1@example.org", "", "en", "", "a", "", 1)
    return {
        "bytes": len(mailer.rendered(renderer, row, [], "", {"contact.name": "Reader 1", "account.city": "Berlin"}))
    }


def fill(mails: int) -> dict[str, Any]:
    """Write down the whole audience."""
    django_start.start()
    from fairboard.kit import clock
    from fairboard.marketing import mailer, recipients
    from fairboard.marketing.queries import mailings as queries

    recipients.register("bench", lambda described: _Readers(int(described["count"])))
    began, used = time.perf_counter(), time.process_time()
    while mailer.housekeeping(clock.now):
        pass
    seconds, used = time.perf_counter() - began, time.process_time() - used
    rows = sum(queries.counts(queries.only_one()).values())
    return {"rows": rows, "seconds": seconds, "cpu": used}


def render(number: int) -> dict[str, Any]:
    """Render every second mail that is queued, from the row to the last byte."""
    began = time.perf_counter()
    django_start.start()
    from fairboard.marketing import mailer
    from fairboard.marketing.queries import mailings as queries
    from fairboard.marketing.services import claiming

    mailing = queries.only_one()
    renderer, fields = queries.renderer(mailing), queries.fields(mailing)
    loading, count, used = time.perf_counter() - began, 0, time.process_time()
    last = 0
    while rows := queries.queued(mailing, after=last, size=4_000):
        last = rows[-1][0]
        for one in rows[number::PROCESSES]:
            mailer.rendered(renderer, claiming.Row(*one), fields, "Wed, 25 Nov 2026 00:00:00 +0000")
            count += 1
    return {"mails": count, "loading": loading, "cpu": time.process_time() - used}


def send() -> dict[str, Any]:
    """Hand over what is queued, `SENT` mails at most."""
    django_start.start()
    from fairboard.kit import clock
    from fairboard.marketing import mailer, sink
    from fairboard.marketing.smtp import transports

    handled, began, used = 0, time.perf_counter(), time.process_time()
    lanes = [mailer.Lane(one) for one in transports(1)]
    while handled < SENT and (count := lanes[0].turn(clock.now, 1_000)):
        handled += count
    seconds, used = time.perf_counter() - began, time.process_time() - used
    lanes[0].transport.close()
    return {"mails": handled, "seconds": seconds, "cpu": used, "kept": sink.count(), "different": sink.different()}


if __name__ == "__main__":
    steps = {"prepare": prepare, "fill": fill, "render": render}
    print(json.dumps(steps[sys.argv[1]](int(sys.argv[2])) if len(sys.argv) > 2 else send()))

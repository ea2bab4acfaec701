"""`fairboard bench crm`: a large import, a segment counted, a long timeline opened; beside DuckDB on the same rows."""

import csv
import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from fairboard.bench.report import Report, median, quantile

ACCOUNTS, EVENTS = 10_000, 10_000
HEADINGS = ("First name", "Last name", "Account id", "Position", "E-mail", "Phone", "Mobile", "Language", "Time zone",
            "Street", "Postal code", "City", "Country", "Source", "Do not call", "Contact id", "Description", "Score",
            "Birthday", "Segment")  # fmt: skip
CITIES = ("Berlin", "Bonn", "Köln", "Hamburg", "Wien", "Zürich", "Austin", "Lyon", "Porto", "Oslo")
SEGMENT = {"and": [
    {"field": "city", "op": "eq", "value": "Berlin"}, {"field": "source", "op": "eq", "value": "event"},
    {"field": "cf_score", "op": "gte", "value": 90},
]}  # fmt: skip
SQL = 'SELECT COUNT(*) FROM contact WHERE "City" = \'Berlin\' AND "Source" = \'Event\' AND "Score" >= 90'


def run(size: int, seed: int, runs: int, console: Console) -> Report:
    """Seconds of the import of so many contacts of 20 columns; milliseconds of a count and of a timeline."""
    report = Report("crm", {"contacts": size, "seed": seed, "runs": runs})
    with tempfile.TemporaryDirectory(prefix="fairboard-bench-crm-") as folder:
        path = Path(folder) / "contacts.csv"
        console.print(f"Writing {size:,} contacts", style="dim")
        write_contacts(path, size, seed)
        environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(Path(folder) / "data"), "FAIRBOARD_LOG_LEVEL": "ERROR"}
        environment.pop("FAIRBOARD_DATABASE_URL", None)
        command = [sys.executable, "-m", "fairboard.bench.crm", str(path), str(runs)]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
        for row in found["rows"]:
            report.add(**row)
        _duckdb(report, path, runs)
        report.notes += found["notes"]
    report.notes.append(
        "Import: from the file to searchable records, every check, links, one event a chunk; roll-ups and the keys of "
        "duplicates follow at its end and have rows of their own. cpu_s: this process and the one that reads the file."
    )
    return report


def write_contacts(path: Path, size: int, seed: int) -> None:
    """A CSV file of made-up contacts, as many as asked for."""
    dice = random.Random(seed)
    parts = ("an", "be", "cla", "da", "mül", "fi", "gre", "ho", "ri", "ja", "ko", "lu", "me", "no", "pe", "ste", "wag")
    first = [f"{a}{b}".title() for a in parts for b in ("na", "no", "ra", "lia", "s", "rt")]
    last = [f"{a}{b}{c}".title() for a in parts for b in parts for c in ("ler", "der", "mann", "ski", "ton", "berg")]
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for number in range(size):
            one, two = dice.choice(first), dice.choice(last)
            writer.writerow((
                one, two, f"A{number % ACCOUNTS}", dice.choice(("Owner", "Buyer", "Sales", "")),
                f"{one.lower()}.{number}@example{number % 997}.org",
                f"+49 30 {1_000_000 + number}",
                f"+49 151 {10_000_000 + number}", "de", "Europe/Berlin", f"Long Street {number % 300}",
                f"{10_000 + number % 80_000}", dice.choice(CITIES), "DE", dice.choice(("Website", "Event", "Call")),
                dice.choice(("yes", "no")), f"C{number}", f"Met at the fair, stand {number % 5_000}",
                dice.randrange(100),
                f"19{50 + number % 50}-0{1 + number % 9}-1{number % 10}", dice.choice("ABC"),
            ))  # fmt: skip


def _duckdb(report: Report, path: Path, runs: int) -> None:
    base = duckdb.connect()
    base.execute("SET threads = 2")
    began = time.perf_counter()
    base.execute(f"CREATE TABLE contact AS SELECT * FROM read_csv('{path}')")
    report.add(what="DuckDB: read the file, no checks", s=time.perf_counter() - began)
    report.add(
        what="DuckDB: count the segment", ms=median(_times(lambda: base.execute(SQL).fetchone(), 20 * runs)) * 1e3
    )
    base.execute(
        "CREATE TABLE event AS SELECT i AS id, 'crm.contact' AS kind, 'c' || (i % 100) AS subject,"
        " now()::TIMESTAMP AS at"
        f" FROM range({EVENTS * 100}) t(i)"
    )
    text = "SELECT * FROM event WHERE kind = 'crm.contact' AND subject = 'c7' ORDER BY id DESC"
    report.add(what=f"DuckDB: all {EVENTS:,} events of one of 1 M",
               ms=median(_times(lambda: base.execute(text).fetchall(), 5 * runs)) * 1e3)  # fmt: skip


def _times(act: Callable[[], Any], count: int) -> list[float]:
    found = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return found


class _Told(list[dict[str, Any]]):
    """Rows that are said as they come: a long run that is stopped leaves something."""

    def append(self, row: dict[str, Any]) -> None:
        print(json.dumps(row), file=sys.stderr, flush=True)
        super().append(row)


def measure(path: Path, runs: int) -> dict[str, Any]:
    """Everything that needs the product, on the data folder of this process."""
    from fairboard.kit import startup

    startup.ready()
    rows: list[dict[str, Any]] = _Told()
    notes: list[str] = []
    _define()
    import_id = _import(path, rows)
    _count(rows, runs)
    _timeline(rows, notes, runs)
    _export(rows)
    _duplicates(rows)
    notes.append(f"Import {import_id}; most memory of the writing process: {_memory():.0f} MB.")
    return {"rows": rows, "notes": notes}


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _operator() -> Any:
    from fairboard.kit.actors import Actor

    return Actor("system", "", "system", "bench")


def _define() -> None:
    from fairboard.crm.services.definitions import add_field
    from fairboard.crm.services.records import create_records
    from fairboard.kit import clock

    actor, at = _operator(), clock.now()
    for label, kind in (("Score", "number"), ("Birthday", "date"), ("Segment", "text")):
        add_field(type_key="contact", label=label, value_type=kind, actor=actor, at=at)
    for start in range(0, ACCOUNTS, 1_000):
        create_records(
            type_key="account", actor=actor, at=at, source="import",
            rows=[{"name": f"Firm {n}", "external_id": f"A{n}"} for n in range(start, start + 1_000)],
        )  # fmt: skip


def _import(path: Path, rows: list[dict[str, Any]]) -> str:
    from fairboard.crm.services import importing, imports
    from fairboard.kit import clock

    actor, at = _operator(), clock.now()
    began = time.perf_counter()
    job = imports.take_in(given=[(path.name, path)], actor=actor, at=at, type_key="contact")
    file = job.files.get()
    imports.configure(import_id=job.public_id, file_id=file.public_id, actor=actor, mode="create", match="")
    rows.append({"what": "take the file in, suggest its columns", "s": time.perf_counter() - began})
    imports.start(import_id=job.public_id, actor=actor, at=at, enqueue=False)
    taken = importing.claim(import_id=job.public_id, at=at)
    assert taken is not None
    began, before, chunks, last = time.perf_counter(), _cpu(), list[float](), time.perf_counter()
    for done in importing.run(job=taken, actor=actor, at=at, now=clock.now):
        file = done
        chunks.append(time.perf_counter() - last)
        last = time.perf_counter()
    after = time.perf_counter()
    assert (file.bad, file.created) == (0, file.done - 1), (file.bad, file.created)
    rows.append({
        "what": f"import {file.created:,} contacts of 20 columns", "s": last - began,
        "per_s": file.created / (last - began),
        "cpu_s": _cpu() - before, "p50_ms": median(chunks) * 1e3, "p99_ms": quantile(chunks, 0.99) * 1e3,
    })  # fmt: skip
    rows.append({"what": "roll-ups and keys of duplicates after it", "s": after - last})
    return job.public_id


def _cpu() -> float:
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


def _count(rows: list[dict[str, Any]], runs: int) -> None:
    from fairboard.crm import indexes
    from fairboard.crm.catalogue import catalogue
    from fairboard.crm.queries.records import counted, schema_of
    from fairboard.filters import parse, validate

    actor, info = _operator(), catalogue().type("contact")
    tree = validate(parse(SEGMENT), schema_of(actor, "contact"))

    def count() -> int:
        return counted(actor=actor, type_key="contact", tree=tree, most=0)

    plain = median(_times(count, max(1, runs)))
    began = time.perf_counter()
    indexes.make_for("crm_v_bench", info, ["city", "source", "cf_score"])
    made = time.perf_counter() - began
    times = _times(count, 20 * max(1, runs))
    rows.append({"what": "count a segment of 3 conditions, no index", "ms": plain * 1e3})
    rows.append({"what": "make the index of the segment", "s": made})
    rows.append({"what": f"count the segment ({count():,} contacts)", "ms": median(times) * 1e3,
                 "p99_ms": quantile(times, 0.99) * 1e3})  # fmt: skip


def _timeline(rows: list[dict[str, Any]], notes: list[str], runs: int) -> None:
    """A contact of many events, opened by `crm/queries/timeline.py` where there is one."""
    if importlib.util.find_spec("fairboard.crm.queries.timeline") is None:
        notes.append("The timeline is not measured: there is no fairboard.crm.queries.timeline.")
        return
    from django.db import transaction

    from fairboard.crm import events
    from fairboard.crm.queries import timeline
    from fairboard.crm.queries.records import records
    from fairboard.kit import clock
    from fairboard.ledger.services import Entry, Subject, record_many

    actor, at = _operator(), clock.now()
    row = records(actor=actor, type_key="contact", size=1).items[0]
    entry = Entry(events.CHANGED, Subject("crm.contact", row.id), {"source": "bench", "fields": ["city"]})
    for _ in range(EVENTS // 1_000):
        with transaction.atomic():
            record_many(entries=[entry] * 1_000, actor=actor, at=at)
    opened: Any = timeline.timeline
    times = _times(lambda: opened(actor=actor, record_id=row.id), 10 * max(1, runs))
    rows.append({"what": f"open a timeline of {EVENTS:,} events", "ms": median(times) * 1e3,
                 "p99_ms": quantile(times, 0.99) * 1e3})  # fmt: skip


def _export(rows: list[dict[str, Any]]) -> None:
    from fairboard.crm.services import exports
    from fairboard.kit import clock

    actor, at = _operator(), clock.now()
    for kind in ("csv", "xlsx"):
        began = time.perf_counter()
        tree = {"field": "external_id", "op": "starts_with", "value": "C1"}
        asked = exports.ask(type_key="contact", format=kind, actor=actor, at=at, tree=tree)
        exports.carry_out(export_id=asked.public_id, actor=actor, at=at)
        asked.refresh_from_db()
        seconds = time.perf_counter() - began
        rows.append({"what": f"export {asked.rows:,} contacts as {kind}", "s": seconds, "per_s": asked.rows / seconds})


def _duplicates(rows: list[dict[str, Any]]) -> None:
    from fairboard.crm.services import duplicates
    from fairboard.kit import clock

    actor, at = _operator(), clock.now()
    began = time.perf_counter()
    scan = duplicates.ask_for_search(type_key="contact", actor=actor, at=at, enqueue=False)
    found = duplicates.search(scan_id=scan, at=at)
    rows.append({"what": f"compare all contacts ({found:,} pairs)", "s": time.perf_counter() - began})


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))

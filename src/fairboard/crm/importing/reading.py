"""From the rows of a file to chunks that are ready to be written; large files are read by a process of their own.

The process knows columns and field types only, no database: it reads, checks and makes JSON while the other one writes.
"""

import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from fairboard.crm.importing.columns import Bad, Column, ColumnPlan
from fairboard.crm.importing.files import Layout, Row, fitted, rows_of

CHUNK = 5_000
"""Rows written in one transaction."""
BIG = 4_000_000
"""Bytes from which a file has a process of its own to read it: below, starting one costs more than it saves."""
AHEAD = 4
Problem = tuple[str, str, str, dict[str, object]]
"""Heading, cell as text, message, what is filled into it."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be read. ``after`` is the last row that is done already; ``as_json`` asks for JSON, not values.

    ``names`` are the keys a record is named by, ``required`` those it needs with their labels, ``keys`` those whose
    values are handed on for look-ups.
    """

    path: str
    layout: Layout
    plans: tuple[ColumnPlan, ...]
    names: tuple[str, ...]
    required: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()
    after: int = 1
    as_json: bool = False
    lenient: bool = False
    size: int = CHUNK


@dataclass(slots=True)
class Chunk:
    """Rows that were read: the good ones by position in ``numbers``, problems by row number.

    ``data`` holds values (a dictionary each) or JSON (bytes) without relations, whose texts stand in ``links``.
    ``refused`` are the rows that cannot be written at all.
    """

    last_row: int
    numbers: list[int] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    keys: dict[str, list[Any]] = field(default_factory=dict)
    links: dict[str, list[Any]] = field(default_factory=dict)
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)


class Builder:
    """Makes chunks of rows; remembers what its columns have read."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.columns = [Column(plan) for plan in job.plans]

    def build(self, rows: list[Row], width: int) -> Chunk:
        """A chunk of the rows, whose headings are ``width`` many."""
        chunk, good = Chunk(rows[-1].number), []
        for one in rows:
            row = fitted(one, width)
            if row.error is None:
                good.append(row)
            else:
                chunk.problems[row.number] = [("", "", *row.error)]
                chunk.refused.add(row.number)
        if not good:
            return chunk
        table = list(zip(*[row.cells for row in good], strict=True))
        numbers = [row.number for row in good]
        found: dict[str, list[Any]] = {}
        for column in self.columns:
            plan = column.plan
            cells = self._cells(table, plan)
            values, has_bad = column.values(cells)
            if has_bad:
                self._take_bad(chunk, plan, numbers, cells, values)
            found[plan.key] = values
        self._check_required(chunk, numbers, found)
        self._fill(chunk, numbers, found)
        return chunk

    def _cells(self, table: list[Any], plan: ColumnPlan) -> Any:
        cells = table[plan.place]
        if not plan.fallback:
            return cells
        others = [table[place] for place in plan.fallback]
        return [
            one if one is not None and str(one).strip() else next((x for x in more if str(x or "").strip()), one)
            for one, *more in zip(cells, *others, strict=True)
        ]

    def _take_bad(self, chunk: Chunk, plan: ColumnPlan, numbers: list[int], cells: Any, values: list[Any]) -> None:
        for place, one in enumerate(values):
            if one.__class__ is not Bad:
                continue
            values[place] = None
            number = numbers[place]
            problem = (plan.heading, str(cells[place])[:200], one.message, dict(one.values))
            chunk.problems.setdefault(number, []).append(problem)
            if not self.job.lenient:
                chunk.refused.add(number)

    def _check_required(self, chunk: Chunk, numbers: list[int], found: dict[str, list[Any]]) -> None:
        headings = {column.plan.key: column.plan.heading for column in self.columns}
        for key, label in self.job.required:
            values = found.get(key)
            if values is not None and None not in values:
                continue
            for place, number in enumerate(numbers):
                if values is None or values[place] is None:
                    mine = chunk.problems.setdefault(number, [])
                    if not any(one[0] == headings.get(key, label) for one in mine):
                        mine.append((headings.get(key, label), "", "%(label)s is needed.", {"label": label}))
                    chunk.refused.add(number)

    def _fill(self, chunk: Chunk, numbers: list[int], found: dict[str, list[Any]]) -> None:
        links = [column.plan.key for column in self.columns if column.plan.kind != "value"]
        plain = [key for key in found if key not in links]
        if chunk.refused:
            kept = [place for place, number in enumerate(numbers) if number not in chunk.refused]
            numbers = [numbers[place] for place in kept]
            found = {key: [values[place] for place in kept] for key, values in found.items()}
        chunk.numbers = numbers
        if not numbers:
            return
        rows = zip(*[found[key] for key in plain], strict=True) if plain else (() for _ in numbers)
        data = [{key: one for key, one in zip(plain, row, strict=True) if one is not None} for row in rows]
        if not self.job.as_json:
            # An update must tell an empty cell from a column that is not there: both have no key here.
            chunk.data = data
        else:
            chunk.data = [orjson.dumps(one) for one in data]
            parts = [found[key] for key in self.job.names if key in found]
            chunk.names = [
                " ".join([one for one in row if one is not None])[:200] for row in zip(*parts, strict=True)
            ] if parts else [""] * len(numbers)  # fmt: skip
        chunk.keys = {key: found[key] for key in self.job.keys if key in found}
        chunk.links = {key: found[key] for key in links}


def chunks(job: Job) -> Iterator[Chunk]:
    """The chunks of a file after the rows that are done, here or by a process of their own."""
    if job.layout.kind == "csv" and Path(job.path).stat().st_size >= BIG:
        return _from_process(job)
    return _read(job)


def _read(job: Job) -> Iterator[Chunk]:
    builder, width, waiting = Builder(job), 0, list[Row]()
    for row in rows_of(Path(job.path), job.layout):
        if not width:
            width = len(row.cells)
        elif row.number > job.after:
            waiting.append(row)
            if len(waiting) == job.size:
                yield builder.build(waiting, width)
                waiting = []
    if waiting:
        yield builder.build(waiting, width)


def _from_process(job: Job) -> Iterator[Chunk]:
    command = [sys.executable, "-c", "from fairboard.crm.importing.reading import main; main()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018
        try:
            process.stdin.write(pickle.dumps(job))
            process.stdin.close()
            while (found := pickle.load(process.stdout)) is not None:  # noqa: S301, written by our own process
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            process.kill()


def main() -> None:
    """Read the job on standard input, write its chunks to standard output; a few of them wait for who takes them."""
    job, ready = pickle.load(sys.stdin.buffer), queue.Queue[Any](AHEAD)  # noqa: S301
    sending = threading.Thread(target=_send, args=(ready, sys.stdout.buffer), daemon=True)
    sending.start()
    try:
        for chunk in _read(job):
            ready.put(pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL))
        ready.put(pickle.dumps(None))
    except Exception as error:
        ready.put(pickle.dumps(error))
    ready.put(None)
    sending.join()


def _send(ready: "queue.Queue[Any]", out: IO[bytes]) -> None:
    while (text := ready.get()) is not None:
        out.write(text)
        out.flush()

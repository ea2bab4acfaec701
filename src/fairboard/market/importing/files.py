"""Rows of a CSV or JSON Lines file, whatever its encoding and separator; a damaged row is told, not fatal."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from fairboard.kit.problems import Invalid

LONGEST_CELL = 1_000_000
SAMPLE = 65_536
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number from 1 on, its values by heading, or why it cannot be read."""

    number: int
    values: dict[str, Any]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be imported."""

    path: Path
    kind: str
    encoding: str
    delimiter: str
    headings: tuple[str, ...]

    def records(self) -> Iterator[Record]:
        """Every row, in order."""
        with open(self.path, encoding=self.encoding, errors="replace", newline="") as stream:
            yield from _csv_records(stream, self.delimiter) if self.kind == "csv" else _json_records(stream)

    def fingerprint(self) -> str:
        """What tells this file from another: its size, its first and its last part (SHA-256)."""
        size = self.path.stat().st_size
        with open(self.path, "rb") as stream:
            head = stream.read(SAMPLE)
            stream.seek(max(0, size - SAMPLE))
            tail = stream.read(SAMPLE)
        return hashlib.sha256(b"%d\x00%b\x00%b" % (size, head, tail)).hexdigest()

    def lines(self) -> int:
        """About how many rows there are: the line ends of the file, for the progress bar."""
        with open(self.path, "rb") as stream:
            ends = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
        return max(1, ends - (1 if self.kind == "csv" else 0))


def open_source(path: Path, kind: str = "") -> Source:
    """Find out how a file is written; raises Invalid when it is not one that can be imported."""
    if not path.is_file():
        raise Invalid(_("There is no file %(path)s.") % {"path": path}, field="file")
    sample = path.read_bytes()[:SAMPLE] if path.stat().st_size < SAMPLE else _head(path)
    if not sample.strip():
        raise Invalid(_("%(path)s is empty.") % {"path": path}, field="file")
    encoding = _encoding(sample)
    text = sample.decode(encoding, "replace")
    kind = kind or ("jsonl" if text.lstrip("\ufeff \r\n\t").startswith("{") else "csv")
    if kind == "jsonl":
        return Source(path, kind, encoding, "", tuple(_keys(text)))
    if kind != "csv":
        raise Invalid(_("A file is csv or jsonl."), field="format")
    delimiter = _delimiter(text)
    headings = next(csv.reader(text.splitlines(), delimiter=delimiter), [])
    if len(headings) < 2:
        raise Invalid(_("The first line of %(path)s has no headings.") % {"path": path}, field="file")
    return Source(path, kind, encoding, delimiter, tuple(heading.strip() for heading in headings))


def _head(path: Path) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(SAMPLE)


def _encoding(sample: bytes) -> str:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for cut in range(4):  # the sample may end within a character
        try:
            sample[: len(sample) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    return "cp1252"


def _delimiter(text: str) -> str:
    first = text.lstrip("\ufeff").splitlines()[0]
    return max(",;\t|", key=first.count)


def _keys(text: str) -> list[str]:
    keys: dict[str, None] = {}
    for line in text.splitlines()[:200]:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            keys.update(dict.fromkeys(found))
    return list(keys)


def _csv_records(stream: TextIO, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(stream, delimiter=delimiter)
    headings = [heading.strip() for heading in next(reader, [])]
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield Record(number, {}, _("This row cannot be read: %(why)s.") % {"why": error})
            continue
        if not cells:
            continue
        number += 1
        values = dict(zip(headings, cells, strict=False))
        if len(cells) != len(headings):
            why = _("This row has %(n)d cells, the headings are %(m)d.") % {
                "n": len(cells),
                "m": len(headings),
            }
            yield Record(number, values, why)
        else:
            yield Record(number, values)


def _json_records(stream: TextIO) -> Iterator[Record]:
    number = 0
    for line in stream:
        if not line.strip():
            continue
        number += 1
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Record(number, {"line": line[:2000]}, _("This line is not JSON: %(why)s.") % {"why": error})
            continue
        if not isinstance(found, dict):
            yield Record(number, {"line": line[:2000]}, _("This line is not a JSON object."))
            continue
        yield Record(number, found)

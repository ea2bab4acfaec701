"""Files of ads in, a file of clusters out: CSV, JSON lines and Parquet."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import pyarrow.lib
import pyarrow.parquet

from fairboard.screening.links.bulk import MOST_TEXTS
from fairboard.screening.links.contacts import Contact, column_value

Row = Mapping[str, Any]
Numbered = tuple[int, Row | str]
"""A row's number and what it holds, or why it cannot be read."""

GUESSES = {
    "id": ("id", "ad_id", "adid", "ad", "external_id", "listing_id", "post_id", "doc_id", "uuid", "key", "number"),
    "title": ("title", "subject", "headline", "heading", "titel"),
    "text": ("body", "text", "description", "content", "message", "details", "ad_text", "beschreibung"),
    "phone": ("phone", "telephone", "tel", "mobile", "phone_number", "telefon"),
    "email": ("email", "mail", "e-mail", "e_mail"),
    "handle": ("handle", "username", "telegram", "instagram"),
    "link": ("link", "url", "website", "site"),
    "crypto": ("crypto", "wallet", "crypto_address", "bitcoin", "btc"),
}
"""What columns are called; of several the first, case aside."""
CONTACTS = ("phone", "email", "handle", "link", "crypto")
LARGEST = 10_000_000
"""Characters a field may have."""


class Unreadable(ValueError):
    """A file that cannot be read at all; the message says why and what to do."""


@dataclass(slots=True)
class Ads:
    """What was read. ``refused`` are numbers of rows with the reason; ``numbered``: row numbers serve as ids."""

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    contacts: list[tuple[int, Contact]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    numbered: bool = False


def read(path: Path, given: Mapping[str, str], tick: Callable[[], None]) -> Ads:
    """The ads of a file; ``given`` names columns (`GUESSES`), the others are guessed.

    Rows of CSV are counted with the header as 1, lines of JSON from 1, rows of Parquet from 1.

    Raises Unreadable: a kind of file not known, no column with text, a named column that is not there.
    """
    ads = Ads()
    seen: dict[str, int] = {}
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for number, row in _rows(path):
        refusal = row if isinstance(row, str) else ""
        if not isinstance(row, str):
            headings = tuple(row)
            if headings not in known:
                try:
                    known[headings] = _columns(headings, given)
                except Unreadable as error:
                    if not known and not ads.refused and path.suffix.lower() in _WITH_HEADER:
                        raise
                    refusal = str(error)
            if not refusal:
                if not ads.columns:
                    ads.columns = known[headings]
                    ads.numbered = "id" not in ads.columns
                refusal = _take(ads, number, row, known[headings], seen)
        if refusal:
            ads.refused.append((number, refusal))
        elif len(ads.ids) % 1_000 == 0:
            tick()
        if len(ads.ids) > MOST_TEXTS:
            raise Unreadable(f"{path.name} has more than the {MOST_TEXTS:,} ads that can be linked at once.")
    if ads.refused and not ads.ids:
        raise Unreadable(f"No row of {path.name} can be read; row {ads.refused[0][0]}: {ads.refused[0][1]}")
    return ads


def _columns(headings: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """The column of each role."""
    by_name = {heading.strip().lower(): heading for heading in reversed(headings)}
    found: dict[str, str] = {}
    for role, names in GUESSES.items():
        wanted = given.get(role, "")
        if wanted and wanted.lower() not in by_name:
            raise Unreadable(f"There is no column {wanted}; there are {', '.join(headings)}.")
        name = wanted.lower() or next((one for one in names if one in by_name), "")
        if name:
            found[role] = by_name[name]
    if not found.keys() & {"title", "text"}:
        raise Unreadable(f"No column reads as the text; name it with --text. There are {', '.join(headings)}.")
    return found


def _take(ads: Ads, number: int, row: Row, columns: Mapping[str, str], seen: dict[str, int]) -> str:
    """Add a row; why not, otherwise."""
    name = str(number) if ads.numbered else _text(row.get(columns.get("id", "")))
    if not name:
        return "it has no id"
    if name in seen:
        return f"the id {name[:80]} is that of row {seen[name]} too"
    pieces = [_text(row.get(columns[role])) for role in ("title", "text") if role in columns]
    seen[name] = number
    for role in CONTACTS:
        if role in columns and (value := column_value(role, _text(row.get(columns[role])))):
            ads.contacts.append((len(ads.ids), (role, value)))
    ads.ids.append(name)
    ads.texts.append("\n".join(piece for piece in pieces if piece))
    return ""


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def _rows(path: Path) -> Iterator[Numbered]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(f"{path.name} is none of {', '.join(sorted(_READERS))}.")
    return reader(path)


def _csv(path: Path) -> Iterator[Numbered]:
    """Rows of a CSV file, separated by what its header has most of: comma, semicolon or tab."""
    previous = csv.field_size_limit(LARGEST)
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            header = stream.readline()
            stream.seek(0)
            rows = csv.reader(stream, delimiter=max(",;\t", key=header.count))
            headings = next(rows, [])
            if not any(heading.strip() for heading in headings):
                raise Unreadable(f"{path.name} has no header.")
            yield from _under(headings, rows)
    finally:
        csv.field_size_limit(previous)


def _under(headings: list[str], rows: Iterator[list[str]]) -> Iterator[Numbered]:
    number = 1
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"it is not CSV: {error}"
            continue
        if not row:
            continue
        if len(row) != len(headings):
            yield number, f"it has {len(row)} fields, the header {len(headings)}"
        elif any(map(_is_broken, row)):
            yield number, "it is not UTF-8"
        else:
            yield number, dict(zip(headings, row, strict=True))


def _is_broken(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text)


def _json_lines(path: Path) -> Iterator[Numbered]:
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            if not raw.strip():
                continue
            try:
                row = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (ValueError, RecursionError) as error:
                yield number, f"it is not JSON: {error}"
                continue
            yield number, row if isinstance(row, dict) else "it is not a JSON object"


def _parquet(path: Path) -> Iterator[Numbered]:
    try:
        file = pyarrow.parquet.ParquetFile(path)
        number = 0
        for batch in file.iter_batches(batch_size=8_192):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except (pyarrow.lib.ArrowException, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name} is not Parquet that can be read: {error}") from error


_READERS: dict[str, Callable[[Path], Iterator[Numbered]]] = {
    ".csv": _csv, ".tsv": _csv, ".jsonl": _json_lines, ".ndjson": _json_lines, ".parquet": _parquet,
}  # fmt: skip
_WITH_HEADER = {".csv", ".tsv", ".parquet"}


def write(stream: TextIO, rows: Iterator[tuple[str, str, str, str]]) -> None:
    """The clusters as CSV with columns id, cluster, network and template."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("id", "cluster", "network", "template"))
    writer.writerows(tuple(_written(one) for one in row) for row in rows)


def _written(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()

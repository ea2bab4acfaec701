"""Hash lists in files, read line by line: plain, python-threatexchange's, and our own JSON lines.

Forms that are recognised by ``read``:

* plain: one hash a line, empty lines and ``# comments`` left out;
* python-threatexchange's local file exchange: ``signal_type hash`` a line (exchanges/impl/file_api.py);
* its ``dataset --print-signals --csv``: a header ``signal_type,signal_str,collab,category,tags``;
* its ``.te`` files: ``hash,descriptor id,added on,labels`` (cli/dataset/simple_serialization.py), and those of its
  Hasher-Matcher-Actioner with an indicator id after the hash;
* ``hash,note`` a line; the note is kept as its classification;
* JSON lines: objects with ``signal_type``, ``signal_str``, ``tags``..., as ``write_json`` writes them, or a row of
  the threat_updates API (``type``, ``indicator``, ``should_delete``, ``descriptors``).
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from fairboard.screening.banks.entries import BadEntry, Entry, Kind, Report, Unsupported, checked, guessed, shown

LONGEST_LINE = 10_000
SIGNAL_TYPES = {
    "pdq": Kind.PDQ, "hash_pdq": Kind.PDQ, "photo_pdq": Kind.PDQ,
    "sha256": Kind.SHA256, "hash_sha256": Kind.SHA256, "photo_sha256": Kind.SHA256,
    "md5": Kind.MD5, "hash_md5": Kind.MD5, "photo_md5": Kind.MD5,
}  # fmt: skip
"""Names of signal and indicator types, in small letters, that hold a photo's hash."""
OTHER_TYPES = {
    "video_md5", "video_sha256", "hash_video_md5", "hash_video_sha256", "video_tmk", "hash_tmk", "tmk_pdqf", "vpdq",
    "photodna", "pdna", "hash_pdna", "photo_dna", "sha1", "hash_sha1", "url", "raw_uri", "url_md5", "raw_text", "text",
    "trend_query", "pdq_ocr", "text_tlsh", "netclean", "videntifier",
}  # fmt: skip
CSV_HEADER = ("signal_type", "signal_str", "collab", "category", "tags")


def read(lines: Iterable[str], report: Report, *, kind: Kind | None = None, source: str = "") -> Iterator[Entry]:
    """Entries of a list of any of the forms above; bad lines are noted in ``report`` and left out.

    ``kind`` is what a hash is that does not say so itself; without, 32 digits are MD5 and 64 PDQ.
    """
    columns: list[str] | None = None

    def numbered() -> Iterator[tuple[int, Callable[[], Iterable[Entry]]]]:
        nonlocal columns
        for number, raw in enumerate(lines, start=1):
            line = raw.removeprefix("\ufeff").strip()
            if not line or line.startswith("#"):
                continue
            if columns is None and line.replace(" ", "").lower().startswith("signal_type,signal_str"):
                columns = [name.strip().lower() for name in line.split(",")]
                continue
            yield number, _parser(line, columns, kind, source)

    return report.read(numbered())


def _parser(line: str, columns: list[str] | None, kind: Kind | None, source: str) -> Callable[[], Iterable[Entry]]:
    def parse() -> Iterable[Entry]:
        if len(line) > LONGEST_LINE:
            raise BadEntry(f"the line has {len(line):,} characters")
        if line.startswith("{"):
            return [_from_json(line, kind, source)]
        if columns is not None:
            return [_from_columns(dict(zip(columns, _cells(line), strict=False)), source)]
        if "," in line:
            return [_from_te(_cells(line), kind, source)]
        return [_from_words(line, kind, source)]

    return parse


def kind_of(name: str) -> Kind:
    """The kind a signal or indicator type stands for; raises Unsupported for those of videos, texts and links."""
    low = name.strip().lower()
    if low in SIGNAL_TYPES:
        return SIGNAL_TYPES[low]
    if low in OTHER_TYPES:
        raise Unsupported(f"{low} is not matched by")
    raise BadEntry(f"{shown(name)} is no known signal type")


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration) as error:
        raise BadEntry(f"not CSV: {error}") from error


def _from_words(line: str, kind: Kind | None, source: str) -> Entry:
    first, _, rest = line.partition(" ")
    if rest.strip() and not rest.strip().startswith("#"):
        named = kind_of(first)
        return Entry(named, checked(named, rest.split("#")[0]), source)
    held = kind or guessed(first)
    return Entry(held, checked(held, first), source)


def _from_te(cells: Sequence[str], kind: Kind | None, source: str) -> Entry:
    held = kind or guessed(cells[0])
    value = checked(held, cells[0])
    if len(cells) == 2:
        return Entry(held, value, source, classification=cells[1].strip())
    if len(cells) not in {4, 5}:
        raise BadEntry(f"{len(cells)} columns where 2, 4 or 5 are expected")
    reference, added, labels = cells[-3:]
    return Entry(held, value, source, reference, tuple(sorted(labels.split())), added=_moment(added))


def _from_columns(row: dict[str, str], source: str) -> Entry:
    held = kind_of(row.get("signal_type", ""))
    value = checked(held, row.get("signal_str", ""))
    labels = tuple(sorted(row.get("tags", "").split()))
    return Entry(held, value, row.get("collab", "") or source, labels=labels, classification=row.get("category", ""))


def _from_json(line: str, kind: Kind | None, source: str) -> Entry:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadEntry(f"not JSON: {error}") from error
    if "indicator" in row:
        return _from_update(row, source)
    name, value = row.get("signal_type"), row.get("signal_str", row.get("hash"))
    if not isinstance(value, str):
        raise BadEntry("there is no signal_str")
    held = kind_of(name) if isinstance(name, str) else kind or guessed(value)
    removed = row.get("removed", False) is True
    return Entry(
        held, checked(held, value), _text(row.get("collab")) or source, _text(row.get("reference")),
        _labels(row.get("tags")), _text(row.get("category")), _moment(_text(row.get("added"))), removed,
    )  # fmt: skip


def _from_update(row: dict[str, Any], source: str) -> Entry:
    held = kind_of(_text(row.get("type")))
    value = checked(held, _text(row.get("indicator")))
    described = row.get("descriptors")
    listed = described.get("data") if isinstance(described, dict) else None
    owners = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    labels = {label for one in owners for label in _labels(one.get("tags"))}
    added = min((_text(one.get("added_on")) for one in owners if one.get("added_on")), default="")
    statuses = sorted({_text(one.get("status")) for one in owners if one.get("status")})
    return Entry(
        held, value, source, _text(row.get("id")), tuple(sorted(labels)), ",".join(statuses), _moment(added),
        row.get("should_delete") is True,
    )  # fmt: skip


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _labels(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):  # as the Graph API nests them: {"data": [{"text": ...}]}
        found = value.get("data")
        value = [one.get("text") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if isinstance(value, str):
        value = value.split()
    return tuple(sorted({one for one in value if isinstance(one, str)})) if isinstance(value, list) else ()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:  # such as "mine": what python-threatexchange writes for one's own opinion
        return None


# Writing. Removed entries are left out of lists that cannot say so.


def write_plain(entries: Iterable[Entry], file: IO[str]) -> int:
    """One hash a line; returns how many."""
    return _put((f"{one.value}\n" for one in entries if _writable(one)), file)


def write_signals(entries: Iterable[Entry], file: IO[str]) -> int:
    """``signal_type hash`` a line, as python-threatexchange's local file exchange reads it; returns how many."""
    return _put((f"{one.kind} {one.value}\n" for one in entries if _writable(one)), file)


def write_csv(entries: Iterable[Entry], file: IO[str]) -> int:
    """As python-threatexchange's ``dataset --csv``; returns how many."""
    writer, count = csv.writer(file), 0
    writer.writerow(CSV_HEADER)
    for one in entries:
        if _writable(one):
            writer.writerow((one.kind, one.value, one.source, one.classification, " ".join(one.labels)))
            count += 1
    return count


def write_te(entries: Iterable[Entry], file: IO[str]) -> int:
    """As python-threatexchange's ``.te`` files, which hold one kind each; returns how many."""
    writer, count = csv.writer(file), 0
    for one in entries:
        if _writable(one):
            added = one.added.isoformat() if one.added else ""
            writer.writerow((one.value, one.reference if one.reference.isdigit() else "0", added, " ".join(one.labels)))
            count += 1
    return count


def write_json(entries: Iterable[Entry], file: IO[str]) -> int:
    """JSON lines that keep everything, removals too; returns how many."""
    return _put((json.dumps(_as_json(one), ensure_ascii=False) + "\n" for one in entries if one.kind), file)


def _as_json(one: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"signal_type": one.kind, "signal_str": one.value}
    more = {"collab": one.source, "reference": one.reference, "tags": list(one.labels), "category": one.classification,
            "added": one.added.isoformat() if one.added else "", "removed": one.removed}  # fmt: skip
    return row | {name: value for name, value in more.items() if value}


def _writable(one: Entry) -> bool:
    return one.kind is not None and not one.removed


def _put(lines: Iterable[str], file: IO[str]) -> int:
    count = 0
    for line in lines:
        file.write(line)
        count += 1
    return count

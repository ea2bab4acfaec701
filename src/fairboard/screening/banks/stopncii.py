"""The shape of StopNCII.org's exchange: pages of JSON with the hashes people asked to be kept off platforms.

As python-threatexchange reads it (exchanges/clients/stopncii/api.py, exchanges/impl/stop_ncii_api.py).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fairboard.screening.banks.entries import BadEntry, Entry, Kind, Report, Unsupported, checked, shown
from fairboard.screening.banks.ncmec import BadPage

GONE = {"Withdrawn", "Deleted"}
"""Case states in which a hash has to be taken out."""
_KINDS = {"ImagePDQ": Kind.PDQ}
_OTHERS = {"VideoMD5", "VideoTMK", "Text", "URL", "Unknown"}
_STATES = {"Unknown", "Received", "Active", *GONE}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to go on: ``token`` names the next page of this run, ``since`` (seconds) begins the next run."""

    since: int
    token: str
    more: bool


def cursor(page: Any) -> Cursor:
    """Where a page says to go on; raises BadPage when it does not."""
    if not isinstance(page, dict) or not isinstance(page.get("hashRecords"), list):
        raise BadPage("The answer has no hashRecords.")
    since, token, more = page.get("nextSetTimestamp"), page.get("nextPageToken"), page.get("hasMoreRecords")
    if not isinstance(since, int) or not isinstance(more, bool) or not isinstance(token, str | None):
        raise BadPage("The answer does not say where to go on.")
    if more and not token:
        raise BadPage("There are more records, but no nextPageToken.")
    return Cursor(since, token or "", more)


def read(page: Any, report: Report, *, source: str = "stopncii") -> Iterator[Entry]:
    """Entries of one page; a bad record is noted by its place in it, from 1. A withdrawn hash is ``removed``."""
    cursor(page)

    def numbered() -> Iterator[tuple[int, Callable[[], Iterable[Entry]]]]:
        for place, one in enumerate(page["hashRecords"], start=1):
            yield place, partial(_one, one, source)

    return report.read(numbered())


def _one(record: Any, source: str) -> list[Entry]:
    return [_entry(record, source)]


def _entry(record: Any, source: str) -> Entry:
    if not isinstance(record, dict):
        raise BadEntry("the record is no object")
    kind, state, value = record.get("signalType"), record.get("hashStatus"), record.get("hashValue")
    if kind in _OTHERS:
        raise Unsupported(f"{kind} is not matched by")
    if kind not in _KINDS:
        raise BadEntry(f"{shown(str(kind))} is no known signalType")
    if state not in _STATES:
        raise BadEntry(f"{shown(str(state))} is no known hashStatus")
    if not isinstance(value, str):
        raise BadEntry("there is no hashValue")
    moment = record.get("lastModtimestamp")
    given = record.get("CSPFeedbacks")
    labels = set[str]()
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict):
            labels.add(f"{one.get('source', '')}:{one.get('feedbackValue', '')}")
            labels.update(tag for tag in one.get("tags") or [] if isinstance(tag, str))
    hashed = checked(_KINDS[kind], value)
    return Entry(
        _KINDS[kind], hashed, source, hashed, tuple(sorted(labels)), str(state), _moment(moment), state in GONE,
    )  # fmt: skip


def _moment(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None
    except (ValueError, OverflowError, OSError):
        return None


def write(entries: Iterable[Entry], *, since: int, token: str = "") -> dict[str, Any]:
    """Entries (PDQ only) as one page: an object to be sent as JSON. ``since`` is the checkpoint it hands out."""
    records = [
        {
            "lastModtimestamp": int(one.added.timestamp()) if one.added else since,
            "signalType": "ImagePDQ",
            "hashValue": one.value,
            "hashStatus": "Withdrawn"
            if one.removed
            else one.classification
            if one.classification in _STATES
            else "Active",
            "caseNumbers": {},
            "CSPFeedbacks": [],
        }
        for one in entries
        if one.kind == Kind.PDQ
    ]
    return {
        "count": len(records), "hashRecords": records, "nextSetTimestamp": since, "nextPageToken": token or None,
        "hasMoreRecords": bool(token),
    }  # fmt: skip

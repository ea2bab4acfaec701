"""A hash list in a file, whatever its form: lines of ``lists``, a page of NCMEC's XML or of StopNCII's JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from fairboard.screening.banks import lists, ncmec, stopncii
from fairboard.screening.banks.entries import LARGEST_PAGE, Entry, Kind, Report
from fairboard.screening.banks.ncmec import BadPage

_PIECE = 65_536


def read_file(path: Path, report: Report, *, kind: Kind | None = None, source: str = "") -> Iterator[Entry]:
    """Entries of a file, read as they are asked for; bad lines are noted in ``report``.

    ``source`` is the file's name unless given. Raises OSError, and BadPage for XML or a page that is none.
    """
    name = source or path.stem
    with path.open("rb") as file:
        head = file.read(_PIECE)
        file.seek(0)
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(b"<"):
            yield from ncmec.read(iter(lambda: file.read(_PIECE), b""), report, ncmec.Page(), source=name)
        elif start.startswith(b"{") and b'"hashRecords"' in head:
            yield from stopncii.read(_page(file), report, source=name)
        else:
            yield from lists.read(bounded_lines(file), report, kind=kind, source=name)


def _page(file: IO[bytes]) -> object:
    raw = file.read(LARGEST_PAGE + 1)
    if len(raw) > LARGEST_PAGE:
        raise BadPage("The page is too large.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadPage(f"The page is not JSON: {error}.") from error


def bounded_lines(file: IO[bytes]) -> Iterator[str]:
    """The lines of a file; of one that is far too long only its beginning, so that none fills the memory."""
    limit = 2 * lists.LONGEST_LINE
    while line := file.readline(limit):
        rest = line
        while len(rest) == limit and not rest.endswith(b"\n"):
            rest = file.readline(limit)
        yield line.decode("utf-8", "replace")

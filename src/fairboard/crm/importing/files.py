"""Rows of a CSV or XLSX file, whatever its encoding, separator and headings; a damaged row is told, not fatal."""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fairboard.fields import FieldError

SAMPLE = 262_144
LONGEST_CELL = 1_000_000
MOST_COLUMNS = 1_000
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written. ``skip`` lines stand before the headings."""

    kind: str
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    skip: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The layout as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts it (the headings are row 1), its cells, or why it is not read."""

    number: int
    cells: list[Any]
    error: tuple[str, dict[str, object]] | None = None


def layout_of(path: Path, name: str = "") -> Layout:
    """Find out how a file is written; raises FieldError when it is none that can be imported."""
    if not path.is_file() or path.stat().st_size == 0:
        raise FieldError("%(name)s is empty.", name=name or path.name)
    if (name or path.name).lower().endswith(SHEETS):
        return Layout("xlsx")
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        return Layout("xlsx")
    encoding = _encoding(path, head)
    text = head.decode(encoding, "ignore").lstrip("\ufeff")
    if not text.strip():
        raise FieldError("%(name)s is empty.", name=name or path.name)
    if text.count("\x00") > len(text) // 100:
        raise FieldError("%(name)s is neither a CSV file nor a spreadsheet.", name=name or path.name)
    skip, told = 0, re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if told:
        return Layout("csv", encoding, told[1], '"', 1)
    quote = "'" if re.match(r"\s*'[^'\n]*'[,;\t|]'", text) else '"'
    return Layout("csv", encoding, _delimiter(text, quote), quote, skip)


def _head(path: Path) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(SAMPLE)


def _encoding(path: Path, head: bytes) -> str:
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"),
    ):  # fmt: skip
        if head.startswith(mark):
            return name
    if len(head) > 3 and (head[1::2].count(0) > len(head) // 5 or head[::2].count(0) > len(head) // 5):
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with open(path, "rb") as stream:
            while part := stream.read(1 << 20):
                decoder.decode(part)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(text: str, quote: str) -> str:
    """The separator by which most of the first rows have the same number of cells, and more than one."""
    lines = text.split("\n")
    sample = lines[:60] if len(lines) < 60 else lines[:59]
    best, most = ",", 0.0
    for delimiter in ",;\t|":
        try:
            rows = [row for row in csv.reader([line + "\n" for line in sample], delimiter=delimiter, quotechar=quote)
                    if row]  # fmt: skip
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        alike = sum(len(row) == width for row in rows) / len(rows)
        if alike * (1 + width / 1000) > most:
            best, most = delimiter, alike * (1 + width / 1000)
    return best


def rows_of(path: Path, layout: Layout | Mapping[str, Any]) -> Iterator[Row]:
    """Every row of a file in its order, headings included; empty rows are left out and counted."""
    found = layout if isinstance(layout, Layout) else Layout(**layout)
    if found.kind == "xlsx":
        yield from _sheet(path)
    else:
        yield from _csv(path, found)


def _csv(path: Path, layout: Layout) -> Iterator[Row]:
    with open(path, encoding=layout.encoding, errors="replace", newline="") as stream:
        for _line in range(layout.skip):
            stream.readline()
        reader = csv.reader(stream, delimiter=layout.delimiter, quotechar=layout.quote)
        number = layout.skip
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(number, [], ("This row cannot be read: %(why)s.", {"why": str(error)}))
                continue
            if cells and number == 1 + layout.skip:
                cells[0] = cells[0].removeprefix("\ufeff").removeprefix("\ufeff")
            if cells and any(cells):
                yield Row(number, cells)


def _sheet(path: Path) -> Iterator[Row]:
    import python_calamine  # noqa: PLC0415, only who imports a spreadsheet pays for it

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_index(0)
    except Exception as error:
        raise FieldError("This spreadsheet cannot be read: %(why)s.", why=str(error)[:200]) from error
    start = sheet.start[0] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows(), start + 1 if start else 1):
        tidy = [_plain(cell) for cell in cells]
        if any(cell not in ("", None) for cell in tidy):
            yield Row(number, tidy)


def _plain(cell: Any) -> Any:
    """Spreadsheets keep every number as a fraction: a whole one is a whole one."""
    if type(cell) is float and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell


def headings_of(cells: list[Any]) -> list[str]:
    """The headings, each once: a second ``Name`` is ``Name (2)``, an empty one ``Column 3``.

    Raises FieldError for more columns than an import takes.
    """
    if len(cells) > MOST_COLUMNS:
        raise FieldError("A file can have %(n)d columns.", n=MOST_COLUMNS)
    found: list[str] = []
    for place, cell in enumerate(cells, 1):
        plain = " ".join(str(cell if cell is not None else "").replace("\x00", "").split())[:200] or f"Column {place}"
        name, count = plain, 2
        while name in found:
            name, count = f"{plain} ({count})", count + 1
        found.append(name)
    return found


def fitted(row: Row, width: int) -> Row:
    """A row with as many cells as there are headings: missing ones are empty, more with something in them an error."""
    cells = row.cells
    if row.error or len(cells) == width:
        return row
    if len(cells) < width:
        return Row(row.number, [*cells, *[""] * (width - len(cells))])
    if any(str(cell if cell is not None else "").strip() for cell in cells[width:]):
        error: tuple[str, dict[str, object]] = (
            "This row has %(n)d cells, the headings are %(m)d.",
            {"n": len(cells), "m": width},
        )
        return Row(row.number, cells[:width], error)
    return Row(row.number, cells[:width])


def estimated(path: Path, layout: Layout, sampled: int) -> int:
    """About how many rows there are below the headings, for progress: lines of a CSV file, ``sampled`` otherwise."""
    if layout.kind != "csv":
        return sampled
    ends = 0
    with open(path, "rb") as stream:
        while part := stream.read(1 << 20):
            ends += part.count(b"\n")
    return max(1, ends - layout.skip - 1)

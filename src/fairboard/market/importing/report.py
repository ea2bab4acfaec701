"""The rows that could not be imported, in the file's own columns, with why: mended, it can be imported again."""

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

from fairboard.market.importing.files import Record, Source

ROW, WHY = "fairboard_row", "fairboard_problem"


class Report:
    """Collects rows and writes them beside the file; nothing is written while every row is well."""

    def __init__(self, path: Path, source: Source) -> None:
        self.path = path
        self.source = source
        self.waiting: list[str] = []

    def add(self, record: Record, errors: Sequence[Mapping[str, str]], left_out: Sequence[str]) -> None:
        """Note a row's errors, or the values that were left out of it."""
        said = [f"{one['field']}: {one['message']}" if one["field"] else one["message"] for one in errors]
        said += [f"left out {one}" for one in left_out]
        if not said:
            return
        row = {**record.values, ROW: record.number, WHY: " ".join(said)}
        if self.source.kind == "jsonl":
            self.waiting.append(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        else:
            self.waiting.append(self._csv([row.get(name, "") for name in self._headings]))

    def flush(self) -> None:
        """Write what is waiting to the file."""
        if not self.waiting:
            return
        is_new = not self.path.exists()
        with open(self.path, "a", encoding="utf-8", newline="") as stream:
            if is_new and self.source.kind == "csv":
                stream.write(self._csv(self._headings))
            stream.writelines(self.waiting)
        self.waiting.clear()

    def keep_up_to(self, number: int) -> None:
        """Drop rows after ``number``: they are imported again after an interruption."""
        if not self.path.exists():
            return
        if number == 0:
            self.path.unlink()
            return
        with open(self.path, encoding="utf-8", newline="") as stream:
            if self.source.kind == "jsonl":
                kept = [line for line in stream if json.loads(line)[ROW] <= number]
            else:
                rows = list(csv.reader(stream, delimiter=self.source.delimiter))
                at = self._headings.index(ROW)
                kept = [self._csv(row) for row in rows if not row[at].isdigit() or int(row[at]) <= number]
        self.path.write_text("".join(kept), encoding="utf-8")

    @property
    def _headings(self) -> list[str]:
        return [*(name for name in self.source.headings if name not in {ROW, WHY}), ROW, WHY]

    def _csv(self, cells: Sequence[object]) -> str:
        buffer = StringIO()
        csv.writer(buffer, delimiter=self.source.delimiter).writerow(cells)
        return buffer.getvalue()

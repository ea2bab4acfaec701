"""Bulk jobs: rows in, results out."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fairboard.client.records import Sender

PART = 5_000_000
ENDED = frozenset({"done", "failed", "aborted"})


@dataclass(frozen=True, slots=True)
class JobResult:
    """A job that ended: its state, how many rows were written and not, and why not by row."""

    state: str
    rows: int
    written: int
    failed: int
    message: str


class Job:
    """A bulk job: ``upload``, ``close``, ``wait``, then ``successes`` and ``failures``."""

    def __init__(self, sender: Sender, body: Mapping[str, Any], sleep: Callable[[float], None]) -> None:
        self._sender, self._sleep = sender, sleep
        self.id, self.format, self.body = str(body["id"]), str(body["format"]), dict(body)
        self._parts = 0

    def upload(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Send rows, in parts of some megabytes, of a job in JSON Lines; returns how many."""
        if self.format != "jsonl":
            raise ValueError("Rows are sent as JSON Lines; send a CSV with upload_part.")
        held, size, count = [], 0, 0
        for row in rows:
            line = json.dumps(dict(row), ensure_ascii=False).encode() + b"\n"
            held.append(line)
            size, count = size + len(line), count + 1
            if size > PART:
                self.upload_part(b"".join(held))
                held, size = [], 0
        if held:
            self.upload_part(b"".join(held))
        return count

    def upload_part(self, data: bytes) -> None:
        """Send the next part of the file as it is; only the first of a CSV has headings."""
        self._parts += 1
        self._sender.request(
            "PUT", f"/crm/jobs/{self.id}/parts/{self._parts}", data=data,
            headers={"Content-Type": "application/octet-stream"},
        )  # fmt: skip

    def close(self) -> None:
        """Have it worked off."""
        self._sender.request("POST", f"/crm/jobs/{self.id}/close")

    def abort(self) -> None:
        """Stop it; what was written stays."""
        self._sender.request("POST", f"/crm/jobs/{self.id}/abort")

    def state(self) -> JobResult:
        """How far it is."""
        self.body = self._sender.request("GET", f"/crm/jobs/{self.id}").json()
        found = self.body
        return JobResult(found["state"], found["rows"], found["written"], found["failed"], found["message"])

    def wait(self, *, every: float = 2.0, most: int = 10_000) -> JobResult:
        """Ask every so many seconds until it ended; raises TimeoutError after ``most`` times."""
        for _time in range(most):
            found = self.state()
            if found.state in ENDED:
                return found
            self._sleep(every)
        raise TimeoutError(self.id)

    def successes(self) -> list[dict[str, str]]:
        """The rows that were written: row, id, act."""
        return self._results("success")

    def failures(self) -> list[dict[str, str]]:
        """The rows that were not: row, error, data."""
        return self._results("failure")

    def _results(self, kind: str) -> list[dict[str, str]]:
        text = self._sender.request("GET", f"/crm/jobs/{self.id}/results/{kind}").content.decode()
        return list(csv.DictReader(io.StringIO(text)))

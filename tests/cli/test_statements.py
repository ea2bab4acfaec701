"""`fairboard export statements` writes what the Commission's database takes."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest

from fairboard.kit.actors import Actor
from fairboard.market.services.posting import submit
from tests.cli.conftest import Run
from tests.market.drafts import prohibited


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_the_statements_of_a_time_are_written(
    fairboard: Run, seller: Actor, now: datetime, tmp_path: Path, suffix: str
) -> None:
    submit(actor=seller, draft=prohibited(), at=now)
    out = tmp_path / f"statements.{suffix}"
    done = fairboard("export", "statements", "--from", "2026-11-01", "--to", "2026-12-01", "--out", str(out))
    assert (done.code, done.out.strip()) == (0, "1 statements of reasons.")
    with open(out, newline="") as stream:
        rows = list(csv.DictReader(stream)) if suffix == "csv" else [json.loads(line) for line in stream]
    assert [one["automated_decision"] for one in rows] == ["AUTOMATED_DECISION_FULLY"]
    assert fairboard("export", "statements", "--to", "2026-11-01", "--out", str(out)).out.startswith("0 ")


def test_another_kind_of_file_is_refused(fairboard: Run, tmp_path: Path) -> None:
    assert fairboard("export", "statements", "--out", str(tmp_path / "x.txt")).code == 2

"""`fairboard screen`: files and standard input of any origin, without a database or a market."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

HIDDEN = "Good condition. Call five five five, two one two, nine zero three four."
AD = {"id": "a", "title": "Bicycle", "body": HIDDEN, "place": "de/berlin"}


def verdicts(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_each_line_of_a_file_gets_its_line(tmp_path: Path, fairboard: Run) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join([json.dumps(AD), "{broken", json.dumps({**AD, "id": "b", "body": "Serviced in May."})]))
    done = fairboard("screen", str(path))
    first, second, third = verdicts(done.out)
    assert done.code == 0
    assert (first["id"], first["verdict"]) == ("a", "hold")
    assert "line 2" in second["error"]
    assert (third["id"], third["verdict"]) == ("b", "allow")


@pytest.mark.parametrize("place", ["Berlin", "München", "berlin, de", "Köln, Germany", "de/berlin", "Cologne"])
def test_a_number_is_read_as_in_the_country_of_its_place(tmp_path: Path, fairboard: Run, place: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({**AD, "body": "Tel 030 23125 123", "place": place}))
    (answer,) = verdicts(fairboard("screen", str(path)).out)
    assert [one["value"] for one in answer["contacts"]] == ["+493023125123"]


def test_standard_input_is_read_when_no_file_is_named(monkeypatch: pytest.MonkeyPatch, fairboard: Run) -> None:
    raw = (
        json.dumps({**AD, "title": "Fahrräder"}, ensure_ascii=False).encode()
        + b"\n"
        + b'{"id": "\xff\xfe", "body": ""}'
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    done = fairboard("screen")
    assert [one["id"] for one in verdicts(done.out)] == ["a", "��"]


def test_a_file_that_begins_with_a_byte_order_mark_loses_no_line(tmp_path: Path, fairboard: Run) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps(AD), encoding="utf-8-sig")
    assert verdicts(fairboard("screen", str(path)).out)[0]["id"] == "a"


@pytest.mark.parametrize("name", ["missing.jsonl", ":car:.jsonl", "folder"])
def test_a_file_that_cannot_be_read_is_named_as_it_is_spelt(tmp_path: Path, fairboard: Run, name: str) -> None:
    (tmp_path / "folder").mkdir()
    done = fairboard("screen", str(tmp_path / name))
    assert (done.code, done.out) == (1, "")
    assert f"There is no file {tmp_path / name}." in done.err


def test_no_setting_and_no_database_is_needed(process: Run, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps(AD))
    done = process("screen", str(path), FAIRBOARD_MODE="production", FAIRBOARD_DATABASE_URL="nonsense")
    assert (done.code, verdicts(done.out)[0]["verdict"]) == (0, "hold")
    assert not (tmp_path / "data").exists()

"""`fairboard link`: files of ads in, clusters, networks and templates out; no database."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from fairboard.bench import campaigns
from tests.cli.conftest import Run

COPIES = [f"Concert tickets for {city}, two seats for {price} EUR, write to me today" for city, price in
          (("Hull", 30), ("Leeds", 45), ("York", 52), ("Derby", 66))]  # fmt: skip
TEXTS = [*COPIES, *campaigns.texts(66, 40)]
ADS = [{"id": f"ad{at}", "title": "", "body": text} for at, text in enumerate(TEXTS)]


def read(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


def write(path: Path, ads: list[dict[str, str]], bad: bool = False) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(ads[0]))
            writer.writeheader()
            writer.writerows(ads)
            stream.write("only one field\n" if bad else "")
    elif path.suffix == ".jsonl":
        path.write_text("\n".join([*map(json.dumps, ads), *(["{broken"] if bad else [])]), encoding="utf-8")
    else:
        rows = [*ads, *([{**ads[0], "id": None}] if bad else [])]
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_file_is_linked_and_its_bad_row_named(tmp_path: Path, fairboard: Run, kind: str) -> None:
    file = write(tmp_path / f"ads.{kind}", ADS, bad=True)
    done = fairboard("link", str(file), "--out", str(tmp_path / "clusters.csv"))
    rows = read(tmp_path / "clusters.csv")
    assert done.code == 3
    assert f"Row {len(ADS) + (2 if kind == 'csv' else 1)} left out: it" in done.err
    assert list(rows) == [ad["id"] for ad in ADS]
    assert {rows[f"ad{at}"]["cluster"] for at in range(4)} == {"c-ad0"}
    assert {rows[f"ad{at}"]["network"] for at in range(4)} == {"n-ad0"}
    assert rows["ad2"]["template"] == "Concert tickets for {1}, two seats for {2} EUR, write to me today"
    assert {rows[f"ad{at}"]["cluster"] for at in range(4, len(ADS))} == {""}


def test_shared_contact_data_makes_a_network_without_a_cluster(tmp_path: Path, fairboard: Run) -> None:
    ads = [{**ad, "Phone": ""} for ad in ADS]
    ads[10]["body"] += " Call +49 151 2345678"
    ads[20]["Phone"] = "0151/2345678"
    done = fairboard("link", str(write(tmp_path / "ads.csv", ads)), "--out", str(tmp_path / "out.csv"))
    rows = read(tmp_path / "out.csv")
    assert done.code == 0
    assert (rows["ad10"]["network"], rows["ad20"]["network"]) == ("n-ad10", "n-ad10")
    assert (rows["ad10"]["cluster"], rows["ad11"]["network"]) == ("", "")


def test_clusters_are_named_after_the_least_id_whatever_the_order(tmp_path: Path, fairboard: Run) -> None:
    ads = [{"id": str(100 - at), "text": ad["body"]} for at, ad in enumerate(ADS)]
    for name, given in (("one", ads), ("other", ads[::-1])):
        fairboard("link", str(write(tmp_path / f"{name}.csv", given)), "--out", str(tmp_path / f"{name}.out"))
    one, other = read(tmp_path / "one.out"), read(tmp_path / "other.out")
    assert one["100"]["cluster"] == other["100"]["cluster"] == "c-97"
    assert {key: row["cluster"] for key, row in one.items()} == {key: row["cluster"] for key, row in other.items()}


def test_columns_can_be_named_and_ids_left_out(tmp_path: Path, fairboard: Run) -> None:
    file = write(tmp_path / "ads.csv", [{"wording": ad["body"], "other": "x"} for ad in ADS])
    done = fairboard("link", str(file), "--out", str(tmp_path / "out.csv"), "--text", "wording")
    assert done.code == 0
    assert "numbers serve as ids" in done.err
    assert read(tmp_path / "out.csv")["3"]["cluster"] == "c-2"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ads.csv", "id,colour\n1,red\n", "No column reads as the text"),
        ("ads.csv", "", "has no header"),
        ("ads.txt", "id,text\n", "is none of"),
        ("ads.parquet", "id,text\n", "is not Parquet that can be read"),
        ("ads.jsonl", "{broken\n", "No row of ads.jsonl can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(
    tmp_path: Path, fairboard: Run, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    done = fairboard("link", str(tmp_path / name), "--out", str(tmp_path / "out.csv"))
    assert done.code == 1
    assert said in done.err
    assert not (tmp_path / "out.csv").exists()


def test_rows_with_a_known_id_or_broken_letters_are_left_out(tmp_path: Path, fairboard: Run) -> None:
    file = tmp_path / "ads.csv"
    file.write_bytes(b'id;text\na;one two\na;three\nb;\xff\xfe\n;four\n\nc;"five\nsix"\n')
    done = fairboard("link", str(file), "--out", str(tmp_path / "out.csv"))
    assert done.code == 3
    assert list(read(tmp_path / "out.csv")) == ["a", "c"]
    for said in ("Row 3 left out: the id a is that of row 2 too", "Row 4 left out: it is not UTF-8",
                 "Row 5 left out: it has no id"):  # fmt: skip
        assert said in done.err


def test_no_database_is_needed(tmp_path: Path) -> None:
    file = write(tmp_path / "ads.jsonl", ADS)
    command = [sys.executable, "-m", "fairboard.cli.main", "link", str(file), "--out", "-"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": ":".join(sys.path), "FAIRBOARD_DATABASE_URL": "postgres://nobody@127.0.0.1:1/x"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("id,cluster,network,template\n")
    assert list(tmp_path.iterdir()) == [file]

"""`fairboard photo`: a line a photo, bad files named, lists matched."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from fairboard.screening.photos import pdq
from tests.cli.conftest import Run
from tests.screening import pictures


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a photo.png"
    pictures.picture("shapes", 400, 300).save(path)
    return path


def test_a_photo_gets_its_line(photo: Path, fairboard: Run) -> None:
    done = fairboard("photo", str(photo))
    answer = json.loads(done.out)
    assert done.code == 0
    assert answer["pdq"] == pdq.compute(pictures.picture("shapes", 400, 300)).hex
    assert (answer["quality"], answer["width"], answer["height"]) == (100, 400, 300)
    assert (len(answer["sha256"]), len(answer["md5"])) == (64, 32)
    assert "matches" not in answer


def test_a_bad_file_is_named_and_the_rest_goes_on(photo: Path, tmp_path: Path, fairboard: Run) -> None:
    torn, text = tmp_path / "torn.png", tmp_path / "text.jpg"
    torn.write_bytes(photo.read_bytes()[:300])
    text.write_text("no photo")
    done = fairboard("photo", str(torn), str(tmp_path / "missing.png"), str(text), str(tmp_path), str(photo))
    assert done.code == 3
    assert [json.loads(line)["file"] for line in done.out.splitlines()] == [str(photo)]
    for name in ("torn.png", "missing.png", "text.jpg"):
        assert name in done.err


def test_a_mirrored_copy_is_matched_with_a_list(photo: Path, tmp_path: Path, fairboard: Run) -> None:
    mirrored, bank = tmp_path / "copy.jpg", tmp_path / "house.txt"
    buffer = io.BytesIO()
    picture = Image.open(photo).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    picture.save(buffer, "JPEG", quality=60)
    mirrored.write_bytes(buffer.getvalue())
    kept = pdq.compute(pictures.picture("shapes", 400, 300)).hex
    bank.write_text(f"# ours\nnot a hash\n{kept}\n{'f' * 64}\n")
    done = fairboard("photo", "--bank", str(bank), str(mirrored))
    (match,) = json.loads(done.out)["matches"]
    assert (match["bank"], match["entry"], match["kind"], match["variant"]) == ("house", kept, "pdq", "flip_y")
    assert match["distance"] <= 31
    assert done.code == 3
    assert "house.txt, line 2: 'not' is no known signal type" in done.err


@pytest.mark.parametrize("list_of", ["<html></html>", '{"hashRecords": 5}'])
def test_a_list_that_is_none_ends_the_command(photo: Path, tmp_path: Path, fairboard: Run, list_of: str) -> None:
    bank = tmp_path / "list"
    bank.write_text(list_of)
    done = fairboard("photo", "--bank", str(bank), str(photo))
    assert (done.code, done.out) == (1, "")
    assert str(bank) in done.err

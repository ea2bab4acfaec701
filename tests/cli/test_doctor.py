"""`fairboard doctor`: each part is tried for real, and what is not well comes with a way out."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from fairboard.kit.actors import Actor
from fairboard.safety.models import BankEntry
from fairboard.safety.services import banks
from tests.cli.conftest import Run
from tests.server import free_port

PARTS = ["settings", "data folder", "database", "migrations", "mail", "storage", "disk", "payment", "relay",
         "mailings", "evidence", "photos", "packs", "cybertip", "timestamps"]  # fmt: skip
Examine = Callable[[], dict[str, dict[str, Any]]]


@pytest.fixture
def examine(db: None, fairboard: Run) -> Examine:
    """What the doctor finds, part by part; its exit code is checked on the way."""

    def run() -> dict[str, dict[str, Any]]:
        done = fairboard("doctor", "--json")
        answer = json.loads(done.out)
        assert done.code == (0 if answer["well"] else 1)
        assert answer["well"] == all(one["well"] for one in answer["findings"])
        return {one["name"]: one for one in answer["findings"]}

    return run


@pytest.fixture
def smtp(settings: Any) -> Iterator[int]:
    """A mail server, and settings that name it."""
    controller = Controller(object(), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_URL = "smtp://"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield controller.port
    controller.stop()


def test_where_all_is_well_every_part_says_so(examine: Examine) -> None:
    found = examine()
    assert list(found) == PARTS
    assert [name for name, one in found.items() if not one["well"]] == []
    assert found["database"]["found"].startswith(("SQLite 3", "PostgreSQL 1"))


def test_for_people_a_line_a_part(db: None, fairboard: Run) -> None:
    done = fairboard("doctor")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == ["ok"] * len(PARTS)


def test_trying_the_storage_leaves_nothing_there(examine: Examine) -> None:
    examine()
    assert default_storage.listdir("doctor")[1] == []


def test_a_storage_that_cannot_be_written_is_named(examine: Examine, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("not a folder")
    settings.MEDIA_ROOT = tmp_path / "files"
    found = examine()
    assert [name for name, one in found.items() if not one["well"]] == ["storage"]
    assert "FAIRBOARD_DATA_DIR" in found["storage"]["advice"]


def test_a_data_folder_that_is_not_there_yet_is_made(examine: Examine, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "new" / "folder"
    found = examine()
    assert found["data folder"]["well"]
    assert found["disk"]["well"]


def test_a_migration_that_waits_is_counted(examine: Examine) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="talk").delete()
    found = examine()["migrations"]
    assert found["found"] == "1 migrations are not applied"
    assert "migrate" in found["advice"]


def test_a_mail_server_that_answers_is_well(examine: Examine, smtp: int) -> None:
    assert examine()["mail"] == {
        "name": "mail", "well": True, "found": f"127.0.0.1:{smtp} answers", "advice": "",
    }  # fmt: skip


def test_a_mail_server_that_is_not_there_is_named(examine: Examine, smtp: int, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    found = examine()["mail"]
    assert not found["well"]
    assert f"127.0.0.1:{settings.EMAIL_PORT} does not answer" in found["found"]
    assert "FAIRBOARD_EMAIL_URL" in found["advice"]


def test_a_password_the_mail_server_does_not_take_is_found(examine: Examine, smtp: int, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "post", "quite wrong"
    found = examine()["mail"]
    assert not found["well"]
    assert "quite wrong" not in str(found)


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1:", "127.0.0.1:99999"])
def test_a_relay_address_nobody_can_listen_at_is_named(examine: Examine, settings: Any, listen: str) -> None:
    settings.RELAY_LISTEN = listen
    found = examine()["relay"]
    assert not found["well"]
    assert "host:port" in found["advice"]


def test_the_doctor_says_whether_the_relay_runs(examine: Examine, settings: Any) -> None:
    with socket.socket() as relay:
        relay.bind(("127.0.0.1", 0))
        settings.RELAY_LISTEN = f"127.0.0.1:{relay.getsockname()[1]}"
        assert "free" in examine()["relay"]["found"]
        relay.listen()
        assert "answering" in examine()["relay"]["found"]


def lose_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def damage_the_middle(folder: Path) -> None:
    raw = bytearray((folder / "index").read_bytes())
    raw[9_000] ^= 255
    (folder / "new").write_bytes(raw)
    (folder / "new").replace(folder / "index")


def damage_the_head(folder: Path) -> None:
    (folder / "new").write_bytes(b"nothing")
    (folder / "new").replace(folder / "index")


def make_stale(folder: Path) -> None:
    (folder / "stale").touch()


def add_behind_it(folder: Path) -> None:
    first = BankEntry.objects.order_by("pk")[0]
    BankEntry.objects.create(bank=first.bank, value="f0" * 32, added_at=first.added_at)


@pytest.mark.parametrize("damage", [lose_all, damage_the_middle, damage_the_head, make_stale, add_behind_it])
def test_a_photo_index_that_is_not_sound_is_named_with_the_command_that_builds_it(
    examine: Examine, lead: Actor, now: datetime, fairboard: Run, settings: Any, damage: Callable[[Path], None]
) -> None:
    made = banks.create(name="A list", kind="pdq", policy="scam", action="hold", actor=lead, at=now)
    banks.bring_in(bank_id=made, lines=[f"{number:064x}" for number in range(1, 200)], actor=lead, at=now)
    assert fairboard("banks", "reindex").code == 0
    assert examine()["photos"]["found"] == "banks 199, refused 0, seen 0"
    damage(settings.INDEX_DIR / "banks")
    found = examine()
    assert [name for name, one in found.items() if not one["well"]] == ["photos"]
    assert found["photos"]["found"].startswith("banks: ")
    assert "`fairboard banks reindex`" in found["photos"]["advice"]
    assert fairboard("banks", "reindex").code == 0
    assert examine()["photos"]["well"]


def test_settings_that_are_missing_are_all_named_at_once(process: Run) -> None:
    done = process("doctor", "--json", FAIRBOARD_MODE="production", FAIRBOARD_DEBUG="1")
    answer = json.loads(done.out)
    assert (done.code, answer["well"]) == (1, False)
    assert {one["name"] for one in answer["findings"]} == {"settings"}
    said = [one["found"].split()[0] for one in answer["findings"]]
    assert sorted(said) == [
        "FAIRBOARD_BASE_URL", "FAIRBOARD_DEBUG", "FAIRBOARD_EMAIL_URL", "FAIRBOARD_EVIDENCE_KEY",
        "FAIRBOARD_IDENTIFIER_KEY", "FAIRBOARD_SECRET_KEY",
    ]  # fmt: skip

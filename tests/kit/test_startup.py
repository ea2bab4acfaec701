"""Starting again costs little: what is up to date is left alone, what is not is brought up to date."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection

from fairboard.kit import startup


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "STATIC_ROOT", tmp_path)
    monkeypatch.setattr(storages["staticfiles"], "_location", str(tmp_path))
    for name in ("base_location", "location"):
        storages["staticfiles"].__dict__.pop(name, None)
    startup.collect_static_files()
    yield tmp_path
    for name in ("base_location", "location"):
        storages["staticfiles"].__dict__.pop(name, None)


def test_static_files_are_collected_once(collected: Path) -> None:
    manifest = collected / "staticfiles.json"
    before = manifest.stat().st_mtime_ns
    startup.collect_static_files()
    assert manifest.stat().st_mtime_ns == before


def test_static_files_of_another_version_are_collected_anew(collected: Path) -> None:
    manifest = collected / "staticfiles.json"
    (collected / ".collected").write_text("something else")
    manifest.unlink()
    startup.collect_static_files()
    assert manifest.is_file()


@pytest.mark.django_db
def test_a_schema_that_is_up_to_date_is_left_alone() -> None:
    written: list[str] = []

    def note(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        written.append(sql)
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connection.execute_wrapper(note):
        startup.migrate()
    assert [sql for sql in written if not sql.lstrip().upper().startswith("SELECT")] == []

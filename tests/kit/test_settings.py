"""Settings from the environment: nothing is needed at home, everything is checked in production."""

import json
import os
import runpy
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from fairboard import settings as source

SECRET = "s3cret-" * 6
WHOLE = {
    "FAIRBOARD_MODE": "production", "FAIRBOARD_SECRET_KEY": SECRET, "FAIRBOARD_IDENTIFIER_KEY": SECRET[::-1],
    "FAIRBOARD_BASE_URL": "https://market.example.org", "FAIRBOARD_EMAIL_URL": "smtp+tls://u:p@mail.example.org",
    "FAIRBOARD_EVIDENCE_KEY": "evidence-" * 5,
}  # fmt: skip
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """The settings module, run anew with these variables and no others."""

    def run(**given: str) -> dict[str, Any]:
        for name in [name for name in os.environ if name.startswith("FAIRBOARD_")]:
            monkeypatch.delenv(name)
        for name, value in {"FAIRBOARD_DATA_DIR": str(tmp_path / "data"), **given}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(source.__file__)

    return run


def refusal(read: Read, **given: str) -> list[str]:
    with pytest.raises(ImproperlyConfigured) as caught:
        read(**given)
    return str(caught.value).splitlines()


def test_at_home_nothing_needs_to_be_set(read: Read, tmp_path: Path) -> None:
    found = read()
    assert (found["MODE"], found["DEBUG"], found["BASE_URL"]) == ("local", False, "http://localhost:8000")
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "data" / "fairboard.sqlite3")
    assert found["EMAIL_BACKEND"] == "fairboard.kit.outbox.OutboxBackend"


def test_secrets_made_at_home_stay_and_are_their_owners_alone(read: Read, tmp_path: Path) -> None:
    first, second = read(), read()
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert first["SECRET_KEY"] != first["IDENTIFIER_KEY"]
    path = tmp_path / "data" / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["secret_key"] == first["SECRET_KEY"]


def test_a_production_that_has_everything_starts(read: Read, tmp_path: Path) -> None:
    found = read(**WHOLE)
    assert found["ALLOWED_HOSTS"] == ["market.example.org"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://market.example.org"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["STAFF_SECOND_FACTOR"]
    assert found["SECURE_HSTS_SECONDS"] > 0
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "name",
    [
        "FAIRBOARD_SECRET_KEY", "FAIRBOARD_IDENTIFIER_KEY", "FAIRBOARD_BASE_URL", "FAIRBOARD_EMAIL_URL",
        "FAIRBOARD_EVIDENCE_KEY",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, ""])
def test_production_refuses_without(read: Read, name: str, value: str | None) -> None:
    given = {key: one for key, one in {**WHOLE, name: value}.items() if one is not None}
    (line,) = refusal(read, **given)
    assert line.startswith(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAIRBOARD_DEBUG", "1"), ("FAIRBOARD_DEBUG", "true"), ("FAIRBOARD_SECRET_KEY", "short"),
        ("FAIRBOARD_IDENTIFIER_KEY", "x" * 31), ("FAIRBOARD_BASE_URL", "http://market.example.org"),
        ("FAIRBOARD_STAFF_SECOND_FACTOR", "0"), ("FAIRBOARD_EMAIL_URL", "mail.example.org:587"),
        ("FAIRBOARD_EVIDENCE_KEY", "short"), ("FAIRBOARD_EVIDENCE_KEY", f"{SECRET},short"),
        ("FAIRBOARD_EVIDENCE_DAYS", "30"), ("FAIRBOARD_CYBERTIP_URL", "https://report.example.org"),
    ],
)  # fmt: skip
def test_production_refuses_what_is_unsafe(read: Read, name: str, value: str) -> None:
    (line,) = refusal(read, **{**WHOLE, name: value})
    assert line.startswith(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAIRBOARD_MODE", "prod"), ("FAIRBOARD_MODE", ""), ("FAIRBOARD_DEBUG", "maybe"),
        ("FAIRBOARD_TRUSTED_PROXIES", "one"), ("FAIRBOARD_TRUSTED_PROXIES", "inf"), ("FAIRBOARD_LOG_LEVEL", "LOUD"),
        ("FAIRBOARD_BASE_URL", "market.example.org"), ("FAIRBOARD_DATABASE_URL", "market.sqlite3"),
        ("FAIRBOARD_DATABASE_URL", ""), ("FAIRBOARD_DATABASE_URL", "mysql://u:p@host/market"),
        ("FAIRBOARD_DATABASE_URL", "postgresql://u:p@host:port/market"), ("FAIRBOARD_EMAIL_URL", "smtp://host:port"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_named(read: Read, name: str, value: str) -> None:
    (line,) = refusal(read, **{name: value})
    assert line.startswith(name)


def test_everything_wrong_is_named_at_once(read: Read) -> None:
    lines = refusal(
        read, **{**WHOLE, "FAIRBOARD_DEBUG": "1", "FAIRBOARD_SECRET_KEY": "", "FAIRBOARD_LOG_LEVEL": "LOUD"}
    )
    assert [line.split()[0] for line in lines] == ["FAIRBOARD_DEBUG", "FAIRBOARD_SECRET_KEY", "FAIRBOARD_LOG_LEVEL"]


@pytest.mark.parametrize("name", ["FAIRBOARD_SECRET_KEY", "FAIRBOARD_EMAIL_URL", "FAIRBOARD_DATABASE_URL"])
def test_no_secret_is_said_again(read: Read, name: str) -> None:
    value = {"FAIRBOARD_SECRET_KEY": "hunter2"}.get(name, "smtp+tls://u:hunter2/x@host:587")
    assert "hunter2" not in "\n".join(refusal(read, **{**WHOLE, name: value}))


def test_a_data_folder_that_is_a_file_is_named(read: Read, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (line,) = refusal(read, FAIRBOARD_DATA_DIR=str(tmp_path / "file"))
    assert str(tmp_path / "file") in line
    assert "FAIRBOARD_DATA_DIR" in line


def test_a_data_folder_set_to_nothing_is_not_the_present_one(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(FAIRBOARD_DATA_DIR="")["DATA_DIR"] == tmp_path / "fairboard-data"


def test_further_hosts_come_to_the_one_visitors_use(read: Read) -> None:
    found = read(**WHOLE, FAIRBOARD_ALLOWED_HOSTS="www.example.org, 10.0.0.7 ,")
    assert found["ALLOWED_HOSTS"] == ["market.example.org", "www.example.org", "10.0.0.7"]


def test_a_proxy_is_believed_only_when_one_is_named(read: Read) -> None:
    assert read(**WHOLE)["SECURE_PROXY_SSL_HEADER"] is None
    found = read(**WHOLE, FAIRBOARD_TRUSTED_PROXIES="1")
    assert found["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert found["SECURE_SSL_REDIRECT"]


def test_a_postgresql_address_is_read_whole(read: Read) -> None:
    url = "postgresql://market:p%40ss%2Fword@db.example.org:5433/fairboard?sslmode=require"
    found = read(FAIRBOARD_DATABASE_URL=url)["DATABASES"]["default"]
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.org", 5433, "fairboard")
    assert (found["USER"], found["PASSWORD"]) == ("market", "p@ss/word")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_sqlite_transaction_takes_its_lock_when_it_begins(read: Read, tmp_path: Path) -> None:
    found = read(FAIRBOARD_DATABASE_URL=f"sqlite:///{tmp_path}/market.sqlite3")["DATABASES"]["default"]
    assert found["NAME"] == f"{tmp_path}/market.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_mail_address_becomes_djangos_settings(read: Read) -> None:
    found = read(**{**WHOLE, "FAIRBOARD_EMAIL_URL": "smtp+ssl://post%40example.org:p%23w@mail.example.org"})
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", 465)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("post@example.org", "p#w")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (False, True)

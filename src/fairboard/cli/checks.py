"""What `fairboard doctor` looks at: each part tried for real, with a way out when it fails."""

import os
import shutil
import smtplib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.db import connection

from fairboard.cli.findings import Finding
from fairboard.cli.ledger_checks import timestamp
from fairboard.cli.mailing_checks import mailings
from fairboard.cli.safety_checks import cybertip, evidence, packs, photos
from fairboard.kit import payment, startup
from fairboard.kit.ids import new_id


def examine() -> Iterator[Finding]:
    """Every part in turn."""
    yield Finding("settings", True, f"{settings.MODE} mode, {settings.BASE_URL}")
    for name, look, advice in (
        ("data folder", _folder, "Set FAIRBOARD_DATA_DIR to a folder that can be written."),
        ("database", _database, "Check FAIRBOARD_DATABASE_URL and that the server runs."),
        ("migrations", _migrations, "Run `fairboard manage migrate`, or start with `fairboard run`."),
        ("mail", _mail, "Check FAIRBOARD_EMAIL_URL: host, port, user and password."),
        ("storage", _storage, "Check FAIRBOARD_DATA_DIR, or FAIRBOARD_S3_BUCKET and its credentials."),
        ("disk", _disk, "Free some space, or move FAIRBOARD_DATA_DIR."),
        ("payment", payment.look, "Copy the keys anew from Stripe's dashboard, or unset them."),
        ("relay", _relay, "Set FAIRBOARD_RELAY_LISTEN to host:port of a free port, or unset it."),
        ("mailings", mailings, "Correct what is named; docs/marketing.md says what to set and what the DNS must say."),
        (
            "evidence",
            evidence,
            "Put the missing key back into FAIRBOARD_EVIDENCE_KEY; see `fairboard verify`.",
        ),
        (
            "photos",
            photos,
            "Run `fairboard banks reindex`, or wait for the worker to do it; until then new photos are held.",
        ),
        ("packs", packs, "Correct the file and start again; `fairboard pack check FILE` says the same."),
        ("cybertip", cybertip, "Check FAIRBOARD_CYBERTIP_URL, _USER and _PASSWORD."),
        ("timestamps", timestamp, "Check FAIRBOARD_TIMESTAMP_URL and _CERTIFICATES, and that the worker runs."),
    ):
        yield _look(name, look, advice)


def _look(name: str, look: Callable[[], str], advice: str) -> Finding:
    try:
        return Finding(name, True, look())
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        return Finding(name, False, first or type(error).__name__, advice)


def _folder() -> str:
    folder: Path = settings.DATA_DIR
    folder.mkdir(parents=True, exist_ok=True)  # as `fairboard run` does: the parts after this one need it
    if not os.access(folder, os.W_OK):
        raise OSError(f"{folder} cannot be written")
    return str(folder)


def _database() -> str:
    with connection.cursor() as cursor:
        version = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {version}")
        found = cursor.fetchone()[0]
    return f"SQLite {found}" if connection.vendor == "sqlite" else str(found).split(" on ")[0]


def _migrations() -> str:
    if waiting := startup.unapplied():
        raise RuntimeError(f"{waiting} migrations are not applied")
    return "all applied"


def _mail() -> str:
    if not settings.EMAIL_URL:
        return f"kept in {settings.OUTBOX_DIR}"
    try:
        mailer = get_connection()
        mailer.open()
        mailer.close()
    except (smtplib.SMTPException, OSError) as error:
        raise RuntimeError(f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not answer: {error}") from error
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers"


def _storage() -> str:
    name = default_storage.save(f"doctor/{new_id()}.txt", ContentFile(b"well"))
    try:
        with default_storage.open(name) as stream:
            if stream.read() != b"well":
                raise RuntimeError("what was written is not what is read")
    finally:
        default_storage.delete(name)
    return type(default_storage._wrapped).__name__  # type: ignore[attr-defined]


def _disk() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < 500_000_000:
        raise RuntimeError(f"only {free / 1e9:.1f} GB free")
    return f"{free / 1e9:.0f} GB free"


def _relay() -> str:
    if not settings.RELAY_LISTEN:
        return "answers by mail are off (FAIRBOARD_RELAY_LISTEN is not set)"
    host, _, port = settings.RELAY_LISTEN.rpartition("/")[2].rpartition(":")
    with socket.socket() as probe:
        taken = probe.connect_ex((host or "127.0.0.1", int(port))) == 0
    return f"{settings.RELAY_LISTEN} ({'answering' if taken else 'free, starts with the worker'})"

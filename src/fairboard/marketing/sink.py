"""A mail server that delivers nothing: it keeps what it gets, for demos and tests, to be looked at on the console.

A mail is in its SQLite file before it is answered for, so its record says for certain what it took.
"""

import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

log = logging.getLogger("fairboard.sink")
LARGEST = 25_000_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  sender TEXT NOT NULL, recipient TEXT NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL, raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS mails_message ON mails (message_id);
CREATE INDEX IF NOT EXISTS mails_recipient ON mails (recipient);
"""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail in the list; ``at`` is ISO 8601 in UTC."""

    id: int
    at: str
    recipient: str
    subject: str


@dataclass(frozen=True, slots=True)
class OpenMail:
    """A mail as it is looked at: its headers, text and HTML; ``sender`` is the return path."""

    row: KeptMail
    sender: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def _file() -> Path:
    return Path(settings.MAIL_SINK_DIR) / "sink.sqlite3"


def connect(folder: Path) -> sqlite3.Connection:
    """Open the sink's file, made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(folder / "sink.sqlite3", timeout=20, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=OFF")  # a sink outlives a crash of its clients, not of the machine
    database.executescript(_SCHEMA)
    return database


class SinkHandler:
    """The sink's side of the SMTP dialogue."""

    def __init__(self, folder: Path) -> None:
        self._database = connect(folder)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer pipelining: commands are read from a stream, in their order."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, once for each recipient."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        message_id, subject = _headers(raw)
        rows = [(envelope.mail_from or "", one, message_id, subject, raw) for one in envelope.rcpt_tos]
        try:
            self._database.executemany(
                "INSERT INTO mails (sender, recipient, message_id, subject, raw) VALUES (?, ?, ?, ?, ?)", rows
            )
        except sqlite3.Error:
            log.exception("the sink cannot keep a mail")
            return "451 4.3.0 Please try again later"
        return "250 2.0.0 Kept"

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _headers(raw: bytes) -> tuple[str, str]:
    """Message-ID and the subject as it stands; no parser, for there may be thousands a second."""
    message_id = subject = ""
    for line in raw[: raw.find(b"\r\n\r\n") + 2].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"message-id":
            message_id = value.strip().decode("utf-8", "replace")
        elif name.lower() == b"subject":
            subject = value.strip().decode("utf-8", "replace")
    return message_id[:250], subject[:500]


class SinkController(Controller):
    """A running sink; it closes its file when it is stopped."""

    def stop(self, no_assert: bool = False) -> None:
        """Stop listening."""
        super().stop(no_assert)
        self.handler.close()


def start(listen: str, folder: Path) -> SinkController:
    """Take in mail at ``host:port`` in a thread of its own; raises OSError when the port is taken."""
    host, _, port = listen.rpartition("/")[2].rpartition(":")
    controller = SinkController(
        SinkHandler(folder), hostname=host or "127.0.0.1", port=int(port), ident="Fairboard mail sink",
        data_size_limit=LARGEST, enable_SMTPUTF8=True,
    )  # fmt: skip
    controller.start()
    return controller


_reader = threading.local()


def _open() -> sqlite3.Connection | None:
    if not _file().exists():
        return None
    kept: sqlite3.Connection | None = getattr(_reader, "database", None)
    if kept is None or getattr(_reader, "path", None) != _file():
        kept = sqlite3.connect(_file(), timeout=20, isolation_level=None)
        _reader.database, _reader.path = kept, _file()
    return kept


def accepted(message_ids: Sequence[str]) -> set[str] | None:
    """Which of these Message-IDs the sink has; None when there is no sink to ask."""
    database = _open()
    if database is None:
        return None
    found: set[str] = set()
    for start_at in range(0, len(message_ids), 500):
        part = message_ids[start_at : start_at + 500]
        marks = ",".join("?" * len(part))
        found |= {
            row[0] for row in database.execute(f"SELECT message_id FROM mails WHERE message_id IN ({marks})", part)
        }
    return found


def mails(*, recipient: str = "", before: int = 0, size: int = 50) -> list[KeptMail]:
    """The newest mails, of one recipient where asked for, before a number where asked for."""
    database = _open()
    if database is None:
        return []
    rows = database.execute(
        "SELECT id, at, recipient, subject FROM mails WHERE (? = '' OR recipient = ?) AND (? = 0 OR id < ?) "
        "ORDER BY id DESC LIMIT ?",
        [recipient, recipient, before, before, size],
    )
    return [KeptMail(number, at, to, _decoded(subject)) for number, at, to, subject in rows]


def count() -> int:
    """How many mails the sink has."""
    database = _open()
    return int(database.execute("SELECT count(*) FROM mails").fetchone()[0]) if database else 0


def different() -> int:
    """How many different recipients the sink has mail for."""
    database = _open()
    return int(database.execute("SELECT count(DISTINCT recipient) FROM mails").fetchone()[0]) if database else 0


def mail(number: int) -> OpenMail | None:
    """One mail."""
    database = _open()
    row = (
        database.execute("SELECT id, at, recipient, subject, sender, raw FROM mails WHERE id = ?", [number]).fetchone()
        if database and 0 < number < 2**62
        else None
    )
    if row is None:
        return None
    parsed = BytesParser(policy=policy.default).parsebytes(row[5])
    parts = {}
    for kind in ("plain", "html"):
        body = parsed.get_body(preferencelist=(kind,))
        try:
            parts[kind] = str(body.get_content()) if body is not None else ""
        except (LookupError, UnicodeError):
            parts[kind] = ""
    headers = tuple((name, str(value)) for name, value in parsed.items())
    return OpenMail(
        KeptMail(row[0], row[1], row[2], _decoded(row[3])), row[4], headers, parts["plain"], parts["html"]
    )  # fmt: skip


def _decoded(subject: str) -> str:
    header = BytesParser(policy=policy.default).parsebytes(f"Subject: {subject}\n\n".encode("utf-8", "replace"))
    return str(header["subject"] or "")

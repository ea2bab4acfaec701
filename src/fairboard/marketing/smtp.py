"""Handing mails to a server: one connection that stays open, its commands sent together where the server takes them so.

smtplib does the greeting, encryption and signing in. For the mails themselves MAIL, RCPT and DATA go out in one write
where the server offers PIPELINING (RFC 2920): two round trips a mail instead of four.
"""

import os
import smtplib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.conf import settings

from fairboard.kit import mail_url
from fairboard.marketing.journal import Outcome

TIMEOUT = 60.0
_ADDRESS_CODES = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")
"""Enhanced status codes that speak of the address itself (RFC 3463, 3.2)."""


class Transport(Protocol):
    """A way mails leave by."""

    def hand(self, sender: str, to: str, message: bytes, begin: Callable[[], None]) -> Outcome:
        """Hand one message over; ``begin`` is called before its body goes out. Raises nothing of the server's."""
        ...

    def close(self) -> None:
        """Say good-bye."""
        ...


def refusal(code: int, text: str, *, at_address: bool) -> Outcome:
    """What an answer that is no success means: try later (4xx) or never (5xx)."""
    if 500 <= code < 600:
        said_of_address = any(text.startswith(one) for one in _ADDRESS_CODES)
        is_address = at_address and (said_of_address or (not text.startswith("5.") and code in {550, 551, 553}))
        return Outcome("refused", code, text, is_address)
    return Outcome("later", code, text)


class Connection:
    """A connection to an SMTP server, opened when it is needed and again after it broke."""

    def __init__(self, url: str) -> None:
        self._server = mail_url.parse(url)
        self._smtp: smtplib.SMTP | None = None

    def hand(self, sender: str, to: str, message: bytes, begin: Callable[[], None]) -> Outcome:
        """Hand one message over."""
        begun = False

        def beginning() -> None:
            nonlocal begun
            begin()
            begun = True

        try:
            outcome = self._transaction(self._open(), sender, to, message, beginning)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("unknown" if begun else "later", 0, f"{type(error).__name__}: {error}"[:200])
        if outcome.code == 421:
            self._drop()
        return outcome

    def _transaction(
        self, smtp: smtplib.SMTP, sender: str, to: str, message: bytes, begin: Callable[[], None]
    ) -> Outcome:  # fmt: skip
        commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA")
        if smtp.has_extn("pipelining"):
            smtp.send("".join(f"{one}\r\n" for one in commands))
            answers = [smtp.getreply() for _ in commands]
        else:
            answers = []
            for one in commands:
                answers.append(smtp.docmd(one))
                if answers[-1][0] // 100 not in {2, 3}:
                    break
        for number, (code, text) in enumerate(answers[:2]):
            if code // 100 != 2:
                if len(answers) == 3 and answers[2][0] == 354:  # RFC 2920, 3.1: an empty body ends it
                    smtp.send(b".\r\n")
                    smtp.getreply()
                smtp.rset()
                return refusal(code, _text(text), at_address=number == 1)
        code, text = answers[-1]
        if code != 354:
            smtp.rset()
            return refusal(code, _text(text), at_address=False)
        begin()
        stuffed = message.replace(b"\r\n.", b"\r\n..")
        smtp.send(stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"))
        code, text = smtp.getreply()
        return Outcome("sent", code) if code // 100 == 2 else refusal(code, _text(text), at_address=False)

    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            server = self._server
            kind = smtplib.SMTP_SSL if server.use_ssl else smtplib.SMTP
            smtp = kind(server.host, server.port, timeout=TIMEOUT)
            if server.use_tls:
                smtp.starttls()
            if server.user:
                smtp.login(server.user, server.password)
            else:
                smtp.ehlo_or_helo_if_needed()
            self._smtp = smtp
        return self._smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def close(self) -> None:
        """Say good-bye to the server."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
        self._smtp = None


class Folder:
    """Mails of a local installation without a mail server: a file each in the outbox, under its Message-ID."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand(self, sender: str, to: str, message: bytes, begin: Callable[[], None]) -> Outcome:
        """Write one file; written again it is the same one."""
        begin()
        self._folder.mkdir(parents=True, exist_ok=True)
        name = sender.partition("@")[0]
        draft = self._folder / f".{name}"
        draft.write_bytes(message)
        os.replace(draft, self._folder / f"mailing-{name}.eml")
        return Outcome("sent", 250)

    def close(self) -> None:
        """There is nothing to end."""


def _text(answer: bytes) -> str:
    return answer.decode("utf-8", "replace").replace("\n", " ")[:200]


def transports(count: int) -> list[Transport]:
    """So many ways out, the servers of the settings in turn."""
    urls = settings.MAILING_SMTP_URLS
    return [Connection(urls[number % len(urls)]) if urls else Folder(settings.OUTBOX_DIR) for number in range(count)]

"""Mail to the bounce domain, taken in by the house's one mail server, or read from a maildir.

``b-token@`` are return paths, ``u-token@`` unsubscribes by mail (RFC 2369), ``r-token@`` takes answers of people;
anything else there takes reports only.
"""

import logging
import mailbox
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound
from fairboard.marketing import tokens
from fairboard.marketing.services import answers, feedback

log = logging.getLogger("fairboard.marketing")
_LOCAL = re.compile(r"([bru])-([a-z2-7]{20,40})")
REPORTS = ("abuse", "fbl", "postmaster", "bounce")


def domain() -> str:
    """The domain mail of this room comes to."""
    return str(settings.MAILING_BOUNCE_DOMAIN)


class MailIn:
    """The marketing room's side of the house's mail server."""

    def accepts(self, local: str) -> bool:
        """Whether an address of the domain is one we gave out, or takes reports."""
        return local.lower() in REPORTS or _named(local) is not None

    def receive(self, raw: bytes, sender: str, locals_: Sequence[str]) -> str:
        """Take a mail; returns the SMTP reply."""
        for local in locals_:
            take(raw, local, "smtp")
        return "250 OK"


def _named(local: str) -> tuple[str, str] | None:
    found = _LOCAL.fullmatch(local.strip().lower())
    if found is None or tokens.read_mail(tokens.BOUNCE, found.group(2)) is None:
        return None
    return found.group(1), found.group(2)


def take(raw: bytes, local: str, source: str) -> bool:
    """Take one mail that came to a local part of the bounce domain; False when it counted for nothing."""
    at, named = clock.now(), _named(local)
    if named is None or named[0] == "b":
        return feedback.take_mail(raw=raw, token=named[1] if named else "", source=source, at=at)
    mail = tokens.read_mail(tokens.BOUNCE, named[1])
    if named[0] == "r":
        return answers.take(raw=raw, delivery=mail.delivery if mail else 0, at=at)
    try:
        feedback.unsubscribe(
            delivery=mail.delivery if mail else 0,
            source="mail",
            proof={"by": "mail"},
            actor=Actor.system("mail"),
            at=at,
        )
    except NotFound:
        return False
    return True


def read_maildir(folder: Path) -> int:
    """Take all new mail of a maildir, and mark it as seen; returns how many counted."""
    counted = 0
    box = mailbox.Maildir(folder, create=False)
    for key in list(box.keys()):
        message = box.get_message(key)
        if message.get_subdir() != "new":
            continue
        raw = box.get_bytes(key)
        try:
            counted += sum(take(raw, local, "maildir") for local in _locals(raw))
        except Exception:
            log.exception("a mail in %s could not be read", folder)
            continue
        message.set_subdir("cur")
        message.add_flag("S")
        box[key] = message
    return counted


def _locals(raw: bytes) -> list[str]:
    head = raw.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    lines = [
        line for line in head.splitlines()
        if line.lower().startswith(("to:", "delivered-to:", "x-original-to:", "envelope-to:"))
    ]  # fmt: skip
    found = {match.group() for line in lines for match in _LOCAL.finditer(line.lower())}
    return sorted(found) or [""]

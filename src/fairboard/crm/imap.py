"""Reading mailboxes by IMAP: new mails of the named folders go to the timelines, each once.

A mailbox is an address such as ``imaps://user:password@host/INBOX,Sent``; mails in a folder called Sent (or what the
server marks so) are ours. Nothing is changed on the server: folders are opened read-only.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings

from fairboard.crm.models import MailFolder
from fairboard.crm.services.correspondence import take

if TYPE_CHECKING:
    from imapclient import IMAPClient

log = logging.getLogger("fairboard.crm.imap")
BATCH = 50
FIRST_DAYS = 30
"""Days back from which a mailbox that is new is read."""


class MailboxError(ValueError):
    """A mailbox's address cannot be used."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail is read: host, port, who signs in, folders."""

    host: str
    port: int
    is_tls: bool
    user: str
    password: str
    folders: tuple[str, ...]

    @property
    def name(self) -> str:
        """The mailbox as logs may show it."""
        return f"{self.user}@{self.host}"


def parse(address: str) -> Mailbox:
    """Read a mailbox's address; raises MailboxError."""
    parts = urlsplit(address.strip())
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise MailboxError("Write imaps://user:password@host/INBOX,Sent.")
    folders = tuple(one for one in unquote(parts.path.lstrip("/")).split(",") if one) or ("INBOX",)
    is_tls = parts.scheme == "imaps"
    port = parts.port or (993 if is_tls else 143)
    return Mailbox(parts.hostname, port, is_tls, unquote(parts.username), unquote(parts.password or ""), folders)


def mailboxes() -> list[Mailbox]:
    """The mailboxes that are set, without those whose address cannot be used."""
    found = []
    for address in settings.CRM_MAILBOXES:
        try:
            found.append(parse(address))
        except MailboxError as error:
            log.error("FAIRBOARD_CRM_MAILBOXES: %s", error)
    return found


def read(mailbox: Mailbox, *, at: datetime) -> int:
    """Take in what is new in a mailbox; returns how many mails were looked at. Raises OSError or IMAPClientError."""
    from imapclient import IMAPClient  # noqa: PLC0415, only the worker reads mail

    looked = 0
    with IMAPClient(mailbox.host, port=mailbox.port, ssl=mailbox.is_tls, timeout=30) as client:
        client.login(mailbox.user, mailbox.password)
        for folder in mailbox.folders:
            opened = client.select_folder(folder, readonly=True)
            state, _new = MailFolder.objects.get_or_create(mailbox=mailbox.name, folder=folder)
            if state.validity != opened[b"UIDVALIDITY"]:
                state.validity, state.last_uid = opened[b"UIDVALIDITY"], 0
            for uid, raw in _fresh(client, state, at):
                try:
                    take(raw=raw, at=at, sent_by_us=_is_sent(folder))
                except (ValueError, LookupError, TypeError):  # headers no parser makes sense of
                    log.exception("mail %s in %s of %s cannot be read", uid, folder, mailbox.name)
                state.last_uid = uid
                state.save()
                looked += 1
            state.read_at, state.last_error = at, ""
            state.save()
    return looked


def _fresh(client: "IMAPClient", state: MailFolder, at: datetime) -> Iterator[tuple[int, bytes]]:
    if state.last_uid:
        uids = [uid for uid in client.search(["UID", f"{state.last_uid + 1}:*"]) if uid > state.last_uid]
    else:
        since = (at.date().toordinal()) - FIRST_DAYS
        uids = client.search(["SINCE", datetime.fromordinal(since).date()])
    uids.sort()
    for start in range(0, len(uids), BATCH):
        part = uids[start : start + BATCH]
        found = client.fetch(part, ["BODY.PEEK[]"])
        for uid in part:
            if uid in found:
                yield uid, found[uid][b"BODY[]"]


def _is_sent(folder: str) -> bool:
    return folder.rpartition("/")[2].rpartition(".")[2].lower() in {"sent", "sent items", "sent messages", "gesendet"}


def failed(mailbox: Mailbox, why: str, *, at: datetime) -> None:
    """Write down that a mailbox could not be read, where its page and the doctor show it."""
    for folder in mailbox.folders:
        MailFolder.objects.update_or_create(
            mailbox=mailbox.name, folder=folder, defaults={"last_error": why[:300], "read_at": at}
        )

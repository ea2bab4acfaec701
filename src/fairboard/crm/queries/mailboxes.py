"""How the reading of mailboxes stands."""

from dataclasses import dataclass
from datetime import datetime

from fairboard.crm.models import MailFolder
from fairboard.crm.queries.access import seat_of
from fairboard.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder of a mailbox, when it was read last, and what went wrong then."""

    mailbox: str
    folder: str
    read_at: datetime | None
    error: str


def folders(*, actor: Actor) -> list[FolderRow]:
    """Every folder that is read; raises Forbidden."""
    seat_of(actor)
    return [
        FolderRow(one.mailbox, one.folder, one.read_at, one.last_error)
        for one in MailFolder.objects.order_by("mailbox", "folder")
    ]

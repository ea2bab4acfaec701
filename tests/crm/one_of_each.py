"""One record of each kind that has pages of its own, for walks over all addresses."""

import io
from datetime import datetime, timedelta

from fairboard.crm.services.calendars import make_feed
from fairboard.crm.services.files import attach_file
from fairboard.kit.actors import Actor
from tests.crm import made


def crm_pages(sales: Actor, now: datetime) -> dict[str, dict[str, str]]:
    """The arguments of the CRM's addresses, by name."""
    account = made(sales, now, "account", name="Bikes Ltd")
    meeting = made(sales, now, "meeting", subject="Start", starts_at=(now + timedelta(days=1)).isoformat())
    task = made(sales, now, "task", subject="Call back")
    kept = attach_file(
        about=account.id, name="offer.txt", size=2, content=io.BytesIO(b"hi"), description="", actor=sales, at=now
    )
    one = {"key": "account", "record_id": account.id}
    same = ("record", "edit", "changes", "stage", "log", "own", "share")
    return {
        **{f"crm:{name}": one for name in same},
        "crm:list": {"key": "account"}, "crm:create": {"key": "account"},
        "crm:pick": {"key": "contact", "field_key": "account"}, "crm:done": {"key": "task", "record_id": task.id},
        "crm:delete": {"key": "task", "record_id": task.id}, "crm:restore": {"key": "task", "record_id": task.id},
        "crm:feed": {"secret": make_feed(actor=sales, at=now)}, "crm:download": {"record_id": kept.id},
        "crm:meeting_file": {"record_id": meeting.id},
    }  # fmt: skip

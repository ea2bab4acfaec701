"""Answers to mailings: on the timeline of whom they are from, counted, and told to who looks after them."""

import re
from datetime import datetime
from email import policy
from email.parser import BytesParser

from fairboard.crm.queries import plain
from fairboard.crm.services import correspondence
from fairboard.kit import tasks
from fairboard.marketing.models import Delivery
from fairboard.marketing.services import feedback
from fairboard.talk.relay import is_automatic, written_text

TELL = tasks.expect("marketing.answer")
_KEY = re.compile(r"crm\.\w+:(\w+)")
LONGEST = 4_000


def take(*, raw: bytes, delivery: int, at: datetime) -> bool:
    """Take an answer that came to the address of a delivery; False for one that is automatic or known, or of nobody.

    It is kept on the timeline of who wrote it, or, from an address nobody is known by, of who the mail went to.
    """
    one = Delivery.objects.select_related("mailing").filter(pk=delivery).first()
    if one is None:
        return False
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    sender = next((each.addr_spec.lower() for each in getattr(mail["From"], "addresses", ()) if each.addr_spec), "")
    if not sender or is_automatic(mail, sender):
        return False
    found = _KEY.fullmatch(one.key)
    taken = correspondence.take(raw=raw, at=at, sent_by_us=False, about=[found.group(1)] if found else [])
    if taken.why_not == correspondence.KEPT:
        return False
    feedback.answered(delivery=one.pk, at=at)
    record = plain.row(found.group(1)) if found else None
    tasks.enqueue(
        TELL, member_id=record.owner_id if record and record.owner_id else one.mailing.created_by, sender=sender,
        subject=str(mail.get("Subject", ""))[:200], text=written_text(mail)[:LONGEST],
        record_id=record.public_id if record else "", mailing_id=one.mailing.public_id,
    )  # fmt: skip
    return True

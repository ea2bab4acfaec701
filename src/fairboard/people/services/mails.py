"""Which mails a member wants."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.ledger.services import Subject, record
from fairboard.people import events
from fairboard.people.mail_kinds import all_kinds
from fairboard.people.models import MailChoice, Member


def choose_mails(*, actor: Actor, wanted: Collection[str], at: datetime) -> None:
    """Send the actor these kinds of mail from now on and no other; names nobody knows count for nothing."""
    off = sorted(one.key for one in all_kinds() if one.key not in wanted)
    with transaction.atomic():
        member = Member.objects.filter(public_id=actor.id).first()
        if member is None:
            raise Forbidden
        row, _made = MailChoice.objects.get_or_create(member=member)
        if row.off == off:
            return
        row.off = off
        row.save(update_fields=["off"])
        record(kind=events.MAILS_CHOSEN, subject=Subject("member", actor.id), actor=actor, at=at, data={"off": off})

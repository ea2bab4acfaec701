"""Sharing one record with one colleague, beyond what profiles, teams and territories give."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Record, Share
from fairboard.crm.queries import colleagues
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import may, record
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.services import Subject
from fairboard.ledger.services import record as record_event


def share_record(*, record_id: str, member_id: str, may_edit: bool, actor: Actor, at: datetime) -> None:
    """Let a colleague read, or also edit, a record; sharing again changes what they may.

    Raises NotFound, Forbidden for who may not edit it themselves, Invalid for somebody who does not work here.
    """
    with transaction.atomic():
        row, info = _shareable(record_id, actor)
        if member_id not in colleagues.colleagues(actor=actor):
            raise Invalid(_("Choose a colleague who works with the CRM."), field="member")
        Share.objects.update_or_create(record=row, member_id=member_id, defaults={"may_edit": may_edit})
        _said(info, row, actor, at, what="shared", member=member_id, edit=may_edit)


def unshare_record(*, record_id: str, member_id: str, actor: Actor, at: datetime) -> None:
    """Take a share back; nothing happens when there is none. Raises NotFound, Forbidden."""
    with transaction.atomic():
        row, info = _shareable(record_id, actor)
        gone, _each = Share.objects.filter(record=row, member_id=member_id).delete()
        if gone:
            _said(info, row, actor, at, what="share taken back", member=member_id)


def _shareable(record_id: str, actor: Actor) -> tuple[Record, TypeInfo]:
    seen = record(actor=actor, record_id=record_id)
    info = catalogue().type(seen.type_key)
    if not may(seat_of(actor), info, seen, "edit"):
        raise Forbidden(_("Only who may edit a record shares it."))
    return Record.objects.get(pk=seen.pk), info


def _said(info: TypeInfo, row: Record, actor: Actor, at: datetime, **data: object) -> None:
    record_event(
        kind=events.ACCESS, subject=Subject(f"crm.{info.key}", row.public_id), actor=actor, at=at, data=dict(data)
    )

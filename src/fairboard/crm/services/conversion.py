"""A lead becomes an account, a contact and, if wanted, a deal: all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Link, Record
from fairboard.crm.queries.access import SYSTEM_SEAT, editable_fields, seat_of
from fairboard.crm.queries.records import RecordRow, may, record
from fairboard.crm.services import writing
from fairboard.crm.services.records import create_record
from fairboard.crm.services.standing import refusals_recorded
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid

TO_ACCOUNT = ("email", "phone", "city", "country", "language", "source")
TO_CONTACT = ("first_name", "last_name", "email", "phone", "city", "country", "language", "source")
ABOUT = ("task", "call", "meeting", "note", "mail", "file")


@dataclass(frozen=True, slots=True)
class Converted:
    """What a lead became; ``deal_id`` is empty where none was wanted."""

    account_id: str
    contact_id: str
    deal_id: str


def convert_lead(
    *, lead_id: str, account_id: str, contact_id: str, deal: dict[str, Any] | None, actor: Actor, at: datetime
) -> Converted:  # fmt: skip
    """Convert a lead. An empty id makes a new account or contact; ``deal`` holds the values of a deal, None for none.

    Activities of the lead are about the contact afterwards. Raises NotFound, Forbidden, Invalid, Conflict for one that
    was converted, and what a guard raises.
    """
    lead = record(actor=actor, record_id=lead_id)
    if lead.type_key != "lead":
        raise Invalid(_("Only leads are converted."))
    if not may(seat_of(actor), catalogue().type("lead"), lead, "edit"):
        raise Forbidden(_("You may not change this record."))
    if lead.values.get("status") == "converted":
        raise Conflict(_("This lead was converted already."))
    with refusals_recorded(actor=actor, at=at, source="convert"), transaction.atomic():
        account = _account(lead, account_id, actor, at)
        contact = _contact(lead, contact_id, account, actor, at)
        made = ""
        if deal is not None:
            given = {
                "name": account.name, **_carried(lead, "deal", ("source", "campaign"), actor), **deal,
                "account": account.id, "contact": contact.id,
            }  # fmt: skip
            made = create_record(
                type_key="deal", values=given, actor=actor, at=at, owner_id=lead.owner_id or None, source="convert"
            ).id
        _follow(lead, contact, actor, at)
        values = {"status": "converted", "converted_account": account.id, "converted_contact": contact.id}
        _write(lead.pk, "lead", values | ({"converted_deal": made} if made else {}), actor, at)
    return Converted(account.id, contact.id, made)


def _account(lead: RecordRow, account_id: str, actor: Actor, at: datetime) -> RecordRow:
    if account_id:
        return _chosen(account_id, "account", actor)
    name = str(lead.values.get("company") or lead.name)
    values = {"name": name, **_carried(lead, "account", TO_ACCOUNT, actor)}
    variants = {one.key for one in catalogue().type("account").variants}
    kind = "person" if not lead.values.get("company") and "person" in variants else None
    return create_record(
        type_key="account", values=values, actor=actor, at=at, owner_id=lead.owner_id or None, record_type=kind,
        source="convert",
    )  # fmt: skip


def _contact(lead: RecordRow, contact_id: str, account: RecordRow, actor: Actor, at: datetime) -> RecordRow:
    if contact_id:
        found = _chosen(contact_id, "contact", actor)
        if not found.values.get("account"):
            _write(found.pk, "contact", {"account": account.id}, actor, at)
        return found
    values = {**_carried(lead, "contact", TO_CONTACT, actor), "account": account.id}
    return create_record(
        type_key="contact", values=values, actor=actor, at=at, owner_id=lead.owner_id or None, source="convert"
    )


def _carried(lead: RecordRow, type_key: str, keys: tuple[str, ...], actor: Actor) -> dict[str, Any]:
    """The lead's values that the other record has a field for, also the company's own fields of the same key."""
    info, lead_info = catalogue().type(type_key), catalogue().type("lead")
    allowed = editable_fields(seat_of(actor), info)
    found: dict[str, Any] = {}
    for key, value in lead.values.items():
        same = key in info.fields and key in lead_info.fields and info.fields[key].type == lead_info.fields[key].type
        if same and key in allowed and (key in keys or key.startswith("cf_")):
            found[key] = value
    return found


def _chosen(record_id: str, type_key: str, actor: Actor) -> RecordRow:
    found = record(actor=actor, record_id=record_id)
    if found.type_key != type_key:
        raise Invalid(_("This is a record of another type."), field=type_key)
    return found


def _follow(lead: RecordRow, contact: RecordRow, actor: Actor, at: datetime) -> None:
    """What was done about the lead is about the contact from now on; its campaigns know the contact."""
    known = catalogue()
    for key in ABOUT:
        one = known.type(key).fields.get("about")
        if one is None:
            continue
        for pk in list(Link.objects.filter(target_id=lead.pk, field_id=one.id).values_list("source_id", flat=True)):
            kept = Record.objects.get(pk=pk).data.get("about")
            value = (
                [*(each for each in kept if each != contact.id), contact.id] if isinstance(kept, list) else contact.id
            )
            _write(pk, key, {"about": value}, actor, at)
    member = known.types.get("campaign_member")
    if member and "lead" in member.fields and "contact" in member.fields:
        found = Link.objects.filter(target_id=lead.pk, field_id=member.fields["lead"].id)
        for pk in list(found.values_list("source_id", flat=True)):
            _write(pk, "campaign_member", {"contact": contact.id}, actor, at)


def _write(pk: int, type_key: str, values: dict[str, Any], actor: Actor, at: datetime) -> None:
    """Write what conversion itself brings about, whoever's record it is."""
    info = catalogue().type(type_key)
    row = Record.objects.select_for_update().get(pk=pk)
    if row.deleted_at is not None:
        return
    plan = writing.plan(info, writing.Draft(values, record=row), actor=actor, at=at)
    writing.write(info, [plan], seat=SYSTEM_SEAT, actor=actor, at=at, source="convert")

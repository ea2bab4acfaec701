"""Contacts, leads, accounts and own objects of the CRM as an audience: chosen ones, or all that a filter holds.

``{"kind": "records", "type": "contact", "ids": [...]}`` or ``{"kind": "records", "type": "contact", "filter": {...}}``,
with ``by``, the member whose rights decide which of them may be written to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import records
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import RecordRow
from fairboard.filters import FilterError, Node, parse, validate
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.marketing import recipients
from fairboard.marketing.queries.people import PEOPLE, address_of, relation_of, types
from fairboard.marketing.recipients import Recipient
from fairboard.people.queries import actor_by_id

MOST_IDS = 50_000


@dataclass(frozen=True, slots=True)
class RecordAudience:
    """Records of one type, in the order of their rows; the checkpoint is the last row walked."""

    actor: Actor
    type_key: str
    ids: Sequence[str]
    tree: Node | None

    def count(self) -> int:
        """How many of them the one who chose them may see."""
        if not self.ids:
            return records.counted(actor=self.actor, type_key=self.type_key, tree=self.tree, most=0)
        return len(records.records_by_id(actor=self.actor, ids=self.ids))

    def walk(self, after: str, size: int) -> tuple[Sequence[Recipient], str]:
        """The next ones, with the fields of their account as ``account.*``."""
        start = int(after or 0)
        if self.ids:
            chosen = self.ids[start : start + size]
            found = records.records_by_id(actor=self.actor, ids=chosen)
            rows = [found[one] for one in chosen if one in found and found[one].type_key == self.type_key]
            end = str(start + len(chosen)) if start + len(chosen) < len(self.ids) else ""
        else:
            walk = records.walked(actor=self.actor, type_key=self.type_key, tree=self.tree, after=start, size=size)
            rows = next(walk, [])
            end = str(rows[-1].pk) if len(rows) == size else ""
        return recipients_of(rows, self.actor), end


def recipients_of(rows: Sequence[RecordRow], actor: Actor) -> list[Recipient]:
    """Records as people to write to, each with the account it belongs to if the actor sees that.

    A record of an own object is written to through the person it leads to; what it holds itself is ``record.*``.
    """
    people = _people_of(rows, actor)
    met = [people.get(one.id, one) for one in rows]
    wanted = {str(one.values["account"]) for one in (*rows, *met) if one.values.get("account")}
    accounts = records.records_by_id(actor=actor, ids=wanted)
    found = []
    for row, person in zip(rows, met, strict=True):
        account = accounts.get(str(person.values.get("account") or row.values.get("account") or ""))
        one = recipient(person, account)
        if row.type_key not in PEOPLE:
            own = {f"record.{key}": value for key, value in row.values.items()} | {"record.name": row.name}
            one = replace(one, values={**one.values, **own})
        found.append(one)
    return found


def _people_of(rows: Sequence[RecordRow], actor: Actor) -> dict[str, RecordRow]:
    """By the ids of records of own objects, the person each leads to, as far as the actor sees them."""
    known, leads = catalogue().types, {}
    for one in rows:
        key = relation_of(known[one.type_key])
        if key and one.values.get(key):
            leads[one.id] = str(one.values[key])
    people = records.records_by_id(actor=actor, ids=set(leads.values()))
    return {row_id: people[person] for row_id, person in leads.items() if person in people}


def chooser(described: Mapping[str, Any]) -> Actor:
    """Whose rights decide which records may be written to; raises Forbidden when they have left."""
    by = str(described.get("by", ""))
    actor = actor_by_id(by) if by else Actor.system("marketing")
    if actor is None:
        raise Forbidden(_("Who chose these recipients no longer works here."))
    return actor


def recipient(row: RecordRow, account: RecordRow | None) -> Recipient:
    """A record as somebody to write to; what they are called by is ``contact.*`` whatever their type."""
    address = str(row.values.get(_address_key(row.type_key)) or "")
    values: dict[str, Any] = {f"contact.{key}": one for key, one in row.values.items()}
    values |= {"contact.name": row.name, "contact.address": address}
    if about := (row if row.type_key == "account" else account):
        values |= {f"account.{key}": one for key, one in about.values.items()}
        values["account.name"] = about.name
    return Recipient(
        f"crm.{row.type_key}:{row.id}", address, row.name,
        str(row.values.get("language") or "")[:10].lower(), str(row.values.get("time_zone") or ""), values,
    )  # fmt: skip


def _address_key(type_key: str) -> str:
    return "email" if type_key in PEOPLE else address_of(catalogue().type(type_key))


def _opened(described: Mapping[str, Any]) -> RecordAudience:
    type_key = str(described.get("type", ""))
    if type_key not in types():
        raise Invalid(_("These records do not lead to anybody to write to."), field="audience")
    actor = chooser(described)
    ids = described.get("ids")
    if ids is not None and (not isinstance(ids, list) or not ids or len(ids) > MOST_IDS):
        raise Invalid(_("Choose at least one recipient, and at most %(n)s.") % {"n": MOST_IDS}, field="audience")
    tree = None
    if described.get("filter"):
        try:
            tree = validate(parse(described["filter"]), records.schema_of(actor, type_key))
        except FilterError as error:
            raise Invalid(error.message, field=f"audience.filter.{error.path}".rstrip(".")) from error
    return RecordAudience(actor, type_key, [str(one) for one in ids or ()], tree)


def _offered(actor: Actor) -> list[tuple[Mapping[str, Any], str]]:
    seat, known = seat_of(actor), catalogue().types
    return [
        ({"kind": "records", "type": key}, _("All %(objects)s") % {"objects": known[key].plural})
        for key in types() if seat.on(key).read != "none"
    ]  # fmt: skip


recipients.register("records", _opened)
recipients.register_choices(_offered)

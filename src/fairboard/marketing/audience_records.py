"""Contacts, leads and accounts of the CRM as an audience: chosen ones, or all that a filter holds.

``{"kind": "records", "type": "contact", "ids": [...]}`` or ``{"kind": "records", "type": "contact", "filter": {...}}``,
with ``by``, the member whose rights decide which of them may be written to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from fairboard.marketing.recipients import Recipient
from fairboard.people.queries import actor_by_id

TYPES = ("contact", "lead", "account")
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
    """Records as people to write to, each with the account it belongs to if the actor sees that."""
    wanted = {str(one.values["account"]) for one in rows if one.values.get("account")}
    accounts = records.records_by_id(actor=actor, ids=wanted)
    return [recipient(one, accounts.get(str(one.values.get("account", "")))) for one in rows]


def chooser(described: Mapping[str, Any]) -> Actor:
    """Whose rights decide which records may be written to; raises Forbidden when they have left."""
    by = str(described.get("by", ""))
    actor = actor_by_id(by) if by else Actor.system("marketing")
    if actor is None:
        raise Forbidden(_("Who chose these recipients no longer works here."))
    return actor


def recipient(row: RecordRow, account: RecordRow | None) -> Recipient:
    """A record as somebody to write to; what they are called by is ``contact.*`` whatever their type."""
    values: dict[str, Any] = {f"contact.{key}": one for key, one in row.values.items()}
    values |= {"contact.name": row.name, "contact.address": row.values.get("email", "")}
    if about := (row if row.type_key == "account" else account):
        values |= {f"account.{key}": one for key, one in about.values.items()}
        values["account.name"] = about.name
    return Recipient(
        f"crm.{row.type_key}:{row.id}", str(row.values.get("email") or ""), row.name,
        str(row.values.get("language") or "")[:10].lower(), str(row.values.get("time_zone") or ""), values,
    )  # fmt: skip


def _opened(described: Mapping[str, Any]) -> RecordAudience:
    type_key = str(described.get("type", ""))
    if type_key not in TYPES:
        raise Invalid(_("Choose contacts, leads or accounts."), field="audience")
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
        for key in TYPES if key in known and seat.on(key).read != "none"
    ]  # fmt: skip


recipients.register("records", _opened)
recipients.register_choices(_offered)

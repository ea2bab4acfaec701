"""What a journey knows of somebody at a moment: their values, what became of our mails, why they should leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.queries import plain
from fairboard.crm.queries.records import RecordRow, records_by_id
from fairboard.crm.queries.standing import held_records
from fairboard.kit.actors import Actor
from fairboard.marketing import addresses, conditions
from fairboard.marketing.audience_records import recipient
from fairboard.marketing.models import Feedback, SegmentMember
from fairboard.marketing.queries import consents, suppressions
from fairboard.marketing.recipients import Recipient

MACHINE = Actor.system("journeys")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a journey, or who might be: their record, that of their account, and what became of our mails."""

    row: RecordRow
    account: RecordRow | None
    mails: Mapping[str, bool]

    @property
    def info(self) -> TypeInfo:
        """The type of the record."""
        return catalogue().type(self.row.type_key)

    @property
    def recipient(self) -> Recipient:
        """The person as somebody to write to."""
        return recipient(self.row, self.account)

    @property
    def digest(self) -> str:
        """The keyed hash of their address; "" of who has none."""
        return addresses.digest(str(self.row.values.get("email") or ""))

    @property
    def zone(self) -> str:
        """Their time zone, "" when it is not known."""
        return str(self.row.values.get("time_zone") or "")

    def holds(self, source: str) -> bool:
        """Whether a condition holds for them now."""
        program = conditions.program(self.row.type_key, source)
        names = conditions.did_used([program])
        did = conditions.did(self.info, [self.row.pk], names)[self.row.pk] if names else {}
        account = self.account.values if self.account else {}
        return conditions.holds(
            program, conditions.bindings(self.info, self.row.values, account=account, did=did, mails=self.mails)
        )


def person(
    *, record_id: str, deliveries: Sequence[int] = (), since: datetime | None = None, reader: Actor = MACHINE
) -> Person | None:
    """Somebody, with what they did about these mails; None of a record that is not to be seen."""
    row = records_by_id(actor=reader, ids=[record_id]).get(record_id)
    if row is None:
        return None
    above = str(row.values.get("account") or "")
    account = records_by_id(actor=reader, ids=[above]).get(above) if above else None
    return Person(row, account, _mails(row, deliveries, since))


def _mails(row: RecordRow, deliveries: Sequence[int], since: datetime | None) -> dict[str, bool]:
    came = (
        set(Feedback.objects.filter(delivery_id__in=deliveries).values_list("kind", flat=True)) if deliveries else set()
    )
    answered = "reply" in came or (since is not None and plain.has_written(row.pk, since))
    return {"opened": "open" in came or "click" in came, "clicked": "click" in came, "replied": answered}


def held_accounts(record_id: str, at: datetime) -> list[str]:
    """The accounts of somebody that are on hold."""
    return held_records([record_id], at=at).get(record_id, [])


def reason_to_leave(one: Person, content: Mapping[str, Any]) -> str:
    """Why somebody leaves a journey now, by its rules: unsubscribed, replied, segment, goal; "" when they stay."""
    exits = content.get("exits") or ()
    if "unsubscribe" in exits and has_unsubscribed(one, str(content.get("topic", ""))):
        return "unsubscribed"
    if "reply" in exits and one.mails["replied"]:
        return "replied"
    entry = content.get("entry") or {}
    if "segment" in exits and entry.get("kind") == "segment" and not is_in(one.row.pk, str(entry.get("segment"))):
        return "segment"
    if content.get("goal") and one.holds(str(content["goal"])):
        return "goal"
    return ""


def has_unsubscribed(one: Person, topic: str) -> bool:
    """Whether somebody no longer wants the topic, or anything."""
    digest = one.digest
    if not digest:
        return False
    return bool(suppressions.suppressed([digest])) or (
        consents.states(digests=[digest], topic=topic).get(digest) == "withdrawn"
    )


def is_in(pk: int, segment_id: str) -> bool:
    """Whether a record is in a segment now."""
    return SegmentMember.objects.filter(record_id=pk, segment__public_id=segment_id).exists()


def campaign_member(campaign: str, record_id: str) -> tuple[str, str] | None:
    """The id and status of the member somebody is of a campaign; None of who is none."""
    info = catalogue().type("campaign_member")
    aim, person_row = plain.row(campaign), plain.row(record_id)
    if aim is None or person_row is None:
        return None
    near = [info.fields[key].id for key in ("contact", "lead")]
    own = {one for field in near for one in plain.sources(field, [person_row.pk]).get(person_row.pk, [])}
    ways = plain.aims(info.fields["campaign"].id, own)
    found = plain.rows_by_pk([pk for pk, target in ways.items() if target == aim.pk])
    first = min(found, key=lambda one: one.pk, default=None)
    return (first.public_id, str(first.data.get("status", ""))) if first else None

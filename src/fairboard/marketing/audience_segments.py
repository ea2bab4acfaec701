"""Segments and snapshots as audiences: ``{"kind": "segment", "id": ...}`` or ``{"kind": "snapshot", "id": ...}``.

With ``by``, the member whose rights decide which of the records may be written to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.queries import records
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.marketing import recipients
from fairboard.marketing.audience_records import chooser, recipients_of
from fairboard.marketing.models import Segment, SegmentMember, Snapshot, SnapshotMember
from fairboard.marketing.recipients import Recipient


@dataclass(frozen=True, slots=True)
class KeptAudience:
    """Records that are kept one by one, in the order of their rows; the checkpoint is the last row walked."""

    actor: Actor
    rows: Any

    def count(self) -> int:
        """How many there are."""
        return int(self.rows.count())

    def walk(self, after: str, size: int) -> tuple[Sequence[Recipient], str]:
        """The next ones, with the fields of their account."""
        pks = list(
            self.rows.filter(record_id__gt=int(after or 0)).order_by("record_id")
            .values_list("record_id", "record__public_id")[:size]
        )  # fmt: skip
        seen = records.records_by_id(actor=self.actor, ids=[one for _pk, one in pks])
        found = [seen[one] for _pk, one in pks if one in seen]
        return recipients_of(found, self.actor), str(pks[-1][0]) if len(pks) == size else ""


def _segment(described: Mapping[str, Any]) -> KeptAudience:
    row = Segment.objects.filter(public_id=str(described.get("id", "")), archived_at=None).first()
    if row is None:
        raise Invalid(_("There is no such segment."), field="audience")
    return KeptAudience(chooser(described), SegmentMember.objects.filter(segment=row))


def _snapshot(described: Mapping[str, Any]) -> KeptAudience:
    row = Snapshot.objects.filter(public_id=str(described.get("id", ""))).first()
    if row is None:
        raise Invalid(_("There is no such snapshot."), field="audience")
    return KeptAudience(chooser(described), SnapshotMember.objects.filter(snapshot=row))


recipients.register("segment", _segment)
recipients.register("snapshot", _snapshot)


def _offered(actor: Actor) -> list[tuple[Mapping[str, Any], str]]:
    found: list[tuple[Mapping[str, Any], str]] = []
    for one in Segment.objects.filter(archived_at=None).order_by("name", "pk").prefetch_related("snapshots"):
        found.append(({"kind": "segment", "id": one.public_id}, _("Segment: %(name)s") % {"name": one.name}))
        found += [
            ({"kind": "snapshot", "id": each.public_id}, _("Picture of a segment: %(name)s") % {"name": each.name})
            for each in one.snapshots.all()
        ]
    return found


recipients.register_choices(_offered)

"""Reading drafts: one of one's own, and the list of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.market import catalogue
from fairboard.market.models import SavedDraft
from fairboard.market.queries.ads import photo_address


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as its writer sees it; ``values`` are the form's fields as typed."""

    id: str
    title: str
    category_name: str
    photo: str
    values: dict[str, Any]
    photos: tuple[str, ...]
    ad_id: str
    updated_at: datetime


def draft_for(*, draft_id: str, actor: Actor, drafts: Collection[str]) -> DraftRow | None:
    """A draft of the actor, or one of the session's ``drafts`` that nobody owns; None of anything else."""
    found = SavedDraft.objects.select_related("owner", "ad").filter(public_id=draft_id[:16]).first()
    if found is None:
        return None
    if found.owner is None:
        return _row(found) if found.public_id in drafts else None
    return _row(found) if actor.id and found.owner.public_id == actor.id else None


def own_drafts(*, actor: Actor, size: int = 50) -> list[DraftRow]:
    """The drafts of a member, the one written last first."""
    if not actor.id:
        return []
    found = SavedDraft.objects.select_related("owner", "ad").filter(owner__public_id=actor.id)
    return [_row(one) for one in found.order_by("-updated_at")[:size]]


def newest_of(drafts: Collection[str]) -> DraftRow | None:
    """The draft written last among those a visitor's session began."""
    found = SavedDraft.objects.select_related("owner", "ad").filter(public_id__in=drafts, owner=None)
    one = found.order_by("-updated_at").first()
    return _row(one) if one else None


def _row(one: SavedDraft) -> DraftRow:
    category = catalogue.current().categories.get(str(one.values.get("category", "")))
    return DraftRow(
        one.public_id, str(one.values.get("title", ""))[:120], category.name if category else "",
        photo_address(one.photos[0], "s") if one.photos else "", one.values, tuple(one.photos),
        one.ad.public_id if one.ad else "", one.updated_at,
    )  # fmt: skip

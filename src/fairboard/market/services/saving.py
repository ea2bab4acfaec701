"""Drafts: what somebody is writing, kept as typed until it is sent, taken over at sign-in, or forgotten.

A visitor's draft is known to their browser session alone; a member's belongs to the member. Saving again writes no
event: what is typed is nobody's business yet, and a change of every few seconds would fill the ledger.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.market import events, pictures
from fairboard.market.models import Ad, Photo, SavedDraft
from fairboard.people.queries import member_pk

VISITOR_TERM = timedelta(days=7)
MEMBER_TERM = timedelta(days=90)
SESSION_KEY = "drafts"
"""Under what a browser session notes the drafts it began."""
MOST_DRAFTS = 50
"""Unfinished drafts a member may have; the oldest go first."""
MOST_CHARACTERS = 60_000
Values = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes: the actor, and the drafts their browser session began before they signed in."""

    actor: Actor
    drafts: frozenset[str] = field(default=frozenset())


def save_draft(
    *, holder: Holder, values: Values, photos: Sequence[str], at: datetime, draft_id: str = "", ad_id: str = ""
) -> str:
    """Keep what is typed; returns the draft's id, a new one where there was none.

    ``ad_id`` is the ad it is to change. Raises NotFound for somebody else's draft or ad, Invalid when it is too long.
    """
    kept = _clean(values)
    with transaction.atomic():
        draft = own_draft(holder, draft_id) if draft_id else None
        if draft is not None:
            draft.values, draft.photos = kept, _of_holder(holder, draft, photos)
            draft.updated_at, draft.expires_at = at, at + _term(holder)
            draft.save(update_fields=["values", "photos", "updated_at", "expires_at"])
            return draft.public_id
        owner = member_pk(holder.actor.id) if holder.actor.id else None
        ad = _ad_of(owner, ad_id) if ad_id else None
        draft = SavedDraft.objects.create(
            owner_id=owner, ad=ad, values=kept, created_at=at, updated_at=at, expires_at=at + _term(holder)
        )
        draft.photos = _of_holder(holder, draft, photos)
        draft.save(update_fields=["photos"])
        record(kind=events.DRAFT_BEGUN, subject=Subject("draft", draft.public_id), actor=holder.actor, at=at)
        if owner:
            _thin_out(owner)
    return draft.public_id


def begin(*, holder: Holder, at: datetime) -> str:
    """A draft with nothing in it yet, for the photo that is sent before a word is typed."""
    return save_draft(holder=holder, values={}, photos=(), at=at)


def take_over(*, member: Actor, drafts: Collection[str], at: datetime) -> list[str]:
    """Give a member the drafts of the session they signed in with, photos included; returns those taken over."""
    with transaction.atomic():
        found = list(SavedDraft.objects.select_for_update().filter(public_id__in=drafts, owner=None))
        owner = member_pk(member.id) if found else None
        for draft in found:
            draft.owner_id, draft.expires_at = owner, at + MEMBER_TERM
            draft.save(update_fields=["owner", "expires_at"])
            Photo.objects.filter(draft=draft, owner=None).update(owner=owner)
            record(kind=events.DRAFT_TAKEN_OVER, subject=Subject("draft", draft.public_id), actor=member, at=at)
    return [draft.public_id for draft in found]


def discard(*, holder: Holder, draft_id: str, at: datetime) -> None:
    """Throw a draft away, with the photos no ad shows; raises NotFound."""
    with transaction.atomic():
        draft = own_draft(holder, draft_id)
        _drop([draft])
        record(kind=events.DRAFT_DISCARDED, subject=Subject("draft", draft_id), actor=holder.actor, at=at)


def finish(*, holder: Holder, draft_id: str) -> None:
    """Forget a draft whose ad is sent; its photos are the ad's now. No word about one that is gone already."""
    with transaction.atomic():
        for draft in SavedDraft.objects.filter(public_id=draft_id[:16]):
            if _holds(holder, draft):
                draft.delete()


def forget(*, at: datetime, most: int = 200) -> int:
    """Drop drafts whose time is over; returns how many. Run again, it does nothing twice."""
    with transaction.atomic():
        due = list(
            SavedDraft.objects.select_for_update(skip_locked=True).filter(expires_at__lte=at)
            .order_by("expires_at")[:most]
        )  # fmt: skip
        _drop(due)
        for draft in due:
            record(
                kind=events.DRAFT_DISCARDED, subject=Subject("draft", draft.public_id),
                actor=Actor.system("expiry"), at=at,
            )  # fmt: skip
    return len(due)


def drop_photos(photos: Sequence[Photo]) -> None:
    """Remove rows of photos no ad shows, and their files once nothing is called by their content any more."""
    keys = {photo.key for photo in photos}
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
    still = set(Photo.objects.filter(key__in=keys).values_list("key", flat=True))
    for key in keys - still:
        for size in pictures.SIZES:
            transaction.on_commit(partial(default_storage.delete, pictures.path_of(key, size)))


def _drop(drafts: Sequence[SavedDraft]) -> None:
    drop_photos(list(Photo.objects.filter(draft__in=drafts, ad=None)))
    SavedDraft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()


def _thin_out(owner: int) -> None:
    _drop(list(SavedDraft.objects.filter(owner_id=owner).order_by("-updated_at")[MOST_DRAFTS:]))


def _term(holder: Holder) -> timedelta:
    return MEMBER_TERM if holder.actor.id else VISITOR_TERM


def _holds(holder: Holder, draft: SavedDraft) -> bool:
    if draft.owner_id is None:
        return draft.public_id in holder.drafts
    return bool(holder.actor.id) and draft.owner is not None and draft.owner.public_id == holder.actor.id


def own_draft(holder: Holder, draft_id: str) -> SavedDraft:
    """A draft of the holder's, locked for the transaction; raises NotFound."""
    found = SavedDraft.objects.select_for_update(of=("self",)).filter(public_id=draft_id[:16]).first()
    if found is None or not _holds(holder, found):
        raise NotFound(_("You have no such draft."))
    return found


def _ad_of(owner: int | None, ad_id: str) -> Ad:
    ad = Ad.objects.filter(public_id=ad_id[:16], seller_id=owner, deleted_at=None).first() if owner else None
    if ad is None:
        raise NotFound(_("You have no such ad."))
    return ad


def _clean(values: Values) -> dict[str, Any]:
    """What a form holds, without what no database keeps; raises Invalid when it is longer than any ad."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if value in ("", []):
            continue
        if isinstance(value, list):
            kept[name[:60]] = [one.replace("\x00", "") for one in value]
        else:
            kept[name[:60]] = value.replace("\x00", "")
    if sum(len(str(value)) for value in kept.values()) > MOST_CHARACTERS:
        raise Invalid(_("This is longer than an ad can be."), field="body")
    return kept


def _of_holder(holder: Holder, draft: SavedDraft, photos: Sequence[str]) -> list[str]:
    """Those of the photos that are the draft's or the member's, in their order; they are the draft's from now on."""
    wanted = list(dict.fromkeys(photos))
    found = Photo.objects.filter(public_id__in=wanted).values_list("public_id", "owner__public_id", "draft_id")
    own = {one for one, owner, of_draft in found if (owner and owner == holder.actor.id) or of_draft == draft.pk}
    Photo.objects.filter(public_id__in=own, ad=None).exclude(draft=draft).update(draft=draft)
    return [one for one in wanted if one in own]

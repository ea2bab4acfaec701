"""What safety says of an account, what is out of sight for it, and whether its data is held."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairboard.safety.models import Effect, Hold, Standing, Withheld

STANDING_NAMES: dict[str, str | Promise] = {
    "good": _("in good standing"),
    "watched": _("watched"),
    "on_hold": _("on hold"),
    "suspended": _("suspended for a time"),
    "closed": _("closed"),
}
"""What people call a standing."""
BLOCKED = ("on_hold", "suspended", "closed")
"""Standings in which a member publishes nothing."""


def standing_of(member_id: str) -> str:
    """The standing of a member: good, watched, on_hold, suspended or closed."""
    return Standing.objects.filter(member_id=member_id).values_list("state", flat=True).first() or "good"


def standings_of(member_ids: set[str]) -> dict[str, str]:
    """The standing of many members; one who is missing is in good standing."""
    return dict(Standing.objects.filter(member_id__in=member_ids).values_list("member_id", "state"))


def blocked_among(member_ids: Collection[str], *, at: datetime) -> dict[str, Standing]:
    """Those of the members who may not publish at this moment, with their standing."""
    lasting = Q(until=None) | Q(until__gt=at)
    found = Standing.objects.filter(lasting, member_id__in=member_ids, state__in=BLOCKED)
    return {row.member_id: row for row in found}


def unlisted_among(*, kind: str, subject_ids: Collection[str]) -> set[str]:
    """Those of the subjects that are restricted to who has their address."""
    return set(_effects(kind, subject_ids, "restrict").values_list("target_id", flat=True))


def demonetised_among(*, kind: str, subject_ids: Collection[str]) -> set[str]:
    """Those of the subjects that may not be promoted."""
    return set(_effects(kind, subject_ids, "demonetise").values_list("target_id", flat=True))


def _effects(kind: str, subject_ids: Collection[str], action: str) -> "QuerySet[Effect]":
    return Effect.objects.filter(target_kind=kind, target_id__in=subject_ids, action=action, ended_at=None)


def withheld_ids(*, member_id: str, kind: str) -> list[str]:
    """The subjects that are out of sight only because of their author's standing."""
    found = Withheld.objects.filter(member_id=member_id, kind=kind).order_by("pk")
    return list(found.values_list("subject_id", flat=True))


def withheld_among(*, kind: str, subject_ids: Collection[str]) -> set[str]:
    """Those of the subjects that are out of sight only because of their author's standing."""
    if not subject_ids:
        return set()
    found = Withheld.objects.filter(kind=kind, subject_id__in=subject_ids)
    return set(found.values_list("subject_id", flat=True))


def is_held(*, subject_kind: str, subject_id: str, at: datetime) -> bool:
    """Whether a legal hold keeps a member's or a subject's data from being erased."""
    standing = Q(until=None) | Q(until__gt=at)
    return Hold.objects.filter(
        standing, subject_kind=subject_kind, subject_id=subject_id, released_at__isnull=True
    ).exists()

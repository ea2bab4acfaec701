"""What safety says of an account, and whether its data is held."""

from datetime import datetime

from django.db.models import Q

from fairboard.safety.models import Hold, Standing


def standing_of(member_id: str) -> str:
    """The standing of a member: good, watched, on_hold, suspended or closed."""
    return Standing.objects.filter(member_id=member_id).values_list("state", flat=True).first() or "good"


def standings_of(member_ids: set[str]) -> dict[str, str]:
    """The standing of many members; one who is missing is in good standing."""
    return dict(Standing.objects.filter(member_id__in=member_ids).values_list("member_id", "state"))


def is_held(*, subject_kind: str, subject_id: str, at: datetime) -> bool:
    """Whether a legal hold keeps a member's or a subject's data from being erased."""
    standing = Q(until=None) | Q(until__gt=at)
    return Hold.objects.filter(
        standing, subject_kind=subject_kind, subject_id=subject_id, released_at__isnull=True
    ).exists()

"""Warning members before more refusals cost them their account for a time (DSA article 23(1))."""

from datetime import datetime, timedelta

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.safety import events_decisions as events
from fairboard.safety.models import Decision, MemberWarning
from fairboard.safety.queries.strikes import GRAVE, WARN_AT, strikes, warned_at

RECENT = timedelta(hours=6)


def warn_if_due(*, member_id: str, at: datetime) -> int:
    """Warn a member under each policy whose strikes reached the step; once a year each. Returns how many."""
    warned = 0
    for policy, number in strikes(member_id=member_id, at=at).items():
        if policy in GRAVE or number < WARN_AT or warned_at(member_id=member_id, policy=policy, at=at):
            continue
        with transaction.atomic():
            row = MemberWarning.objects.create(member_id=member_id, policy=policy, strikes=number, at=at)
            record(
                kind=events.WARNED, subject=Subject("member", member_id), actor=Actor.system("strikes"), at=at,
                data={"warning": row.public_id, "policy": policy, "strikes": number},
            )  # fmt: skip
        warned += 1
    return warned


def warn_recent(*, at: datetime) -> int:
    """Warn those who were refused automatically of late and reached the step; returns how many."""
    recent = Decision.objects.filter(outcome="reject", is_automatic=True, at__gt=at - RECENT, at__lte=at)
    members = recent.exclude(submission__author_id="").values_list("submission__author_id", flat=True).distinct()
    return sum(warn_if_due(member_id=one, at=at) for one in members)

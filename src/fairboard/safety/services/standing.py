"""The standing of a member: what safety says of an account, and everybody above asks."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety.models import STANDINGS, Standing
from fairboard.safety.signals import StandingRow, standing_changed


def set_standing(
    *, member_id: str, state: str, policy: str, reason: str, actor: Actor, at: datetime, until: datetime | None = None
) -> None:
    """Change a member's standing; rooms concerned act in the same transaction. Raises Forbidden, Invalid."""
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff change the standing of a member."))
    if state not in STANDINGS:
        raise Invalid(_("There is no such standing."), field="state")
    with transaction.atomic():
        row, _new = Standing.objects.select_for_update().get_or_create(member_id=member_id, defaults={"at": at})
        before = row.state
        row.state, row.policy, row.reason, row.until, row.at = state, policy, reason.strip()[:4000], until, at
        row.save()
        standing_changed.send(sender=Standing, standing=StandingRow(member_id, before, state, until, at))
        record(
            kind=events.STANDING_CHANGED, subject=Subject("member", member_id), actor=actor, at=at,
            data={"from": before, "to": state, "policy": policy, "until": until},
        )  # fmt: skip

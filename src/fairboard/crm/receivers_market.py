"""How the CRM hears of writes, of safety's decisions, and of what happens in the market."""

from typing import Any

from django.dispatch import receiver

from fairboard.crm import guards, hooks
from fairboard.crm.queries.standing import accounts_of_members
from fairboard.crm.services import standing, timeline
from fairboard.kit.actors import Actor
from fairboard.safety.signals import standing_changed

hooks.before_write(guards.hold_guard)
hooks.before_write(guards.kyc_guard)
hooks.on_written(timeline.place)


@receiver(standing_changed)
def follow_standing(sender: object, *, standing: Any, **rest: Any) -> None:
    """Bring the account of a member up to the member's standing, in the same transaction."""
    found = accounts_of_members([standing.member_id])
    if found:
        _follow(list(found.values()), standing.at)


def _follow(accounts: list[int], at: Any) -> None:
    standing.follow(accounts, actor=Actor.system("desk"), at=at)

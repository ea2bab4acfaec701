"""How the CRM hears of writes, of safety's decisions, and of what happens in the market."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from fairboard.crm import guards, hooks, merges
from fairboard.crm.queries.standing import accounts_of_members
from fairboard.crm.services import merge_market, standing, timeline
from fairboard.kit.actors import Actor
from fairboard.market.services import importing
from fairboard.safety.signals import standing_changed

hooks.before_write(guards.hold_guard)
hooks.before_write(guards.kyc_guard)
hooks.on_written(timeline.place)
merges.moved_by("market", merge_market.move, merge_market.back)


@importing.before_import
def feed_guard(seller: Actor, at: datetime) -> None:
    """Refuse the feed of a member whose account is on hold, or a business that is not known."""
    found = list(accounts_of_members([seller.id]).values())
    with standing.refusals_recorded(actor=seller, at=at, source="feed"):
        standing.require_clear(accounts=found, act="feed.import", at=at)
        guards.check_known(found, act="feed.import")


@receiver(standing_changed)
def follow_standing(sender: object, *, standing: Any, **rest: Any) -> None:
    """Bring the account of a member up to the member's standing, in the same transaction."""
    found = accounts_of_members([standing.member_id])
    if found:
        _follow(list(found.values()), standing.at)


def _follow(accounts: list[int], at: Any) -> None:
    standing.follow(accounts, actor=Actor.system("desk"), at=at)

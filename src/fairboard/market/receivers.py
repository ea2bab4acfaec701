"""What the market listens to: decisions of the desk, and a fresh database."""

from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.rooms import has_tables
from fairboard.market import catalogue
from fairboard.market.queries.described import describe, photos
from fairboard.market.queries.located import locate
from fairboard.market.queries.sampled import draw
from fairboard.market.services import lifecycle
from fairboard.market.services import standing as standings
from fairboard.market.services.catalogue import load_catalogue
from fairboard.safety import registry
from fairboard.safety.signals import decision_made, standing_changed


class AdHandler:
    """How the desk asks about ads."""

    describe = staticmethod(describe)
    photos = staticmethod(photos)


def names(category: str, place: str) -> tuple[str, str]:
    """What people call a category and a place."""
    known = catalogue.current()
    row, city = known.categories.get(category), known.places.get(place)
    return row.name if row else category, city.label if city else place


registry.register("ad", AdHandler())
registry.register_names(names)
registry.register_locator(locate)
registry.register_sampler("ad", draw)


@receiver(decision_made)
def carry_out(sender: object, *, decision: Any, **rest: Any) -> None:
    """Hide or restore the ad a decision is about, in the decision's transaction."""
    if decision.subject_kind == "ad":
        lifecycle.decide(
            ad_id=decision.subject_id, submission_id=decision.submission_id, outcome=decision.outcome,
            actor=Actor.system("desk"), at=decision.at, is_restriction=decision.is_restriction,
        )  # fmt: skip


@receiver(standing_changed)
def follow_standing(sender: object, *, standing: Any, **rest: Any) -> None:
    """Hide the ads of a member who may not publish, or bring them back, in the same transaction."""
    standings.follow_standing(
        member_id=standing.member_id, state=standing.state, actor=Actor.system("desk"), at=standing.at
    )


@receiver(post_migrate)
def fill_catalogue(sender: Any, **rest: Any) -> None:
    """A database that was just made or emptied gets the packaged places and categories."""
    if getattr(sender, "label", "") != "market":
        return
    if has_tables("market_place", "market_category", "ledger_event"):
        catalogue.reload()
        load_catalogue(at=clock.now())

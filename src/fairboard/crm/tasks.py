"""Background work of the CRM."""

from fairboard.crm.services import figures, ties, timeline
from fairboard.kit import clock, tasks
from fairboard.market.queries.figures import frequent_sellers

ADOPTED_FROM = 3
"""Live ads from which a member has an account without anybody making one."""


@tasks.every(minutes=0.5, name="crm.follow")
def follow() -> None:
    """Put what happened in the market on the timelines, and refresh the figures it changes."""
    while timeline.follow(at=clock.now()):
        pass


@tasks.every(minutes=60, name="crm.adopt")
def adopt() -> None:
    """Make an account for every member who sells a lot and has none."""
    after = ""
    while found := frequent_sellers(least=ADOPTED_FROM, after=after):
        if ties.adopt(member_ids=found, at=clock.now()):
            timeline.catch_up(members=found, at=clock.now())
        after = found[-1]


@tasks.every(minutes=1440, name="crm.figures")
def refresh_figures() -> None:
    """Work out every account's figures: windows of days move on although nothing happens."""
    after = 0
    while after := figures.refresh_all(at=clock.now(), after=after):
        pass

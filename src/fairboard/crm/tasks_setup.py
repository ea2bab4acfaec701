"""Passes over records in the background."""

from fairboard.crm.services import recompute
from fairboard.kit import clock, tasks


@tasks.task("crm.recompute")
def work_on(work_id: str) -> None:
    """Do every part of a pass that is left."""
    while recompute.step(work_id, at=clock.now()):
        pass


@tasks.every(minutes=5, name="crm.recompute_forgotten")
def go_on() -> None:
    """Go on with passes whose worker was stopped."""
    for work_id in recompute.forgotten(at=clock.now()):
        work_on(work_id)

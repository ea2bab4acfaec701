"""Passes over records in the background."""

from fairboard.crm.services import recompute, retyping
from fairboard.kit import clock, tasks


@tasks.task("crm.recompute")
def work_on(work_id: str) -> None:
    """Do every part of a pass that is left."""
    while recompute.step(work_id, at=clock.now()):
        pass


@tasks.task("crm.index_retyped")
def index_retyped(work_id: str) -> None:
    """Make the index of a field that was given another type."""
    retyping.index_retyped(work_id, at=clock.now())


@tasks.every(minutes=5, name="crm.recompute_forgotten")
def go_on() -> None:
    """Go on with passes whose worker was stopped."""
    for work_id in recompute.forgotten(at=clock.now()):
        work_on(work_id)
    for work_id in retyping.unindexed():
        retyping.index_retyped(work_id, at=clock.now())

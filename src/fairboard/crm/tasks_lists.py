"""Work lists leave to the background: changes of many records, indexes for views, emptying the bin."""

from fairboard.crm.models import BulkEdit
from fairboard.crm.services import bulk, records, undoing, views
from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.people.queries import actor_by_id


@tasks.task("crm.bulk_run")
def bulk_run(bulk_id: str) -> None:
    """Change the records of a bulk edit as who asked for it; one who left changes nothing more."""
    edit = BulkEdit.objects.filter(public_id=bulk_id).first()
    actor = actor_by_id(edit.actor_id) if edit else None
    if actor is not None:
        bulk.run(bulk_id=bulk_id, actor=actor, at=clock.now(), clock=clock.now)


@tasks.task("crm.bulk_undo")
def bulk_undo(bulk_id: str, actor_id: str) -> None:
    """Take back a bulk edit."""
    actor = actor_by_id(actor_id)
    if actor is not None:
        undoing.run(bulk_id=bulk_id, actor=actor, at=clock.now(), clock=clock.now)


@tasks.task("crm.view_index")
def view_index(view_id: str) -> None:
    """Make the index a saved view needs."""
    views.make_index(view_id=view_id)


@tasks.every(minutes=60, name="crm.empty_bin")
def empty_bin() -> None:
    """Remove for good what has been in the bin for 30 days."""
    while records.purge(at=clock.now(), actor=Actor.system("bin")):
        pass

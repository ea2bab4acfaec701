"""Background work of data in and out: imports carried out and taken up again, exports written, files thrown away."""

from fairboard.crm.models import Export, Import
from fairboard.crm.services import duplicates, exports, import_undo, importing, imports
from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.people.queries import actor_by_id

OPERATOR = Actor("system", "", "system", "command line")


@tasks.task("crm.run_import")
def run_import(import_id: str) -> None:
    """Carry out an import, in the name of who started it."""
    job = importing.claim(import_id=import_id, at=clock.now())
    if job is None:
        return
    actor = actor_by_id(job.actor_id) if job.actor_id else OPERATOR
    if actor is None:
        Import.objects.filter(pk=job.pk).update(state="failed", message="")
        return
    for _file in importing.run(job=job, actor=actor, at=clock.now(), now=clock.now):
        pass


@tasks.task("crm.undo_import")
def undo_import(import_id: str) -> None:
    """Take an import back, in the name of who made it."""
    job = Import.objects.filter(public_id=import_id, state="undoing").first()
    actor = (actor_by_id(job.actor_id) if job.actor_id else OPERATOR) if job else None
    if job is not None and actor is not None:
        import_undo.carry_out(job=job, actor=actor, at=clock.now())


@tasks.every(minutes=2, name="crm.resume_imports")
def resume_imports() -> None:
    """Take up imports and exports whose worker was killed."""
    silent = clock.now() - importing.SILENT
    for public_id in Import.objects.filter(state__in=["running", "summing"], beat_at__lt=silent).values_list(
        "public_id", flat=True
    ):
        tasks.enqueue("crm.run_import", import_id=public_id)
    for public_id in Import.objects.filter(state="undoing", beat_at__lt=silent).values_list("public_id", flat=True):
        tasks.enqueue("crm.undo_import", import_id=public_id)
    stuck = Export.objects.filter(state="running", beat_at__lt=clock.now() - exports.SILENT)
    for public_id in stuck.values_list("public_id", flat=True):
        tasks.enqueue("crm.run_export", export_id=public_id)


@tasks.task("crm.run_export")
def run_export(export_id: str) -> None:
    """Write the file of an export, in the name of who asked for it."""
    row = Export.objects.filter(public_id=export_id).first()
    actor = (actor_by_id(row.actor_id) if row.actor_id else OPERATOR) if row else None
    if actor is not None:
        exports.carry_out(export_id=export_id, actor=actor, at=clock.now())


@tasks.task("crm.search_duplicates")
def search_duplicates(scan_id: str) -> None:
    """Compare all records of a type."""
    duplicates.search(scan_id=scan_id, at=clock.now())


@tasks.every(minutes=720, name="crm.throw_away_files")
def throw_away_files() -> None:
    """Remove the files of old imports and of exports that expired."""
    exports.throw_away(at=clock.now())
    imports.throw_away_files(at=clock.now())

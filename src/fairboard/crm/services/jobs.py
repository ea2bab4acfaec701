"""Bulk jobs: created, filled part by part, closed, aborted, thrown away."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.models import Job
from fairboard.crm.models.jobs import OPERATIONS
from fairboard.crm.queries.records import check_permission, readable
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Gone, Invalid, NotFound
from fairboard.ledger.services import Subject, record

PERMISSION = "import"
RUN = tasks.expect("crm.jobs")
FORMATS = ("csv", "jsonl")
MOST_PARTS, PART_SIZE = 1_000, 50_000_000
KEPT, LEFT_OPEN = timedelta(days=7), timedelta(days=1)


def folder_of(job: Job) -> Path:
    """Where a job's files are."""
    return Path(settings.CRM_DIR) / "jobs" / job.public_id


def create(
    *, type_key: str, operation: str, actor: Actor, at: datetime, key: str = "", format: str = "csv",
    override: bool = False,
) -> Job:  # fmt: skip
    """Make a job. ``key`` is ``id`` or a unique field, by which update, upsert and delete find their records.

    Raises Forbidden, NotFound, Invalid.
    """
    seat = check_permission(actor, PERMISSION)
    _seat, info = readable(actor, type_key)
    if operation not in OPERATIONS or format not in FORMATS:
        raise Invalid(_("There is no such operation."), field="operation")
    if operation in {"insert", "upsert"} and not seat.on(type_key).create:
        raise Forbidden(_("You may not create %(type)s.") % {"type": info.plural})
    key = "" if operation == "insert" else key or "id"
    if key not in {"", "id"} and not (key in info.fields and info.fields[key].is_unique):
        raise Invalid(_("%(key)s is no unique field of %(type)s.") % {"key": key, "type": info.label}, field="key")
    if operation == "upsert" and key == "id":
        raise Invalid(_("Choose a unique field to find records by."), field="key")
    with transaction.atomic():
        job = Job.objects.create(
            type_key=type_key, operation=operation, key=key, format=format, override=override, actor_id=actor.id,
            created_at=at, expires_at=at + LEFT_OPEN,
        )  # fmt: skip
        tell(job, "created", actor, at)
    return job


def own(*, job_id: str, actor: Actor) -> Job:
    """A job of the actor's, any for administrators; raises Forbidden, NotFound."""
    check_permission(actor, PERMISSION)
    job = Job.objects.filter(public_id=job_id).first()
    if job is None or (job.actor_id != actor.id and not actor.can("crm.manage")):
        raise NotFound(_("There is no such job."))
    return job


def upload(*, job_id: str, number: int, read: Callable[[int], bytes], actor: Actor) -> Job:
    """Store a part, in place of one of the same number; parts are put together in the order of their numbers."""
    job = own(job_id=job_id, actor=actor)
    if job.state != "open":
        raise Conflict(_("This job is closed."))
    if not 0 < number <= MOST_PARTS:
        raise Invalid(_("Parts are numbered 1 to %(n)d.") % {"n": MOST_PARTS}, field="number")
    path = folder_of(job) / f"{number:04d}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh, size = path.with_suffix(f".{actor.id}.new"), 0
    with fresh.open("wb") as file:
        while chunk := read(1 << 16):
            size += len(chunk)
            if size > PART_SIZE:
                break
            file.write(chunk)
    if size > PART_SIZE:
        fresh.unlink()
        raise Invalid(_("A part has at most %(n)d MB.") % {"n": PART_SIZE // 1_000_000}, field="number")
    fresh.replace(path)
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        job.parts[str(number)] = size
        job.save(update_fields=["parts"])
    return job


def close(*, job_id: str, actor: Actor, at: datetime) -> Job:
    """Say that everything is uploaded: the job is worked off from now on. Raises Conflict."""
    job = own(job_id=job_id, actor=actor)
    with transaction.atomic():
        if not job.parts or not Job.objects.filter(pk=job.pk, state="open").update(state="queued", expires_at=None):
            raise Conflict(_("This job is closed, or nothing was uploaded."))
        tell(job, "closed", actor, at)
        tasks.enqueue(RUN)
    return own(job_id=job_id, actor=actor)


def abort(*, job_id: str, actor: Actor, at: datetime) -> Job:
    """Stop a job after the rows it is at; what was written stays. Raises Conflict."""
    job = own(job_id=job_id, actor=actor)
    with transaction.atomic():
        open_ = Job.objects.filter(pk=job.pk, state__in=["open", "queued", "running"])
        if not open_.update(state="aborted", finished_at=at, expires_at=at + KEPT):
            raise Conflict(_("This job has ended."))
        tell(job, "aborted", actor, at)
    return own(job_id=job_id, actor=actor)


def results(*, job_id: str, kind: str, actor: Actor) -> Path:
    """The file of rows that were written (``success``) or not (``failure``). Raises Conflict, Gone, NotFound."""
    job = own(job_id=job_id, actor=actor)
    if job.state not in {"done", "failed", "aborted"}:
        raise Conflict(_("This job has not ended."))
    path = folder_of(job) / f"{kind}.csv"
    if kind not in {"success", "failure"}:
        raise NotFound
    if not path.exists():
        raise Gone(_("There are no results any more."))
    return path


def throw_away(*, at: datetime) -> int:
    """Remove the files of jobs that ended seven days ago, and jobs left open for a day; returns how many."""
    old = list(Job.objects.filter(Q(expires_at__lte=at)).order_by("pk")[:100])
    for job in old:
        shutil.rmtree(folder_of(job), ignore_errors=True)
        job.state = "aborted" if job.state == "open" else job.state
        job.expires_at = None
        job.save(update_fields=["state", "expires_at"])
    return len(old)


def tell(job: Job, act: str, actor: Actor, at: datetime) -> None:
    """Put a step of a job on the ledger."""
    record(
        kind=events.JOB, subject=Subject("crm.job", job.public_id), actor=actor, at=at,
        data={"act": act, "type": job.type_key, "operation": job.operation, "written": job.written,
              "failed": job.failed},
    )  # fmt: skip

"""Moving records through their pipelines, and how long they stay in each stage."""

from datetime import datetime

from django.utils.translation import gettext as _

from fairboard.crm import hooks
from fairboard.crm.catalogue import catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.models import StageLog
from fairboard.crm.queries.records import RecordRow, record
from fairboard.crm.services.records import update_record
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid


def move_to_stage(
    *, record_id: str, stage: str, actor: Actor, at: datetime, reason: str = "", expected_version: int | None = None
) -> RecordRow:  # fmt: skip
    """Move a record to a stage of its pipeline. A lost one needs a reason where the type has a field for it.

    Raises NotFound, Forbidden, Invalid, Stale, and what a guard raises.
    """
    row = record(actor=actor, record_id=record_id)
    info = catalogue().type(row.type_key)
    if "stage" not in info.fields or not info.pipelines:
        raise Invalid(_("These records have no stages."), field="stage")
    way = info.pipeline(str(row.values.get("pipeline", "")))
    found = way.stage(stage) if way else None
    given: dict[str, str | None] = {"stage": stage}
    if found and found.outcome == "lost" and "lost_reason" in info.fields:
        if not reason:
            raise Invalid(_("Say why it was lost."), field="lost_reason")
        given["lost_reason"] = reason
    elif found and row.values.get("lost_reason"):
        given["lost_reason"] = None
    return update_record(
        record_id=record_id, values=given, actor=actor, at=at, expected_version=expected_version
    )  # fmt: skip


@hooks.on_written
def keep_stage_log(batch: Batch) -> None:
    """Note when records enter and leave stages."""
    if "stage" not in batch.type.fields or not (batch.type.pipelines or batch.type.archived_pipelines):
        return
    moved = [
        row for row in batch.rows
        if row.after and (row.is_new or "stage" in row.changed or "pipeline" in row.changed)
        and "deleted" not in row.changed and row.after.get("stage")
    ]  # fmt: skip
    if not moved:
        return
    old = [row.record.pk for row in moved if not row.is_new]
    for start in range(0, len(old), 500):
        StageLog.objects.filter(record_id__in=old[start : start + 500], left_at=None).update(left_at=batch.at)
    StageLog.objects.bulk_create(
        [
            StageLog(
                record=row.record, pipeline=str(row.after.get("pipeline", "")), stage=str(row.after["stage"]),
                entered_at=batch.at,
            )
            for row in moved
        ],
        batch_size=500,
    )  # fmt: skip

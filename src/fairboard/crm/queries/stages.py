"""Where a record is on its way through a pipeline, and how long it stayed in each stage."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fairboard.crm.catalogue import PipelineInfo, TypeInfo
from fairboard.crm.models import StageLog
from fairboard.crm.queries.records import RecordRow


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on the path: ``state`` is done, now or ahead; ``stayed`` how long the record was there, if it was."""

    key: str
    label: str
    outcome: str
    probability: int
    state: str
    stayed: timedelta | None


@dataclass(frozen=True, slots=True)
class Path:
    """The way of a record: its pipeline, the steps that are open, and those that end it."""

    pipeline: PipelineInfo
    is_archived: bool
    steps: tuple[Step, ...]
    ends: tuple[Step, ...]
    since: datetime | None


def path_of(info: TypeInfo, row: RecordRow, *, at: datetime) -> Path | None:
    """The path of a record of a type that has pipelines; None where its pipeline is not known."""
    key = str(row.values.get("pipeline", ""))
    old = next((one for one in info.archived_pipelines if one.key == key), None)
    way = info.pipeline(key) or old
    if way is None:
        return None
    stays: dict[str, timedelta] = {}
    since = None
    for one in StageLog.objects.filter(record_id=row.pk, pipeline=way.key).order_by("entered_at"):
        stays[one.stage] = stays.get(one.stage, timedelta()) + ((one.left_at or at) - one.entered_at)
        since = one.entered_at if one.left_at is None else since
    current = str(row.values.get("stage", ""))
    order = [one.key for one in way.stages if one.outcome == "open"]
    place = order.index(current) if current in order else len(order)
    steps: list[Step] = []
    ends: list[Step] = []
    for stage in way.stages:
        if stage.key == current:
            state = "now"
        elif stage.outcome == "open" and order.index(stage.key) < place:
            state = "done"
        else:
            state = "ahead"
        step = Step(stage.key, stage.label, stage.outcome, stage.probability, state, stays.get(stage.key))
        (steps if stage.outcome == "open" else ends).append(step)
    return Path(way, old is not None, tuple(steps), tuple(ends), since)

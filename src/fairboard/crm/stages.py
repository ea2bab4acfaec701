"""Pipelines: a record of a type that has them is in a stage, and its figures follow the stage."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo


def settle(info: TypeInfo, before: Mapping[str, Any], after: dict[str, Any], *, at: datetime) -> dict[str, str]:
    """Set pipeline, stage, probability, and whether it is closed and won, in ``after``; returns errors by field."""
    if not info.pipelines or "stage" not in info.fields:
        return {}
    key = after.get("pipeline", "")
    way = info.pipeline(key)
    if way is None and before.get("pipeline") == key:
        way = next((one for one in info.archived_pipelines if one.key == key), None)
    if way is None or not way.stages:
        return {"pipeline": _("There is no such pipeline.")}
    after["pipeline"] = way.key
    moved = after.get("stage") != before.get("stage") or not before
    stage = way.stage(after.setdefault("stage", way.stages[0].key))
    if stage is None:
        return {"stage": _("The pipeline %(name)s has no such stage.") % {"name": way.label}}
    if moved and after.get("probability") == before.get("probability"):
        after["probability"] = stage.probability
    after["is_closed"], after["is_won"] = stage.outcome != "open", stage.outcome == "won"
    if stage.outcome == "open":
        after.pop("closed_on", None)
    elif moved or "closed_on" not in after:
        after["closed_on"] = at.date().isoformat()
    return {}

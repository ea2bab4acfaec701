"""Pipelines and their stages."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Pipeline, Record, Stage
from fairboard.crm.services.definitions import KEY, check_manager, said
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound

OUTCOMES = ("open", "won", "lost")
MOST_STAGES = 30
FIRST = (("new", "New", 10, "open"), ("won", "Won", 100, "won"), ("lost", "Lost", 0, "lost"))


def add_pipeline(*, type_key: str, label: str, actor: Actor, at: datetime) -> str:
    """Add a pipeline with three stages to begin with; returns its key.

    Raises Forbidden, NotFound, Invalid, Conflict.
    """
    check_manager(actor)
    info, label = catalogue().type(type_key), label.strip()[:60]
    if "stage" not in info.fields:
        raise Conflict(_("These records have no stages."))
    key = _key(label)
    with transaction.atomic():
        if Pipeline.objects.filter(type_id=info.id, key=key).exists():
            raise Conflict(_("There is a pipeline %(key)s already.") % {"key": key}, field="label")
        row = Pipeline.objects.create(
            type_id=info.id, key=key, label=label, is_default=not info.pipelines, position=len(info.pipelines)
        )
        for place, (stage, name, probability, outcome) in enumerate(FIRST):
            Stage.objects.create(
                pipeline=row, key=stage, label=_(name), probability=probability, outcome=outcome, position=place
            )
        said(actor, at, type=type_key, what="pipeline added", pipeline=key)
    return key


def change_pipeline(*, type_key: str, key: str, label: str, is_default: bool, actor: Actor, at: datetime) -> None:
    """Rename a pipeline or make it the default. Raises Forbidden, NotFound, Invalid."""
    check_manager(actor)
    if not label.strip():
        raise Invalid(_("Give it a name."), field="label")
    with transaction.atomic():
        row = _pipeline(type_key, key)
        if is_default:
            Pipeline.objects.filter(type_id=row.type_id).update(is_default=False)
        row.label, row.is_default = label.strip()[:60], is_default or row.is_default
        row.save()
        said(actor, at, type=type_key, what="pipeline changed", pipeline=key)


def archive_pipeline(*, type_key: str, key: str, actor: Actor, at: datetime) -> None:
    """Let nothing new into a pipeline; records in it stay readable and can be finished.

    Raises Forbidden, NotFound, Conflict for the last one.
    """
    check_manager(actor)
    with transaction.atomic():
        row = _pipeline(type_key, key)
        others = Pipeline.objects.filter(type_id=row.type_id, archived_at=None).exclude(pk=row.pk)
        if not others.exists():
            raise Conflict(_("One pipeline is needed."))
        if row.is_default:
            first = others.order_by("position", "pk")[0]
            Pipeline.objects.filter(pk=first.pk).update(is_default=True)
        row.is_default, row.archived_at = False, at
        row.save()
        said(actor, at, type=type_key, what="pipeline archived", pipeline=key)


def restore_pipeline(*, type_key: str, key: str, actor: Actor, at: datetime) -> None:
    """Take an archived pipeline into use again. Raises Forbidden, NotFound."""
    check_manager(actor)
    with transaction.atomic():
        row = _pipeline(type_key, key)
        row.archived_at = None
        row.save()
        said(actor, at, type=type_key, what="pipeline restored", pipeline=key)


def save_stage(
    *, type_key: str, pipeline: str, key: str, label: str, probability: int, outcome: str, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Add a stage (an empty ``key``) before those that end the way, or change one.

    ``probability`` is in percent. Raises Forbidden, NotFound, Invalid, Conflict.
    """
    check_manager(actor)
    label = label.strip()[:60]
    if outcome not in OUTCOMES:
        raise Invalid(_("A stage is open, won or lost."), field="outcome")
    if not 0 <= probability <= 100:
        raise Invalid(_("The probability is a number from 0 to 100."), field="probability")
    with transaction.atomic():
        row = _pipeline(type_key, pipeline)
        rows = list(row.stages.order_by("position", "pk"))
        if key:
            one = next((each for each in rows if each.key == key), None)
            if one is None:
                raise NotFound(_("There is no such stage."))
            if not label:
                raise Invalid(_("Give it a name."), field="label")
        else:
            one = Stage(pipeline=row, key=_key(label))
            if any(each.key == one.key for each in rows):
                raise Conflict(_("There is a stage %(key)s already.") % {"key": one.key}, field="label")
            if len(rows) >= MOST_STAGES:
                raise Conflict(_("A pipeline can have %(n)d stages.") % {"n": MOST_STAGES})
            place = next((at_place for at_place, each in enumerate(rows) if each.outcome != "open"), len(rows))
            rows.insert(place if outcome == "open" else len(rows), one)
        one.label, one.probability, one.outcome = label, probability, outcome
        _check(rows)
        _place(rows)
        said(actor, at, type=type_key, what="stage changed" if key else "stage added", pipeline=pipeline, stage=one.key)


def move_stage(*, type_key: str, pipeline: str, key: str, up: bool, actor: Actor, at: datetime) -> None:
    """Move a stage one place up or down. Raises Forbidden, NotFound."""
    check_manager(actor)
    with transaction.atomic():
        rows = list(_pipeline(type_key, pipeline).stages.order_by("position", "pk"))
        place = next((at_place for at_place, one in enumerate(rows) if one.key == key), None)
        if place is None:
            raise NotFound(_("There is no such stage."))
        other = place - 1 if up else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        _place(rows)
        said(actor, at, type=type_key, what="stage moved", pipeline=pipeline, stage=key)


def remove_stage(*, type_key: str, pipeline: str, key: str, actor: Actor, at: datetime) -> None:
    """Remove a stage no record is in. Raises Forbidden, NotFound, Conflict saying how many are in it."""
    check_manager(actor)
    with transaction.atomic():
        row = _pipeline(type_key, pipeline)
        rows = list(row.stages.order_by("position", "pk"))
        one = next((each for each in rows if each.key == key), None)
        if one is None:
            raise NotFound(_("There is no such stage."))
        used = Record.objects.filter(type_id=row.type_id, data__pipeline=pipeline, data__stage=key).count()
        if used:
            raise Conflict(_("%(n)d records are in this stage. Move them first.") % {"n": used})
        rows.remove(one)
        _check(rows)
        one.delete()
        _place(rows)
        said(actor, at, type=type_key, what="stage removed", pipeline=pipeline, stage=key)


def _pipeline(type_key: str, key: str) -> Pipeline:
    found = Pipeline.objects.select_for_update().filter(type_id=catalogue().type(type_key).id, key=key).first()
    if found is None:
        raise NotFound(_("There is no such pipeline."))
    return found


def _check(rows: list[Stage]) -> None:
    if not any(one.outcome == "open" for one in rows):
        raise Conflict(_("A pipeline needs a stage that is open."))


def _place(rows: list[Stage]) -> None:
    for place, one in enumerate(rows):
        one.position = place
        one.save()


def _key(label: str) -> str:
    key = slugify(label).replace("-", "_")[:36]
    if not KEY.match(key):
        raise Invalid(_("Give it a name that begins with a letter."), field="label")
    return key

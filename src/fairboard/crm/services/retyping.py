"""Giving a field another type, and purging one that was archived: previewed, then done in the background."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DataError, transaction
from django.utils.translation import gettext as _

from fairboard.crm import indexes
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue, spec_of
from fairboard.crm.conversions import converted, readable
from fairboard.crm.models import Change, Field, Link, Recompute, Record
from fairboard.crm.services import recompute
from fairboard.crm.services.definitions import (
    change_field,
    check_field,
    check_manager,
    said,
    what_needs,
)
from fairboard.fields import FieldError
from fairboard.kit import bulk, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound

INDEX = tasks.expect("crm.index_retyped")
INDEXABLE = {"text", "email", "link", "phone", "number", "money", "date", "datetime", "time", "choice"}


def retype_field(
    *, type_key: str, field_key: str, value_type: str, options: dict[str, Any], actor: Actor, at: datetime
) -> str:  # fmt: skip
    """Begin to give a field another type; returns the id of the pass over its records.

    The field is out of use until the pass is over. Values that cannot be converted are emptied; what they were stays in
    the record's history. Raises Forbidden, NotFound, Invalid, and Conflict naming what needs the field.
    """
    check_manager(actor)
    info = catalogue().type(type_key)
    one = info.field(field_key)
    if one.is_standard or one.kind != "value":
        raise Conflict(_("This field keeps its type."))
    if value_type == one.type:
        raise Invalid(_("It has this type already."), field="value_type")
    if needed := what_needs(info, one):
        raise Conflict(_("Still in use: %(names)s.") % {"names": ", ".join(needed)}, needed_by=needed)
    with transaction.atomic():
        row = Field.objects.select_for_update().get(pk=one.id)
        old = {"value_type": row.value_type, "options": dict(row.options)}
        row.value_type, row.options, row.is_unique = value_type, options, False
        row.is_indexed = row.is_indexed and value_type in INDEXABLE
        check_field(info, row)
        indexes.drop(row.pk)
        Field.objects.filter(pk=row.pk).update(archived_at=at)
        said(actor, at, type=type_key, what="field given another type", field=field_key, to=value_type)
        event = _mark(info, one, actor, at)
        return recompute.ask(
            kind="retype", info=info, field_id=row.pk, label=one.label, actor=actor, at=at, event_id=event,
            options={
                "old": old, "value_type": value_type, "options": options, "is_indexed": row.is_indexed,
                "key": field_key,
            },
        )  # fmt: skip


def _mark(info: TypeInfo, one: FieldInfo, actor: Actor, at: datetime) -> int:
    """The event the changed values are kept under."""
    return said(actor, at, type=info.key, what="values converted", field=one.key)


@recompute.work("retype", lambda row, at: _retyped(row, at))
def _convert(row: Recompute, records: Sequence[Record], at: datetime) -> int:
    field = Field.objects.get(pk=row.field_id or 0)
    key, given = row.options["key"], row.options
    old = spec_of(Field(key=key, label=field.label, kind="value", **given["old"]))
    new = spec_of(
        Field(key=key, label=field.label, kind="value", value_type=given["value_type"], options=given["options"])
    )
    changed, changes, refused = [], [], []
    for one in records:
        if key not in one.data:
            continue
        before = one.data[key]
        try:
            after = converted(before, old, new)
            one.data[key] = after
        except FieldError:
            after = None
            del one.data[key]
            refused.append((one, readable(before, old)))
        if after != before:
            one.version += 1
            changed.append(one)
            changes.append(Change(event_id=row.event_id, record=one, key=key, before=before, after=after))
    bulk.update(changed, ["data", "version"])
    bulk.insert(changes)
    recompute.keep_samples(row, refused)
    return len(changed)


def _retyped(row: Recompute, at: datetime) -> None:
    """Take the field into use again, under its new type; an index it had is made anew afterwards."""
    given = row.options
    Field.objects.filter(pk=row.field_id or 0).update(
        value_type=given["value_type"], options=given["options"], is_unique=False, is_indexed=False, archived_at=None
    )
    field = Field.objects.select_related("type").get(pk=row.field_id or 0)
    said(Actor.system("crm"), at, type=field.type.key, what="field converted", field=field.key)
    if given["is_indexed"]:
        row.options = {**given, "index": "wanted"}
        tasks.enqueue(INDEX, work_id=row.public_id)


def index_retyped(work_id: str, *, at: datetime) -> bool:
    """Make the index of a field that was given another type; says whether it is made.

    PostgreSQL also indexes versions of rows that a transaction still open may see, and old values do not
    fit the new type: then it is tried again later, as `unindexed` finds it.
    """
    row = Recompute.objects.select_related("field__type").filter(public_id=work_id, options__index="wanted").first()
    if row is None or row.field is None or row.field.archived_at is not None:
        return False
    try:
        with transaction.atomic():
            change_field(
                type_key=row.field.type.key, field_key=row.field.key, is_indexed=True, actor=Actor.system("crm"), at=at
            )
            Recompute.objects.filter(pk=row.pk).update(options={**row.options, "index": "made"})
    except DataError:
        return False
    return True


def unindexed() -> list[str]:
    """Conversions whose index is still to be made."""
    return list(Recompute.objects.filter(options__index="wanted").order_by("pk").values_list("public_id", flat=True))


def purge_field(*, type_key: str, field_key: str, confirmed: str, actor: Actor, at: datetime) -> str:
    """Remove an archived field with its values for good; ``confirmed`` must be its key. Returns the id of the pass.

    Raises Forbidden, NotFound, and Invalid when it was not confirmed.
    """
    check_manager(actor)
    info = catalogue().type(type_key)
    with transaction.atomic():
        row = Field.objects.select_for_update().filter(
            type_id=info.id, key=field_key, archived_at__isnull=False, is_standard=False
        ).first()  # fmt: skip
        if row is None:
            raise NotFound(_("There is no archived field %(key)s.") % {"key": field_key})
        if Recompute.objects.filter(field=row, kind="retype", state__in=["waiting", "running"]).exists():
            raise Conflict(_("This field is being given another type."))
        if confirmed.strip() != field_key:
            raise Invalid(_("Write the key %(key)s to confirm.") % {"key": field_key}, field="confirmed")
        said(actor, at, type=type_key, what="field purged", field=field_key)
        return recompute.ask(
            kind="purge", info=info, field_id=row.pk, label=row.label, options={"key": field_key}, actor=actor, at=at
        )


@recompute.work("purge", lambda row, at: _purged(row))
def _purge(row: Recompute, records: Sequence[Record], at: datetime) -> int:
    key = row.options["key"]
    changed = [one for one in records if key in one.data]
    for one in changed:
        del one.data[key]
        one.version += 1
    bulk.update(changed, ["data", "version"])
    Change.objects.filter(record__in=[one.pk for one in records], key=key).delete()
    Link.objects.filter(field_id=row.field_id or 0, source__in=[one.pk for one in records]).delete()
    return len(changed)


def _purged(row: Recompute) -> None:
    field_id, row.field_id = row.field_id, None
    row.save(update_fields=["field"])
    Field.objects.filter(pk=field_id or 0, archived_at__isnull=False).delete()

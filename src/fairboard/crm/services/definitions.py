"""Defining object types and fields: usable everywhere as soon as they are saved."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from fairboard.crm import catalogue as definitions
from fairboard.crm import events, formulas, indexes
from fairboard.crm.catalogue import PREFIX, FieldInfo, TypeInfo, catalogue, spec_of
from fairboard.crm.models import Field, ObjectType
from fairboard.crm.services import recompute, rollups
from fairboard.fields import FIELD_TYPES, FieldError, FieldSpec
from fairboard.filters import FilterError, parse
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record

KEY = re.compile(r"[a-z][a-z0-9_]{0,35}\Z")
MOST_FIELDS = 500
RESERVED = frozenset(
    {"setup", "tasks", "calendar", "reports", "report", "dashboards", "segments", "search", "imports", "exports",
     "duplicates", "automations", "views", "new", "pick", "home", "quotes", "forms", "webhooks", "jobs", "bin",
     "palette"}
)  # fmt: skip
"""Words that stand where an object's key stands in addresses."""
DEFINABLE = ("value", "formula", "relation", "rollup")
OPTIONS = {
    "value": {"choices", "unit", "minimum", "maximum", "decimals", "max_length", "help"},
    "formula": {"expression", "unit", "decimals", "help"},
    "relation": {"targets", "many", "help"},
    "rollup": {"from", "via", "function", "of", "filter", "unit", "decimals", "help"},
}


class DuplicateValues(Conflict):
    """A field cannot be made unique: records share values in it."""

    code = "duplicate-values"


def check_manager(actor: Actor) -> None:
    """Raise Forbidden for who may not define anything."""
    if not actor.can("crm.manage"):
        raise Forbidden(_("Only administrators define objects and fields."))


def create_type(*, label: str, plural: str, actor: Actor, at: datetime, key: str = "", icon: str = "box") -> TypeInfo:
    """Define an object type with one field, its name. Raises Forbidden, Invalid, Conflict."""
    check_manager(actor)
    label, plural = label.strip()[:60], (plural.strip() or label.strip())[:60]
    if not label:
        raise Invalid(_("Give the object a name."), field="label")
    key = key.strip() or slugify(label).replace("-", "_")
    if not KEY.match(key):
        raise Invalid(_("The key needs lower-case letters, digits and underscores."), field="key")
    if key in RESERVED:
        raise Invalid(_("This key is taken by a page of the CRM. Choose another."), field="key")
    with transaction.atomic():
        if ObjectType.objects.filter(key=key).exists():
            raise Conflict(_("There is an object %(key)s already.") % {"key": key}, field="key")
        row = ObjectType.objects.create(
            key=key, label=label, plural=plural, icon=icon, name_fields=["name"], created_at=at
        )
        Field.objects.create(
            type=row, key="name", label=_("Name"), required=True, position=0, is_standard=True, created_at=at
        )
        said(actor, at, type=key, what="type created")
    return catalogue().type(key)


def add_field(
    *, type_key: str, label: str, actor: Actor, at: datetime, kind: str = "value", value_type: str = "text",
    options: Mapping[str, Any] | None = None, key: str = "", required: bool = False, is_unique: bool = False,
    is_indexed: bool = False,
) -> FieldInfo:  # fmt: skip
    """Define a field. Raises Forbidden, NotFound, Conflict, and Invalid saying what of it cannot be used."""
    check_manager(actor)
    info, label = catalogue().type(type_key), label.strip()[:60]
    if not label:
        raise Invalid(_("Give the field a name."), field="label")
    plain = (key.strip() or slugify(label).replace("-", "_")).removeprefix(PREFIX)
    if not KEY.match(plain):
        raise Invalid(_("The key needs lower-case letters, digits and underscores."), field="key")
    row = Field(
        type_id=info.id, key=PREFIX + plain, label=label, kind=kind, value_type=value_type, required=required,
        options=dict(options or {}), is_unique=is_unique, is_indexed=is_indexed, created_at=at,
        position=100 + len(info.fields),
    )  # fmt: skip
    with transaction.atomic():
        if Field.objects.filter(type_id=info.id, key=row.key).exists():
            raise Conflict(_("There is a field %(key)s already.") % {"key": row.key}, field="key")
        if len(info.fields) >= MOST_FIELDS:
            raise Conflict(_("An object can have %(n)d fields.") % {"n": MOST_FIELDS})
        check_field(info, row)
        row.save()
        said(actor, at, type=type_key, what="field added", field=row.key)
        made = catalogue().type(type_key).field(row.key)
        formulas.ordered(catalogue().type(type_key))
        apply_index(catalogue().type(type_key), made)
        recompute.ask_for(catalogue().type(type_key), made, actor=actor, at=at)
    return made


def change_field(
    *, type_key: str, field_key: str, actor: Actor, at: datetime, label: str | None = None,
    options: Mapping[str, Any] | None = None, required: bool | None = None, is_unique: bool | None = None,
    is_indexed: bool | None = None, position: int | None = None,
) -> FieldInfo:  # fmt: skip
    """Change a field but for its key, kind and type. Raises as `add_field`."""
    check_manager(actor)
    info = catalogue().type(type_key)
    with transaction.atomic():
        row = Field.objects.select_for_update().get(pk=info.field(field_key).id)
        given = {
            "label": label.strip()[:60] if label is not None else None,
            "options": None if options is None else dict(options),
            "required": required, "is_unique": is_unique, "is_indexed": is_indexed, "position": position,
        }  # fmt: skip
        for name, value in given.items():
            if value is not None and value != "":
                setattr(row, name, value)
        check_field(info, row)
        row.save()
        said(actor, at, type=type_key, what="field changed", field=field_key)
        fresh = catalogue().type(type_key)
        formulas.ordered(fresh)
        indexes.drop(row.pk)
        apply_index(fresh, fresh.field(field_key))
        if options is not None:
            recompute.ask_for(fresh, fresh.field(field_key), actor=actor, at=at)
    return fresh.field(field_key)


def apply_index(info: TypeInfo, field: FieldInfo) -> None:
    """Make a field's index; raises DuplicateValues when records stand against a unique one."""
    try:
        with transaction.atomic():
            indexes.make(info, field)
    except IntegrityError as error:
        raise DuplicateValues(
            _("Several records have the same %(label)s. Merge or change them first.") % {"label": field.label},
            field="is_unique",
        ) from error


def check_field(info: TypeInfo, row: Field) -> None:
    """Raise Invalid when a field's kind, type or options cannot be used."""
    if row.kind not in DEFINABLE and not row.is_standard:
        raise Invalid(_("There is no such kind of field."), field="kind")
    if row.kind == "value" and row.value_type not in FIELD_TYPES:
        raise Invalid(_("There is no such type of field."), field="value_type")
    if not row.is_standard and (unknown := set(row.options) - OPTIONS[row.kind]):
        raise Invalid(_("Unknown options: %(names)s.") % {"names": ", ".join(sorted(unknown))}, field="options")
    if row.is_unique and (row.kind != "value" or row.value_type in {"longtext", "multichoice", "yesno"}):
        raise Invalid(_("A field of this type cannot be unique."), field="is_unique")
    try:
        spec = spec_of(row, info.pipelines)
        if row.kind == "value" and "choices" in row.options:
            FieldSpec.from_dict({"key": row.key, "label": row.label, "type": row.value_type,
                                 "choices": row.options["choices"]})  # fmt: skip
    except (FieldError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Invalid(_("These options cannot be used: %(why)s") % {"why": error}, field="options") from error
    if row.kind == "value" and row.value_type in {"choice", "multichoice"} and not spec.choices:
        raise Invalid(_("Give at least one choice."), field="choices")
    if row.kind == "relation":
        _check_relation(row)
    elif row.kind == "formula":
        _check_formula(info, row)
    elif row.kind == "rollup":
        _check_rollup(info, row)


def _check_relation(row: Field) -> None:
    targets = row.options.get("targets")
    if not isinstance(targets, list) or not targets:
        raise Invalid(_("Choose what it points to."), field="targets")
    for one in targets:
        if one not in catalogue().types:
            raise Invalid(_("There is no object type %(key)s.") % {"key": one}, field="targets")


def _check_formula(info: TypeInfo, row: Field) -> None:
    if row.value_type not in formulas.RESULTS:
        raise Invalid(_("A formula cannot give this type."), field="value_type")
    source = str(row.options.get("expression", ""))
    problems = formulas.environment(info, without=row.key).check(source, formulas.RESULTS[row.value_type])
    if problems:
        first = problems[0]
        text = _(first.text) % first.values if first.values else _(first.text)
        raise Invalid(text, field="expression", line=first.line, column=first.column)


def _check_rollup(info: TypeInfo, row: Field) -> None:
    given = row.options
    if given.get("function") not in rollups.FUNCTIONS:
        raise Invalid(_("Choose count, sum, min, max or last."), field="function")
    source = catalogue().types.get(str(given.get("from")))
    if source is None:
        raise Invalid(_("Choose whose records are summed up."), field="from")
    via = source.fields.get(str(given.get("via")))
    if via is None or via.kind != "relation" or info.key not in via.targets:
        raise Invalid(_("Choose the field by which they point here."), field="via")
    of = source.fields.get(str(given.get("of")))
    numeric = {"number", "money"}
    if given["function"] != "count" and of is None:
        raise Invalid(_("Choose the field that is summed up."), field="of")
    if given["function"] == "sum" and (of is None or of.type not in numeric):
        raise Invalid(_("Only numbers and amounts can be summed."), field="of")
    if given["function"] in {"count", "sum"} and row.value_type not in numeric:
        row.value_type = "number"
    elif of is not None and given["function"] != "count":
        row.value_type = of.type
    if of is not None:
        row.options = {"decimals": of.spec.decimals, "unit": of.spec.unit} | row.options
    if given.get("filter"):
        try:
            parse(given["filter"])
        except FilterError as error:
            raise Invalid(error.message, field="filter") from error


def archive_field(*, type_key: str, field_key: str, actor: Actor, at: datetime) -> None:
    """Take a field out of use; its data stays until `purge_field`. Raises Conflict naming what needs it."""
    check_manager(actor)
    info = catalogue().type(type_key)
    one = info.field(field_key)
    if one.is_standard:
        raise Conflict(_("A field of the package stays. Hide it by a profile or leave it out of the layouts."))
    if needed := what_needs(info, one):
        raise Conflict(_("Still in use: %(names)s.") % {"names": ", ".join(needed)}, needed_by=needed)
    with transaction.atomic():
        Field.objects.filter(pk=one.id).update(archived_at=at)
        indexes.drop(one.id)
        said(actor, at, type=type_key, what="field archived", field=field_key)


def unarchive_field(*, type_key: str, field_key: str, actor: Actor, at: datetime) -> None:
    """Take an archived field into use again with its data; raises NotFound."""
    check_manager(actor)
    with transaction.atomic():
        found = Field.objects.filter(
            type_id=catalogue().type(type_key).id, key=field_key, archived_at__isnull=False
        ).update(archived_at=None)
        if not found:
            raise NotFound
        said(actor, at, type=type_key, what="field restored", field=field_key)
        fresh = catalogue().type(type_key)
        apply_index(fresh, fresh.field(field_key))


def what_needs(info: TypeInfo, field: FieldInfo) -> list[str]:
    """What would break without a field, in words: formulas, roll-ups, validations, layouts, the name."""
    found = []
    for one in info.fields.values():
        if one.kind == "formula" and f"record.{field.key}" in formulas.compiled(info, one).uses:
            found.append(_("formula %(name)s") % {"name": one.label})
    for validation in info.validations:
        if f"record.{field.key}" in formulas.program(info, validation.expression).uses:
            found.append(_("validation %(name)s") % {"name": validation.name})
    for other, one in catalogue().rollups_over(info.key):
        if field.key in {one.options["via"], one.options.get("of")}:
            found.append(_("roll-up %(name)s of %(type)s") % {"name": one.label, "type": other.label})
    if field.key in info.name_fields:
        found.append(_("the name of %(type)s") % {"type": info.label})
    return found


def said(actor: Actor, at: datetime, **data: Any) -> int:
    """Write the event of a changed definition (``type`` and ``what`` at least) and have everybody read it anew.

    Returns the event's number.
    """
    definitions.changed()
    return record(kind=events.DEFINED, subject=Subject("crm", data["type"]), actor=actor, at=at, data=data)

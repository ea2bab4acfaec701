"""What the setup console shows: definitions with what is archived, how much they are used, what a change would do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from fairboard.crm import formulas
from fairboard.crm.catalogue import TypeInfo, catalogue, spec_of
from fairboard.crm.conversions import converted, readable
from fairboard.crm.models import Field, Layout, ObjectType, Pipeline, Profile, Recompute, Record, Validation
from fairboard.crm.values import shown
from fairboard.fields import FieldError, field_type
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.rules import RuleError

MOST_LOOKED_AT = 20_000
"""How many records a preview or dry run looks at, the newest first."""
MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class TypeRow:
    """An object type in the list of them."""

    key: str
    label: str
    plural: str
    icon: str
    is_standard: bool
    is_archived: bool
    records: int
    fields: int


@dataclass(frozen=True, slots=True)
class FieldImpact:
    """What goes with a field: records that have a value, layouts that show it, what of the definitions needs it."""

    records: int
    layouts: tuple[str, ...]
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What another type would make of a field's values. ``is_all`` is false when there are more records than looked at.

    ``good`` are pairs of before and after, ``bad`` values that cannot be converted with how often they occur.
    """

    looked_at: int
    converts: int
    fails: int
    good: tuple[tuple[str, str], ...]
    bad: tuple[tuple[str, int], ...]
    is_all: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """An expression over records: ``results`` are (record id, name, result, whether it failed)."""

    results: tuple[tuple[str, str, str, bool], ...]
    looked_at: int
    failed: int
    is_all: bool


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A pass over records."""

    id: str
    kind: str
    label: str
    state: str
    done: int
    total: int
    changed: int
    refused: int
    samples: Sequence[Mapping[str, str]]
    at: datetime


def check_manager(actor: Actor) -> None:
    """Raise Forbidden for who does not define the CRM."""
    if not actor.can("crm.manage"):
        raise Forbidden(_("Only administrators define objects and fields."))


def types(*, actor: Actor) -> list[TypeRow]:
    """Every object type, the archived ones last. Raises Forbidden."""
    check_manager(actor)
    records = dict(Record.objects.filter(deleted_at=None).values_list("type_id").annotate(n=Count("id")))
    fields = dict(Field.objects.filter(archived_at=None).values_list("type_id").annotate(n=Count("id")))
    rows = ObjectType.objects.order_by("position", "pk")
    found = [
        TypeRow(one.key, one.label, one.plural, one.icon, one.is_standard, one.archived_at is not None,
                records.get(one.pk, 0), fields.get(one.pk, 0))
        for one in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.is_archived)


def archived_fields(*, actor: Actor, info: TypeInfo) -> list[Field]:
    """The archived fields of a type."""
    check_manager(actor)
    return list(Field.objects.filter(type_id=info.id, archived_at__isnull=False).order_by("label", "pk"))


def archived_field(*, actor: Actor, info: TypeInfo, field_key: str) -> Field:
    """One archived field; raises NotFound."""
    found = next((one for one in archived_fields(actor=actor, info=info) if one.key == field_key), None)
    if found is None:
        raise NotFound(_("There is no archived field %(key)s.") % {"key": field_key})
    return found


def archived_pipelines(*, actor: Actor, info: TypeInfo) -> list[Pipeline]:
    """The archived pipelines of a type."""
    check_manager(actor)
    return list(Pipeline.objects.filter(type_id=info.id, archived_at__isnull=False).order_by("label", "pk"))


def impact(*, actor: Actor, info: TypeInfo, field_key: str, needed_by: Sequence[str] = ()) -> FieldImpact:
    """What goes with a field; ``needed_by`` is what `services.definitions.what_needs` says."""
    check_manager(actor)
    used = Record.objects.filter(type_id=info.id, data__has_key=field_key).count()
    layouts = tuple(
        " · ".join(part for part in (one.record_type, one.profile) if part) or _("the layout for all")
        for one in Layout.objects.filter(type_id=info.id).order_by("pk")
        if any(field_key in part["fields"] for part in one.sections)
    )  # fmt: skip
    return FieldImpact(used, layouts, tuple(needed_by))


def preview_retype(
    *, actor: Actor, info: TypeInfo, field_key: str, value_type: str, options: Mapping[str, Any]
) -> Preview:  # fmt: skip
    """What giving a field another type would do to its values."""
    check_manager(actor)
    old = info.field(field_key).spec
    new = spec_of(Field(key=field_key, label=old.label, kind="value", value_type=value_type, options=dict(options)))
    found: Counter[Any] = Counter()
    kept: dict[Any, Any] = {}
    rows = Record.objects.filter(type_id=info.id, data__has_key=field_key).order_by("-pk")
    for data in rows.values_list("data", flat=True)[:MOST_LOOKED_AT].iterator(chunk_size=1_000):
        value = data[field_key]
        key = tuple(value) if isinstance(value, list) else value
        found[key] += 1
        kept[key] = value
    good: list[tuple[str, str]] = []
    bad: list[tuple[str, int]] = []
    converts = fails = 0
    kind = field_type(new.type)
    for key, count in found.most_common():
        text = readable(kept[key], old)
        try:
            after = converted(kept[key], old, new)
        except FieldError:
            fails += count
            bad.append((text, count))
        else:
            converts += count
            if len(good) < MOST_SHOWN:
                good.append((text, kind.format(kind.from_json(after, new), new)))
    total = sum(found.values())
    return Preview(total, converts, fails, tuple(good), tuple(bad[:MOST_SHOWN]), total < MOST_LOOKED_AT)


def distinct_values(*, actor: Actor, info: TypeInfo, field_key: str, most: int = 50) -> list[str]:
    """The values of a field as texts, the most frequent first: choices to begin with."""
    check_manager(actor)
    spec = info.field(field_key).spec
    found: Counter[str] = Counter()
    rows = Record.objects.filter(type_id=info.id, data__has_key=field_key).order_by("-pk")
    for data in rows.values_list("data", flat=True)[:MOST_LOOKED_AT].iterator(chunk_size=1_000):
        found[readable(data[field_key], spec).strip()[:100]] += 1
    return [text for text, _count in found.most_common(most) if text]


def try_formula(*, actor: Actor, info: TypeInfo, source: str, value_type: str, without: str = "") -> DryRun:
    """A formula over the newest records; the caller has checked that it compiles."""
    check_manager(actor)
    program = formulas.environment(info, without=without).compile(source, formulas.RESULTS[value_type])
    spec = spec_of(Field(key="result", label="", kind="formula", value_type=value_type, options={}))
    kind, results, failed = field_type(value_type), [], 0
    rows = list(Record.objects.filter(type_id=info.id, deleted_at=None).order_by("-pk")[:MOST_SHOWN])
    for one in rows:
        try:
            found = program.evaluate(formulas.bindings(info, one.data, is_new=False))
            text = kind.format(kind.parse(found, spec), spec) if found not in (None, "") else ""
            results.append((one.public_id, one.name, text, False))
        except (RuleError, ValueError, ArithmeticError) as error:
            failed += 1
            results.append((one.public_id, one.name, str(error)[:200], True))
    return DryRun(tuple(results), len(rows), failed, is_all=True)


def try_validation(*, actor: Actor, info: TypeInfo, source: str) -> DryRun:
    """A validation over existing records: how many do not satisfy it, and the first of them."""
    check_manager(actor)
    program = formulas.environment(info).compile(source, "bool")
    results: list[tuple[str, str, str, bool]] = []
    failed = looked_at = 0
    rows = Record.objects.filter(type_id=info.id, deleted_at=None).order_by("-pk")[:MOST_LOOKED_AT]
    for one in rows.iterator(chunk_size=1_000):
        looked_at += 1
        try:
            holds, said = bool(program.evaluate(formulas.bindings(info, one.data, is_new=False))), ""
        except RuleError as error:
            holds, said = False, str(error)[:200]
        if not holds:
            failed += 1
            if len(results) < MOST_SHOWN:
                used = ", ".join(_used(info, program.uses, one.data))
                results.append((one.public_id, one.name, said or used, True))
    return DryRun(tuple(results), looked_at, failed, looked_at < MOST_LOOKED_AT)


def _used(info: TypeInfo, uses: Sequence[str], data: Mapping[str, Any]) -> list[str]:
    keys = [name.removeprefix("record.") for name in uses if name.startswith("record.")]
    return [
        f"{info.fields[key].label}: {shown(info.fields[key], data.get(key)) or _('empty')}"
        for key in keys if key in info.fields
    ]  # fmt: skip


def validations(*, actor: Actor, info: TypeInfo) -> list[Validation]:
    """Every validation of a type, also those that are off."""
    check_manager(actor)
    return list(Validation.objects.filter(type_id=info.id).order_by("name", "pk"))


def works(*, actor: Actor, type_key: str = "", size: int = 10) -> list[WorkRow]:
    """The last passes over records of a type, or of all; the newest first."""
    check_manager(actor)
    found = Recompute.objects.order_by("-pk")
    if type_key:
        found = found.filter(type_id=catalogue().type(type_key).id)
    return [_work(one) for one in found[:size]]


def work(*, actor: Actor, work_id: str) -> WorkRow:
    """One pass; raises NotFound."""
    check_manager(actor)
    found = Recompute.objects.filter(public_id=work_id).first()
    if found is None:
        raise NotFound(_("There is no such pass."))
    return _work(found)


def _work(one: Recompute) -> WorkRow:
    return WorkRow(
        one.public_id, one.kind, one.label, one.state, one.done, one.total, one.changed, one.refused, one.samples,
        one.updated_at,
    )  # fmt: skip


def profile_labels() -> dict[str, str]:
    """The profiles there are, by key."""
    return dict(Profile.objects.order_by("label", "pk").values_list("key", "label"))

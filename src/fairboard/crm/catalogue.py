"""The definitions of every object type, read once and kept until they change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairboard.crm.models import Definitions, Field, Layout, ObjectType, Pipeline, RecordType, Stage, Validation
from fairboard.fields import Choice, FieldSpec
from fairboard.kit import ids
from fairboard.kit.problems import NotFound

PREFIX = "cf_"
"""How the keys of the company's own fields begin."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field as every part of the CRM uses it. ``spec`` says its value; ``options`` what belongs to its kind."""

    id: int
    public_id: str
    key: str
    label: str
    kind: str
    spec: FieldSpec
    required: bool
    is_unique: bool
    is_indexed: bool
    is_standard: bool
    options: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The type of the value, as `fields` names it."""
        return self.spec.type

    @property
    def is_many(self) -> bool:
        """Whether a relation holds several records."""
        return bool(self.options.get("many"))

    @property
    def targets(self) -> tuple[str, ...]:
        """The keys of the types a relation may point to."""
        return tuple(self.options.get("targets", ()))

    @property
    def is_written(self) -> bool:
        """Whether people write it; formulas, roll-ups and figures are written by the program."""
        return self.kind in {"value", "relation"}


@dataclass(frozen=True, slots=True)
class StageInfo:
    """A stage of a pipeline."""

    key: str
    label: str
    probability: int
    outcome: str


@dataclass(frozen=True, slots=True)
class PipelineInfo:
    """A pipeline and its stages in order."""

    public_id: str
    key: str
    label: str
    is_default: bool
    stages: tuple[StageInfo, ...]

    def stage(self, key: str) -> StageInfo | None:
        """The stage of this key."""
        return next((one for one in self.stages if one.key == key), None)


@dataclass(frozen=True, slots=True)
class VariantInfo:
    """A record type, such as dealer and private."""

    key: str
    label: str
    choices: Mapping[str, tuple[str, ...]]
    is_default: bool


@dataclass(frozen=True, slots=True)
class LayoutInfo:
    """The sections of a page: titles with field keys."""

    record_type: str
    profile: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ValidationInfo:
    """A condition every record of the type satisfies."""

    public_id: str
    name: str
    expression: str
    message: str
    field_key: str


@dataclass(frozen=True)
class TypeInfo:
    """An object type with everything defined for it."""

    id: int
    public_id: str
    key: str
    label: str
    plural: str
    icon: str
    is_standard: bool
    name_fields: tuple[str, ...]
    fields: Mapping[str, FieldInfo]
    variants: tuple[VariantInfo, ...] = ()
    layouts: tuple[LayoutInfo, ...] = ()
    pipelines: tuple[PipelineInfo, ...] = ()
    validations: tuple[ValidationInfo, ...] = ()
    archived_pipelines: tuple[PipelineInfo, ...] = ()
    """Pipelines nothing new goes into; the records in them stay readable and can be finished."""
    cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What others make of the definition and keep as long as it stands: compiled formulas, schemas."""

    def field(self, key: str) -> FieldInfo:
        """The field of this key; raises NotFound naming the type."""
        if key not in self.fields:
            raise NotFound(_("%(type)s has no field %(key)s.") % {"type": self.label, "key": key})
        return self.fields[key]

    def pipeline(self, key: str) -> PipelineInfo | None:
        """The pipeline of this key, the default one for an empty key."""
        if key:
            return next((one for one in self.pipelines if one.key == key), None)
        return next((one for one in self.pipelines if one.is_default), self.pipelines[0] if self.pipelines else None)

    @cached_property
    def relations(self) -> tuple[FieldInfo, ...]:
        """The fields that point to other records."""
        return tuple(one for one in self.fields.values() if one.kind == "relation")


@dataclass(frozen=True)
class Catalogue:
    """Every object type that is not archived."""

    mark: str
    types: Mapping[str, TypeInfo]

    def type(self, key: str) -> TypeInfo:
        """The type of this key; raises NotFound."""
        if key not in self.types:
            raise NotFound(_("There is no object type %(key)s.") % {"key": key})
        return self.types[key]

    @cached_property
    def by_id(self) -> Mapping[int, TypeInfo]:
        """The types by their row."""
        return {one.id: one for one in self.types.values()}

    def pointing_to(self, key: str) -> list[tuple[TypeInfo, FieldInfo]]:
        """The relations of other types that may point to a type."""
        return [
            (info, one) for info in self.types.values() for one in info.relations if key in one.targets
        ]  # fmt: skip

    def rollups_over(self, key: str) -> list[tuple[TypeInfo, FieldInfo]]:
        """The roll-ups that sum up records of a type."""
        return [
            (info, one) for info in self.types.values() for one in info.fields.values()
            if one.kind == "rollup" and one.options["from"] == key
        ]  # fmt: skip


_kept: dict[str, Catalogue] = {}


def catalogue() -> Catalogue:
    """The definitions as they are now, packaged names in the active language: one small query while nothing changed."""
    mark = Definitions.objects.values_list("mark", flat=True).first() or ""
    language = get_language() or ""
    found = _kept.get(language)
    if found is None or found.mark != mark or not mark:
        found = _kept[language] = _read(mark)
    return found


def changed() -> None:
    """Say, in the transaction of a change, that the definitions are others now."""
    row, _new = Definitions.objects.get_or_create(pk=1, defaults={"mark": ids.new_id()})
    row.mark = ids.new_id()
    row.save()


def _read(mark: str) -> Catalogue:
    fields: dict[int, list[Field]] = {}
    for row in Field.objects.filter(archived_at=None).order_by("position", "id"):
        fields.setdefault(row.type_id, []).append(row)
    pipelines, old = _pipelines()
    variants = _grouped(RecordType.objects.order_by("position", "id"))
    layouts = _grouped(Layout.objects.order_by("id"))
    validations = _grouped(Validation.objects.filter(is_active=True).order_by("id"))
    found = {}
    for kind in ObjectType.objects.filter(archived_at=None).order_by("position", "id"):
        every, ended = pipelines.get(kind.id, ()), old.get(kind.id, ())
        ways = tuple(one for one in every if one.public_id not in ended)
        found[kind.key] = TypeInfo(
            kind.id, kind.public_id, kind.key, _(kind.label), _(kind.plural), kind.icon, kind.is_standard,
                tuple(kind.name_fields),
            MappingProxyType({one.key: _field(one, every) for one in fields.get(kind.id, ())}),
            tuple(
                VariantInfo(
                    one.key, _(one.label), {key: tuple(keys) for key, keys in one.choices.items()}, one.is_default
                )
                for one in variants.get(kind.id, ())
            ),
            tuple(
                LayoutInfo(
                    one.record_type, one.profile,
                    tuple((str(part["title"]), tuple(part["fields"])) for part in one.sections),
                )
                for one in layouts.get(kind.id, ())
            ),
            ways,
            tuple(
                ValidationInfo(one.public_id, one.name, one.expression, one.message, one.field_key)
                for one in validations.get(kind.id, ())
            ),
            tuple(one for one in every if one.public_id in ended),
        )  # fmt: skip
    return Catalogue(mark, MappingProxyType(found))


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.type_id, []).append(row)
    return found


def _pipelines() -> tuple[dict[int, tuple[PipelineInfo, ...]], dict[int, set[str]]]:
    """Every pipeline by type, the archived ones last; and the ids of those that are archived."""
    stages: dict[int, list[StageInfo]] = {}
    for row in Stage.objects.order_by("position", "id"):
        stages.setdefault(row.pipeline_id, []).append(StageInfo(row.key, _(row.label), row.probability, row.outcome))
    found: dict[int, tuple[PipelineInfo, ...]] = {}
    old: dict[int, set[str]] = {}
    for way in sorted(Pipeline.objects.order_by("position", "id"), key=lambda one: one.archived_at is not None):
        if way.archived_at is not None:
            old.setdefault(way.type_id, set()).add(way.public_id)
        info = PipelineInfo(way.public_id, way.key, _(way.label), way.is_default, tuple(stages.get(way.id, ())))
        found[way.type_id] = (*found.get(way.type_id, ()), info)
    return found, old


def _field(row: Field, pipelines: tuple[PipelineInfo, ...]) -> FieldInfo:
    return FieldInfo(
        row.id, row.public_id, row.key, _(row.label), row.kind, spec_of(row, pipelines), row.required, row.is_unique,
        row.is_indexed, row.is_standard, MappingProxyType(row.options),
    )  # fmt: skip


def spec_of(row: Field, pipelines: tuple[PipelineInfo, ...] = ()) -> FieldSpec:
    """The specification of a field's value; a stage's and a pipeline's choices are those of the pipelines."""
    given = row.options
    choices = tuple(Choice(str(one["key"]), _(str(one["label"]))) for one in given.get("choices", ()))
    if given.get("choices_of") == "pipelines":
        choices = tuple(Choice(one.key, one.label) for one in pipelines)
    elif given.get("choices_of") == "stages":
        labels = {stage.key: stage.label for way in reversed(pipelines) for stage in way.stages}
        choices = tuple(Choice(key, label) for key, label in labels.items())
    unit = settings.CURRENCY if row.value_type == "money" and not given.get("unit") else str(given.get("unit", ""))
    return FieldSpec(
        row.key, _(row.label), row.value_type if row.kind != "relation" else "text", required=row.required, unit=unit,
        choices=choices, minimum=_bound(given.get("minimum")), maximum=_bound(given.get("maximum")),
        decimals=int(given.get("decimals", 2 if row.value_type == "money" else 0)),
        max_length=int(given.get("max_length", 10_000 if row.value_type == "longtext" else 200)),
        help=str(given.get("help", "")),
    )  # fmt: skip


def _bound(given: Any) -> Decimal | None:
    return None if given is None else Decimal(str(given))

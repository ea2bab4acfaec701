"""Adding the packaged object types, pipelines and profiles; safe to run again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from fairboard.crm import catalogue, events, indexes
from fairboard.crm.data import standard
from fairboard.crm.models import Field, ObjectType, Pipeline, Profile, RecordType, Stage
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record

OWN = ("required", "unique", "indexed", "type")
NOT_VALUES = {"relation", "formula", "rollup", "figure"}


def install(*, at: datetime) -> int:
    """Add the packaged types, fields, pipelines and profiles that are missing; returns how many rows.

    What the company changed stays: only what is new in the package is added.
    """
    with transaction.atomic():
        added = sum(_profile(key, given) for key, given in standard()["profiles"].items())
        for place, (key, given) in enumerate(standard()["types"].items()):
            added += _type(key, given, place, at)
        if added:
            catalogue.changed()
            record(
                kind=events.STANDARD, subject=Subject("crm", "standard"), actor=Actor.system("crm"), at=at,
                data={"added": added},
            )  # fmt: skip
    if added:
        for info in catalogue.catalogue().types.values():
            for one in info.fields.values():
                indexes.make(info, one)
    return added


def _profile(key: str, given: Mapping[str, Any]) -> int:
    _row, is_new = Profile.objects.get_or_create(
        key=key,
        defaults={
            "label": given["label"], "rights": given["rights"], "permissions": given["permissions"],
            "is_standard": True,
        },
    )  # fmt: skip
    return int(is_new)


def _type(key: str, given: Mapping[str, Any], place: int, at: datetime) -> int:
    label, plural = given["labels"]
    row, is_new = ObjectType.objects.get_or_create(
        key=key,
        defaults={
            "label": label, "plural": plural, "icon": given["icon"], "is_standard": True,
            "name_fields": given["name"], "position": place, "created_at": at,
        },
    )  # fmt: skip
    added = int(is_new)
    known = set(Field.objects.filter(type=row).values_list("key", flat=True))
    for at_place, (field_key, parts) in enumerate(given["fields"].items()):
        if field_key not in known:
            _field(row, field_key, parts, at_place, at)
            added += 1
    for variant, name in given.get("variants", {}).items():
        _one, fresh = RecordType.objects.get_or_create(
            type=row, key=variant, defaults={"label": name, "is_default": variant == next(iter(given["variants"]))}
        )
        added += int(fresh)
    for at_place, (way, parts) in enumerate(given.get("pipelines", {}).items()):
        added += _pipeline(row, way, parts, at_place)
    return added


def _field(row: ObjectType, key: str, parts: list[Any], place: int, at: datetime) -> None:
    label, kind, *rest = parts
    options = dict(rest[0]) if rest else {}
    own = {name: options.pop(name) for name in OWN if name in options}
    if isinstance(options.get("choices"), Mapping):
        options["choices"] = [{"key": one, "label": name} for one, name in options["choices"].items()]
    value_type = own.get("type", "number" if kind == "rollup" else "text") if kind in NOT_VALUES else kind
    Field.objects.create(
        type=row, key=key, label=label, kind=kind if kind in NOT_VALUES else "value", value_type=value_type,
        options=options, position=place, required=own.get("required", False), is_unique=own.get("unique", False),
        is_indexed=own.get("indexed", False), is_standard=True, created_at=at,
    )  # fmt: skip


def _pipeline(row: ObjectType, key: str, given: Mapping[str, Any], place: int) -> int:
    way, is_new = Pipeline.objects.get_or_create(
        type=row, key=key, defaults={"label": given["label"], "is_default": place == 0, "position": place}
    )
    if is_new:
        for order, (stage, (label, probability, outcome)) in enumerate(given["stages"].items()):
            Stage.objects.create(
                pipeline=way, key=stage, label=label, probability=probability, outcome=outcome, position=order
            )
    return int(is_new)

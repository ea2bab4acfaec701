"""Rows as they are, whoever may see them: for what the program does by itself, never for what a person is shown."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.db.models.expressions import RawSQL

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Link, Record, TimelineEntry
from fairboard.crm.queries import behaviour
from fairboard.kit.lists import dialect

CHUNK = 500


def newest(type_key: str, size: int) -> list[Record]:
    """The records of a type that were made last."""
    return list(_alive(type_key).order_by("-pk")[:size])


def rows_after(type_key: str, after: int, size: int) -> list[Record]:
    """The next records of a type in the order of their rows, locked; called in a transaction."""
    return list(_alive(type_key).select_for_update().filter(pk__gt=after).order_by("pk")[:size])


def rows_by_pk(pks: Collection[int]) -> list[Record]:
    """Those of the records that are not deleted."""
    found: list[Record] = []
    for part in _parts(pks):
        found += Record.objects.filter(pk__in=part, deleted_at=None)
    return found


def row(record_id: str) -> Record | None:
    """One record, None of a deleted one."""
    return Record.objects.filter(public_id=record_id, deleted_at=None).first()


def _alive(type_key: str) -> Any:
    return Record.objects.filter(type_id=catalogue().type(type_key).id, deleted_at=None)


def _parts(values: Collection[Any]) -> list[list[Any]]:
    ordered = sorted(values)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


def ids_of(pks: Collection[int], type_key: str) -> dict[int, str]:
    """The public ids of those of the rows that are of a type and not deleted."""
    found: dict[int, str] = {}
    for part in _parts(pks):
        found.update(_alive(type_key).filter(pk__in=part).values_list("pk", "public_id"))
    return found


def values_by_id(ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """What records hold, by public id."""
    found: dict[str, Mapping[str, Any]] = {}
    for part in _parts(ids):
        found.update(Record.objects.filter(public_id__in=part).values_list("public_id", "data"))
    return found


def with_email(type_key: str, email: str, *, size: int = 20) -> list[Record]:
    """The records of a type with a mail address in whatever case, the newest first."""
    return list(_alive(type_key).filter(data__email__iexact=email).order_by("-pk")[:size])


def named(type_key: str, name: str) -> Record | None:
    """The newest record of a type with a name in whatever case."""
    found: Record | None = _alive(type_key).filter(name__iexact=name).order_by("-pk").first()
    return found


def sources(field_id: int, targets: Collection[int]) -> dict[int, list[int]]:
    """The records that point to each of these by a field; deleted ones left out."""
    found: dict[int, list[int]] = {}
    for part in _parts(targets):
        links = Link.objects.filter(field_id=field_id, target_id__in=part, source__deleted_at=None)
        for source, target in links.values_list("source_id", "target_id"):
            found.setdefault(target, []).append(source)
    return found


def aims(field_id: int, of: Collection[int]) -> dict[int, int]:
    """What each of these records points to by a field that holds one."""
    found: dict[int, int] = {}
    for part in _parts(of):
        links = Link.objects.filter(field_id=field_id, source_id__in=part)
        found.update(links.values_list("source_id", "target_id"))
    return found


def targets(of: Collection[int]) -> list[int]:
    """Everything these records point to by any field."""
    found: set[int] = set()
    for part in _parts(of):
        found.update(Link.objects.filter(source_id__in=part).values_list("target_id", flat=True))
    return sorted(found)


def has_written(pk: int, since: datetime) -> bool:
    """Whether a mail of somebody came in since a moment."""
    return Link.objects.filter(
        target_id=pk, source__type_id=catalogue().type("mail").id, source__data__direction="in",
        source__created_at__gte=since, source__deleted_at=None,
    ).exists()  # fmt: skip


def newest_entry() -> int:
    """The row of the last entry of any timeline."""
    return TimelineEntry.objects.aggregate(last=Max("pk"))["last"] or 0


def entries_after(after: int, size: int) -> list[tuple[int, str, int]]:
    """The next entries of all timelines: row, kind and the record's row."""
    rows = TimelineEntry.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", "kind", "record_id")[:size])


def did(info: TypeInfo, pks: Collection[int], names: Collection[str]) -> dict[int, dict[str, float]]:
    """How often people did what these columns of `behaviour` count, by row and by the column's name."""
    found: dict[int, dict[str, float]] = {pk: {} for pk in pks}
    columns = behaviour.columns(info)
    for name in names:
        expression = RawSQL(columns[name].expression(dialect()), [])  # noqa: S611, made of kinds and days
        for part in _parts(pks):
            rows = Record.objects.filter(pk__in=part).annotate(_did=expression)
            for pk, count in rows.values_list("pk", "_did"):
                found[pk][name] = float(count or 0)
    return found

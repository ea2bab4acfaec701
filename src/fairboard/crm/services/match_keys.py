"""Keeping what records are found alike by: with every write, after an import, and before all are compared."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction

from fairboard.crm import matching
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.models import MatchKey
from fairboard.kit import bulk

NOT_COMPARED = frozenset({"task", "call", "meeting", "note", "mail", "file", "quote_line", "campaign_member", "quote",
                          "invoice", "deal"})  # fmt: skip
"""Types of which two alike are not the same."""
PART = 2_000


def keep(batch: Batch) -> None:
    """Keep the keys of what was written; those of an import are kept when it is done."""
    if batch.source == "import" or batch.type.key in NOT_COMPARED:
        return
    rows = [row for row in batch.rows if row.record.pk]
    keep_rows(
        batch.type,
        [(row.record.pk, row.record.name, {} if row.record.deleted_at else row.record.data) for row in rows],
        is_new=all(row.is_new for row in rows),
        gone={row.record.pk for row in rows if row.record.deleted_at},
    )


def keep_rows(
    info: TypeInfo, rows: Sequence[tuple[int, str, Any]], *, is_new: bool = False, gone: set[int] | None = None
) -> None:
    """Write the keys of records: row, name, data (a dictionary or JSON)."""
    if not is_new:
        for start in range(0, len(rows), 500):
            MatchKey.objects.filter(record__in=[pk for pk, _name, _data in rows[start : start + 500]]).delete()
    made = []
    for pk, name, data in rows:
        if gone and pk in gone:
            continue
        found = orjson.loads(data) if isinstance(data, str | bytes) else data
        made += [(pk, key) for key in set(matching.keys_of(info.id, matching.marks_of(info, name, found)))]
    if not made:
        return
    numbers = bulk.next_ids(MatchKey, len(made))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO crm_matchkey (id, record_id, value) VALUES (%s, %s, %s)",
            [(number, *one) for number, one in zip(numbers, made, strict=True)],
        )


def keep_for_import(import_pk: int) -> None:
    """Keep the keys of the records an import made, a few thousand in a transaction."""
    for info in catalogue().types.values():
        if info.key not in NOT_COMPARED:
            _catch_up(info, f"import_id = {import_pk:d}")


def keep_missing(info: TypeInfo) -> int:
    """Keep the keys of records that have none; returns how many were looked at."""
    return _catch_up(info, "1 = 1")


def _catch_up(info: TypeInfo, condition: str) -> int:
    after = looked = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, name, data FROM crm_record WHERE type_id = {info.id:d} AND deleted_at IS NULL"
                f" AND {condition} AND id > %s AND NOT EXISTS (SELECT 1 FROM crm_matchkey one"
                " WHERE one.record_id = crm_record.id) ORDER BY id LIMIT %s",
                [after, PART],
            )
            rows = cursor.fetchall()
            if not rows:
                return looked
            keep_rows(info, rows, is_new=True)
        after, looked = rows[-1][0], looked + len(rows)

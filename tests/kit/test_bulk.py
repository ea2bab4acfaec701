"""Rows written by one statement are those `bulk_create` would write."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from fairboard.kit import bulk
from fairboard.ledger.models import Event

AT = datetime(2026, 11, 2, 9, 30, 15, 250_000, tzinfo=UTC)


def event(**values: Any) -> Event:
    return Event(**{"kind": "k", "subject_kind": "s", "subject_id": "1", "actor_kind": "system", "at": AT,
                    "data": {"ä": [1, None, "%s"]}, "digest": "d", **values})  # fmt: skip


def values(row: Event) -> dict[str, Any]:
    read = Event.objects.get(pk=row.pk)
    return {
        field.attname: getattr(read, field.attname)
        for field in Event._meta.concrete_fields
        if field.attname not in {"id", "public_id"}
    }


@pytest.mark.django_db
def test_rows_are_the_same_as_by_bulk_create() -> None:
    (theirs,) = Event.objects.bulk_create([event()])
    ours = event()
    bulk.insert([ours])
    assert values(ours) == values(theirs)
    assert ours.pk == theirs.pk + 1
    ours.data = {}
    ours.save()  # an UPDATE: it is known to be there
    assert Event.objects.filter(kind="k").count() == 2


@pytest.mark.django_db
def test_ids_rise_in_the_order_given_and_are_never_given_twice() -> None:
    first = [event(subject_id=str(number)) for number in range(1_200)]
    bulk.insert(first)
    numbers = [row.pk for row in first]
    assert numbers == sorted(set(numbers))
    Event.objects.filter(pk=numbers[-1]).delete()
    after = event()
    bulk.insert([after])
    assert after.pk > numbers[-1]
    created = Event.objects.create(kind="k", subject_kind="s", subject_id="1", actor_kind="system", at=AT, digest="d")
    assert created.pk > after.pk


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        bulk.insert([event()])
    with transaction.atomic():
        bulk.insert([event()])
        transaction.set_rollback(True)
    assert Event.objects.filter(kind="k").count() == 0
    assert not connection.in_atomic_block

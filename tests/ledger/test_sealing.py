"""Sealed events: whatever is changed, added or removed afterwards is found."""

from datetime import datetime

import pytest
from django.db import connection, transaction

from fairboard.kit.actors import Actor
from fairboard.ledger import queries, services
from fairboard.ledger.models import Event, Seal
from fairboard.ledger.services import Subject, record
from fairboard.market import events as market_events

SYSTEM = Actor.system("tests")


@pytest.fixture
def sealed(db: None, now: datetime) -> list[int]:
    """Five sealed events and two that are not."""
    with transaction.atomic():
        numbers = [
            record(
                kind=market_events.SOLD, subject=Subject("ad", f"a{number}"), actor=SYSTEM, at=now, data={"n": number}
            )
            for number in range(5)
        ]
    services.seal_events(at=now)
    with transaction.atomic():
        for number in range(2):
            record(kind=market_events.SOLD, subject=Subject("ad", f"b{number}"), actor=SYSTEM, at=now)
    return numbers


def alter(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_an_untouched_ledger_has_no_fault(sealed: list[int]) -> None:
    found = queries.verify()
    assert found.faults == ()
    assert found.unsealed == 2


def test_sealing_again_seals_only_what_is_new(sealed: list[int], now: datetime) -> None:
    assert services.seal_events(at=now) == 2
    assert services.seal_events(at=now) == 0
    assert queries.verify().unsealed == 0


def test_a_changed_event_is_named(sealed: list[int]) -> None:
    alter("UPDATE ledger_event SET subject_id = 'other' WHERE id = %s", sealed[2])
    assert any(f"event {sealed[2]}" in fault for fault in queries.verify().faults)


def test_a_changed_event_with_a_new_digest_is_found_by_its_seal(sealed: list[int]) -> None:
    event = Event.objects.get(id=sealed[1])
    event.data = {"n": 99}
    alter(
        "UPDATE ledger_event SET data = %s, digest = %s WHERE id = %s", '{"n": 99}', queries.digest_of(event), event.id
    )
    assert any("not the ones that were sealed" in fault for fault in queries.verify().faults)


def test_a_removed_event_is_missed(sealed: list[int]) -> None:
    alter("DELETE FROM ledger_event WHERE id = %s", sealed[0])
    assert any("covers" in fault for fault in queries.verify().faults)


def test_an_event_added_to_a_sealed_batch_is_found(sealed: list[int]) -> None:
    alter("UPDATE ledger_event SET seal_id = %s WHERE seal_id IS NULL", Seal.objects.get().pk)
    assert queries.verify().faults


def test_a_removed_seal_is_missed(sealed: list[int], now: datetime) -> None:
    services.seal_events(at=now)
    first = Seal.objects.order_by("number")[0]
    Event.objects.filter(seal=first).update(seal=None)
    first.delete()
    assert any("is missing" in fault for fault in queries.verify().faults)


def test_an_event_needs_a_transaction(transactional_db: None, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(kind=market_events.SOLD, subject=Subject("ad", "x"), actor=SYSTEM, at=now)


def test_a_kind_nobody_declared_is_refused(db: None, now: datetime) -> None:
    with pytest.raises(LookupError), transaction.atomic():
        record(kind="market.ad.misspelt", subject=Subject("ad", "x"), actor=SYSTEM, at=now)


def test_an_event_goes_with_its_change(transactional_db: None, now: datetime) -> None:
    class Interrupted(Exception):
        """Stands for a crash."""

    def change() -> None:
        with transaction.atomic():
            record(kind=market_events.SOLD, subject=Subject("ad", "x"), actor=SYSTEM, at=now)
            raise Interrupted

    with pytest.raises(Interrupted):
        change()
    assert not Event.objects.filter(subject_id="x").exists()

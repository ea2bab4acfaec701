"""A segment follows its filter: what is written enters and leaves at once, what the days change at the next look."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairboard.crm.models import TimelineEntry
from fairboard.crm.services.definitions import add_field, create_type
from fairboard.crm.services.records import create_records, delete_records, update_record
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.marketing import recipients
from fairboard.marketing.queries.segments import members, overlap, segment, snapshots
from fairboard.marketing.services.segments import refresh_all, save_segment, take_snapshot
from tests.crm import made

pytestmark = pytest.mark.django_db


def saved(actor: Actor, at: datetime, tree: Any, type_key: str = "contact", name: str = "S") -> str:
    return save_segment(name=name, type_key=type_key, tree=tree, actor=actor, at=at)


def names(actor: Actor, segment_id: str) -> list[str]:
    return sorted(one.name for one in members(actor=actor, segment_id=segment_id).items)


def test_records_enter_and_leave_as_they_are_written(sales: Actor, now: datetime) -> None:
    first = made(sales, now, "contact", last_name="Adler", city="Bern")
    one = saved(sales, now, {"field": "city", "op": "eq", "value": "Bern"})
    assert names(sales, one) == ["Adler"]
    made(sales, now, "contact", last_name="Berg", city="Bern")
    create_records(
        type_key="contact", rows=[{"last_name": f"C{n}", "city": "Bern"} for n in range(3)], actor=sales, at=now
    )
    assert segment(actor=sales, segment_id=one).size == 5
    update_record(record_id=first.id, values={"city": "Basel"}, actor=sales, at=now)
    assert "Adler" not in names(sales, one)
    kept = take_snapshot(segment_id=one, name="Then", actor=sales, at=now)
    found = members(actor=sales, segment_id=one).items
    delete_records(record_ids=[found[0].id], actor=sales, at=now)
    assert segment(actor=sales, segment_id=one).size == 3
    assert [(row.id, row.size) for row in snapshots(actor=sales, segment_id=one)] == [(kept, 4)]


def test_what_people_did_in_a_window_of_days_is_a_condition(sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes")
    contact = made(sales, now, "contact", last_name="Meier", account=account.id)
    real = clock.now()
    for number, days in enumerate((1, 5, 20), start=1):
        TimelineEntry.objects.create(
            record_id=account.pk,
            event_id=9_000_000 + number,
            kind="market.ad.published",
            at=real - timedelta(days=days),
        )
    for field, least, held in (
        ("did_ads_published_7", 2, True), ("did_ads_published_7", 3, False), ("did_ads_published_30", 3, True),
    ):  # fmt: skip
        tree = {"field": field, "op": "gte", "value": least}
        for key, record in (("account", account), ("contact", contact)):
            one = saved(sales, now, tree, type_key=key)
            assert [row.id for row in members(actor=sales, segment_id=one).items] == ([record.id] if held else []), (
                field
            )


def test_time_alone_moves_a_record_out(sales: Actor, now: datetime) -> None:
    deal = made(sales, now, "lead", last_name="Meier", description="x")
    one = saved(sales, now, {"field": "created", "op": "gte", "value": "today-7"}, type_key="lead")
    assert [row.id for row in members(actor=sales, segment_id=one).items] == [deal.id]
    refresh_all(at=now + timedelta(days=9))
    assert members(actor=sales, segment_id=one).items == []


def test_two_segments_are_compared(sales: Actor, now: datetime) -> None:
    for city, language in (("Bern", "de"), ("Bern", "fr"), ("Basel", "de")):
        made(sales, now, "contact", last_name=f"{city} {language}", city=city, language=language)
    first = saved(sales, now, {"field": "city", "op": "eq", "value": "Bern"})
    second = saved(sales, now, {"field": "language", "op": "eq", "value": "de"})
    found = overlap(actor=sales, first_id=first, second_id=second)
    assert (found.both, found.first_only, found.second_only) == (1, 1, 1)
    other = saved(sales, now, None, type_key="lead")
    with pytest.raises(Invalid):
        overlap(actor=sales, first_id=first, second_id=other)


def test_a_segment_is_an_audience(sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes", city="Bern")
    made(sales, now, "contact", last_name="Meier", email="m@bikes.example", account=account.id)
    made(sales, now, "contact", last_name="Novak", email="n@bikes.example")
    one = saved(sales, now, {"field": "account.city", "op": "eq", "value": "Bern"})
    audience = recipients.open_audience({"kind": "segment", "id": one, "by": sales.id})
    rows, more = audience.walk("", 10)
    assert (audience.count(), [row.address for row in rows], more) == (1, ["m@bikes.example"], "")
    assert rows[0].values["account.city"] == "Bern"


def test_a_filter_that_cannot_be_and_people_who_may_not(sales: Actor, seller: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        saved(sales, now, {"field": "colour", "op": "eq", "value": "red"})
    with pytest.raises(Forbidden):
        saved(seller, now, None)


def test_an_own_object_is_written_to_through_the_account_it_belongs_to(admin: Actor, now: datetime) -> None:
    create_type(label="Showroom", plural="Showrooms", actor=admin, at=now)
    targets = {"targets": ["account"]}
    add_field(type_key="showroom", label="Dealer", kind="relation", options=targets, actor=admin, at=now)
    add_field(type_key="showroom", label="Bays", value_type="number", actor=admin, at=now)
    account = made(admin, now, "account", name="Bikes", email="shop@bikes.example", city="Bern")
    other = made(admin, now, "account", name="Cars", email="shop@cars.example", city="Bern")
    for target, bays in ((account, 12), (other, 2)):
        made(admin, now, "showroom", name=f"At {target.name}", cf_dealer=target.id, cf_bays=bays)
    tree = {"and": [
        {"field": "cf_bays", "op": "gte", "value": 5}, {"field": "cf_dealer.city", "op": "eq", "value": "Bern"},
    ]}  # fmt: skip
    one = saved(admin, now, tree, type_key="showroom")
    audience = recipients.open_audience({"kind": "segment", "id": one, "by": admin.id})
    ((who,), _more) = audience.walk("", 10)
    assert (who.address, who.key) == ("shop@bikes.example", f"crm.account:{account.id}")
    assert (who.values["record.cf_bays"], who.values["account.name"]) == (12, "Bikes")
    with pytest.raises(Invalid):  # a product leads to nobody
        saved(admin, now, None, type_key="product")

"""Search: every record somebody may see is found by its name and its texts, and by nothing they may not see."""

from datetime import datetime

import pytest

from fairboard.crm.models import Profile, Seat
from fairboard.crm.queries.search import search
from fairboard.crm.services import search as services
from fairboard.crm.services.records import delete_records, restore_records, update_record
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from tests.crm import made

pytestmark = pytest.mark.django_db


def names(actor: Actor, text: str, type_key: str = "") -> list[str]:
    return [one.name for one in search(actor=actor, text=text, type_key=type_key)]


def test_names_come_first_the_equal_one_before_all(sales: Actor, now: datetime) -> None:
    made(sales, now, "account", name="Other", description="They like a bike now and then")
    made(sales, now, "account", name="The Bike House")
    made(sales, now, "account", name="Bikes and more")
    made(sales, now, "account", name="Bike")
    assert names(sales, "bike") == ["Bike", "Bikes and more", "The Bike House", "Other"]
    assert names(sales, "bi ho") == ["The Bike House"]
    assert names(sales, "nothing") == []
    assert names(sales, '"bike* OR') == []
    assert names(sales, "") == []


def test_marks_and_letters_do_not_matter(sales: Actor, now: datetime) -> None:
    made(sales, now, "account", name="Müller Straße")
    for text in ("muller", "MÜLLER", "müll", "strasse"):
        assert names(sales, text) == ["Müller Straße"], text


@pytest.mark.parametrize("text", [
    "anna.meier@bikes.example", "bikes.example", "bikes.ex", "meier", "anna meier", "meier@bikes",
    "https://bikes.example/", "+41 44 668 18 00", "044 668 18 00", "668 18", "66818",
    "1800", "41446681800",
])  # fmt: skip
def test_addresses_and_numbers_are_found_by_their_parts(sales: Actor, now: datetime, text: str) -> None:
    made(sales, now, "contact", last_name="Muster", email="anna.meier@bikes.example", phone="+41446681800")
    made(sales, now, "contact", last_name="Other", email="bea@cars.example", phone="+41446689999")
    assert names(sales, text) == ["Muster"]


def test_it_follows_every_write(sales: Actor, now: datetime) -> None:
    row = made(sales, now, "account", name="Before")
    update_record(record_id=row.id, values={"name": "Afterwards"}, actor=sales, at=now)
    assert names(sales, "before") == []
    assert names(sales, "afterw") == ["Afterwards"]
    delete_records(record_ids=[row.id], actor=sales, at=now)
    assert names(sales, "afterw") == []
    restore_records(record_ids=[row.id], actor=sales, at=now)
    assert names(sales, "afterw") == ["Afterwards"]


def test_a_type_can_be_chosen(sales: Actor, now: datetime) -> None:
    made(sales, now, "account", name="Bike house")
    made(sales, now, "deal", name="Bike deal")
    assert names(sales, "bike", "deal") == ["Bike deal"]
    assert names(sales, "deal") == ["Bike deal"]


def test_what_one_may_not_see_is_not_found(sales: Actor, crm_admin: Actor, now: datetime) -> None:
    made(sales, now, "contact", last_name="Visible", phone="+41446681800")
    made(crm_admin, now, "deal", name="Visible deal of another")
    profile = Profile.objects.create(
        key="narrow", label="Narrow", fields={"contact.phone": "hidden"},
        rights={"contact": {"read": "all"}, "deal": {"read": "own"}},
    )  # fmt: skip
    Seat.objects.create(member_id=sales.id, profile=profile)
    assert names(sales, "visible") == ["Visible"]
    assert names(sales, "66818") == []
    assert names(crm_admin, "66818") == ["Visible"]
    assert len(names(crm_admin, "visible")) == 2


def test_members_do_not_search(seller: Actor) -> None:
    with pytest.raises(Forbidden):
        search(actor=seller, text="bike")


def test_the_index_can_be_made_anew(sales: Actor, now: datetime) -> None:
    made(sales, now, "account", name="Indexed")
    with services.deferred():
        made(sales, now, "account", name="Just imported")
    assert names(sales, "imported") == []
    assert services.reindex() == 2
    assert names(sales, "imported") == ["Just imported"]
    assert names(sales, "indexed") == ["Indexed"]

"""What categories ask, which are suggested, and how an installation follows the package without losing its own."""

from datetime import datetime

import pytest

from fairboard.fields import field_type
from fairboard.kit.problems import Invalid
from fairboard.market import catalogue
from fairboard.market.data import load
from fairboard.market.models import Category
from fairboard.market.queries.suggesting import suggest_categories, suggested_values
from fairboard.market.services.catalogue import load_catalogue
from fairboard.market.services.drafts import check
from tests.market.drafts import bicycle

pytestmark = pytest.mark.django_db
CAR = {"make": "Volkswagen", "model": "Golf", "year": "2018", "mileage": "84.000 km"}


def test_every_attribute_is_one_a_field_type_can_read() -> None:
    for row in catalogue.current().categories.values():
        keys = [spec.key for spec in row.specs]
        assert len(keys) == len(set(keys)), row.slug
        for spec in row.specs:
            field_type(spec.type)
            assert bool(spec.choices) == (spec.type in {"choice", "multichoice"}), (row.slug, spec.key)
            assert not (spec.searchable and spec.type == "text"), "free text is found by its words"
        assert row.parent == "" or (row.price_types and row.advice), row.slug


def test_a_car_says_what_a_buyer_wants_to_know() -> None:
    with pytest.raises(Invalid) as caught:
        check(bicycle(category="vehicles/cars"))
    named = {one["field"] for one in caught.value.errors}
    assert named == {f"attributes.{key}" for key in ("make", "model", "year", "mileage")}
    kept = check(bicycle(category="vehicles/cars", attributes=CAR)).attributes
    assert kept == {"make": "volkswagen", "model": "Golf", "year": 2018, "mileage": 84_000}


def test_the_models_of_a_make_are_offered() -> None:
    assert "Golf" in suggested_values("vehicles/cars", "model", {"make": "volkswagen"})
    assert "500" in suggested_values("vehicles/cars", "model", {"make": "fiat"})
    assert suggested_values("vehicles/cars", "model", {"make": "nobody"}) == []
    keys = {load.key_of(name) for name in load.suggestions()["lists"]["car_makes"]}
    assert set(load.suggestions()["suggest"]["vehicles/cars"]["model"]["values"]) <= keys


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("VW Golf 1.5 TSI, serviced", "vehicles/cars"), ("Corner sofa, grey", "for-sale/furniture"),
        ("Gemütliches Ecksofa", "for-sale/furniture"), ("iPhone 13 128 GB", "for-sale/phones"),
        ("Washing machine Bosch", "for-sale/appliances"), ("Red city bike", "vehicles/bicycles"),
        ("Lastenrad mit Motor", "vehicles/bicycles"), ("3 room flat in the centre", "housing/rent"),
        ("WG-Zimmer frei", "housing/shared"), ("Waiter wanted for evenings", "jobs/hospitality"),
        ("Nachhilfe Mathematik", "services/lessons"), ("Kittens looking for a home", "community/pets"),
        ("Garage to let", "housing/parking"), ("Tesla Model 3 Long Range", "vehicles/cars"),
        ("Lego Star Wars", "for-sale/family"), ("Flohmarkt am Sonntag", "community/events"),
        ("Wohnmobil Hymer", "vehicles/campers"), ("Acoustic guitar", "for-sale/instruments"),
    ],
)  # fmt: skip
def test_a_title_suggests_its_category(title: str, wanted: str) -> None:
    assert wanted in [row.slug for row in suggest_categories(title)[:2]]


def test_a_title_nobody_understands_suggests_nothing() -> None:
    assert suggest_categories("xqzt 4711") == []


def test_what_staff_changed_stays_and_the_rest_follows_the_package(now: datetime) -> None:
    changed, old = (Category.objects.get(slug=slug) for slug in ("vehicles/boats", "vehicles/cars"))
    changed.hint = "Ours"
    changed.save(update_fields=["hint"])
    old.attributes, old.packaged = [], ""  # as an installation from before has it
    old.save(update_fields=["attributes", "packaged"])
    load_catalogue(at=now)
    changed.refresh_from_db()
    old.refresh_from_db()
    assert changed.hint == "Ours"
    assert {spec["key"] for spec in old.attributes} >= {"make", "model", "fuel"}

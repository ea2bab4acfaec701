"""Importing files: headings of any shape, every row once, bad rows to a report, interruptions survived."""

import csv
import json
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairboard.demo.generate import ads
from fairboard.kit.actors import Actor
from fairboard.market.importing import files, guessing, mapping
from fairboard.market.importing.report import Report
from fairboard.market.models import Ad
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import count, search
from fairboard.market.services import bulk, importing
from fairboard.safety.services.traders import declare
from tests.market.drafts import bicycle
from tests.server import ROOT, database

DEALER = """Stock No;Make;Model;Year;Odometer (miles);Fuel Type;Trans;Internet Price;Dealer Comments;Dealer City
A1;Toyota;Corolla;2018;10,000;Petrol;Autom.;$13,995;"<p>One owner.<br>New tyres &amp; brakes.</p>";Austin
A2;Ford;Focus;2020;61,000;Diesel;Manual;$9,500;A reliable car with a full history.;Austin, Texas
A3;Honda;Civic;2016;10;Petrol;Manual;call us;Short;Nowhere City
"""
OPERATOR = Actor.system("tests")


def run(path: Path, seller: Actor, category: str = "", **more: Any) -> Any:
    source = files.open_source(path)
    given = mapping.with_defaults(mapping.ColumnMap(), {"category": category} if category else {})
    columns = guessing.guess(source.headings, given, category, [one.values for one in source.records()])
    wanted = importing.Wanted(source, columns, seller, "test")
    report = Report(path.with_suffix(".bad"), source)
    return list(importing.run(wanted=wanted, actor=OPERATOR, report=report, **more))[-1]


@pytest.fixture
def dealer(tmp_path: Path) -> Path:
    path = tmp_path / "dealer.csv"
    path.write_text(DEALER, encoding="utf-8")
    return path


def test_a_dealers_own_headings_are_understood(dealer: Path, seller: Actor) -> None:
    done = run(dealer, seller, "vehicles/cars")
    assert (done.rows, done.added, done.bad) == (3, 2, 1)
    (card,) = search(Search(words="corolla")).items
    assert (card.title, card.price_minor, card.place) == ("Toyota Corolla 2018", 1_399_500, "us/texas/austin")
    from fairboard.market.queries.ads import ad_for

    ad = ad_for(ad_id=card.id, actor=seller)
    assert ad is not None
    assert ad.attributes["mileage"] == 16_093
    assert ad.body == "One owner.\nNew tyres & brakes."


FOREIGN = """Interne Nr.;Hersteller;Modell;Fahrzeugtext;VK-Preis;KM-Stand;Erstzulassung;Kraftstoffart;Getriebe;Standort
A-1;Volkswagen;Golf;<p>Gut, <b>Scheckheft</b>.</p>;12.990,00 €;98.500 km;03/2016;Benzin;Schaltgetriebe;20095 Hamburg
A-2;Opel;Corsa;Ein kleiner Wagen, gut in Schuss.;2.500,-;150 Tkm;1995;Super;Schalter;München
A-3;Tesla;Model 3;Mit Autopilot und Winterrädern.;auf Anfrage;30.000;11/2021;Elektro;Automatik;Köln
"""


def test_headings_and_values_of_another_country_are_understood(tmp_path: Path, seller: Actor) -> None:
    path = tmp_path / "fahrzeuge.csv"
    path.write_text(FOREIGN, encoding="cp1252")
    done = run(path, seller, "vehicles/cars")
    assert (done.added, done.bad) == (3, 0)
    rows = {ad.external_id: ad.live for ad in Ad.objects.select_related("live")}
    golf, corsa, tesla = (rows[key] for key in ("A-1", "A-2", "A-3"))
    assert golf.attributes == {"make": "volkswagen", "model": "Golf", "year": 2016, "mileage": 98_500,
                               "fuel": "petrol", "gearbox": "manual"}  # fmt: skip
    assert (golf.price_minor, golf.place.code, golf.body) == (1_299_000, "de/hamburg", "Gut, Scheckheft.")
    assert (corsa.price_minor, corsa.attributes["mileage"], corsa.attributes["fuel"]) == (250_000, 150_000, "petrol")
    assert (tesla.price_type, tesla.attributes["fuel"], tesla.place.code) == ("on_request", "electric", "de/koln")


def test_columns_are_told_by_what_stands_in_them(tmp_path: Path, seller: Actor) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(
        "a,headline,b,c,asking\n"
        "1,Blue chair,A comfortable chair of beech with a new seat.,Austin,40\n"
        "2,Oak table,A table for six people that has seen many a dinner.,Berlin,90\n"
    )
    done = run(path, seller, "for-sale/furniture")
    assert (done.added, done.bad) == (2, 0)
    assert {ad.live.place.code for ad in Ad.objects.select_related("live")} == {"us/texas/austin", "de/berlin"}


def test_a_column_may_be_attributes_of_several_categories(tmp_path: Path, seller: Actor) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text(
        "title,description,rubrik,city,price,Marke,Modell,Baujahr,Laufleistung\n"
        "Small car,A small car in good order.,vehicles/cars,Berlin,4000,Opel,Corsa,2015,90000\n"
        "Good telephone,A telephone without a scratch.,for-sale/phones,Berlin,90,Nokia,3310,,\n"
    )
    done = run(path, seller)
    assert (done.added, done.bad) == (2, 0), path.with_suffix(".bad").read_text()
    found = {ad.live.category.slug: ad.live.attributes for ad in Ad.objects.select_related("live__category")}
    assert found["vehicles/cars"]["make"] == "opel"
    assert found["for-sale/phones"]["brand"] == "Nokia"


def test_a_bad_row_is_reported_in_its_own_columns(dealer: Path, seller: Actor) -> None:
    run(dealer, seller, "vehicles/cars")
    with open(dealer.with_suffix(".bad"), encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter=";") if row["Stock No"] == "A3"]
    assert rows[0]["fairboard_row"] == "3"
    assert "place" in rows[0]["fairboard_problem"]
    assert "body" in rows[0]["fairboard_problem"]


def test_importing_again_places_nothing_twice(dealer: Path, seller: Actor) -> None:
    run(dealer, seller, "vehicles/cars")
    again = run(dealer, seller, "vehicles/cars", restart=True)
    assert (again.added, again.unchanged) == (0, 2)
    dealer.write_text(DEALER.replace("9,500", "8,900"), encoding="utf-8")
    changed = run(dealer, seller, "vehicles/cars")
    assert (changed.added, changed.changed, changed.unchanged) == (0, 1, 1)
    assert count(Search())[0] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators_are_found_out(tmp_path: Path, seller: Actor, encoding: str, separator: str) -> None:
    path = tmp_path / "anzeigen.csv"
    rows = [["Titel", "Beschreibung", "Preis", "Ort", "Rubrik"],
            ["Grünes Rad", "Ein schönes Fahrrad für alle.", "120", "München", "Bicycles"]]  # fmt: skip
    path.write_text("\n".join(separator.join(row) for row in rows), encoding=encoding)
    done = run(path, seller)
    assert (done.added, done.bad) == (1, 0)
    assert search(Search(words="grünes")).items[0].title == "Grünes Rad"


def test_damaged_lines_cost_only_themselves(tmp_path: Path, seller: Actor) -> None:
    path = tmp_path / "ads.jsonl"
    good = {"title": "Red bicycle", "body": "A bicycle like others.", "price": 5, "category": "vehicles/bicycles",
            "place": "de/berlin", "attributes": {"frame": 55, "condition": "shiny"}}  # fmt: skip
    lines = [json.dumps(good), "{broken", "[1, 2]", json.dumps({**good, "title": "Blue bicycle"})]
    path.write_text("\n".join(lines))
    done = run(path, seller)
    assert (done.rows, done.added, done.bad) == (4, 2, 2)
    said = path.with_suffix(".bad").read_text()
    assert "left out Condition" in said


def test_what_is_exported_can_be_imported(seller: Actor, live_ad: Any, buyer: Actor, tmp_path: Path) -> None:
    from fairboard.market.queries.export import exported

    rows = list(exported(actor=OPERATOR))
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    assert run(path, buyer).added == len(rows) == 1


@pytest.mark.crash
def test_a_killed_import_goes_on_where_it_was(tmp_path: Path) -> None:
    """A real process on a real database is killed in the middle; afterwards every row is there once."""
    import os

    path = tmp_path / "many.jsonl"
    with open(path, "w", encoding="utf-8") as stream:
        for one in ads(seed=4, count=4_000):
            draft = {
                name: getattr(one.draft, name) for name in ("title", "body", "category", "place", "price", "price_type")
            }
            stream.write(json.dumps({**draft, "attributes": one.draft.attributes, "id": one.external_id}) + "\n")
    environment = {
        **os.environ,
        "FAIRBOARD_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    program = [sys.executable, "-m", "fairboard.cli.main"]
    with database(tmp_path, environment):
        subprocess.run([*program, "manage", "migrate", "-v0"], env=environment, check=True)
        command = [*program, "import", "ads", str(path), "--seller", "bulk@example.org", "--json"]
        first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        time.sleep(4)
        first.send_signal(signal.SIGKILL)
        first.wait()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        told = json.loads(done.stdout)
        exported = subprocess.run(
            [*program, "export", "ads"], env=environment, capture_output=True, text=True, check=True
        )
    assert told["rows"] == told["added"] == 4_000
    ids = [json.loads(line)["external_id"] for line in exported.stdout.splitlines()]
    assert len(ids) == len(set(ids)) == 4_000


def test_nothing_is_placed_for_a_business_nobody_has_verified(dealer: Path, seller: Actor, now: datetime) -> None:
    declare(is_trader=True, actor=seller, at=now)
    done = run(dealer, seller, "vehicles/cars")
    assert (done.rows, done.added, done.bad) == (3, 0, 3)
    assert "verified" in dealer.with_suffix(".bad").read_text(encoding="utf-8")
    assert not Ad.objects.exists()


def test_sellers_are_looked_up_together(seller: Actor, buyer: Actor, now: datetime) -> None:
    declare(is_trader=True, actor=seller, at=now)
    rows = [bulk.Row(bicycle(title=f"Bicycle {number}"), one) for number in range(10) for one in (seller, buyer)]
    with CaptureQueriesContext(connection) as queries:
        outcomes = bulk.submit_many(rows=rows, at=now, actor=OPERATOR)
    assert [one.done for one in outcomes] == ["bad", "added"] * 10
    asked = [one["sql"] for one in queries if "safety_traderrecord" in one["sql"] and "is_trader" in one["sql"]]
    assert len(asked) == 1

"""Loading the packaged places and categories; safe to run again, it changes only what differs."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.market import catalogue, events
from fairboard.market.data import load
from fairboard.market.models import Category, Place
from fairboard.market.words import fold


def load_catalogue(*, at: datetime) -> tuple[int, int]:
    """Add the packaged places and categories that are missing and bring the others up to date; returns how many.

    What staff changed in a category stays as they left it; one nobody touched follows the package.
    """
    with transaction.atomic():
        places = _add_places(load.places())
        categories = _add_categories(load.categories())
        if places or categories:
            record(
                kind=events.CATALOGUE, subject=Subject("catalogue", "packaged"), at=at,
                actor=Actor.system("catalogue"), data={"places": places, "categories": categories},
            )  # fmt: skip
    catalogue.reload()
    return places, categories


def _add_places(given: list[dict[str, Any]]) -> int:
    known = {place.code: place for place in Place.objects.all()}
    added = 0
    for kind in ("country", "region", "city", "district"):
        fresh = [entry for entry in given if entry["kind"] == kind and entry["code"] not in known]
        rows = [_place(entry, known.get(entry.get("parent") or "")) for entry in fresh]
        bulk.give_ids(rows)
        for row in rows:
            above = row.parent.ancestors if row.parent else []
            row.ancestors = [*above, row.pk]
            known[row.code] = row
        bulk.insert(rows)
        added += len(rows)
    return added


def _place(entry: dict[str, Any], parent: Place | None) -> Place:
    return Place(
        code=entry["code"], name=entry["name"], search_name=fold(entry["name"])[:100], kind=entry["kind"],
        parent=parent, latitude=entry.get("latitude"), longitude=entry.get("longitude"),
        currency=entry["currency"], language=entry["language"], time_zone=entry["time_zone"],
        population=entry.get("population") or 0,
    )  # fmt: skip


def _add_categories(sections: list[dict[str, Any]]) -> int:
    known = {row.slug: row for row in Category.objects.all()}
    added = 0
    for number, section in enumerate(sections):
        added += _add_category(known, section, None, number * 100)
        for position, entry in enumerate(section["categories"], start=1):
            added += _add_category(known, entry, known[section["slug"]], number * 100 + position)
    return added


def _add_category(known: dict[str, Category], entry: dict[str, Any], parent: Category | None, position: int) -> int:
    given = {
        "name": entry["name"], "icon": entry.get("icon", ""), "hint": entry.get("hint", ""),
        "keywords": entry.get("keywords", []), "price_types": entry.get("price_types", []),
        "advice": entry.get("advice", []), "schema_type": entry.get("schema_org", ""),
        "attributes": entry.get("attributes", []), "position": position,
    }  # fmt: skip
    packaged = _digest(given)
    row = known.get(entry["slug"])
    if row is None:
        known[entry["slug"]] = Category.objects.create(slug=entry["slug"], parent=parent, packaged=packaged, **given)
        return 1
    is_untouched = row.packaged in {"", _digest({name: getattr(row, name) for name in given})}
    if row.packaged == packaged or not is_untouched:
        return 0
    for name, value in {**given, "packaged": packaged}.items():
        setattr(row, name, value)
    row.save(update_fields=[*given, "packaged"])
    return 1


def _digest(values: dict[str, Any]) -> str:
    """Tells whether a category still says what the package once put there."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

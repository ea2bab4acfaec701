"""The place a cell of a file means."""

import re
from functools import lru_cache

from fairboard.market.catalogue import PlaceRow
from fairboard.market.queries.places import place_by_text
from fairboard.market.words import fold

_POSTCODE = re.compile(r"(?<!\w)(?:[a-z]{1,2}-)?\d{4,6}(?:-\d{4})?(?!\w)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]{2}")


def place_code(text: str) -> str:
    """The code of the place somebody wrote, with or without a postal code; empty when it is not plain which."""
    found = _place(text)
    return found.code if found else ""


def is_place(text: str) -> bool:
    """Whether a text is the whole name of a place, not only the beginning of one."""
    found = _place(text)
    name = _POSTCODE.sub("", text).partition(",")[0]
    return found is not None and (found.code == text or found.search_name == fold(name).strip())


@lru_cache(maxsize=20_000)
def _place(text: str) -> PlaceRow | None:
    if not _NAME.search(text):
        return None
    return place_by_text(text.strip()) or place_by_text(_POSTCODE.sub("", text).strip(" ,"))

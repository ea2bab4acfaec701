"""From which country the telephone numbers of a file are dialled, by what its rows say."""

from collections import Counter
from collections.abc import Sequence

from fairboard.crm.models import ImportFile
from fairboard.market import catalogue

MOST = 0.9
"""The share of the rows that name a country which all of them must agree on."""


def country_of(rows: Sequence[ImportFile]) -> str:
    """The two letters of the country nine of ten rows of the samples name, in letters or by its name; "" for none."""
    texts: Counter[str] = Counter()
    for file in rows:
        for place, column in enumerate(file.columns):
            if column["field"] == "country":
                texts.update(text for row in file.sample if (text := row[place].strip()))
    named: Counter[str] = Counter()
    for text, count in texts.items():
        named[_country(text)] += count
    (best, count), *_rest = named.most_common(1) or [("", 0)]
    return best if count >= MOST * named.total() else ""


def _country(text: str) -> str:
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    plain = text.casefold()
    return next((one.country for one in catalogue.current().countries if one.name.casefold() == plain), "")

"""Guessing what somebody writes about: categories by the words of a title, values by a choice made before.

No model is trained: the categories' own words are weighed. A keyword counts most, then the name, what it hints at, the
choices of its attributes; a word several categories share counts less; a compound counts by its end ("Ecksofa").
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from django.conf import settings
from django.utils import translation

from fairboard.market import catalogue
from fairboard.market.catalogue import Catalogue, CategoryRow, PlaceRow
from fairboard.market.data import load
from fairboard.market.words import fold, query_words

KEYWORD, NAME, HINT, CHOICE, MODEL = 6.0, 4.0, 3.0, 1.5, 3.0
COMPOUND = 0.8
"""What the end of a compound counts of the word itself."""
SHORTEST_END = 4
AROUND = 8.0
"""Kilometres within which the largest city is meant: its districts are often listed as cities."""
LEAST = 0.35
"""What a suggestion must have of the best one's score."""


@dataclass(frozen=True, slots=True)
class _Words:
    """Stems and phrases with what they say for each category, for one catalogue."""

    known: Catalogue
    stems: Mapping[str, Mapping[str, float]]
    phrases: Mapping[str, Mapping[str, float]]


_kept: list[_Words] = []


def suggest_categories(title: str, *, size: int = 5) -> list[CategoryRow]:
    """The categories a title is probably about, the best first; empty when no word of it is known."""
    known = catalogue.current()
    words = _words(known)
    folded = f" {' '.join(fold(title).split())} "
    scores: dict[str, float] = defaultdict(float)
    for phrase, categories in words.phrases.items():
        if f" {phrase} " in folded or f" {phrase}s " in folded:
            _count(scores, categories, 1.5)
    for word in query_words(title, "en") + query_words(title, "de"):
        if word in words.stems:
            _count(scores, words.stems[word], 1.0)
        elif len(word) > SHORTEST_END:
            ends = (word[cut:] for cut in range(2, len(word) - SHORTEST_END + 1))
            end = next((one for one in ends if one in words.stems), "")
            _count(scores, words.stems.get(end, {}), COMPOUND)
    order = {slug: number for number, slug in enumerate(known.categories)}
    best = sorted(scores, key=lambda slug: (-scores[slug], order[slug]))[:size]
    return [known.categories[slug] for slug in best if scores[slug] >= scores[best[0]] * LEAST]


def suggested_values(category: str, key: str, values: Mapping[str, object]) -> list[str]:
    """What to offer for an attribute while it is typed, by the choice it depends on: the models of a make."""
    given = load.suggestions()["suggest"].get(category, {}).get(key)
    if not given:
        return []
    found = given["values"].get(str(values.get(given["by"], "")), [])
    return [str(one) for one in found]


def suggests_by(category: str, key: str) -> str:
    """The attribute whose choice decides what is offered for this one; empty where nothing is."""
    return str(load.suggestions()["suggest"].get(category, {}).get(key, {}).get("by", ""))


def nearest_city(latitude: float, longitude: float) -> PlaceRow | None:
    """The city a point lies in: the largest within a walk of an hour or two, else the nearest by great circle.

    None where no city has coordinates.
    """
    with_point = [row for row in catalogue.current().cities_by_size if row.latitude is not None]
    away = {row.pk: _kilometres(row, latitude, longitude) for row in with_point}
    around = next((row for row in with_point if away[row.pk] <= AROUND), None)
    return around or min(with_point, key=lambda row: away[row.pk], default=None)


def _kilometres(row: PlaceRow, latitude: float, longitude: float) -> float:
    to, at = radians(row.latitude or 0.0), radians(latitude)
    half = sin((to - at) / 2) ** 2 + cos(at) * cos(to) * sin(radians((row.longitude or 0.0) - longitude) / 2) ** 2
    return 12_742 * asin(sqrt(min(1.0, half)))


def _count(scores: dict[str, float], categories: Mapping[str, float], factor: float) -> None:
    for slug, weight in categories.items():
        scores[slug] += weight * factor / len(categories) ** 0.5


def _words(known: Catalogue) -> _Words:
    if not _kept or _kept[0].known is not known:
        _kept[:] = [_weighed(known)]
    return _kept[0]


def _weighed(known: Catalogue) -> _Words:
    stems: dict[str, dict[str, float]] = defaultdict(dict)
    phrases: dict[str, dict[str, float]] = defaultdict(dict)
    for row in known.categories.values():
        if not row.parent:
            continue
        for text, weight in _texts(row):
            folded = " ".join(fold(text).split())
            if " " in folded and weight in (KEYWORD, MODEL):
                phrases[folded][row.slug] = max(weight, phrases[folded].get(row.slug, 0.0))
                continue
            for stem in {*query_words(text, "en"), *query_words(text, "de")}:
                if len(stem) > 1 and stem not in _COMMON:
                    stems[stem][row.slug] = max(weight, stems[stem].get(row.slug, 0.0))
    return _Words(known, stems, phrases)


_COMMON = frozenset(
    {"and", "or", "the", "for", "of", "by", "in", "to", "und", "oder", "fur", "mit", "all", "kind", "oth"}
)


def _texts(row: CategoryRow) -> Iterator[tuple[str, float]]:
    yield from ((one, KEYWORD) for one in row.keywords)
    for name, weight in ((row.name, NAME), (row.hint, HINT)):
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                yield translation.gettext(name), weight
    for spec in row.specs:
        if spec.type == "choice" and spec.key in {"kind", "make", "animal"}:
            yield from ((one.label, CHOICE) for one in spec.choices if one.key != "other")
    for given in load.suggestions()["suggest"].get(row.slug, {}).values():
        models = (str(model) for of_one in given["values"].values() for model in of_one)
        yield from ((model, MODEL) for model in models if len(model) > 3 and not model.isdigit())

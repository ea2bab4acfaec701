"""How text becomes index words, the same for both databases: folded, split, stemmed.

Index words never hold an underscore; index terms of places, categories and attributes always do, so
both can share one index column.
"""

import re
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_STEMMERS = {
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese",
    "nl": "dutch", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish",
}  # fmt: skip
LONGEST_WORD = 40
MOST_QUERY_WORDS = 12


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS.get(language[:2], "english"), 20_000)


def fold(text: str) -> str:
    """Lower case without accents: "Café" and "cafe" are one word."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def index_words(text: str, language: str) -> list[str]:
    """The distinct index words of a text, sorted."""
    found = {word[:LONGEST_WORD] for word in _WORD.findall(fold(text))}
    stems = _stemmer(language).stemWords(sorted(found))
    return sorted(found.union(stems)) if language[:2] != "en" else sorted(set(stems))


def query_words(text: str, language: str) -> list[str]:
    """The index words somebody searches for, in order, at most twelve."""
    found = [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]
    stems = _stemmer(language).stemWords(found)
    return list(dict.fromkeys(stems))[:MOST_QUERY_WORDS]


def query_groups(text: str, language: str) -> list[tuple[str, ...]]:
    """For each word somebody searches for, the index words any of which will do.

    An ad is indexed in its place's language; where that is not English, or no place is chosen, the word
    itself and its English stem are looked for too: people write as they like.
    """
    found = [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]
    stems = _stemmer(language).stemWords(found)
    if language == "en":
        single: list[tuple[str, ...]] = [(stem,) for stem in dict.fromkeys(stems)]
        return single[:MOST_QUERY_WORDS]
    english = _stemmer("en").stemWords(found)
    groups: list[tuple[str, ...]] = [tuple(dict.fromkeys(forms)) for forms in zip(stems, found, english, strict=True)]
    return list(dict.fromkeys(groups))[:MOST_QUERY_WORDS]

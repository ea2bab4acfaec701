"""What is done to be quick changes nothing: a cheap look never hides what the dear one would find."""

import random
from collections.abc import Iterator
from zlib import crc32

import pytest

from fairboard.screening import fingerprint
from fairboard.screening.features import digits, figures
from fairboard.screening.features.languages import languages
from fairboard.screening.text import fold, joined, squeezed
from tests.screening.corpus import decoys, disguised

AGES = (
    "nineteen years old", "nineteen-years-old", "a nineteen-year-old", "twenty yrs  old", "zwanzig jahre\nalt",
    "zwanzigjahrige", "j'ai vingt ans", "tengo veinte anos", "ho venti-anni", "aged nineteen", "i'm nineteen",
    "im:nineteen", "i am nineteen", "she is  twenty", "he's twenty", "ich bin zwanzig", "born in 2004", "19 yo",
    "a.19 12 123", "v1.19 19",
)  # fmt: skip
GAPS = (" ", "  ", ".", "-", "_", "*", "~", "|", "/", "\n", ", ", "")


def texts() -> Iterator[str]:
    """Drawn numbers in disguise, figures, ages, and single letters with anything between them."""
    for sample in (*disguised(seed=11, count=600), *decoys(seed=11, count=600)):
        yield fold(f"{sample.title} {sample.body}").text
    yield from (f"{before}{one}{after}" for one in AGES for before in ("", "a ", "x") for after in ("", ".", "s", " b"))
    draw = random.Random(11)
    for _ in range(2_000):
        yield "".join(draw.choice("abcXo 1é@$!") + draw.choice(GAPS) for _ in range(draw.randrange(3, 14)))


TEXTS = list(texts())


def test_a_cheap_look_for_ages_hides_none() -> None:
    named = [text for text in TEXTS if figures._YEARS_AFTER_WORDS.search(text)]
    said = [text for text in TEXTS if figures._SAID_WORDS.search(text)]
    assert len(named) > 40
    assert len(said) > 40
    assert [text for text in named if not figures._may_name_years(text)] == []
    assert [text for text in said if not figures._may_say_an_age(text)] == []


def test_a_cheap_look_for_prices_hides_none() -> None:
    priced = [text for text in [*TEXTS, *(f"for 20 {one}" for one in figures._UNITS)] if figures._PRICE.search(text)]
    assert len(priced) > 40
    assert [text for text in priced if not figures._names_a_currency(text)] == []


def test_spaced_out_words_are_all_seen() -> None:
    spaced = [plain for text in TEXTS if squeezed(plain := fold(text)) is not plain]
    assert len(spaced) > 40
    assert [plain.text for plain in spaced if len(joined(plain).text) == len(plain.text)] == []


def test_enough_digits_in_a_row_are_counted_as_one_by_one() -> None:
    def counted(text: str) -> bool:
        total = 0
        for word in text.split():
            weights = [digits._weight(chunk) for chunk in digits._CHUNK.findall(word)]
            here = sum(max(one, 0) for one in weights)
            total = 0 if not here and any(one < 0 for one in weights) else total + here
            if total >= digits.FEWEST:
                return True
        return False

    assert [text for text in TEXTS if digits.may_hold_a_number(text) != counted(text)] == []
    assert 100 < sum(map(digits.may_hold_a_number, TEXTS)) < len(TEXTS) - 100


@pytest.mark.parametrize("letter", ["", "é", "\ud800"])
def test_signatures_and_bands_are_those_of_the_definition(letter: str) -> None:
    for text in TEXTS[:800]:
        words = fingerprint._WORD.findall(text + letter)
        least: dict[int, int] = {}
        for shingle in zip(words, words[1:], words[2:], strict=False):
            code = crc32(" ".join(shingle).encode("utf-8", "replace"))
            least[code % 32] = min(code, least.get(code % 32, code))
        found = fingerprint.signature(text + letter)
        assert bool(found) is (len(words) >= 6)
        assert all(found[at] == code for at, code in least.items() if found)
        assert fingerprint.bands(found) == tuple(
            f"{at:x}-{crc32(b'%d.%d' % (found[at], found[at + 1])):08x}" for at in range(0, len(found), 2)
        )


def test_languages_that_weigh_the_same_come_in_one_order() -> None:
    assert (
        languages(["velmi uma jako nao jsem os"], []) == languages(["os jsem nao jako uma velmi"], []) == ("pt", "cs")
    )

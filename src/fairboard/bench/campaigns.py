"""Ordinary ads by the million with planted campaigns: ads of one template whose slots vary.

Ordinary ads are written by nobody twice: words drawn by Zipf's law (rank to the power -1) from the vocabulary of
one of six languages (two Latin, Cyrillic, Arabic, Chinese and Thai without spaces), between shared stock sentences of
which the commonest is in every tenth ad; English and German stock sentences are those of the demo. A template is
such an ad too, stock sentences and all. Light edits: only the slots vary. Heavy edits: 15 % of all words too
are changed, dropped, swapped with the next or have a word put in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import yaml

VOCABULARY = 40_000
HEAVY = 0.15
SIZES = (10, 500)
SLOTS = range(1, 9)
SHARES = (("en", 40), ("de", 20), ("ru", 14), ("ar", 10), ("zh", 10), ("th", 6))
SYLLABLES = {
    "en": ("b c d f g h l m n p r s t v w st tr ch sh pl", "a e i o u ea ou ie", "- - n r s t l m d"),
    "de": ("b d f g h k l m n p r s t w z sch st kr gl pf", "a e i o u ei au ä ü ö", "- - n r s t ch m"),
    "ru": ("б в г д ж з к л м н п р с т ф х ц ч ш", "а е и о у ы ю я", "- - н р с т л"),
    "ar": ("ب ت ث ج ح د ر ز س ش ص ط ع ف ق ك ل م ن ه و ي", "- ا و ي", "- - ن ر ة"),
}  # fmt: skip
FUNCTION_WORDS = {
    "en": "the a and is in of to for with it we on at our this from you are be by i or new not can all one my if as",
    "de": "der die das und ist in mit für von zu ein eine wir es auf bei aus sie sind im am ich nicht neu oder auch an",
    "ru": "и в на с для по из от не это мы за у или есть новый до при без вы так же к о все",
    "ar": "في من على مع و الى هذا عن او هو نحن كل ما لا جديد بعد قبل عند",
}
UNSPACED = {"zh": (0x4E00, 3_500), "th": (0x0E01, 46)}


@dataclass(frozen=True, slots=True)
class Planted:
    """Texts in random order; ``campaigns[i]`` is the campaign of text ``i`` or -1, ``kinds[c]`` its slots and edits."""

    texts: list[str]
    campaigns: list[int]
    kinds: list[tuple[int, bool]]


@dataclass(slots=True)
class Language:
    """A vocabulary by rank, stock sentences and what stands between words."""

    code: str
    words: list[str]
    stock: list[list[str]] = field(default_factory=list)
    gap: str = " "

    def draw(self, random: Random, count: int) -> list[str]:
        """Words by Zipf's law."""
        size = len(self.words)
        return [self.words[int(size ** random.random()) - 1] for _ in range(count)]


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """The six languages; always the same."""
    random = Random(20_260)
    found = {}
    for code, _share in SHARES:
        if code in UNSPACED:
            low, size = UNSPACED[code]
            letters = [chr(low + at) for at in range(size)]
            lengths = (1, 1, 2, 2, 2, 3) if code == "zh" else (2, 3, 3, 4, 5)
            make: Callable[[], str] = lambda letters=letters, lengths=lengths: "".join(  # type: ignore[misc]  # noqa: E731
                random.choice(letters) for _ in range(random.choice(lengths))
            )
            common: list[str] = []
        else:
            parts = [[one.strip("-") for one in part.split()] for part in SYLLABLES[code]]
            make = lambda parts=parts: "".join(  # type: ignore[misc]  # noqa: E731
                random.choice(one) for _ in range(random.choice((1, 2, 2, 3))) for one in parts
            )
            common = FUNCTION_WORDS[code].split()
        words = list(dict.fromkeys([*common, *(make() for _ in range(VOCABULARY))]))
        found[code] = Language(code, words, gap="" if code in UNSPACED else " ")
    written = yaml.safe_load(Path(__file__).with_name("stock.yaml").read_text(encoding="utf-8"))
    for code, language in found.items():
        if code in written:
            language.stock = [sentence.split() for sentence in written[code]]
        else:
            language.stock = [language.draw(random, random.randint(6, 12)) for _ in range(60)]
        random.shuffle(language.stock)
    return found


def ad(random: Random, language: Language) -> list[str]:
    """The words of one ad: 8 to 150, 45 on average, up to three stock sentences among them."""
    count = min(150, max(8, int(random.lognormvariate(3.4, 0.55))))
    words = language.draw(random, count)
    for _ in range(random.randrange(4)):
        sentence = language.stock[int(len(language.stock) ** random.random()) - 1]
        at = random.randrange(len(words) + 1)
        words[at:at] = sentence
    return words


def texts(seed: int, count: int) -> Iterator[str]:
    """Ordinary ads."""
    random = Random(seed * 7_919 + 1)
    known = languages()
    chosen = random.choices([known[code] for code, _ in SHARES], [share for _, share in SHARES], k=count)
    for language in chosen:
        yield language.gap.join(ad(random, language))


def _value(random: Random, language: Language) -> list[str]:
    """What stands in a slot: a price, a telephone number, a day, or one to three rare words."""
    kind = random.randrange(6)
    if kind == 0:
        return [str(random.randrange(5, 5_000))]
    if kind == 1:
        return [f"+49{random.randrange(10**9, 10**10)}"]
    if kind == 2:
        return [f"{random.randrange(1, 29)}.{random.randrange(1, 13)}."]
    return [random.choice(language.words) for _ in range(random.randrange(1, 4))]


def campaign(random: Random, language: Language, slots: int, heavy: bool, size: int) -> list[str]:
    """``size`` ads of one new template with ``slots`` slots."""
    template = ad(random, language)
    while len(template) < 12 + 2 * slots:
        template += ad(random, language)
    places = sorted(random.sample(range(1, len(template)), slots))
    made = []
    for _ in range(size):
        words: list[str] = []
        for at, word in enumerate(template):
            if at in places:
                words += _value(random, language)
            elif not heavy or random.random() >= HEAVY:
                words.append(word)
            else:
                _edit(random, language, words, word)
        made.append(language.gap.join(words))
    return made


def _edit(random: Random, language: Language, words: list[str], word: str) -> None:
    kind = random.randrange(4)
    other = language.words[int(len(language.words) ** random.random()) - 1]
    if kind == 0:
        words.append(other)
    elif kind == 1:
        words += [word, other]
    elif kind == 2 and words:
        words.insert(len(words) - 1, word)


def planted(seed: int, count: int, share: float = 0.1) -> Planted:
    """``count`` texts of which about ``share`` are in campaigns, as many campaigns of each kind; shuffled."""
    random = Random(seed)
    known = languages()
    chosen = [known[code] for code, _ in SHARES]
    shares = [part for _, part in SHARES]
    found: list[tuple[str, int]] = []
    kinds: list[tuple[int, bool]] = []
    while len(found) < share * count:
        for slots in SLOTS:
            for heavy in (False, True):
                size = round(SIZES[0] * (SIZES[1] / SIZES[0]) ** random.random())
                language = random.choices(chosen, shares)[0]
                found += ((text, len(kinds)) for text in campaign(random, language, slots, heavy, size))
                kinds.append((slots, heavy))
    found += ((text, -1) for text in texts(seed, count - len(found)))
    order = np.random.default_rng(seed).permutation(len(found)).tolist()
    return Planted([found[at][0] for at in order], [found[at][1] for at in order], kinds)

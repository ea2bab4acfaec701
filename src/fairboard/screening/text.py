"""Text made plain: look-alikes, invisible characters, spacing and leetspeak undone, every letter mapped back.

`Plain.text` is what terms are looked for in; `Plain.span` says which part of the original a match is.
Look-alikes follow the idea of Unicode TR 39 (confusables), cut down to the scripts used to disguise Latin.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LOOKALIKES = dict(
    zip(
        "аеорсухкмтнвіјѕԁԛԝһ" + "αβεικνορτυχ" + "ɑɡıℓ",
        "aeopcyxkmthbijsdqwh" + "abeiknoptux" + "agil",
        strict=True,
    )
)
_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "@": "a",
        "$": "s",
        "!": "i",
        "€": "e",
    }
)
_WORD = re.compile(r"[\w@$!€]+")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*~|/]{1,2}){3,}\w(?!\w)")


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain text; ``starts[i]`` and ``ends[i]`` bound the original characters letter ``i`` came from."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` came from."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=8_192)
def _fold_letter(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    kept = []
    for part in decomposed:
        category = unicodedata.category(part)
        if category in {"Mn", "Me", "Cf"}:
            continue
        lower = part.casefold()
        digit = unicodedata.digit(part, None)
        kept.append(str(digit) if digit is not None else "".join(_LOOKALIKES.get(one, one) for one in lower))
    return "".join(kept)


def fold(text: str) -> Plain:
    """Lower case without accents, invisible characters or look-alikes; keycap and other digits as digits."""
    if text.isascii():
        return Plain(text.lower(), range(len(text)), range(1, len(text) + 1))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, letter in enumerate(text):
        folded = letter.lower() if letter.isascii() else _fold_letter(letter)
        for part in folded:
            letters.append(part)
            starts.append(at)
            ends.append(at + 1)
        if not folded and ends:
            ends[-1] = at + 1  # what was dropped belongs to the letter before it
    return Plain("".join(letters), tuple(starts), tuple(ends))


def joined(plain: Plain) -> Plain:
    """Spaced-out words pulled together and leetspeak undone, for finding terms; digits alone stay."""
    text = plain.text
    pieces: list[tuple[int, int, str | None]] = []
    last = 0
    for found in _SPACED.finditer(text):
        if sum(letter.isalpha() for letter in found[0]) >= 4:
            pieces += [(last, found.start(), None), (found.start(), found.end(), "squeeze")]
            last = found.end()
    pieces.append((last, len(text), None))
    letters: list[str] = []
    origin: list[int] = []
    for start, end, how in pieces:
        for at in range(start, end):
            if how is None or text[at].isalnum():
                letters.append(text[at])
                origin.append(at)
    undone = _WORD.sub(_unleet, "".join(letters))
    if undone == text and len(origin) == len(text):
        return plain
    return Plain(undone, tuple(plain.starts[at] for at in origin), tuple(plain.ends[at] for at in origin))


def _unleet(found: re.Match[str]) -> str:
    word = found[0]
    has_letter = any(letter.isalpha() for letter in word)
    if not has_letter or word.isalpha() or sum(letter.isdigit() for letter in word) > len(word) / 2:
        return word
    if word[-1] == "!" and word[:-1].isalnum():
        return _unleet_text(word[:-1]) + "!"
    return _unleet_text(word)


def _unleet_text(word: str) -> str:
    if any(letter.isdigit() for letter in word) and not re.search(r"[a-z][0-9@$!]+[a-z]|^[0-9@$][a-z]{2,}", word):
        return word  # a model name such as "gtx1080" is not a disguise
    return word.translate(_LEET)


def obfuscation(text: str, plain: Plain) -> float:
    """How disguised a text is, 0 to 1: the share of letters that had to be changed or dropped."""
    if text.isascii() or not text:
        return 0.0
    scripts = sum(1 for letter in text if letter in _LOOKALIKES or unicodedata.category(letter) == "Cf")
    mixed = re.findall(r"\w*[a-z]\w*", plain.text)
    return min(1.0, scripts / max(1, len(mixed)) / 3)

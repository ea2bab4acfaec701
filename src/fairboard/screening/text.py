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
_STROKED = {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
"""Letters that Unicode does not take apart into a Latin letter and a mark."""
_LEET = str.maketrans("0134578@$!€", "oieastbasie")
# Beside a letter: prices, years and a mark at the end of a word are no disguise.
_HAS_LEET = re.compile(r"[\d@$!€](?:(?=[^\W\d_])|(?<=[^\W\d_][\d@$€])|(?<=[^\W\d_]!)(?=\w))")
# A search for a word begins where words begin, or a page without spaces takes quadratic time.
_LEET_WORD = re.compile(r"(?<![\w@$!€])[^\W\d]*+[\d@$!€][\w@$!€]*+")
_OTHER = re.compile(r"[^\x00-\x7f]")
_LATIN = re.compile(r"[A-Za-z]")
_LATIN_WORD = re.compile(r"(?<!\w)\w*[a-z]\w*")
_HIDDEN = re.compile(r"(?<=[0-9A-Za-z])[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+(?=[0-9A-Za-z])")
_FOREIGN_WORD = re.compile(rf"(?<!\w)\w*[{''.join(_LOOKALIKES)}{''.join(_LOOKALIKES).upper()}]\w*")
# What a digit is dressed with: a keycap's frame, and marks that are not seen.
_DRESSING = frozenset("\u20e3\u00ad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff")
_AT_HOME = {"FULLWIDTH": {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH"}}
"""The scripts in whose texts digits of another name are at home."""
# An underscore counts as a separator only: as a letter too, a row of them reads in exponentially many ways.
# What stands inside every such word, quicker to look for.
_INSIDE_SPACED = re.compile(r"[ .\-_*~|/][^\W_][ .\-_*~|/]{1,2}[^\W_][ .\-_*~|/]")
_SPACED = re.compile(r"(?<!\w)(?:[^\W_][ .\-_*~|/]{1,2}){3,}[^\W_](?!\w)")


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
        kept.append(
            str(digit)
            if digit is not None
            else "".join(_LOOKALIKES.get(one) or _STROKED.get(one, one) for one in lower)
        )
    return "".join(kept)


def fold(text: str) -> Plain:
    """Lower case without accents, invisible characters or look-alikes; keycap and other digits as digits."""
    if text.isascii():
        return Plain(text.lower(), range(len(text)), range(1, len(text) + 1))
    table = {letter: _fold_letter(letter) for letter in set(_OTHER.findall(text))}
    if all(len(folded) == 1 and folded.isascii() for folded in table.values()):  # every letter keeps its place
        plain = text
        for letter, folded in table.items():
            plain = plain.replace(letter, folded)
        return Plain(plain.lower(), range(len(text)), range(1, len(text) + 1))
    return _fold_piecewise(text, table)


def _fold_piecewise(text: str, table: dict[str, str]) -> Plain:
    """Fold where letters vanish or become several, noting where each came from."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for found in _OTHER.finditer(text):
        at = found.start()
        pieces.append(text[last:at].lower())
        starts.extend(range(last, at))
        ends.extend(range(last + 1, at + 1))
        folded = table[found[0]]
        pieces.append(folded)
        starts.extend([at] * len(folded))
        ends.extend([at + 1] * len(folded))
        if not folded and ends:
            ends[-1] = at + 1  # what was dropped belongs to the letter before it
        last = at + 1
    pieces.append(text[last:].lower())
    starts.extend(range(last, len(text)))
    ends.extend(range(last + 1, len(text) + 1))
    return Plain("".join(pieces), tuple(starts), tuple(ends))


def joined(plain: Plain) -> Plain:
    """Spaced-out words pulled together and leetspeak undone, for finding terms; digits alone stay."""
    if _INSIDE_SPACED.search(plain.text):
        plain = squeezed(plain)
    if not _HAS_LEET.search(plain.text):
        return plain
    undone = _LEET_WORD.sub(_unleet, plain.text)
    return plain if undone == plain.text else Plain(undone, plain.starts, plain.ends)


def squeezed(plain: Plain, spaced_out: re.Pattern[str] = _SPACED, fewest: int = 4) -> Plain:
    """Spaced-out words pulled together; the same object when there are none."""
    spaced = [found for found in spaced_out.finditer(plain.text) if sum(map(str.isalpha, found[0])) >= fewest]
    return _squeezed(plain, spaced) if spaced else plain


def _squeezed(plain: Plain, spaced: list[re.Match[str]]) -> Plain:
    """The text with the gaps inside spaced-out words left out."""
    text = plain.text
    origin: list[int] = []
    last = 0
    for found in spaced:
        origin.extend(range(last, found.start()))
        origin.extend(at for at in range(found.start(), found.end()) if text[at].isalnum())
        last = found.end()
    origin.extend(range(last, len(text)))
    return Plain(
        "".join(text[at] for at in origin),
        tuple(plain.starts[at] for at in origin),
        tuple(plain.ends[at] for at in origin),
    )


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
    """How disguised a text is, 0 to 1: the share of letters made to look like others or hidden.

    Only what hides in Latin words counts. Russian and Greek are written in letters that look Latin, and
    Persian and emoji use invisible joiners; none of that is a disguise.
    """
    if text.isascii() or not text:
        return 0.0
    disguised = len(_HIDDEN.findall(text))
    words = _FOREIGN_WORD.findall(text)
    is_foreign = any(_is_native(word) for word in words)
    for word in words:
        others = sum(letter in _LOOKALIKES for letter in word.lower())
        if others and (_LATIN.search(word) or not (is_foreign or _is_native(word))):
            disguised += others
    if not disguised:
        return 0.0
    return min(1.0, disguised / max(1, len(_LATIN_WORD.findall(plain.text))) / 3)


def _is_native(word: str) -> bool:
    """Whether a word is written in another script throughout, with letters that look like no Latin ones."""
    return not _LATIN.search(word) and any(letter not in _LOOKALIKES for letter in word.lower() if letter.isalpha())


def strange_digits(text: str, start: int, end: int) -> int:
    """How many digits of a part of a text are dressed up: keycaps, circled, full-width, hidden marks between.

    Digits of the script a text is written in are its own, as Arabic-Indic ones are in Arabic.
    """
    part = text[start:end]
    if part.isascii():
        return 0
    foreign = [one for one in part if not one.isascii() and unicodedata.digit(one, None) is not None]
    at_home = {_script(one) for one in text if not one.isascii() and one.isalpha()} if foreign else set()
    strange = [one for one in foreign if at_home.isdisjoint(_AT_HOME.get(_script(one), {_script(one)}))]
    return len(strange) + sum(one in _DRESSING for one in part)


@lru_cache(maxsize=8_192)
def _script(letter: str) -> str:
    """The script of a character, by its name: "ARABIC" of "ARABIC-INDIC DIGIT TWO"."""
    name = unicodedata.name(letter, "")
    return "ARABIC" if name.startswith("EXTENDED ARABIC") else re.split(r"[ -]", name, maxsplit=1)[0]

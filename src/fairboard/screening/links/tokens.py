"""Texts as rows of word codes: cut and hashed a chunk of texts at a time, in numpy.

Every script counts. Letters and digits make words; where words are not spaced (Chinese, Japanese kana,
Thai, Lao, Khmer, Burmese, Tibetan) each character is a token. Case, accents, width and the script of digits are
folded, marks and invisible characters inside a word are passed over. Of alphabets written without spaces (Thai and
its like) a character's token is that of it and the next, since there are too few letters to tell texts apart.

A token is 32 bits: 30 of a hash of its letters, `CHARACTER` when it is a single character of an unspaced
script, `NUMBER` when it begins and ends with a digit. Two words share a code with probability 1e-9.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

CHARACTER = 1
NUMBER = 2
CHUNK = 1 << 18
"""How many characters are cut at a time: what fits a processor's cache, times two."""
LONGEST = 10_000
"""Characters of a text that are read; the rest of a longer one is left out."""

_GAP, _LETTER, _ALONE, _DIGIT, _MARK, _UNKNOWN, _PAIRED = range(7)
_ALPHABETS = (
    (0x0E00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0xFF66, 0xFF9D),
)
_UNSPACED = (
    *_ALPHABETS, (0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_ROOT = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_ROOT, -1, 1 << 64)
_kinds = np.full(0x110000, _UNKNOWN, dtype=np.uint8)
_values = np.zeros(0x110000, dtype=np.uint64)


def mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """64-bit hashes of 64-bit values (the finaliser of SplitMix64, Steele, Lea, Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _powers(base: int) -> npt.NDArray[np.uint64]:
    """``base**0 .. base**n`` modulo 2**64, for a chunk and its longest last text."""
    factors = np.full(CHUNK + LONGEST + 2, base, dtype=np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


_UP, _DOWN = _powers(_ROOT), _powers(_INVERSE)


def _learn(codes: Sequence[int]) -> None:
    """Note kind and value of characters seen for the first time."""
    for code in codes:
        letter = chr(code)
        category = unicodedata.category(letter)
        if category in {"Mn", "Me", "Cf"} and not _unspaced(code):
            kind, folded = _MARK, ""
        elif category[0] in "LM" or category in {"Nd", "Nl"}:
            digit = unicodedata.digit(letter, None)
            folded = str(digit) if digit is not None else _folded(letter, code)
            kind = _DIGIT if digit is not None else _unspaced(code) or _LETTER
        else:
            kind, folded = _GAP, ""
        number = int.from_bytes(folded.encode("utf-32-le")[:8], "little")
        _values[code] = mixed(np.array([number], dtype=np.uint64))[0] if folded else 0
        _kinds[code] = kind


def _folded(letter: str, code: int) -> str:
    if 0xAC00 <= code <= 0xD7A3:  # Hangul syllables would fall apart into their letters
        return letter
    kept = [one for one in unicodedata.normalize("NFKD", letter) if unicodedata.category(one) not in {"Mn", "Me", "Cf"}]
    return "".join(kept).casefold() or letter


def _unspaced(code: int) -> int:
    """The kind of a character of a script without spaces, 0 for others."""
    if any(low <= code <= high for low, high in _ALPHABETS):
        return _PAIRED
    return _ALONE if any(low <= code <= high for low, high in _UNSPACED) else 0


@dataclass(frozen=True, slots=True)
class Cut:
    """Tokens of several texts in a row; text ``i`` has ``words[bounds[i]:bounds[i + 1]]``.

    ``starts`` and ``ends`` are the tokens' spans in the joined characters, kept only when asked for.
    """

    words: Words
    bounds: Places
    starts: Places | None = None
    ends: Places | None = None


def cut(texts: Sequence[str], *, spans: bool = False) -> Cut:
    """The tokens of a few texts, at most `CHUNK` characters and one text of `LONGEST`."""
    joined = "\n".join(texts)
    if joined.isascii():
        codes: npt.NDArray[Any] = np.frombuffer(joined.encode("ascii"), dtype=np.uint8)
    else:
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _kinds[codes]
    if (kinds == _UNKNOWN).any():
        _learn(np.unique(codes[kinds == _UNKNOWN]).tolist())
        kinds = _kinds[codes]
    size = len(codes)
    sums = np.zeros(size + 1, dtype=np.uint64)
    np.cumsum(_values[codes] * _UP[:size], out=sums[1:])
    inside = np.zeros(size + 2, dtype=bool)
    inside[1:-1] = kinds & 1 if not (kinds == _MARK).any() else (kinds & 1) | (kinds == _MARK)
    edges = inside[1:] != inside[:-1]
    opening, closing = edges[:-1] & inside[1:-1], edges[1:] & inside[1:-1]
    paired = kinds == _PAIRED
    alone = paired | (kinds == _ALONE)
    if alone.any():
        opening, closing = opening | alone, closing | alone
    starts, lasts = np.flatnonzero(opening), np.flatnonzero(closing)
    hashes = (sums[lasts + 1] - sums[starts]) * _DOWN[starts]
    if paired.any():
        followed = np.flatnonzero(paired[starts] & np.append(paired, False)[lasts + 1])
        hashes[followed] += _values[codes[starts[followed] + 1]] * np.uint64(_INVERSE)
    words = (mixed(hashes) >> np.uint64(32)).astype(np.uint32) & np.uint32(0xFFFFFFFC)
    words |= alone[starts].astype(np.uint32)
    words |= ((kinds[starts] == _DIGIT) & (kinds[lasts] == _DIGIT)).astype(np.uint32) << np.uint32(1)
    limits = np.cumsum([0, *(len(text) + 1 for text in texts)])
    bounds = np.searchsorted(starts, limits)
    return Cut(words, bounds, starts, lasts + 1) if spans else Cut(words, bounds)


def chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Ranges of texts of about `CHUNK` characters, which is what `cut` takes at a time."""
    start = size = 0
    for at, text in enumerate(texts):
        size += min(len(text), LONGEST) + 1
        if size >= CHUNK:
            yield start, at + 1
            start, size = at + 1, 0
    if start < len(texts):
        yield start, len(texts)


def cut_all(texts: Sequence[str], *, threads: int = 2) -> Cut:
    """The tokens of any number of texts, cut by several threads (numpy works outside Python's lock)."""

    def one(part: tuple[int, int]) -> Cut:
        rows = texts[part[0] : part[1]]
        return cut([row[:LONGEST] for row in rows] if max(map(len, rows)) > LONGEST else rows)

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(one, chunks(texts)))
    bounds = np.zeros(len(texts) + 1, dtype=np.int64)
    at = base = 0
    for part in parts:
        count = len(part.bounds) - 1
        bounds[at + 1 : at + count + 1] = part.bounds[1:] + base
        at, base = at + count, base + len(part.words)
    words = np.empty(base, dtype=np.uint32)
    for place, part in zip([0, *np.cumsum([len(part.words) for part in parts]).tolist()], parts, strict=False):
        words[place : place + len(part.words)] = part.words
    return Cut(words, bounds)


def as_letters(words: Words) -> str:
    """Tokens as a string of one character each, which string metrics in C++ compare fastest.

    Tokens of single characters have odd codes (see `is_character`). Two words share one with probability 2e-6.
    """
    codes = ((words.astype(np.uint64) * np.uint64(0x87FFF)) >> np.uint64(32)) << np.uint64(1)
    codes |= (words & np.uint32(CHARACTER)).astype(np.uint64)
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def is_character(letter: str) -> bool:
    """Whether a letter of `as_letters` stands for a single character of an unspaced script."""
    return ord(letter) & 1 == 1


def spans_of(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The tokens of one text as letters (see `as_letters`) and where in the text each is, as offsets."""
    found = cut([text[:LONGEST]], spans=True)
    if found.starts is None or found.ends is None:
        return "", []
    return as_letters(found.words), list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))

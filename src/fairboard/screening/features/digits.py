"""Runs of pieces that stand for digits: what a telephone number may be cut from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fairboard.screening.features import codes
from fairboard.screening.features.numberwords import MISSPELT, NOT_FIGURES, WORDS, Piece, is_common, read, shaped
from fairboard.screening.text import Plain, fold

FEWEST = 7
WIDEST = 15
"""How many characters that are neither letter nor digit may lie between two pieces of one number."""
FARTHEST = 40
"""How far two pieces of one number may lie apart with words between."""
_SPOKEN_WORDS = (
    "dot dash point then space hyphen minus plus tiret punkt punto guion ponto strich bindestrich slash star hash "
    "comma period barra raya traco trattino virgule kropka myslnik streepje nokta tire bar underscore dann danach "
    "luego despues ensuite puis poi depois daarna potem sonra затем потом дефис тире точка followed finally next "
    "stop leerzeichen espacio espace spazio espaco that "
)
SPOKEN = frozenset(fold(_SPOKEN_WORDS).text.split())
"""Words said between the parts of a number."""
_GLUE_WORDS = (
    "and y und et e i en ve и area code e2 the rest is by it with ends end ending in that last first second third "
    "part parts digits digit number more a ist es est o or then's followed lastly dollars bucks euros cents euro "
    "dollar again also now add call me us text texts spam no please pls "
)
GLUE = SPOKEN | frozenset(fold(_GLUE_WORDS).text.split())
_FEW = GLUE - SPOKEN - {"and", "y", "und", "et", "e", "i", "a", "en", "area", "code", "или"}
LINKS = frozenset({"y", "e", "et", "i", "and"})
_DRAWN = frozenset({"o", "l", "i", "ol", "lo", "il"})
_CHUNK = re.compile(r"[^\W_]+")
_JOINT = re.compile(r"[-–_.*~/|#=]")
_BEFORE_FIGURES = re.compile(r"(?:[\W_]{1,3}[oilzsbgq]{1,4}){0,3}[\W_]{1,3}[oilzsbgq]{0,4}\d")


@dataclass(frozen=True, slots=True)
class Item:
    """A piece that stands for digits; ``glued`` counts the words between it and the piece before."""

    digits: str
    start: int
    end: int
    kind: str
    glued: int = 0
    value: int = 0
    language: str = ""

    @property
    def is_odd(self) -> bool:
        """Whether it was not written as plain digits."""
        return self.kind != "digits"


class _Marks(dict[str, str]):
    """A "d" for each digit that a word, as it stands between gaps, can stand for; a point when it ends a number."""

    def __missing__(self, word: str) -> str:
        mark = self._mark(word)
        if len(self) < 60_000:
            self[word] = mark
        return mark

    @staticmethod
    def _mark(word: str) -> str:
        total, ends = 0, False
        for chunk in _CHUNK.findall(word):
            weight = _weight(chunk)
            ends = ends or weight < 0
            total += max(weight, 0)
        return "." if ends and not total else "d" * min(total, FEWEST)


def _weight(chunk: str) -> int:
    if chunk in GLUE or chunk == "after":
        return 1 if chunk in WORDS else 0
    if len(chunk) == 1:
        return 1
    if chunk in MISSPELT:
        return 1
    if chunk in NOT_FIGURES:
        return len(chunk) if len(chunk) < 3 else 0
    pieces = read(chunk)
    if len(pieces) == 1 and pieces[0].kind in {"word", "times"}:
        return 3
    return sum(len(one.digits) if one.kind != "times" else 1 for one in pieces) or -1


_MARKS = _Marks()
_ENOUGH = "d" * FEWEST


def may_be_digits(word: str) -> bool:
    """Whether a word can stand for digits."""
    return _MARKS[word].startswith("d")


def may_hold_a_number(text: str) -> bool:
    """Whether enough pieces that may be digits follow each other, which in most texts is not so."""
    return _ENOUGH in "".join(map(_MARKS.__getitem__, text.split()))


def has_letters_apart(text: str) -> bool:
    """Whether many letters stand alone, as in "t w o  o n e"."""
    return list(map(len, _CHUNK.findall(text))).count(1) >= FEWEST


def cased(original: str, plain: Plain) -> str:
    """The plain text in the letters' own case: a capital B looks like an eight, a small one like a six."""
    if original.isascii():
        return original
    return "".join(
        letter.upper() if original[start].isupper() else letter
        for letter, start in zip(plain.text, plain.starts, strict=True)
    )


def runs(text: str, written: str) -> Iterator[list[Item]]:
    """Runs of digit-like pieces with nothing but separators and words for them between.

    ``written`` is the same text in its own case.
    """
    closed = codes.spans(text)
    run: list[Item] = []
    times, glued, end, skip = 1, 0, 0, 0
    for chunk in _CHUNK.finditer(text):
        for piece in _pieces(chunk):
            start, stop = chunk.start() + piece.start, chunk.start() + piece.end
            if start < skip:
                continue
            if start in closed and not (
                text[closed[start] - 3 : closed[start] - 2] in ":-h" and codes.is_named(text, start)
            ):
                skip = closed[start]
                piece, stop = Piece("other", "", 0, 0), skip
            elif run and not _is_gap(text[end:start], start - run[-1].end):
                yield run
                run, times, glued = [], 1, 0
            item = _item(text, written, piece, start, stop, end if run else -1, run)
            if item is not None:
                run.append(replace(item, digits=item.digits * times, glued=glued) if times > 1 or glued else item)
                times, glued = 1, 0
            elif piece.kind == "times":
                times = piece.value
            elif run and start not in closed and glued < 4 and _is_glue(text, start, stop):
                glued += 1 if text[start:stop] not in _FEW else 2
            elif run:
                yield run
                run, times, glued = [], 1, 0
            end = stop
    if run:
        yield run


def _is_glue(text: str, start: int, stop: int) -> bool:
    word = text[start:stop]
    return word in GLUE or (word == "after" and text.startswith(" that", stop))


def _pieces(chunk: re.Match[str]) -> tuple[Piece, ...]:
    return read(chunk[0])


def _item(text: str, written: str, piece: Piece, start: int, stop: int, end: int, run: list[Item]) -> Item | None:
    """What a piece stands for as digits where it stands; None when it is no figure."""
    if piece.kind == "digits":
        return Item(piece.digits, start, stop, "digits")
    if piece.kind == "word":
        if is_common(text[start:stop]) and not _is_among_its_own(text, piece, stop, run):
            return None
        return Item(piece.digits, start, stop, "word", 0, piece.value, piece.language)
    if piece.kind == "misspelt" and _is_in_a_row(text, start, stop, run):
        return Item(piece.digits, start, stop, "word", 0, piece.value, piece.language)
    if piece.kind != "letters":
        return None
    chunk = text[start:stop]
    if chunk.isalpha():
        tied = end >= 0 and _JOINT.fullmatch(text, end, start) is not None
        drawn = written[start:stop]
        tied = tied or (
            end < 0 and text[stop : stop + 1] in {"-", ".", "_", "*"} and text[stop + 1 : stop + 2].isalnum()
        )
        is_word = (
            chunk in NOT_FIGURES and (drawn.islower() or drawn.istitle()) and chunk not in _DRAWN and drawn[0] != "O"
        )
        if is_word and len(chunk) > 1 and not tied:
            return None
        if end >= 0 and not tied and len(chunk) == 1 and chunk not in {"o", "l", "i"}:
            return None
        if end < 0 and not (_BEFORE_FIGURES.match(text, stop) or _is_before_words(text, stop)):
            return None
        if end < 0 and len(chunk) == 1 and not (written[start].isupper() or chunk == "l"):
            return None
        if end < 0 and start and text[start - 1] in "'’":
            return None
    return Item(shaped(written[start:stop]), start, stop, "letters", 0, piece.value)


def _is_before_words(text: str, stop: int) -> bool:
    """Whether two number words follow."""
    following = _CHUNK.findall(text, stop, stop + 30)[:2]
    return len(following) == 2 and all(read(one)[0].kind in {"word", "letters"} for one in following)


def _is_among_its_own(text: str, piece: Piece, stop: int, run: list[Item]) -> bool:
    if run and run[-1].language == piece.language:
        return True
    if run and run[-1].kind == "word" and piece.value < 0:
        return True
    following = _CHUNK.search(text, stop, stop + 24)
    found = WORDS.get(following[0]) if following else None
    return found is not None and found[1] == piece.language


def _is_in_a_row(text: str, start: int, stop: int, run: list[Item]) -> bool:
    """Whether four English number words stand around, with nothing but number words between."""
    found = 0
    before = [one[0] for one in _CHUNK.finditer(text, max(0, start - 60), start)] if run else []
    for words in (reversed(before), _CHUNK.findall(text, stop, stop + 60)):
        for word in words:
            known = WORDS.get(word)
            if word not in MISSPELT and (known is None or known[1] != "en"):
                break
            found += known is not None
    return found >= 4


def _is_gap(between: str, distance: int) -> bool:
    return len(between) <= WIDEST and distance <= FARTHEST and "\n\n" not in between


def combined(text: str, run: list[Item], *, with_hundreds: bool = True) -> list[Item]:
    """Number words that belong together made one: "fifty five", "quatre-vingt-dix-huit", "beş yüz otuz iki".

    Without hundreds, "nine hundred one" is 900 and 1.
    """
    found: list[Item] = []
    for item in run:
        if found and item.kind == "word" and _is_tied(text, found[-1], item):
            value = _sum(found[-1], item)
            if value is not None and (with_hundreds or value < 100 or value % 100 == 0):
                first = found.pop()
                item = Item(str(value), first.start, item.end, "word", first.glued, value, item.language)
        found.append(item)
    return found


def _is_tied(text: str, one: Item, other: Item) -> bool:
    return one.kind == "word" and text[one.end : other.start].strip(" -") in {"", *LINKS} and (
        len(one.digits) > 1 or other.value in {-100, 20}
    )  # fmt: skip


def _sum(one: Item, other: Item) -> int | None:
    first, then = abs(one.value), other.value
    if then == -100:
        return first * 100 if 1 <= first <= 9 else None
    if first == 4 and then == 20 and other.language == "fr":
        return 80
    if first >= 100 and first % 100 == 0 and 1 <= then <= 99:
        return first + then
    if first > 19 and first % 10 == 0 and first % 100 and 1 <= then <= 9:
        return first + then
    if first % 100 in {60, 80} and 10 <= then <= 19:
        return first + then
    if first % 100 in {10, 70, 90} and one.language in {"fr", other.language} and 7 <= then <= 9:
        return first + then
    return None

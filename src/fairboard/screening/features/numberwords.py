"""Words that stand for digits in fifteen languages, their compounds, and letters drawn like digits.

A chunk is what stands between two characters that are neither letter nor digit. `read` says which digits
a chunk may stand for, piece by piece; it knows nothing of what stands around it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from fairboard.screening.text import fold

_UNITS = {
    "en": "zero|oh|nought|naught|nil one two three four five six seven eight nine",
    "de": "null eins|ein|eine zwei|zwo drei vier funf|fuenf sechs sieben acht neun",
    "es": "cero uno|una dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zero un|une deux trois quatre cinq six sept huit neuf",
    "it": "zero uno|una due tre quattro cinque sei sette otto nove",
    "pt": "zero um|uma dois|duas tres quatro cinco seis|meia sete oito nove",
    "ru": "ноль|нуль один|одна два|две три четыре пять шесть семь восемь девять",
    "pl": "zero jeden|jedna dwa|dwie trzy cztery piec szesc siedem osiem dziewiec",
    "nl": "nul een twee drie vier vijf zes zeven acht negen",
    "tr": "sifir bir iki uc dort bes alti yedi sekiz dokuz",
    "sv": "noll|nolla ett|en tva tre fyra fem sex sju atta nio",
    "da": "nul en|et to tre fire fem seks syv|sju otte|atte ni",
    "ro": "zero unu|una doi|doua trei patru cinci sase sapte opt noua",
    "hi": "shunya ek do teen char|chaar paanch|panch chhe|chhah saat aath nau",
    "zh": "零|〇 一 二|两 三 四 五 六 七 八 九",
}
_TEENS = {  # from ten on
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "zehn elf zwolf|zwoelf dreizehn vierzehn funfzehn|fuenfzehn sechzehn siebzehn achtzehn neunzehn",
    "es": "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
    "fr": "dix onze douze treize quatorze quinze seize",
    "it": "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "pt": "dez onze doze treze catorze|quatorze quinze dezesseis|dezasseis dezessete|dezassete dezoito "
          "dezenove|dezanove",
    "ru": "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать "
          "девятнадцать",
    "pl": "dziesiec jedenascie dwanascie trzynascie czternascie pietnascie szesnascie siedemnascie osiemnascie "
          "dziewietnascie",
    "nl": "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
    "tr": "on",
}  # fmt: skip
_TENS = {  # from twenty on
    "en": "twenty thirty forty|fourty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreissig vierzig funfzig|fuenfzig sechzig siebzig achtzig neunzig",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "vingt|vingts trente quarante cinquante soixante septante huitante|octante nonante",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "pl": "dwadziescia trzydziesci czterdziesci piecdziesiat szescdziesiat siedemdziesiat osiemdziesiat "
          "dziewiecdziesiat",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "tr": "yirmi otuz kirk elli altmis yetmis seksen doksan",
}  # fmt: skip
_HUNDREDS = {  # from one hundred on
    "es": "cien|ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
    "pt": "cem|cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos",
    "ru": "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    "pl": "sto dwiescie trzysta czterysta piecset szescset siedemset osiemset dziewiecset",
}
_TIMES_HUNDRED = {"en": "hundred", "fr": "cent cents", "tr": "yuz", "de": "hundert", "nl": "honderd", "it": "cento"}
_COMMON = {
    "on", "once", "elf", "meia", "cent", "cento", "cem", "sto", "hundred", "nil", "ten", "tien", "as", "en", "et",
    "sex", "fem", "do", "ek", "char", "opt", "fire", "ni", "atta", "noua", "saat", "nau", "to",
}  # fmt: skip
"""Words of another meaning elsewhere: they count only beside a word of their own language."""
TIMES = {
    "double": 2, "triple": 3, "treble": 3, "quadruple": 4, "doppel": 2, "dreifach": 3, "doble": 2, "doppio": 2,
    "triplo": 3, "duplo": 2, "dubbel": 2, "driedubbel": 3, "podwojne": 2, "cift": 2, "двойной": 2, "дважды": 2,
}  # fmt: skip
TIMES = {fold(word).text: count for word, count in TIMES.items()}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a chunk and the digits it stands for.

    ``kind`` is ``digits``, ``word`` (a number word), ``misspelt`` (one misspelt), ``letters`` (drawn like digits),
    ``times`` (the digit that follows is repeated) or ``other``. ``value`` and ``language`` are of a word; a value of -1
    says that letters are drawn like digits only roughly.
    """

    kind: str
    digits: str
    start: int
    end: int
    value: int = 0
    language: str = ""


def _lexicon() -> dict[str, tuple[int, str]]:
    words: dict[str, tuple[int, str]] = {}

    def put(said: str, value: int, language: str) -> None:
        for one in said.split("|"):
            words.setdefault(fold(one).text, (value, language))

    for language, said in _UNITS.items():
        for value, word in enumerate(said.split()):
            put(word, value, language)
    for first, table in ((10, _TEENS), (20, _TENS), (100, _HUNDREDS)):
        step = 1 if first == 10 else first if first == 100 else 10
        for language, said in table.items():
            for at, word in enumerate(said.split()):
                put(word, first + at * step, language)
    for language, said in _TIMES_HUNDRED.items():
        for word in said.split():
            put(word, -100, language)
    for word, value, language in _joined_words():
        put(word, value, language)
    return words


def _joined_words() -> list[tuple[str, int, str]]:
    """Compounds written as one word: vierunddreissig, vierendertig, trentaquattro, veinticuatro, neunhundert."""
    found = []
    for language, link in (("de", "und"), ("nl", "en")):
        units, tens = _UNITS[language].split(), _TENS[language].split()
        for (unit, one), (ten, word) in product(enumerate(units), enumerate(tens)):
            if unit:
                found += [
                    (f"{first}{link}{last}", 20 + ten * 10 + unit, language)
                    for first, last in product(one.split("|"), word.split("|"))
                ]
    for ten, word in enumerate(_TENS["it"].split()):
        for unit, one in enumerate(_UNITS["it"].split()[1:], start=1):
            stem = word[:-1] if unit in {1, 8} else word
            found.append((stem + one.split("|")[0], 20 + ten * 10 + unit, "it"))
    for unit, one in enumerate(_UNITS["es"].split()[1:], start=1):
        found.append(("veinti" + one.split("|")[0], 20 + unit, "es"))
    for language, hundred in (("de", "hundert"), ("it", "cento"), ("nl", "honderd")):
        for unit, one in enumerate(_UNITS[language].split()[2:], start=2):
            found += [(first + hundred, unit * 100, language) for first in one.split("|")]
    return found


WORDS = _lexicon()
MISSPELT = {
    "fife": 5, "fiv": 5, "fve": 5, "fyve": 5, "sevn": 7, "sevin": 7, "svn": 7, "ate": 8, "eigth": 8, "eigt": 8,
    "eihgt": 8, "ait": 8, "nien": 9, "nyne": 9, "niner": 9, "thre": 3, "tree": 3, "fore": 4, "foor": 4, "fuor": 4,
    "wun": 1, "won": 1, "siks": 6, "sics": 6, "ziro": 0, "zeero": 0, "zro": 0, "twoo": 2, "tew": 2,
}  # fmt: skip
"""English number words as they are misspelt; some are words of their own, so they count only in a row of others."""
_LEET = str.maketrans("013457@$", "oieastas")
_SHAPES = {"o": "0", "i": "1", "l": "1", "z": "2", "s": "5", "b": "8", "g": "9", "q": "0", "e": "3", "a": "4",
           "t": "7", "d": "0", "з": "3", "ч": "4", "б": "6"}  # fmt: skip
SHAPED = frozenset("oilzsbgq")
"""Letters drawn like digits in any chunk; the others of `_SHAPES` only between real digits."""
_NOT_FIGURE_WORDS = (
    "is so go oil big bio bis biz boil boss gig gis gob gobi gogo goo ios il los lo ill lib lob log logo logos "
    "loss lol obi ob oslo sol soil si sis sob solo silo zoo bob bill ibis iso slob blog bliss gloss bol sos zig "
    "os gb gs ls zl sl slo bi bg lg ig sq iq lbs lb oz ll ii iii gil gls i l s b g q z bills goal lozo bozo zoll "
    "sso ol also gibs slo silos igloo iglo sizil "
)
NOT_FIGURES = frozenset(_NOT_FIGURE_WORDS.split())
_SEGMENTS = re.compile(r"\d+|[^\W\d_]+")
_HAN = re.compile(r"[零〇一二两三四五六七八九]+|[^零〇一二两三四五六七八九]+")
_LONG_DRAWN = re.compile(r"([^\W\d_])\1{2,}")
_BY_LANGUAGE = {
    language: frozenset(
        fold(one).text
        for table in (_UNITS, _TEENS, _TENS, _HUNDREDS)
        for said in table.get(language, "").split()
        for one in said.split("|")
    )
    | {word for word, (_value, of) in WORDS.items() if of == language}
    for language in _UNITS
    if language != "zh"
}
_ANY_WORD = frozenset(word for word in WORDS if len(word) > 1)
_INNER_GLUE = frozenset({"dot", "dash", "punkt", "punto", "ponto", "point", "then"})
_LONGEST_WORD = max(map(len, WORDS))


@lru_cache(maxsize=40_000)
def read(chunk: str) -> tuple[Piece, ...]:
    """What the pieces of a chunk of plain text stand for."""
    if chunk.isdigit():
        return (Piece("digits", chunk, 0, len(chunk)),)
    if (word := word_of(chunk)) is not None:
        return (_word(word, 0, len(chunk)),)
    if chunk in TIMES:
        return (Piece("times", "", 0, len(chunk), TIMES[chunk]),)
    if chunk in MISSPELT:
        return (Piece("misspelt", str(MISSPELT[chunk]), 0, len(chunk), MISSPELT[chunk], "en"),)
    if chunk.isalpha():
        return _letters(chunk)
    return _mixed(chunk)


def word_of(chunk: str) -> tuple[int, str] | None:
    """Value and language of a number word, drawn long ("fiiive") or not."""
    found = WORDS.get(chunk)
    if found is None and _LONG_DRAWN.search(chunk):
        found = WORDS.get(_LONG_DRAWN.sub(r"\1", chunk)) or WORDS.get(_LONG_DRAWN.sub(r"\1\1", chunk))
    return found


def _word(found: tuple[int, str], start: int, end: int) -> Piece:
    value, language = found
    return Piece("word", str(abs(value)), start, end, value, language)


def _letters(chunk: str) -> tuple[Piece, ...]:
    if SHAPED.issuperset(chunk) and len(chunk) <= 5:
        return (Piece("letters", shaped(chunk), 0, len(chunk)),)
    if 5 <= len(chunk) <= 200:
        for words in _BY_LANGUAGE.values():
            pieces = _segmented(chunk, words)
            if len(pieces) > 1:
                return pieces
    if not chunk.isascii() and len(pieces := _han(chunk)) > 1 | (len(chunk) == 1):
        return pieces
    return (Piece("other", "", 0, len(chunk)),)


def _han(chunk: str) -> tuple[Piece, ...]:
    pieces = []
    for found in _HAN.finditer(chunk):
        if found[0][0] in WORDS:
            pieces += [_word(WORDS[one], at, at + 1) for at, one in enumerate(found[0], start=found.start())]
        else:
            pieces.append(Piece("other", "", found.start(), found.end()))
    return tuple(pieces)


def _segmented(chunk: str, words: frozenset[str]) -> tuple[Piece, ...]:
    """A chunk as number words without gaps ("twoonetwo"), nothing when it is not made of them."""
    last: dict[int, int] = {0: 0}  # where the word that ends at a place begins; the longest words first
    for end in range(1, len(chunk) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            if start in last and (chunk[start:end] in words or chunk[start:end] in _INNER_GLUE):
                last[end] = start
                break
    if len(chunk) not in last:
        return ()
    pieces, end = [], len(chunk)
    while end:
        start = last[end]
        if chunk[start:end] in words:
            pieces.append(_word(WORDS[chunk[start:end]], start, end))
        end = start
    return tuple(reversed(pieces))


def _mixed(chunk: str) -> tuple[Piece, ...]:
    """Digits and letters in one chunk: "2one2", "2l2", "tw0", "call2125550147"."""
    letters = sum(map(str.isalpha, chunk))
    if SHAPED.issuperset(one for one in chunk if one.isalpha()) and len(chunk) - letters >= letters - 1:
        return (Piece("letters", shaped(chunk), 0, len(chunk)),)
    if letters >= 2 and (word := word_of(undone := chunk.translate(_LEET))) and undone not in _COMMON:
        return (_word(word, 0, len(chunk)),)
    pieces: list[Piece] = []
    for found in _SEGMENTS.finditer(chunk):
        if found[0].isdigit():
            pieces.append(Piece("digits", found[0], *found.span()))
        elif inner := _segmented(found[0], _ANY_WORD):
            pieces += [Piece(one.kind, one.digits, one.start + found.start(), one.end + found.start(), one.value,
                             one.language) for one in inner]  # fmt: skip
        else:
            pieces.append(Piece("other", "", *found.span()))
    if all(one.kind != "other" for one in pieces):
        return tuple(pieces)
    if SHAPED.issuperset(one for one in chunk if one.isalpha()):
        return (Piece("letters", shaped(chunk), 0, len(chunk)),)
    digits = len(chunk) - letters
    is_near = (chunk[0].isdigit() or chunk[0] in SHAPED) and 2 <= digits >= letters and len(chunk) <= 11
    if is_near and all(one.isdigit() or one in _SHAPES for one in chunk):
        return (Piece("letters", shaped(chunk), 0, len(chunk), -1),)
    return tuple(pieces)


def shaped(written: str) -> str:
    """Letters as the digits they are drawn like; the small b, g and q and the large ones differ."""
    return "".join({"b": "6", "G": "6", "q": "9"}.get(one) or _SHAPES.get(one.lower(), one) for one in written)


def is_common(word: str) -> bool:
    """Whether a number word means something else in another language."""
    return word in _COMMON

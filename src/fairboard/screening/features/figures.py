"""Ages and prices in a text."""

import re
from decimal import InvalidOperation

from fairboard.fields.number import read_number
from fairboard.screening.features.digits import LINKS
from fairboard.screening.features.numberwords import WORDS
from fairboard.screening.model import Found, Span
from fairboard.screening.text import Plain

# A figure is looked for first, then what stands around it: most texts have few.
_DIGIT = re.compile(r"\d")
_SHORT = re.compile(r"\d(?<![\w.]\d)\d?(?!\d)")
_YEARS_AFTER = re.compile(
    r"\s{0,2}[- ]?\s{0,2}(?:years?\s{0,2}[- ]?\s{0,2}old|yrs?\s{0,2}[- ]?\s{0,2}old|y\.?\s?/?o\b|jahre?\s{1,3}alt"
    r"|jahrige[rns]?\b|ans\b|anos\b|anni\b|л[еe][тt]\b|歳|岁)"
)
_AGE_BEFORE = re.compile(r"\b(?:aged?|alter|edad|eta|idade)\s{0,2}:?\s{0,2}$")
_SAID_BEFORE = re.compile(r"(?<!\w)(?:i'?m|i am|she is|he is|she's|he's|ich bin|tengo|j'ai|ho|tenho)\s{1,2}$")
_SAID_AFTER = re.compile(r"\s{0,2}(?:[.,;!?](?!\d)|$|(?:and|und|years|yo|jahre)\b)")
_YEARS_AFTER_WORDS = re.compile(
    r"(?:(?<=[a-z])[ -]{1,3}(?:years?[ -]{1,3}old|yrs?[ -]{1,3}old|jahre?\s{1,3}alt"
    r"|(?:ans|anos|anni)(?![^\W_])(?! ?d[e'’]))"
    r"|(?<=[a-z])[ -]{0,2}jahrige[rns]?)(?![^\W_]|-[a-z])"
)
_SAID_WORDS = re.compile(r"(?<!\w)(?:(aged)|i'?m|i am|she is|he is|she's|he's|ich bin)[ :]{1,2}")
_WORD = re.compile(r"[a-z]+")
_DATE = (
    r"(?:(?:on |am |el |le )?\d{1,2}(?:st|nd|rd|th)?"
    r"(?:[./-]\d{1,2}[./-]|[ .]{1,2}(?:de )?[a-z]{3,10}[ .,]{1,2}(?:de )?))?"
)
_BORN = re.compile(
    r"(?<!\w)(?:born|geboren|jahrgang|geburtsjahr|year of birth|birth year|birthyear|nacid[oa]s?|ano de nacimiento"
    r"|nee?(?= en)|annee de naissance|nat[oa]|nascid[oa])[ :]{1,2}(?:in |im jahr |en |el |nel |em )?"
    rf"{_DATE}((?:19|20)\d\d)(?![\d-])|(?<!\w)((?:19|20)\d\d)(?:er jahrgang| geboren|-born| born)(?!\w)"
)
_PRICE = re.compile(
    r"([$€£¥₹])\s?(\d[\d.,' ]{0,12}\d|\d)"
    r"|(?<![\w.])(\d[\d.,']{0,12}\d|\d)\s?(usd|eur|gbp|chf|euros?|dollars?|pounds?|[$€£])(?!\w)"
)
_UNITS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "usd": "USD", "eur": "EUR", "gbp": "GBP",
          "chf": "CHF", "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pound": "GBP",
          "pounds": "GBP"}  # fmt: skip


def ages(name: str, original: str, plain: Plain, year: int = 0) -> list[Found]:
    """Ages that are claimed, in years, in the order of the text: in figures, in words, or by a year of birth.

    A year of birth is read as the age reached in ``year``, from 10 to 99; not at all when that is 0.
    """
    found: dict[tuple[int, int], int] = {}
    text = plain.text
    if _DIGIT.search(text):
        for figure in _SHORT.finditer(text):
            start, end = _age(text, figure.start(), figure.end())
            if start < end:
                found[start, end] = int(figure[0])
        if year and _may_tell_a_birth(text):
            for birth in _BORN.finditer(text):
                if 10 <= year - int(birth[1] or birth[2]) <= 99:
                    found[birth.span()] = year - int(birth[1] or birth[2])
    if _may_tell_an_age(text):
        found.update(_ages_in_words(text))
    if not found:
        return []
    return [
        Found(str(found[at]), original[start:end], Span(name, start, end), "years")
        for at in sorted(found)
        for start, end in (plain.span(*at),)
    ]


def _may_tell_an_age(text: str) -> bool:
    """Whether a mark of an age in words is there: one look each, which is quicker than a pattern for all."""
    return (
        " old" in text or "-old" in text or " alt" in text or "jahrige" in text or " ans" in text or " anos" in text
        or " anni" in text or "aged " in text or "i am " in text or "i'm " in text or "ich bin " in text
        or "he is " in text or "he's " in text
    )  # fmt: skip


def _names_a_currency(text: str) -> bool:
    return (
        "$" in text or "€" in text or "£" in text or "¥" in text or "₹" in text or "usd" in text or "eur" in text
        or "gbp" in text or "chf" in text or "dollar" in text or "pound" in text
    )  # fmt: skip


def _may_name_years(text: str) -> bool:
    """Whether `_YEARS_AFTER_WORDS` may match."""
    return (
        " old" in text or "-old" in text or "alt" in text or "jahrige" in text or " ans" in text or "-ans" in text
        or " anos" in text or "-anos" in text or " anni" in text or "-anni" in text
    )  # fmt: skip


def _may_say_an_age(text: str) -> bool:
    """Whether `_SAID_WORDS` may match."""
    return (
        "aged" in text or "i am" in text or "i'm" in text or "im " in text or "im:" in text or "he is" in text
        or "he's" in text or "ich bin" in text
    )  # fmt: skip


def _may_tell_a_birth(text: str) -> bool:
    return (
        "born" in text or "birth" in text or "geb" in text or "jahrgang" in text or "naci" in text or "ne en" in text
        or "nee en" in text or "naissance" in text or "nato" in text or "nata" in text or "nascid" in text
    )  # fmt: skip


def _ages_in_words(text: str) -> dict[tuple[int, int], int]:
    """Where ages are told in number words: "nineteen years old", "j'ai dix-neuf ans", "aged nineteen"."""
    found: dict[tuple[int, int], int] = {}
    for after in _YEARS_AFTER_WORDS.finditer(text) if _may_name_years(text) else ():
        words = list(_WORD.finditer(text, max(0, after.start() - 40), after.start()))
        for count in (3, 2, 1):  # the longest reading that is a number
            chosen = words[-count:]
            value = _number_of([one[0] for one in chosen]) if len(chosen) == count else 0
            if value and text[chosen[-1].end() : after.start()].strip(" -") == "":
                found[chosen[0].start(), after.end()] = value
                break
    for said in _SAID_WORDS.finditer(text) if _may_say_an_age(text) else ():
        words = list(_WORD.finditer(text, said.end(), said.end() + 40))
        for count in (3, 2, 1):
            chosen = words[:count]
            value = _number_of([one[0] for one in chosen]) if len(chosen) == count else 0
            if value and chosen[0].start() == said.end() and (said[1] or _SAID_AFTER.match(text, chosen[-1].end())):
                end = chosen[-1].end()
                if not any(start < end and said.end() < stop for start, stop in found):
                    found[said.start(), end] = value
                break
    return found


def _number_of(words: list[str]) -> int:
    """The number from 10 to 99 that words of one language say together; 0 when they say none."""
    read = [WORDS.get(one) for one in words if one not in LINKS]
    known = [one for one in read if one]
    if not known or len(known) < len(read) or words[0] in LINKS or words[-1] in LINKS:
        return 0
    value, language = known[0]
    for more, also in known[1:]:
        tens = value % 10 == 0 and 20 <= value <= 90 and 1 <= more <= 9
        french = (also == "fr" and value in {10, 60} and 7 <= more <= 19) or (value, more) == (70, 9)
        if not (tens or french) or (also != language and language != "fr"):
            return 0
        value += more
    return value if 10 <= value <= 99 else 0


def _age(text: str, start: int, end: int) -> tuple[int, int]:
    """From where to where an age is told with the figure at this place; nothing when it is none."""
    if after := _YEARS_AFTER.match(text, end):
        return start, after.end()
    after_it = text[end : end + 1]
    if after_it.isalpha() or after_it == "_" or (after_it == "." and text[end + 1 : end + 2].isalnum()):
        return 0, 0
    if before := _before(text, start, _AGE_BEFORE):
        return before.start(), end
    said = _before(text, start, _SAID_BEFORE) if end - start == 2 and text[start] != "0" else None
    return (said.start(), end) if said and _SAID_AFTER.match(text, end) else (0, 0)


def _before(text: str, start: int, pattern: re.Pattern[str]) -> re.Match[str] | None:
    return pattern.search(text, max(0, start - 14), start)


def prices(name: str, original: str, plain: Plain) -> list[Found]:
    """Amounts with a currency, as plain decimal numbers: ``1250.50``."""
    found: list[Found] = []
    if not _names_a_currency(plain.text):
        return found
    for match in _PRICE.finditer(plain.text):
        start, end = plain.span(match.start(), match.end())
        unit = _UNITS[match[1] or match[4]]
        try:
            amount = read_number((match[2] or match[3]).strip(" .,'"))
        except InvalidOperation:
            continue  # figures with so many points and commas are no amount
        found.append(Found(f"{amount:f}", original[start:end], Span(name, start, end), unit))
    return found

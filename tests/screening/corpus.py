# ruff: noqa: E501
"""Texts with disguised telephone numbers and with figures that are none, drawn from a seed.

The numbers are those that regulators keep for fiction (NANPA 555-01xx, Ofcom's drama ranges, Bundesnetzagentur,
ARCEP, ACMA), so nobody is rung up. Hand-written cases are in `disguised.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.screening import manners
from tests.screening.figures_corpus import MORE

WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "de": ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    "fr": ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"],
    "it": ["zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"],
    "pt": ["zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove"],
    **manners.MORE_WORDS,
}
BEFORE = {
    "en": ["Works well, {}", "Call me {}", "text {} any time", "Reach us: {} after six", "my number is {}", "{}",
           "Collection from the centre. Whatsapp {}", "Serious people only {} thanks", "ring {} in the evening"],
    "de": ["Guter Zustand, {}", "ruf an {}", "Handy {} ab 18 Uhr", "Bei Interesse: {}", "{}", "erreichbar unter {}"],
    "es": ["Buen estado, {}", "llama al {}", "mi telefono {} por la tarde", "{}", "whatsapp {}"],
    "fr": ["Bon état, {}", "appelez le {}", "joignable au {} le soir", "{}", "tel {}"],
    "it": ["Buono stato, {}", "chiama {}", "telefono {} la sera", "{}"],
    "pt": ["Bom estado, {}", "liga {}", "meu telefone {} à noite", "{}"],
    "ru": ["Хорошее состояние, {}", "звоните {}", "{}", "телефон {} вечером"],
    "pl": ["Stan dobry, {}", "dzwoń {}", "{}", "telefon {} wieczorem"],
    "nl": ["Goede staat, {}", "bel {}", "{}", "telefoon {} na zessen"],
    "tr": ["Durumu iyi, {}", "ara {}", "{}", "telefon {} akşam"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """A text; ``number`` in E.164 when one is hidden in it, empty for a decoy. ``style`` says how."""

    title: str
    body: str
    country: str
    number: str
    style: str


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def _us(random: Random) -> tuple[str, str, str]:
    area = random.choice(["212", "310", "415", "512", "617", "713", "808", "907"])
    national = f"{area}55501{_digits(random, 2)}"
    return national, f"+1{national}", "en" if random.random() < 0.7 else "es"


def _gb(random: Random) -> tuple[str, str, str]:
    kept = random.choice(
        [f"7700900{_digits(random, 3)}", f"2079460{_digits(random, 3)}", f"1632960{_digits(random, 3)}"]
    )
    return f"0{kept}", f"+44{kept}", "en"


def _de(random: Random) -> tuple[str, str, str]:
    kept = random.choice(
        [f"3023125{_digits(random, 3)}", f"8999998{_digits(random, 3)}", f"17139200{_digits(random, 2)}"]
    )
    return f"0{kept}", f"+49{kept}", "de"


def _fr(random: Random) -> tuple[str, str, str]:
    kept = random.choice([f"19900{_digits(random, 4)}", f"63998{_digits(random, 4)}", f"26191{_digits(random, 4)}"])
    return f"0{kept}", f"+33{kept}", "fr"


def _au(random: Random) -> tuple[str, str, str]:
    kept = random.choice(
        [
            f"491570{random.choice(['006', '156', '157', '158', '159', '110', '313', '737'])}",
            f"27010{_digits(random, 4)}",
        ]
    )
    return f"0{kept}", f"+61{kept}", "en"


NUMBERS: dict[str, Callable[[Random], tuple[str, str, str]]] = {"US": _us, "GB": _gb, "DE": _de, "FR": _fr, "AU": _au}
LETTERS = {"0": "oO", "1": "lI", "2": "zZ", "5": "sS", "8": "B"}
CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
WIDE = "０１２３４５６７８９"
BOLD = "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"
CYRILLIC = str.maketrans("aeopcx", "аеорсх")


def _grouped(random: Random, digits: str) -> list[str]:
    parts, at = [], 0
    while at < len(digits):
        size = random.choice([2, 3, 3, 4])
        if len(digits) - at - size == 1:
            size += 1
        parts.append(digits[at : at + size])
        at += size
    return parts


def plain(random: Random, digits: str, language: str) -> str:
    """Groups with one separator throughout, as people write numbers."""
    return random.choice([" ", "-", ".", " - "]).join(_grouped(random, digits))


def spaced(random: Random, digits: str, language: str) -> str:
    """One digit at a time."""
    return random.choice([" ", ".", "-", "_", "*", " . ", "/", "~", "|", " - ", ", "]).join(digits)


def words(random: Random, digits: str, language: str) -> str:
    """Every digit as a word."""
    return random.choice([" ", " ", "-", ", ", ". "]).join(WORDS[language][int(digit)] for digit in digits)


def mixed(random: Random, digits: str, language: str) -> str:
    """Digits and words in turn as they come."""
    return " ".join(WORDS[language][int(digit)] if random.random() < 0.45 else digit for digit in digits)


def lettered(random: Random, digits: str, language: str) -> str:
    """Letters that look like digits."""
    swapped = [random.choice(LETTERS[one]) if one in LETTERS and random.random() < 0.6 else one for one in digits]
    if "".join(swapped) == digits:
        swapped = [random.choice(LETTERS[one]) if one in LETTERS else one for one in digits]
    return random.choice(["", "-", " "]).join(_grouped(random, "".join(swapped)))


def dressed(random: Random, digits: str, language: str) -> str:
    """Keycaps, circled, full-width or mathematical digits."""
    way = random.choice([lambda one: f"{one}\ufe0f\u20e3", lambda one: CIRCLED[int(one)], lambda one: WIDE[int(one)],
                         lambda one: BOLD[int(one)]])  # fmt: skip
    return random.choice(["", " "]).join(way(one) for one in digits)


def hidden(random: Random, digits: str, language: str) -> str:
    """Marks that are not seen between the digits."""
    return random.choice(["\u200b", "\u2060", "\u00ad", "\u200d"]).join(digits)


def spoken(random: Random, digits: str, language: str) -> str:
    """Words for the separators."""
    glue = {"de": " punkt ", "es": " punto ", "it": " punto ", "pt": " ponto ", "fr": " tiret "}.get(language, "")
    return (glue or random.choice([" dot ", " dash ", " then ", " space "])).join(_grouped(random, digits))


def doubled(random: Random, digits: str, language: str) -> str:
    """Words, with "double" and "triple" for repeated digits."""
    said, at = [], 0
    while at < len(digits):
        run = 1
        while run < 3 and at + run < len(digits) and digits[at + run] == digits[at]:
            run += 1
        said.append(("", "", "double ", "triple ")[run] + WORDS["en"][int(digits[at])])
        at += run
    return " ".join(said)


def lookalike(random: Random, digits: str, language: str) -> str:
    """Words in letters of another script."""
    return " ".join(WORDS["en"][int(digit)].translate(CYRILLIC) for digit in digits)


def bracketed(random: Random, digits: str, language: str) -> str:
    """Each digit or group in brackets."""
    left, right = random.choice(["()", "[]", "<>", "{}"])
    parts = list(digits) if random.random() < 0.5 else _grouped(random, digits)
    return "".join(f"{left}{part}{right}" for part in parts)


def decorated(random: Random, digits: str, language: str) -> str:
    """Ornaments between the groups."""
    return random.choice([" • ", " ~ ", " * ", " = ", " # ", " ^ "]).join(_grouped(random, digits))


def _units(language: str) -> list[str]:
    return WORDS[language]


def paired(random: Random, digits: str, language: str) -> str:
    """Two digits at a time, in words."""
    kept = language if language in {*manners.TENS, "fr"} else "en"
    return manners.paired(random, digits, kept, _units(kept))


def run_together(random: Random, digits: str, language: str) -> str:
    """Words without gaps."""
    return manners.run_together(random, digits, language, _units(language))


def leet_words(random: Random, digits: str, language: str) -> str:
    """Words with figures for letters."""
    return manners.leet_words(random, digits, language, _units("en"))


def drawn_long(random: Random, digits: str, language: str) -> str:
    """Words drawn long."""
    return manners.drawn_long(random, digits, language, _units("en"))


def babel(random: Random, digits: str, language: str) -> str:
    """Words of several languages."""
    return manners.babel(random, digits, language, WORDS)


def glued(random: Random, digits: str, language: str) -> str:
    """Groups with words between."""
    return manners.glued(random, _grouped(random, digits))


def marked(random: Random, digits: str, language: str) -> str:
    """Pictures between the digits."""
    return manners.marked(random, digits)


def half(random: Random, digits: str, language: str) -> str:
    """Digits and words in one."""
    return manners.half(random, digits, _units(language))


def downwards(random: Random, digits: str, language: str) -> str:
    """One group a line."""
    return manners.downwards(random, digits)


def lettered_from_the_start(random: Random, digits: str, language: str) -> str:
    """Letters for every digit that has one."""
    return manners.lettered_from_the_start(random, _grouped(random, digits))


def letters_apart(random: Random, digits: str, language: str) -> str:
    """Words with gaps between their letters."""
    return manners.letters_apart(random, digits, _units(language))


def upright(random: Random, digits: str, language: str) -> str:
    """Digits of other shapes."""
    return manners.upright(random, digits)


def patchwork(random: Random, digits: str, language: str) -> str:
    """Every digit in a way of its own."""
    return manners.patchwork(random, digits, _units(language))


STYLES = (plain, spaced, words, mixed, lettered, dressed, hidden, spoken, doubled, lookalike, bracketed, decorated, paired,
          run_together, leet_words, drawn_long, babel, glued, marked, half, downwards, lettered_from_the_start,
          letters_apart, upright, patchwork)  # fmt: skip
ENGLISH = {doubled, lookalike, leet_words, drawn_long, glued, babel}
FOREIGN = ("ru", "pl", "nl", "tr", "it", "pt", "de", "fr", "es")


def disguised(*, seed: int, count: int) -> Iterator[Sample]:
    """Texts that hide a number, every style and country in turn."""
    random = Random(seed)
    countries = list(NUMBERS)
    for at in range(count):
        country = countries[at % len(countries)]
        style = STYLES[at // len(countries) % len(STYLES)]
        national, number, language = NUMBERS[country](random)
        if style in ENGLISH:
            language = "en"
        elif style in {words, mixed, half, paired, run_together, letters_apart} and random.random() < 0.4:
            language = random.choice(FOREIGN)
        if random.random() < 0.05 and country == "US":
            way, given = random.choice([(manners.as_times, national), (manners.as_prices, [national[:3], national[3:6],
                                                                                           national[6:]])])  # fmt: skip
            carrier = random.choice(["call {}", "Text me at {}", "my number is {}", "ring {} please"])
            yield Sample("City bicycle", carrier.format(way(random, given)), country, number, way.__name__)
            continue
        carrier = random.choice(BEFORE[language])
        if at % 17 == 16 and style in {plain, spaced, words}:  # begun in the title, ended in the text
            cut = 4 + at % 3
            title = f"City bicycle {style(random, national[:cut], language)}"
            yield Sample(title, style(random, national[cut:], language), country, number, f"split {style.__name__}")
            continue
        yield Sample("City bicycle", carrier.format(style(random, national, language)), country, number, style.__name__)


def _vin(random: Random) -> str:
    return "".join(random.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=11)) + _digits(random, 6)


def _ean(random: Random) -> str:
    body = _digits(random, 12)
    return body + str(-sum(int(one) * (3 if at % 2 else 1) for at, one in enumerate(body)) % 10)


def _amount(random: Random, most: int = 2_000_000) -> str:
    return f"{random.randrange(1_000, most):,}"


DECOYS: dict[str, Callable[[Random], str]] = {
    "price": lambda r: f"Price {r.choice('$€£')}{_amount(r)} firm, was {r.choice('$€£')}{_amount(r)}",
    "price list": lambda r: "Prices: " + ", ".join(str(r.randrange(5, 900)) for _ in range(r.randrange(3, 7))) + " euros",
    "years": lambda r: "Built " + " and ".join(str(r.randrange(1890, 2026)) for _ in range(r.randrange(2, 4))),
    "year range": lambda r: f"Magazines {r.randrange(1950, 1990)}-{r.randrange(1990, 2024)} complete",
    "date": lambda r: f"Available from {r.randrange(1, 29):02d}.{r.randrange(1, 13):02d}.{r.randrange(2024, 2028)}",
    "iso date": lambda r: f"Viewing 2026-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d} {r.randrange(8, 20)}:30",
    "sizes": lambda r: "Sizes " + " ".join(str(36 + at) for at in range(r.randrange(5, 12))),
    "dimensions": lambda r: f"{r.randrange(40, 300)} x {r.randrange(40, 300)} x {r.randrange(10, 200)} cm",
    "millimetres": lambda r: f"Board {r.randrange(1000, 4000)}x{r.randrange(500, 2000)}x{r.randrange(10, 60)} mm",
    "mileage": lambda r: f"{_amount(r, 300_000)} km, service at {_amount(r, 200_000)} km",
    "vin": lambda r: f"VIN {_vin(r)} on request",
    "isbn": lambda r: f"ISBN 978-{_digits(r, 1)}-{_digits(r, 2)}-{_digits(r, 6)}-{_digits(r, 1)}, second edition",
    "isbn plain": lambda r: f"ISBN: 978{_digits(r, 10)}",
    "isbn ten": lambda r: f"ISBN {_digits(r, 10)} paperback",
    "ean": lambda r: f"EAN {_ean(r)}, new in the box",
    "order": lambda r: f"Order number {_digits(r, 10)}, receipt included",
    "order reference": lambda r: f"Ref. {_digits(r, 3)}-{_digits(r, 7)}-{_digits(r, 7)}",
    "part": lambda r: f"Part no. {_digits(r, 10)} fits many models",
    "serial": lambda r: f"Serial {_digits(r, 10)}, registered",
    "article": lambda r: f"Artikel-Nr. {_digits(r, 8)}, Farbe blau",
    "gps": lambda r: f"GPS {r.uniform(-80, 80):.6f}, {r.uniform(-170, 170):.6f}",
    "model": lambda r: f"{r.choice(['RTX', 'GTX', 'RX'])} {r.choice([3060, 4070, 4090, 6800])} with {r.choice([8, 12, 16])} GB",
    "resolution": lambda r: f"{r.choice(['1920x1080', '2560x1440', '3840x2160'])} at {r.choice([60, 144, 240])} Hz",
    "phone model": lambda r: f"iPhone {r.randrange(8, 17)} Pro {r.choice([64, 128, 256, 512])} GB",
    "imei": lambda r: f"IMEI {_digits(r, 15)}",
    "iban": lambda r: f"IBAN DE{_digits(r, 2)} {_digits(r, 4)} {_digits(r, 4)} {_digits(r, 4)} {_digits(r, 4)} {_digits(r, 2)}",
    "tracking": lambda r: f"Tracking {_digits(r, 20)}",
    "zip": lambda r: f"zip {_digits(r, 5)}-{_digits(r, 4)}",
    "hours": lambda r: f"Open {r.randrange(7, 10)}:00-{r.randrange(16, 20)}:30, Saturday 10-14",
    "times": lambda r: "Trains at " + ", ".join(f"{r.randrange(6, 22)}:{r.randrange(10, 59)}" for _ in range(4)),
    "area": lambda r: f"{r.randrange(1, 6)}.5 rooms, {r.randrange(30, 160)} m2, {_amount(r, 3000)} warm, deposit {_amount(r, 6000)}",
    "count": lambda r: f"{_amount(r, 90_000)} pieces in {r.randrange(10, 90)} boxes of {r.randrange(10, 400)}",
    "lego": lambda r: "Lego " + ", ".join(str(r.randrange(6000, 76000)) for _ in range(r.randrange(2, 5))),
    "engine": lambda r: f"{r.uniform(1, 6):.1f} l {r.choice([4, 6, 8])} cylinders {r.randrange(80, 600)} hp {r.randrange(100, 800)} Nm",
    "tyres": lambda r: f"Tyres {r.randrange(155, 275, 10)}/{r.randrange(35, 75, 5)} R{r.randrange(14, 21)} {r.randrange(80, 105)}V",
    "version": lambda r: f"Firmware {r.randrange(1, 20)}.{r.randrange(0, 30)}.{r.randrange(0, 99)}.{r.randrange(1000, 9999)}",
    "ip": lambda r: "Router at " + ".".join(str(r.randrange(1, 255)) for _ in range(4)),
    "vat": lambda r: f"VAT DE{_digits(r, 9)}",
    "numbers said": lambda r: f"{r.choice(WORDS['en'][2:])} chairs, {r.choice(WORDS['en'][2:])} plates and {r.choice(WORDS['en'][2:])} cups",
    "plates": lambda r: "Plates " + " ".join(str(r.choice([1, 2, 5, 10, 15, 20, 25])) for _ in range(r.randrange(3, 8))) + " kg",
    "coins": lambda r: "Coins " + " ".join(str(r.randrange(1880, 1970)) for _ in range(r.randrange(3, 8))),
    "scale": lambda r: f"Model railway 1:{r.choice([87, 160, 220])}, item {_digits(r, 5)}, epoch {r.randrange(1, 6)}",
    "grouped count": lambda r: f"{r.randrange(1, 99)} {_digits(r, 3)} {_digits(r, 3)} views",
    "barcode": lambda r: f"Barcode {_digits(r, 12)}",
    "invoice": lambda r: f"Invoice {r.randrange(2019, 2027)}{_digits(r, 7)}",
    **MORE,
}  # fmt: skip
TAILS = ("", " Collection only.", " Nearly new.", " Ask for more photos.", " Kein Versand.", " No offers please.")


def decoys(*, seed: int, count: int) -> Iterator[Sample]:
    """Texts whose figures are no telephone numbers, every kind in turn."""
    random = Random(seed)
    kinds, countries = list(DECOYS), list(NUMBERS)
    for at in range(count):
        kind = kinds[at % len(kinds)]
        yield Sample(
            "For sale",
            DECOYS[kind](random) + random.choice(TAILS),
            countries[at // len(kinds) % len(countries)],
            "",
            kind,
        )

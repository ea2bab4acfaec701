# ruff: noqa: E501
"""More ways to hide a number: compounds, mixtures of languages, words between, times and prices, odd letters."""

import re
from random import Random

TENS = {
    "en": (["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
            "nineteen"], ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]),
    "de": (["zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn",
            "neunzehn"], ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]),
    "es": (["diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho",
            "diecinueve"], ["veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]),
    "pt": (["dez", "onze", "doze", "treze", "catorze", "quinze", "dezesseis", "dezessete", "dezoito", "dezenove"],
           ["vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa"]),
    "pl": (["dziesięć", "jedenaście", "dwanaście", "trzynaście", "czternaście", "piętnaście", "szesnaście",
            "siedemnaście", "osiemnaście", "dziewiętnaście"],
           ["dwadzieścia", "trzydzieści", "czterdzieści", "pięćdziesiąt", "sześćdziesiąt", "siedemdziesiąt",
            "osiemdziesiąt", "dziewięćdziesiąt"]),
    "ru": (["десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
            "семнадцать", "восемнадцать", "девятнадцать"],
           ["двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"]),
    "nl": (["tien", "elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien",
            "negentien"], ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]),
}  # fmt: skip
MORE_WORDS = {
    "ru": ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"],
    "pl": ["zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"],
    "nl": ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"],
    "tr": ["sıfır", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz"],
}
FRENCH = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
          "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"]  # fmt: skip
FRENCH_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}


def two_digits(value: int, language: str, units: list[str]) -> str:
    """A number below one hundred in words, as it is said."""
    if language == "fr":
        if value < 20:
            return FRENCH[value]
        base = value // 20 * 20 if value >= 60 else value // 10 * 10
        rest = value - base
        if not rest:
            return FRENCH_TENS[base] + ("s" if base == 80 else "")
        return FRENCH_TENS[base] + (" et " if rest in {1, 11} and base < 80 else "-") + FRENCH[rest]
    if value < 10:
        return units[value]
    teens, tens = TENS[language]
    if value < 20:
        return teens[value - 10]
    ten, unit = tens[value // 10 - 2], value % 10
    if not unit:
        return ten
    if language in {"de", "nl"}:
        first = "ein" if (language, unit) == ("de", 1) else units[unit]
        return first + ("und" if language == "de" else "ën" if units[unit].endswith("e") else "en") + ten
    link = {"es": " y ", "pt": " e "}.get(language, " ")
    if language == "es" and value < 30:
        return "veinti" + units[unit]
    return ten + link + units[unit]


def paired(random: Random, digits: str, language: str, units: list[str]) -> str:
    """Two digits at a time, in words: "oh six, thirty-nine, ninety-eight"."""
    said, at = [], 0
    if len(digits) % 2:
        said.append(units[int(digits[0])])
        at = 1
    for start in range(at, len(digits), 2):
        pair = digits[start : start + 2]
        if pair[0] == "0":
            said += [units[0], units[int(pair[1])]]
        else:
            said.append(two_digits(int(pair), language, units))
    return random.choice([", ", " / ", ". "]).join(said)


def run_together(random: Random, digits: str, language: str, units: list[str]) -> str:
    """Words without gaps, in groups."""
    size = random.choice([3, 4, len(digits)])
    words = [units[int(one)] for one in digits]
    return " ".join("".join(words[at : at + size]) for at in range(0, len(words), size))


def leet_words(random: Random, digits: str, language: str, units: list[str]) -> str:
    """English words with figures for letters: "tw0 0ne f1ve"."""
    spelled = {"0": ["zer0", "z3ro"], "1": ["0ne", "on3"], "2": ["tw0"], "3": ["thr33", "thre3"], "4": ["f0ur"],
               "5": ["f1ve", "fiv3"], "6": ["s1x"], "7": ["s3ven", "sev3n"], "8": ["e1ght", "3ight"],
               "9": ["n1ne", "nin3"]}  # fmt: skip
    return random.choice([" ", "-", ", "]).join(random.choice(spelled[one]) for one in digits)


def drawn_long(random: Random, digits: str, language: str, units: list[str]) -> str:
    """Words with letters repeated or in odd case."""
    words = [units[int(one)] for one in digits]
    if random.random() < 0.5:
        return " ".join(re.sub("([aeiou])", lambda one: one[1] * 3, word, count=1) for word in words)
    return " ".join("".join(random.choice([str.upper, str.lower])(one) for one in word) for word in words)


def babel(random: Random, digits: str, language: str, words: dict[str, list[str]]) -> str:
    """Words of several languages in turn."""
    chosen = random.sample([one for one in words if one != "ru"], 3)
    return " ".join(words[random.choice(chosen)][int(one)] for one in digits)


def glued(random: Random, parts: list[str]) -> str:
    """Groups with words between: "212 and then 555 followed by 0147"."""
    links = ["then", "and then", "followed by", "dash", "dot", "next", "and finally", "plus", "space", "slash",
             "hyphen", "after that"]  # fmt: skip
    said = parts[0]
    for one in parts[1:]:
        said += f" {random.choice(links)} {one}"
    return random.choice(["start with ", "first ", "area code ", ""]) + said


def marked(random: Random, digits: str) -> str:
    """A picture or an ornament between the digits, always the same or each time another."""
    marks = ["📞", "🔥", "❤️", "✨", "~", "★", "♥", "→", "•", "¤", "^", "!", "?", "%", "§", "@", "&", "…", "¨"]
    if random.random() < 0.6:
        return random.choice([*marks, *[f" {one} " for one in marks[:9]]]).join(digits)
    return "".join(one + random.choice(marks[:8]) for one in digits)


def half(random: Random, digits: str, units: list[str]) -> str:
    """Digits and words pulled into one: "2one2five55"."""
    return "".join(units[int(one)] if random.random() < 0.4 else one for one in digits)


def downwards(random: Random, digits: str) -> str:
    """One digit or group a line."""
    size = random.choice([1, 2, 3])
    return "\n".join(digits[at : at + size] for at in range(0, len(digits), size))


def lettered_from_the_start(random: Random, parts: list[str]) -> str:
    """Letters for every digit that has one, the first group too."""
    table = str.maketrans({"0": "O", "1": random.choice("lI"), "2": "Z", "5": "S", "8": "B"})
    return random.choice(["-", " ", "."]).join(part.translate(table) for part in parts)


def as_times(random: Random, national: str) -> str:
    """Ten digits written as three times of day."""
    first, second, third = national[:3], national[3:6], national[6:]
    link = random.choice([" then ", " . ", " / ", " "])
    return link.join([f"{first[0]}:{first[1:]}", f"{second[0]}:{second[1:]}", f"{third[:2]}:{third[2:]}"])


def as_prices(random: Random, parts: list[str]) -> str:
    """Groups written as amounts."""
    mark = random.choice("$€£")
    return random.choice([" then ", " ", " - ", " and "]).join(mark + one for one in parts)


def letters_apart(random: Random, digits: str, units: list[str]) -> str:
    """Words with gaps between their letters."""
    gap = random.choice([" ", ".", "-"])
    return "   ".join(gap.join(units[int(one)]) for one in digits)


def upright(random: Random, digits: str) -> str:
    """Superscripts, negative circles, parenthesised and double-struck digits."""
    ways = [
        "⁰¹²³⁴⁵⁶⁷⁸⁹",
        "⓿❶❷❸❹❺❻❼❽❾",
        "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡",
        "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
        "₀₁₂₃₄₅₆₇₈₉",
        "०१२३४५६७८९",
        "۰۱۲۳۴۵۶۷۸۹",
        "🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹",
    ]
    way = random.choice(ways)
    return random.choice(["", " ", "-"]).join(way[int(one)] for one in digits)


def patchwork(random: Random, digits: str, units: list[str]) -> str:
    """Every digit disguised in a way of its own."""
    ways = [
        lambda one: one, lambda one: units[int(one)], lambda one: f"{one}\ufe0f\u20e3", lambda one: "⓪①②③④⑤⑥⑦⑧⑨"[int(one)],
        lambda one: "０１２３４５６７８９"[int(one)], lambda one: f"({one})",
    ]  # fmt: skip
    return random.choice([" ", "-", " . "]).join(random.choice(ways)(one) for one in digits)

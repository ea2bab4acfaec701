"""Believable ads by the million, the same for the same seed."""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import yaml

from fairboard.market.services.drafts import Draft

WORDS = Path(__file__).parent / "words"
CITIES = (
    ("us/new-york/new-york-city", "en", 22), ("gb/london", "en", 18), ("de/berlin", "de", 15),
    ("us/illinois/chicago", "en", 12), ("ca/toronto", "en", 9), ("us/texas/austin", "en", 7),
    ("de/hamburg", "de", 6), ("au/sydney", "en", 5), ("gb/manchester", "en", 4), ("de/munich", "de", 4),
)  # fmt: skip
"""Place codes with the language people write there and how many of a hundred ads are from there."""
SENTENCES_OF = {
    "for-sale": "goods", "vehicles": "vehicles", "housing": "housing", "jobs": "jobs", "services": "services",
    "community": "", "vehicles/bicycles": "bicycles", "vehicles/parts": "goods",
}  # fmt: skip
"""What people write about, by category or section; on top of it comes what they write of that category alone."""
MEMBERS = 250
MOST_DAYS = 30


@dataclass(frozen=True, slots=True)
class GeneratedAd:
    """An ad to be placed: whose (a number), how long ago, what its photos show."""

    number: int
    external_id: str
    seller: int
    draft: Draft
    age_minutes: int
    scene: str


@dataclass(frozen=True, slots=True)
class _Thing:
    category: str
    en: str
    de: str
    scene: str
    low: int
    high: int


@lru_cache(maxsize=1)
def _read() -> tuple[list[_Thing], list[int], dict[str, Any]]:
    """What is offered with running shares, and how people write."""
    catalogue = yaml.safe_load((WORDS / "things.yaml").read_text(encoding="utf-8"))
    sentences: dict[str, Any] = yaml.safe_load((WORDS / "sentences.yaml").read_text(encoding="utf-8"))
    things, shares = [], []
    for category, entry in catalogue.items():
        for en, de, scene, low, high in entry["things"]:
            things.append(_Thing(category, en, de, scene, low, high))
            shares.append(max(1, entry["share"] * 100 // len(entry["things"])))
    return things, list(accumulate(shares)), sentences


Sentence = tuple[str, tuple[Sequence[str], ...]]
"""What is said: a text with ``%s`` for each of the words that are drawn, and what they are drawn from."""
DRAWN = {"street": "streets", "mark": "marks", "person": "people", "day": "days", "hour": "hours", "room": "rooms",
         "reason": "reasons"}  # fmt: skip
"""Names in a sentence that stand for any word of a list."""
YEARS = [str(years) for years in range(2, 13)]


def _drawn_from(name: str, words: dict[str, Any]) -> Sequence[str] | None:
    """What a name in a sentence stands for; None where it is the ad's own."""
    if name == "years":
        return YEARS
    found: list[str] | None = words.get(DRAWN.get(name.lower(), ""))
    return [word[:1].upper() + word[1:] for word in found] if found and name[0].isupper() else found


def _sentence(text: str, words: dict[str, Any]) -> Iterator[Sentence]:
    """``"It [works|runs] well."`` made ready; once for each combination of names within what is drawn."""
    within = re.search(r"\[[^\]]*\{[^\]]*\]", text)
    if within:
        for choice in within.group()[1:-1].split("|"):
            yield from _sentence(text.replace(within.group(), choice, 1), words)
        return
    drawn: list[Sequence[str]] = []

    def mark(found: re.Match[str]) -> str:
        choices = found[1].split("|") if found[1] is not None else _drawn_from(found[2], words)
        if choices is None:
            return found[0]
        drawn.append(choices)
        return "%s"

    yield re.sub(r"\[([^\]]*)\]|\{(\w+)\}", mark, text), tuple(drawn)


@lru_cache(maxsize=256)
def _sentences(language: str, names: tuple[str, ...]) -> list[list[Sentence]]:
    """The sentences of these lists, each in its forms."""
    words = _read()[2][language]
    return [list(_sentence(text, words)) for name in names for text in words.get(name, ())]


def _said(random: Random, forms: list[Sentence], values: dict[str, Any]) -> str:
    draw = random.random
    text, drawn = forms[int(draw() * len(forms))] if len(forms) > 1 else forms[0]
    text %= tuple([words[int(draw() * len(words))] for words in drawn])
    return text.format_map(values) if "{" in text else text


def scenes() -> list[str]:
    """Everything photos show."""
    return sorted({thing.scene for thing in _read()[0]})


def member_name(number: int) -> str:
    """The name of a member of the demo."""
    said = _read()[2]
    first, last = said["first_names"], said["last_letters"]
    return f"{first[number % len(first)]} {last[(number // len(first)) % len(last)]}"


def ads(*, seed: int, count: int, start: int = 0) -> Iterator[GeneratedAd]:
    """``count`` ads from number ``start`` on; an ad depends on the seed and its number alone."""
    for number in range(start, start + count):
        yield _ad(Random(seed * 1_000_003 + number), number)


def _ad(random: Random, number: int) -> GeneratedAd:
    things, shares, said = _read()
    thing = things[bisect(shares, random.random() * shares[-1])]
    place, language = _city(random)
    words = said[language]
    values = _values(random, thing, words, said, language)
    is_thing = thing.category.startswith(("for-sale", "vehicles")) or thing.category == "community/pets"
    titles = _sentences(language, ("titles" if is_thing else "plain_titles",))
    title = _fit(_said(random, random.choice(titles), values))
    if thing.category == "vehicles/cars":
        title = f"{values['make']} {values['car']} {values['year']}"
    price, price_type = _price(random, thing)
    draft = Draft(
        title=title[:1].upper() + title[1:], body=_body(random, thing, language, values), category=thing.category,
        place=place, price=price, price_type=price_type, attributes=_attributes(random, thing, values),
    )  # fmt: skip
    age = int(MOST_DAYS * 1440 * random.random() ** 1.6)
    return GeneratedAd(number, f"{number:08d}", int(MEMBERS * random.random() ** 1.25), draft, age, thing.scene)


def _city(random: Random) -> tuple[str, str]:
    at = random.random() * 102
    for code, language, share in CITIES:
        at -= share
        if at < 0:
            return code, language
    return CITIES[0][0], CITIES[0][1]


def _values(
    random: Random, thing: _Thing, words: dict[str, Any], said: dict[str, Any], language: str
) -> dict[str, Any]:
    name = thing.de if language == "de" else thing.en
    make, car = said["makes"][int(len(said["makes"]) * random.random())]
    adjective = random.choice(words["adjectives"])
    return {
        "thing": name, "Thing": name[:1].upper() + name[1:], "adjective": adjective,
        "Adjective": adjective[:1].upper() + adjective[1:], "colour": random.choice(words["colours"]),
        "brand": random.choice(said["brands"]), "years": 2 + int(11 * random.random()),
        "model": f"{random.choice('KLMRSTX')}{100 + int(900 * random.random())}",
        "make": make, "car": car, "year": 2001 + int(24 * random.random()),
    }  # fmt: skip


def _fit(title: str) -> str:
    return title if len(title) <= 110 else title[:110].rsplit(" ", 1)[0]


def _body(random: Random, thing: _Thing, language: str, values: dict[str, Any]) -> str:
    section = thing.category.split("/")[0]
    about = SENTENCES_OF.get(thing.category) or SENTENCES_OF[section]
    is_sold = about in {"goods", "vehicles", "bicycles"} and thing.high
    pool = _sentences(language, (about, thing.category, "anything"))
    parts = [_said(random, random.choice(_sentences(language, ("opening" if is_sold else "plain_opening",))), values)]
    parts += [_said(random, one, values) for one in random.sample(pool, 2 + int(5 * random.random() ** 0.8))]
    cut = len(parts) // 2
    return " ".join(parts[:cut]) + "\n\n" + " ".join(parts[cut:]) if len(parts) > 4 else " ".join(parts)


def _price(random: Random, thing: _Thing) -> tuple[str, str]:
    if not thing.high:
        return "", "free" if thing.category == "community/events" else "on_request"
    free = thing.category.startswith("for-sale") and random.random() < 0.03
    if free:
        return "", "free"
    raw = thing.low + (thing.high - thing.low) * random.random() ** 2
    step = 1 if raw < 50 else 5 if raw < 500 else 50 if raw < 20_000 else 1_000
    return str(max(1, int(raw // step * step))), "negotiable" if random.random() < 0.3 else "fixed"


EQUIPMENT = ("aircon", "navigation", "cruise", "camera", "sensors", "heated", "sunroof", "towbar", "isofix", "led")
ENERGY = ("a", "b", "c", "c", "d", "d", "e", "f")
CONDITIONS = ("new", "like_new", "good", "good", "good", "worn", "defect")


def _attributes(random: Random, thing: _Thing, values: dict[str, Any]) -> dict[str, Any]:
    section = thing.category.split("/")[0]
    if section == "for-sale":
        found: dict[str, Any] = {"condition": random.choice(CONDITIONS)}
        if thing.category == "for-sale/phones":
            found |= {"storage": random.choice((64, 128, 256, 512)), "unlocked": random.random() < 0.8}
        elif thing.category == "for-sale/computers":
            found |= {"memory": random.choice((8, 16, 32)), "brand": values["brand"]}
        elif thing.category not in {"for-sale/books", "for-sale/clothing"}:
            found["delivery"] = random.random() < 0.4
        return found
    if section == "vehicles":
        return _vehicle(random, thing, values)
    if section == "housing":
        return _home(random, thing)
    if section == "jobs":
        return {"kind": random.choice(("full", "part", "temporary")), "hours": random.choice((12, 20, 30, 38, 40)),
                "remote": random.random() < 0.2, "contract": random.choice(("permanent", "permanent", "fixed_term")),
                "pay_period": "month"}  # fmt: skip
    if thing.category == "services/lessons":
        return {"experience": values["years"]}
    if section == "services":
        return {"experience": values["years"], "insured": random.random() < 0.7, "travels": random.random() < 0.8}
    if thing.category == "community/events":
        return {"day": f"2027-{1 + int(12 * random.random()):02d}-{1 + int(28 * random.random()):02d}"}
    if thing.category == "community/lost-found":
        return {"what": random.choice(("lost", "found"))}
    animal = {"cat": "cat", "dog": "dog", "fish": "fish", "bird": "bird", "rabbit": "small"}.get(thing.scene)
    return {"animal": animal} if animal and thing.category == "community/pets" else {}


def _vehicle(random: Random, thing: _Thing, values: dict[str, Any]) -> dict[str, Any]:
    if thing.category == "vehicles/cars":
        return {
            "make": values["make"], "model": values["car"], "year": values["year"],
            "mileage": (2026 - values["year"]) * 12_000 + int(15_000 * random.random()),
            "fuel": random.choice(("petrol", "petrol", "diesel", "hybrid", "electric")),
            "gearbox": random.choice(("manual", "automatic")), "doors": random.choice((3, 5)),
            "power": 44 + 5 * int(28 * random.random()), "seats": random.choice((4, 5, 5, 7)),
            "accident_free": random.random() < 0.8, "owners": 1 + int(3 * random.random()),
            "features": random.sample(EQUIPMENT, 2 + int(4 * random.random())),
        }  # fmt: skip
    if thing.category == "vehicles/motorcycles":
        return {"make": random.choice(("Yamaha", "Honda", "Suzuki", "Vespa")), "year": values["year"],
                "mileage": int(60_000 * random.random()), "engine": random.choice((125, 250, 600, 900))}  # fmt: skip
    if thing.category == "vehicles/parts":
        return {"condition": random.choice(CONDITIONS), "delivery": random.random() < 0.5, "fits": "car"}
    kinds = {"racing bicycle": "road", "mountain bike": "mountain", "folding bicycle": "folding"}
    return {
        "kind": kinds.get(thing.en, "city"), "electric": thing.en.startswith("electric"),
        "frame": 48 + int(14 * random.random()), "condition": random.choice(CONDITIONS),
    }  # fmt: skip


def _home(random: Random, thing: _Thing) -> dict[str, Any]:
    area = 12 + int(110 * random.random())
    if thing.category == "housing/parking":
        return {"area": 14}
    if thing.category == "housing/shared":
        return {"area": min(area, 30), "furnished": random.random() < 0.5, "people": 2 + int(4 * random.random()),
                "bills": random.random() < 0.6, "available_from": _day(random)}  # fmt: skip
    if thing.category == "housing/sale":
        return {"rooms": 2 + area // 30, "area": area + 40, "built": 1900 + int(120 * random.random()),
                "energy": random.choice(ENERGY), "balcony": random.random() < 0.5}  # fmt: skip
    return {"rooms": 1 + area // 30, "area": area + 15, "furnished": random.random() < 0.3,
            "pets": random.random() < 0.4, "deposit": 40 * area, "available_from": _day(random),
            "floor": int(6 * random.random()), "lift": random.random() < 0.4, "balcony": random.random() < 0.5,
            "energy": random.choice(ENERGY)}  # fmt: skip


def _day(random: Random) -> str:
    return f"2027-{1 + int(8 * random.random()):02d}-01"

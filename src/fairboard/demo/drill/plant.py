"""The planted network of the drill: 40 ads by 12 members in 6 cities. Indicators and numbers for fiction, nothing else.

Four numbers, three ways of writing, five photos; no two ads are the same. Half the ads hide a number, the rest share a
photo and the way they are written with those that do.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from fairboard.market.services.drafts import Draft

ADS, MEMBERS = 40, 12
CITIES = (
    ("us/new-york/new-york-city", "New York"), ("us/illinois/chicago", "Chicago"), ("us/texas/austin", "Austin"),
    ("ca/toronto", "Toronto"), ("gb/london", "London"), ("gb/manchester", "Manchester"),
)  # fmt: skip
NUMBERS = ("2125550147", "2125550163", "3125550118", "5125550199")
"""From the ranges kept for fiction."""
PHOTOS = 5
TEMPLATES = (
    ("{opening} in {city}", "{opening} wanted for {work} in {city}. Travel and lodging are arranged, the house keeps "
     "all papers safe. No experience, {pay} a week from the first day. We move on {when}, so decide soon. {close}"),
    ("{work}, start {when}", "They are new in town and here until {when}. {opening} for {work}, we speak for them and "
     "bring them wherever they are needed in {city} and around. Paid {pay} by the week, in cash to the house. {close}"),
    ("{pay} a week, {city}", "{pay} a week for {work}, rooms shared, door to door transport by our driver. The cost of "
     "the journey is taken from the first wages. {opening} in {city} and four other cities this month, next on "
     "{when}. {close}"),
)  # fmt: skip
OPENINGS = ("New arrivals", "Young helpers", "Fresh staff", "Newcomers", "People without ties", "Willing hands")
WORKS = ("evening work", "house work", "hosting", "private events", "table service", "cleaning at night")
PAYS = ("$1,900", "$2,200", "$2,450", "$2,700", "$3,100")
WHENS = ("Friday", "Sunday", "the 14th", "the 21st", "next week", "Monday night")
CLOSES = ("Ask now.", "Only serious people.", "Write the name of the house.", "Places go quickly.")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Planted:
    """An ad of the network: who (0 to 11) and how many minutes ago, the draft without photos, the photo's bytes."""

    number: int
    member: int
    minutes_ago: int
    draft: Draft
    photo: bytes | None


def network(seed: int) -> Iterator[Planted]:
    """The ads of the network; the same for the same seed."""
    for number in range(ADS):
        random = Random(f"{seed}-{number}")
        member = number % MEMBERS
        place, city = CITIES[(member + number // MEMBERS) % len(CITIES)]
        template = TEMPLATES[member % len(TEMPLATES)]
        filled = {
            "opening": random.choice(OPENINGS), "work": random.choice(WORKS), "pay": random.choice(PAYS),
            "when": random.choice(WHENS), "close": random.choice(CLOSES), "city": city,
        }  # fmt: skip
        body = template[1].format(**filled)
        has_number = (number // MEMBERS + member) % 2 == 0
        if has_number:
            body = f"{body} {_hidden(NUMBERS[member % len(NUMBERS)], random)}"
        photo = None if has_number and number % 4 == 2 else _photo(random.randrange(PHOTOS), random)
        yield Planted(
            number, member, random.randrange(60, 12 * 24 * 60),
            Draft(template[0].format(**filled), body, "jobs/hospitality", place, "", "on_request", {"kind": "part"}),
            photo,
        )  # fmt: skip


def wrongly_held() -> Draft:
    """An honest ad that looks like what is looked for: its author hides a number for fear of dialling robots."""
    return Draft(
        "Oak table, six chairs",
        "Solid oak, a few scratches, collected from the second floor. Robots read these ads, so: "
        "three one two, five five five, zero one seven two. Evenings are best.",
        "for-sale/furniture", "us/illinois/chicago", "240", "negotiable", {},
    )  # fmt: skip


def _hidden(number: str, random: Random) -> str:
    """A number no machine should read, as people write them."""
    style = random.randrange(5)
    if style == 0:
        return "Text plus one " + " ".join(WORDS[int(digit)] for digit in number)
    if style == 1:
        return "Text +1 " + " . ".join(number)
    if style == 2:
        return "Text +1 " + "".join(f"{digit}\ufe0f\u20e3" for digit in number)
    if style == 3:
        mixed = [WORDS[int(digit)] if at % 3 == 0 else digit for at, digit in enumerate(number)]
        return "Text +1 " + "-".join(mixed)
    return "Text +1 " + number.translate(str.maketrans("01", "OI"))


def _photo(base: int, random: Random) -> bytes:
    """One of five pictures, changed as a poster changes them: another size, quality, light, a border cut away."""
    picture = _drawn(base)
    width, height = picture.size
    edge = random.randrange(0, 6)
    picture = picture.crop((edge, edge, width - edge, height - edge))
    scale = random.uniform(0.7, 1.1)
    picture = picture.resize((int(picture.width * scale), int(picture.height * scale)), Image.Resampling.LANCZOS)
    picture = ImageEnhance.Brightness(picture).enhance(random.uniform(0.93, 1.08))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=random.randrange(62, 93))
    return buffer.getvalue()


def _drawn(base: int) -> Image.Image:
    """A picture of soft shapes: nothing to see, enough for a hash of good quality."""
    random = Random(f"drill-{base}")
    picture = Image.new("RGB", (900, 675), tuple(random.randrange(60, 200) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(26):
        x, y, size = random.randrange(900), random.randrange(675), random.randrange(40, 260)
        colour = tuple(random.randrange(256) for _ in range(3))
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape((x - size, y - size // 2, x + size, y + size // 2), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(2))

"""Photos for the demo: drawings of things on a softly lit backdrop, the same for the same scene and variant.

Most drawings are Microsoft's Fluent Emoji (MIT, see drawings/LICENSE).
"""

import io
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from PIL import Image, ImageDraw, ImageFilter

from fairboard.demo.backdrops import SIZE, backdrop
from fairboard.market.pictures import Encoded, encode

FOLDER = Path(__file__).parent
VARIANTS = 2
PAINTS = {
    "red": (248, 1.0, 1.0), "orange": (17, 1.0, 1.05), "yellow": (33, 1.0, 1.1), "green": (100, 0.72, 0.86),
    "blue": (152, 0.95, 0.95), "dark blue": (158, 0.9, 0.62), "purple": (192, 0.8, 0.9), "beige": (25, 0.34, 1.08),
    "brown": (15, 0.75, 0.6), "grey": (160, 0.07, 0.86), "black": (165, 0.22, 0.36), "white": (170, 0.05, 1.35),
}  # fmt: skip
"""Hue (0 to 255), and what saturation and brightness are multiplied with."""


@cache
def scenes() -> dict[str, dict[str, Any]]:
    """Everything photos show, by name, as words/scenes.yaml describes it."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "words" / "scenes.yaml").read_text(encoding="utf-8"))
    return found


def all_scenes() -> list[str]:
    """Every scene as ads name it: ``sofa-grey`` where it comes in several colours, otherwise ``tent``."""
    return [
        f"{name}-{colour}" if "hue" in entry else name
        for name, entry in scenes().items()
        for colour in (entry["colours"] if "hue" in entry else [""])
    ]


def photo_bytes(scene: str, variant: int) -> bytes:
    """A JPEG of 1200 x 900 pixels. Even variants show the whole thing, the odd one after it a closer look."""
    name, _dash, colour = scene.partition("-") if scene not in scenes() else (scene, "", "")
    if name not in scenes():
        name, _dash, colour = scene.rpartition("-")
    entry = scenes()[name]
    random = Random(f"{scene} {variant // 2}")
    picture, line = backdrop(entry["in"], random)
    things = [_drawing(one, entry, colour) for one in _listed(entry["show"])]
    if random.random() < 0.5:
        things.reverse()
    _arrange(picture, things, line, entry, random)
    if variant % 2:
        picture = _closer(picture, Random(f"{scene} {variant}"))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def encoded(scene: str, variant: int) -> Encoded:
    """The picture as the market keeps photos; slow enough to be done in several processes."""
    return encode(photo_bytes(scene, variant))


def _listed(show: str | list[str]) -> list[str]:
    return [show] if isinstance(show, str) else list(show)


def _drawing(name: str, entry: dict[str, Any], colour: str) -> Image.Image:
    thing = Image.open(FOLDER / "drawings" / f"{name}.webp").convert("RGBA")
    return _painted(thing, tuple(entry["hue"]), colour) if colour and colour != entry["colours"][0] else thing


def _painted(thing: Image.Image, hues: tuple[int, int], colour: str) -> Image.Image:
    """The thing with the parts of its main hue in another colour; glass, tyres and the like stay as they are."""
    paint, saturation_by, value_by = PAINTS[colour]
    hue, saturation, value = thing.convert("RGB").convert("HSV").split()
    low, high = hues
    chosen = hue.point([255 if low <= level <= high else 0 for level in range(256)])
    strong = saturation.point([0 if level < 50 else 255 if level > 90 else (level - 50) * 6 for level in range(256)])
    mask = Image.composite(strong, Image.new("L", thing.size, 0), chosen)
    new = Image.merge("HSV", (
        Image.new("L", thing.size, paint),
        saturation.point([min(255, int(level * saturation_by)) for level in range(256)]),
        value.point([min(250, int(level * value_by)) for level in range(256)]),
    )).convert("RGB")  # fmt: skip
    coloured = Image.composite(new, thing.convert("RGB"), mask)
    coloured.putalpha(thing.getchannel("A"))
    return coloured


def _arrange(picture: Image.Image, things: list[Image.Image], line: int, entry: dict[str, Any], random: Random) -> None:
    """Stand the things side by side on the ground, or hang them where there is none, each over its shadow."""
    high = SIZE[1] * entry["size"] * random.uniform(0.94, 1.04)
    sized = [_sized(thing, high, len(things), random) for thing in things]
    overlap = 0.9 if len(sized) > 1 else 1.0
    total = sum(int(thing.width * overlap) for thing in sized)
    squeeze = min(1.0, 1080 / max(1, total))
    x = (SIZE[0] - int(total * squeeze)) // 2 + (random.randint(-70, 70) if total < 900 else 0)
    floor = _floor(line, high * squeeze, random)
    for thing in sized:
        if squeeze < 1:
            thing = thing.resize((int(thing.width * squeeze), int(thing.height * squeeze)), Image.Resampling.LANCZOS)
        y = floor - thing.height + random.randint(0, 14) if line else (SIZE[1] - thing.height) // 2
        _shadow(picture, thing, x, y, stands=bool(line))
        picture.paste(thing, (x, y), thing)
        x += int(thing.width * overlap)


def _sized(thing: Image.Image, high: float, count: int, random: Random) -> Image.Image:
    factor = min(high / thing.height, (820 if count == 1 else 620) / thing.width)
    thing = thing.resize((int(thing.width * factor), int(thing.height * factor)), Image.Resampling.LANCZOS)
    if random.random() < 0.5:
        thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return thing


def _floor(line: int, high: float, random: Random) -> int:
    """Where things touch the ground: in front of the line, and low enough to be seen whole."""
    return min(SIZE[1] - 46, max(line + random.randint(70, 120), int((SIZE[1] + high) / 2)))


def _shadow(picture: Image.Image, thing: Image.Image, x: int, y: int, *, stands: bool) -> None:
    """A soft shadow: an ellipse under what stands, the outline beside what hangs."""
    mask = Image.new("L", (SIZE[0] // 4, SIZE[1] // 4), 0)
    if stands:
        draw = ImageDraw.Draw(mask)
        middle, bottom, half = x + thing.width // 2, y + thing.height - 6, thing.width // 2
        draw.ellipse(
            ((middle - half * 1.06) / 4, (bottom - half * 0.13) / 4, (middle + half * 1.06) / 4, (bottom + half * 0.15) / 4),
            fill=92,
        )  # fmt: skip
        draw.ellipse(
            ((middle - half * 0.86) / 4, (bottom - half * 0.06) / 4, (middle + half * 0.86) / 4, (bottom + half * 0.07) / 4),
            fill=140,
        )  # fmt: skip
        mask = mask.filter(ImageFilter.GaussianBlur(5))
    else:
        outline = thing.getchannel("A").resize((max(1, thing.width // 4), max(1, thing.height // 4)))
        mask.paste(outline.point([level * 2 // 5 for level in range(256)]), ((x + 22) // 4, (y + 26) // 4))
        mask = mask.filter(ImageFilter.GaussianBlur(6))
    picture.paste((34, 28, 24), (0, 0), mask.resize(SIZE, Image.Resampling.BILINEAR))


def _closer(picture: Image.Image, random: Random) -> Image.Image:
    """A closer look at the same scene, a little turned."""
    factor = random.uniform(0.56, 0.68)
    wide, high = int(SIZE[0] * factor), int(SIZE[1] * factor)
    left = (SIZE[0] - wide) // 2 + random.randint(-110, 110)
    top = (SIZE[1] - high) // 2 + random.randint(-10, 70)
    turned = picture.rotate(random.uniform(-4, 4), Image.Resampling.BILINEAR, center=(SIZE[0] // 2, SIZE[1] // 2))
    return turned.resize(SIZE, Image.Resampling.BICUBIC, (left, top, left + wide, top + high))

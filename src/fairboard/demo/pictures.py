"""Photos for the demo: a thing from Microsoft's Fluent Emoji (MIT) on a softly lit backdrop."""

import io
from hashlib import sha256
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from fairboard.market.pictures import Encoded, resized

EMOJI = Path(__file__).parent / "emoji"
SIZE = (800, 600)
WALLS = (
    ((236, 228, 216), (214, 196, 172)), ((222, 232, 236), (178, 194, 202)), ((233, 236, 224), (190, 200, 168)),
    ((240, 226, 222), (214, 182, 172)), ((228, 226, 238), (186, 182, 208)), ((238, 234, 228), (196, 186, 176)),
    ((220, 232, 226), (164, 192, 178)), ((243, 236, 218), (222, 198, 150)),
)  # fmt: skip
"""Colours of wall and floor."""
VARIANTS = 3


def photo_bytes(scene: str, variant: int) -> bytes:
    """A JPEG of 800 x 600 pixels; the same scene and variant give the same picture."""
    buffer = io.BytesIO()
    _drawn(scene, variant).save(buffer, "JPEG", quality=86)
    return buffer.getvalue()


def encoded(scene: str, variant: int) -> Encoded:
    """The picture as the market keeps photos; slow enough to be done in several processes."""
    return resized(_drawn(scene, variant), sha256(f"{scene}-{variant}".encode()).hexdigest())


def _drawn(scene: str, variant: int) -> Image.Image:
    random = Random(f"{scene}-{variant}")
    wall, floor = random.choice(WALLS)
    horizon = int(SIZE[1] * random.uniform(0.55, 0.68))
    picture = _room(wall, floor, horizon, random)
    thing = _tinted(Image.open(EMOJI / f"{scene}.webp").convert("RGBA"), variant)
    side = int(SIZE[1] * random.uniform(0.58, 0.74))
    thing = thing.resize((side, side), Image.Resampling.BICUBIC)
    if random.random() < 0.5:
        thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    thing = thing.rotate(random.uniform(-5, 5), Image.Resampling.BILINEAR, expand=True)
    left = (SIZE[0] - thing.width) // 2 + random.randint(-60, 60)
    top = horizon - int(thing.height * random.uniform(0.66, 0.76))
    _shadow(picture, left + thing.width // 2, top + int(thing.height * 0.93), int(thing.width * 0.42))
    picture.paste(thing, (left, top), thing)
    return picture


def _tinted(thing: Image.Image, variant: int) -> Image.Image:
    """The thing in another colour for each variant; the first is as it was drawn."""
    if variant == 0:
        return thing
    hue, saturation, value = thing.convert("RGB").convert("HSV").split()
    turned = hue.point([(level + variant * 61) % 256 for level in range(256)])
    coloured = Image.merge("HSV", (turned, saturation, value)).convert("RGB")
    coloured.putalpha(thing.getchannel("A"))
    return coloured


def _room(wall: tuple[int, int, int], floor: tuple[int, int, int], horizon: int, random: Random) -> Image.Image:
    """A wall lit from one side above a floor."""
    light = Image.linear_gradient("L").resize(SIZE)
    if random.random() < 0.5:
        light = light.transpose(Image.Transpose.ROTATE_180)
    dark = Image.new("RGB", SIZE, _shade(wall, 0.86))
    picture = Image.composite(Image.new("RGB", SIZE, wall), dark, light)
    ground = Image.composite(Image.new("RGB", SIZE, _shade(floor, 1.08)), Image.new("RGB", SIZE, floor), light)
    picture.paste(ground.crop((0, horizon, *SIZE)), (0, horizon))
    window = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(window)
    at = random.randint(53, 466)
    for pane in range(2):
        x = at + pane * 100
        draw.polygon([(x, 40), (x + 80, 27), (x + 127, horizon - 40), (x + 47, horizon - 20)], fill=46)
    picture.paste(Image.new("RGB", SIZE, (255, 252, 240)), (0, 0), window.filter(ImageFilter.GaussianBlur(9)))
    return picture


def _shade(colour: tuple[int, int, int], factor: float) -> tuple[int, int, int]:
    red, green, blue = (min(255, int(part * factor)) for part in colour)
    return red, green, blue


def _shadow(picture: Image.Image, x: int, y: int, width: int) -> None:
    small = Image.new("L", (SIZE[0] // 4, SIZE[1] // 4), 0)
    box = ((x - width) // 4, (y - width // 6) // 4, (x + width) // 4, (y + width // 6) // 4)
    ImageDraw.Draw(small).ellipse(box, fill=120)
    mask = small.filter(ImageFilter.GaussianBlur(4)).resize(SIZE)
    picture.paste(Image.new("RGB", SIZE, (30, 26, 22)), (0, 0), mask)

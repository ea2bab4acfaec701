"""Where the things in the demo's photos stand: rooms, tables, streets, gardens, drawn small and softly enlarged."""

from random import Random

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
SIZE = (1200, 900)
SMALL = (300, 225)
WALLS: tuple[Colour, ...] = (
    (238, 231, 220), (221, 231, 236), (232, 236, 222), (240, 224, 218), (228, 226, 238), (218, 232, 226),
    (245, 236, 214), (226, 222, 216), (206, 219, 226), (236, 214, 200),
)  # fmt: skip
WOODS: tuple[Colour, ...] = ((201, 162, 118), (176, 134, 94), (219, 189, 150), (150, 112, 80), (190, 170, 146))
SKIES: tuple[Colour, ...] = ((171, 209, 236), (196, 218, 233), (226, 214, 210), (182, 205, 226))
GREENS: tuple[Colour, ...] = ((126, 170, 92), (142, 178, 104), (108, 154, 96), (158, 182, 110))


def shade(colour: Colour, factor: float) -> Colour:
    """A colour made lighter or darker."""
    red, green, blue = (max(0, min(255, int(part * factor))) for part in colour)
    return red, green, blue


def backdrop(kind: str, random: Random) -> tuple[Image.Image, int]:
    """An empty picture of a kind of place, with the height of the line things stand behind."""
    return _KINDS[kind](random)


def _ramp(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    light = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), light)


def _large(small: Image.Image, blur: float = 0.0) -> Image.Image:
    if blur:
        small = small.filter(ImageFilter.GaussianBlur(blur))
    return small.resize(SIZE, Image.Resampling.BICUBIC)


def _sides(wall: Colour, floor: Colour, horizon: int, floor_light: float = 1.12) -> Image.Image:
    picture = _ramp(SMALL, shade(wall, 1.04), shade(wall, 0.93))
    ground = _ramp((SMALL[0], SMALL[1] - horizon), shade(floor, 0.9), shade(floor, floor_light))
    picture.paste(ground, (0, horizon))
    return picture


def _window_light(small: Image.Image, random: Random, horizon: int) -> None:
    mask = Image.new("L", SMALL, 0)
    draw = ImageDraw.Draw(mask)
    left, lean = random.randint(10, 190), random.randint(14, 30)
    for column in range(2):
        for line in range(2):
            x, y, high = left + column * 36, 14 + line * 42, 36
            draw.polygon([(x, y), (x + 30, y), (x + 30 + lean, y + high), (x + lean, y + high)], fill=58)
    mask.paste(0, (0, horizon, *SMALL))
    small.paste((255, 251, 236), (0, 0), mask.filter(ImageFilter.GaussianBlur(3)))


def _boards(picture: Image.Image, horizon: int, floor: Colour, random: Random) -> None:
    """Floor boards that run towards the reader."""
    draw = ImageDraw.Draw(picture, "RGBA")
    middle, far, near = SIZE[0] // 2 + random.randint(-160, 160), 64, 190
    seam = (*shade(floor, 0.66), 90)
    for number in range(-14, 15):
        draw.line([(middle + number * far, horizon), (middle + number * near, SIZE[1])], fill=seam, width=2)
    for _ in range(9):
        number, depth = random.randint(-7, 7), random.random()
        y = horizon + int((SIZE[1] - horizon) * depth)
        wide = far + (near - far) * depth
        x = middle + number * wide
        draw.line([(x, y), (x + wide, y)], fill=seam, width=2)


def _room(random: Random) -> tuple[Image.Image, int]:
    wall, floor = random.choice(WALLS), random.choice(WOODS)
    horizon = random.randint(146, 160)
    small = _sides(wall, floor, horizon)
    _window_light(small, random, horizon)
    picture = _large(small)
    line = horizon * 4
    _boards(picture, line, floor, random)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, line - 26, SIZE[0], line), fill=shade(wall, 1.1))
    draw.line((0, line - 27, SIZE[0], line - 27), fill=shade(wall, 0.84), width=2)
    draw.rectangle((0, line, SIZE[0], line + 5), fill=shade(floor, 0.62))
    if random.random() < 0.4:
        across = random.randint(380, 460)
        rug = shade(random.choice(WALLS), random.choice((0.72, 0.86, 1.02)))
        draw.ellipse((600 - across, line + 70, 600 + across, line + 250), fill=shade(rug, 0.9))
        draw.ellipse((600 - across + 22, line + 82, 600 + across - 22, line + 238), fill=rug)
    return picture, line


def _table(random: Random) -> tuple[Image.Image, int]:
    wall, wood = random.choice(WALLS), random.choice(WOODS)
    horizon = random.randint(128, 148)
    small = _ramp(SMALL, shade(wall, 0.98), shade(wall, 0.86))
    draw = ImageDraw.Draw(small)
    for _ in range(6):  # a room out of focus
        x, wide = random.randint(0, 280), random.randint(16, 60)
        draw.rectangle((x, random.randint(10, 90), x + wide, horizon), fill=shade(wall, random.uniform(0.72, 1.1)))
    small = small.filter(ImageFilter.GaussianBlur(9))
    small.paste(_ramp((SMALL[0], SMALL[1] - horizon), shade(wood, 0.92), shade(wood, 1.1)), (0, horizon))
    picture = _large(small)
    line = horizon * 4
    grain = ImageDraw.Draw(picture, "RGBA")
    for _ in range(26):
        y, x = random.randint(line + 8, SIZE[1]), random.randint(-300, 900)
        grain.line([(x, y), (x + random.randint(200, 900), y + random.randint(-3, 3))], fill=(*shade(wood, 0.7), 60),
                   width=2)  # fmt: skip
    grain.line((0, line, SIZE[0], line), fill=(*shade(wood, 1.25), 255), width=4)
    return picture, line


def _studio(random: Random) -> tuple[Image.Image, int]:
    colour = shade(random.choice(WALLS), random.uniform(0.9, 1.04))
    small = _ramp(SMALL, shade(colour, 1.02), shade(colour, 0.9))
    glow = Image.radial_gradient("L").resize((420, 300)).point([255 - level for level in range(256)])
    small.paste(shade(colour, 1.16), (random.randint(-90, -20), random.randint(-60, -10)), glow)
    return _large(small, 2), 620


def _wall(random: Random) -> tuple[Image.Image, int]:
    colour = random.choice(WALLS)
    small = _ramp(SMALL, shade(colour, 1.04), shade(colour, 0.88))
    _window_light(small, random, SMALL[1])
    return _large(small), 0


def _street(random: Random) -> tuple[Image.Image, int]:
    sky, horizon = random.choice(SKIES), random.randint(118, 136)
    small = _ramp(SMALL, sky, shade(sky, 1.12))
    draw = ImageDraw.Draw(small)
    x = -10
    while x < SMALL[0]:  # houses out of focus
        wide, high = random.randint(24, 62), random.randint(40, 96)
        house = shade(random.choice(WALLS), random.uniform(0.62, 0.94))
        draw.rectangle((x, horizon - high, x + wide, horizon), fill=house)
        for column in range(4, wide - 8, 12):
            for line in range(8, high - 10, 16):
                draw.rectangle((x + column, horizon - high + line, x + column + 6, horizon - high + line + 8),
                               fill=shade(house, 0.68))  # fmt: skip
        x += wide
    for _ in range(random.randint(1, 4)):
        x, wide = random.randint(0, 290), random.randint(16, 34)
        draw.ellipse((x - wide, horizon - wide * 2.2, x + wide, horizon - 6), fill=shade(random.choice(GREENS), 0.86))
    small = small.filter(ImageFilter.GaussianBlur(4))
    draw = ImageDraw.Draw(small)
    draw.rectangle((0, horizon, SMALL[0], horizon + 8), fill=(196, 192, 186))
    draw.rectangle((0, horizon + 8, SMALL[0], horizon + 11), fill=(158, 154, 150))
    road = _ramp((SMALL[0], SMALL[1] - horizon - 11), (122, 122, 126), (150, 149, 150))
    small.paste(road, (0, horizon + 11))
    return _large(small, 0.6), horizon * 4 + 44


def _garden(random: Random) -> tuple[Image.Image, int]:
    sky, green, horizon = random.choice(SKIES), random.choice(GREENS), random.randint(116, 138)
    small = _sides(sky, green, horizon, 1.16)
    draw = ImageDraw.Draw(small)
    for _ in range(16):  # hedge and trees out of focus
        x, wide = random.randint(-10, 310), random.randint(14, 40)
        top = horizon - random.randint(20, 80)
        draw.ellipse((x - wide, top, x + wide, horizon + 10), fill=shade(green, random.uniform(0.6, 0.95)))
    small = small.filter(ImageFilter.GaussianBlur(5))
    small.paste(_ramp((SMALL[0], SMALL[1] - horizon), shade(green, 0.96), shade(green, 1.18)), (0, horizon))
    picture = _large(small, 0.8)
    grass = ImageDraw.Draw(picture, "RGBA")
    for _ in range(420):
        x, y = random.randint(0, SIZE[0]), random.randint(horizon * 4 + 10, SIZE[1])
        tint = (*shade(green, random.choice((0.78, 1.24))), 110)
        grass.line((x, y, x + random.randint(-5, 5), y - random.randint(8, 20)), fill=tint, width=2)
    return picture, horizon * 4


def _lake(random: Random) -> tuple[Image.Image, int]:
    sky, horizon = random.choice(SKIES), random.randint(112, 128)
    small = _sides(sky, (94, 150, 186), horizon, 1.3)
    draw = ImageDraw.Draw(small)
    for _ in range(12):
        x, wide = random.randint(-10, 310), random.randint(20, 50)
        draw.ellipse((x - wide, horizon - random.randint(12, 34), x + wide, horizon + 14), fill=(104, 140, 118))
    small = small.filter(ImageFilter.GaussianBlur(4))
    small.paste(_ramp((SMALL[0], SMALL[1] - horizon), (112, 166, 198), (70, 128, 172)), (0, horizon))
    picture = _large(small, 0.8)
    waves = ImageDraw.Draw(picture, "RGBA")
    for _ in range(70):
        x, y = random.randint(-60, SIZE[0]), random.randint(horizon * 4 + 8, SIZE[1])
        waves.line((x, y, x + random.randint(30, 150), y), fill=(232, 244, 250, 90), width=3)
    return picture, horizon * 4


def _snow(random: Random) -> tuple[Image.Image, int]:
    horizon = random.randint(120, 140)
    small = _ramp(SMALL, (150, 192, 228), (214, 230, 242))
    draw = ImageDraw.Draw(small)
    for _ in range(4):
        x, high = random.randint(0, 300), random.randint(50, 100)
        draw.polygon([(x - high, horizon), (x, horizon - high), (x + high, horizon)], fill=(176, 198, 220))
        draw.polygon([(x - high // 3, horizon - high * 2 // 3), (x, horizon - high), (x + high // 3, horizon - high * 2 // 3)],
                     fill=(240, 246, 251))  # fmt: skip
    small = small.filter(ImageFilter.GaussianBlur(3))
    small.paste(_ramp((SMALL[0], SMALL[1] - horizon), (228, 236, 244), (248, 251, 253)), (0, horizon))
    return _large(small, 0.8), horizon * 4


def _court(random: Random) -> tuple[Image.Image, int]:
    floor, wall = random.choice(((188, 104, 78), (92, 142, 118), (84, 122, 168))), random.choice(WALLS)
    horizon = random.randint(120, 140)
    small = _sides(wall, floor, horizon)
    picture = _large(small)
    draw = ImageDraw.Draw(picture, "RGBA")
    line, lean = horizon * 4, random.randint(-200, 200)
    for x in (200, 1000):
        draw.line((x, line, x + (x - 600) + lean, SIZE[1]), fill=(250, 250, 246, 200), width=9)
    draw.line((0, line + 60, SIZE[0], line + 60), fill=(250, 250, 246, 180), width=6)
    return picture, line


def _workshop(random: Random) -> tuple[Image.Image, int]:
    wall = shade(random.choice(WALLS), 0.84)
    horizon = random.randint(132, 150)
    picture = _large(_sides(wall, (168, 164, 158), horizon, 1.08))
    draw = ImageDraw.Draw(picture, "RGBA")
    for y in range(0, horizon * 4, 46):
        draw.line((0, y, SIZE[0], y), fill=(*shade(wall, 0.9), 150), width=3)
        for x in range((y // 46 % 2) * 60, SIZE[0], 120):
            draw.line((x, y, x, y + 46), fill=(*shade(wall, 0.9), 150), width=3)
    return picture, horizon * 4


def _sky(random: Random) -> tuple[Image.Image, int]:
    sky = random.choice(SKIES)
    small = _ramp(SMALL, sky, shade(sky, 1.14))
    draw = ImageDraw.Draw(small)
    for _ in range(5):
        x, y = random.randint(0, 300), random.randint(20, 190)
        for _ in range(5):
            left, top = x + random.randint(-30, 30), y + random.randint(-7, 7)
            draw.ellipse((left, top, left + 40, top + 20), fill=(250, 252, 253))
    return _large(small, 6), 0


_KINDS = {
    "room": _room, "table": _table, "studio": _studio, "wall": _wall, "street": _street, "garden": _garden,
    "lake": _lake, "snow": _snow, "court": _court, "workshop": _workshop, "sky": _sky,
}  # fmt: skip

"""Pictures made from a seed, for comparing PDQ with Meta's reference, and the vectors the reference gave for them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import fairboard.demo

EMOJI = Path(fairboard.demo.__file__).parent / "emoji"
VECTORS = Path(__file__).with_name("pdq_vectors.json")
SIZES = [
    (5, 5), (6, 40), (31, 33), (64, 64), (63, 65), (100, 75), (128, 129), (129, 500), (256, 256), (400, 300),
    (512, 512), (513, 511), (640, 480), (777, 333), (1024, 768), (1600, 1200), (1201, 1603), (2000, 90), (3000, 400),
    (4000, 3000),
]  # fmt: skip
KINDS = ("gradient", "shapes", "noise", "text", "emoji")


@dataclass(frozen=True)
class Vector:
    """What the reference (pdqhash 0.2.8, Meta's C++) says of a made picture."""

    kind: str
    width: int
    height: int
    hash: str
    quality: int
    variants: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}-{self.width}x{self.height}"

    def picture(self) -> Image.Image:
        return picture(self.kind, self.width, self.height)


def picture(kind: str, width: int, height: int) -> Image.Image:
    """A picture that is the same wherever it is made."""
    random = np.random.Generator(np.random.PCG64([KINDS.index(kind), width, height]))
    if kind == "noise":
        return Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
    if kind == "gradient":
        across, down = np.linspace(0, 1, width)[None, :, None], np.linspace(0, 1, height)[:, None, None]
        speed, phase = random.uniform(1, 9, (2, 3)), random.uniform(0, 6, 3)
        wave = np.sin(across * speed[0] + down * speed[1] + phase)
        return Image.fromarray(np.floor(wave * 127 + 128).astype(np.uint8))
    if kind == "emoji":
        names = sorted(path.name for path in EMOJI.glob("*.webp"))
        with Image.open(EMOJI / names[int(random.integers(len(names)))]) as opened:
            layered = opened.convert("RGBA").resize((width, height), Image.Resampling.NEAREST)
        ground = Image.new("RGBA", layered.size, tuple(int(c) for c in random.integers(0, 256, 3)) + (255,))
        return Image.alpha_composite(ground, layered).convert("RGB")
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = int(random.integers(-width // 4, width)), int(random.integers(-height // 4, height))
        side, colour = (
            int(random.integers(1, max(2, min(width, height) // 3))),
            tuple(int(c) for c in random.integers(0, 256, 3)),
        )
        if kind == "shapes":
            draw.rectangle([x, y, x + side, y + side // 2 + 1], fill=colour)
        else:
            draw.text((x, y), "Fairboard 0123456789", fill=colour, font=ImageFont.load_default_imagefont())
    return image


def read() -> dict[str, Any]:
    """Everything in the file of vectors."""
    kept: dict[str, Any] = json.loads(VECTORS.read_text())
    return kept


def vectors() -> list[Vector]:
    """The vectors of made pictures."""
    return [Vector(*row[:5], tuple(row[5:])) for row in read()["made"]]

"""PDQ, Meta's perceptual hash of a photo: 256 bits that stay nearly the same when it is resized or recompressed.

The algorithm is that of github.com/facebook/ThreatExchange (pdq/cpp): luma; a box filter twice along both axes;
64 x 64 samples; the 16 x 16 lowest frequencies but the constant one; a bit for each that lies above the median.
Filter and sampling are linear and act on each axis alone, so together they are 64 weighted sums an axis. A large photo
is first averaged in blocks of about a thousandth of its side, and the weights are those of the full size summed over
the blocks: nearer to the hash of the full photo than that of a shrunken copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fairboard.screening.photos.fingerprint import GOOD_QUALITY, VARIANTS

SMALLEST = 5
"""Pixels a side: the reference gives a smaller photo the hash 0 and the quality 0."""

_SAMPLES = 64
_BIG = 1024
_NOTHING = 1e-12  # what rounding leaves where a weight is 0
_Filter = tuple[tuple[int, NDArray[np.float32]], ...]
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_DCT = (
    np.sqrt(2.0 / _SAMPLES)
    * np.cos(np.pi / 2 / _SAMPLES * np.arange(1, 17)[:, None] * (2 * np.arange(_SAMPLES)[None, :] + 1))
).astype(np.float32)
_ODD = (np.arange(16) & 1).astype(bool)
_DOWN = np.where(_ODD, 1, -1).astype(np.float32)  # -1 on even rows or columns
_BOARD = np.where(_ODD[:, None] ^ _ODD[None, :], -1, 1).astype(np.float32)  # -1 where row + column is odd


@dataclass(frozen=True, slots=True)
class Pdq:
    """A hash of 32 bytes, its first hexadecimal digit first, and its quality, 0 to 100."""

    value: bytes
    quality: int

    @property
    def hex(self) -> str:
        """The hash as 64 hexadecimal digits, as banks exchange it."""
        return self.value.hex()

    @property
    def good(self) -> bool:
        """Whether the photo has enough structure for the hash to be matched by."""
        return self.quality >= GOOD_QUALITY


def compute(photo: Image.Image | NDArray[np.uint8]) -> Pdq:
    """The hash of a decoded photo: a Pillow image, or rows x columns x 3 (red, green, blue) or rows x columns."""
    small = _samples(photo)
    if small is None:
        return Pdq(bytes(32), 0)
    return Pdq(_bits(_frequencies(small)), _quality(small))


def dihedral(photo: Image.Image | NDArray[np.uint8]) -> Sequence[Pdq]:
    """The hashes of the photo and its seven turned and mirrored forms, in the order of ``VARIANTS``."""
    small = _samples(photo)
    if small is None:
        return [Pdq(bytes(32), 0)] * len(VARIANTS)
    quality, plain = _quality(small), _frequencies(small)
    turned = plain.T
    forms = (
        plain,
        turned * _DOWN[:, None],
        plain * _BOARD,
        turned * _DOWN[None, :],
        plain * _DOWN[:, None],
        plain * _DOWN[None, :],
        turned,
        turned * _BOARD,
    )
    return [Pdq(_bits(form), quality) for form in forms]


def distance(one: bytes, other: bytes) -> int:
    """In how many bits two hashes differ, 0 to 256."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _samples(photo: Image.Image | NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """The filtered photo at 64 x 64 points; None when a side is too small."""
    image = on_white(photo if isinstance(photo, Image.Image) else Image.fromarray(photo))
    width, height = image.size
    if min(width, height) < SMALLEST:
        return None
    across, down = max(1, round(width / _BIG)), max(1, round(height / _BIG))
    if (across, down) != (1, 1):
        image = image.reduce((across, down))
    pixels = np.asarray(image)
    rows = _filtered(pixels.astype(np.float32).reshape(pixels.shape[0], -1), _filter(height, down))
    if pixels.ndim == 3:
        rows = rows.reshape(_SAMPLES, -1, 3) @ _LUMA
    return _filtered(np.ascontiguousarray(rows.T), _filter(width, across)).T


def _filtered(lines: NDArray[np.float32], weights: _Filter) -> NDArray[np.float32]:
    """The 64 weighted sums of lines. Not one matrix product: nearly all of its weights would be 0, and a matrix
    product of this size is shared among threads that wait for each other when the processors are busy."""
    sums = np.empty((_SAMPLES, lines.shape[1]), dtype=np.float32)
    for number, (start, some) in enumerate(weights):
        np.einsum("b,bw->w", some, lines[start : start + len(some)], out=sums[number])
    return sums


def on_white(image: Image.Image) -> Image.Image:
    """The picture as people see it, in red, green and blue or grey: what is transparent lies on white."""
    if image.mode in {"RGB", "L"}:
        return image
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return image.convert("RGB")
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    return image.convert("RGB")


@lru_cache(maxsize=256)
def _filter(size: int, block: int) -> _Filter:
    """Filter and sampling of an axis of ``size`` pixels, averaged in blocks: first line and weights of each sample."""
    window = (size + 2 * _SAMPLES - 1) // (2 * _SAMPLES)
    right = (window + 2) // 2 - 1
    left = window - 1 - right
    at = ((np.arange(_SAMPLES) + 0.5) * size / _SAMPLES).astype(np.int64)
    reach = np.arange(-left, right + 1)
    outer = at[:, None] + reach[None, :]  # the pixels the second pass averages
    inside = (outer >= 0) & (outer < size)
    outer = np.clip(outer, 0, size - 1)
    first, last = np.maximum(outer - left, 0), np.minimum(outer + right, size - 1)  # what the first pass averaged
    weight = inside / inside.sum(axis=1, keepdims=True) / (last - first + 1)
    steps = np.zeros((_SAMPLES, size + 1))
    rows = np.broadcast_to(np.arange(_SAMPLES)[:, None], outer.shape)
    np.add.at(steps, (rows, first), weight)
    np.add.at(steps, (rows, last + 1), -weight)
    weights = steps.cumsum(axis=1)[:, :size]
    if block > 1:
        weights = np.add.reduceat(weights, np.arange(0, size, block), axis=1)
    reached = [np.flatnonzero(row > _NOTHING) for row in weights]
    return tuple(
        (int(some[0]), row[some[0] : some[-1] + 1].astype(np.float32))
        for some, row in zip(reached, weights, strict=True)
    )


def _quality(small: NDArray[np.float32]) -> int:
    """Steps between neighbouring samples, each cut to whole hundredths of the range, summed and capped."""
    steps = sum(
        int(np.abs(np.trunc(np.diff(small, axis=axis) * np.float32(100) / np.float32(255))).sum()) for axis in (0, 1)
    )
    return min(100, steps // 90)


def _frequencies(small: NDArray[np.float32]) -> NDArray[np.float32]:
    frequencies: NDArray[np.float32] = _DCT @ small @ _DCT.T
    return frequencies


def _bits(frequencies: NDArray[np.float32]) -> bytes:
    flat = frequencies.reshape(-1)
    median = np.partition(flat, 127)[127]  # the lower of the two in the middle, as in the reference
    return np.packbits((flat > median)[::-1]).tobytes()

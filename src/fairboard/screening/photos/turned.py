"""The turned and mirrored forms of a photo from its hash alone, for where the photo is not at hand any more.

A turned or mirrored photo has the same frequencies with other signs, in another order. A bit says whether a frequency
lies above the median, so a sign that changes is taken for a bit that does: exact where the median is 0, and 6 bits off
in the mean on drawn pictures, 26 at most of 186. The two mirrorings along a diagonal are 0 and 6 bits off.
"""

import numpy as np

_ODD = (np.arange(16) & 1).astype(bool)
_ROWS, _COLUMNS = ~_ODD[:, None], ~_ODD[None, :]
_BOARD = _ODD[:, None] ^ _ODD[None, :]


def forms(value: bytes) -> list[bytes]:
    """The eight forms of a hash of 32 bytes, itself first, in the order of ``fingerprint.VARIANTS``."""
    bits = np.unpackbits(np.frombuffer(value, dtype=np.uint8)).astype(bool)[::-1].reshape(16, 16)
    turned = bits.T
    found = (
        bits, turned ^ _ROWS, bits ^ _BOARD, turned ^ _COLUMNS,
        bits ^ _ROWS, bits ^ _COLUMNS, turned, turned ^ _BOARD,
    )  # fmt: skip
    return [np.packbits(one.reshape(-1)[::-1]).tobytes() for one in found]

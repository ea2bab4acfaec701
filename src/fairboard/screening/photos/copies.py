"""Which photos of a list are copies of an earlier one."""

from collections.abc import Sequence

import numpy as np

from fairboard.screening.photos.chunks import words_of
from fairboard.screening.photos.fingerprint import MATCH_DISTANCE


def firsts(values: Sequence[bytes], distance: int = MATCH_DISTANCE) -> list[int]:
    """For each hash of 32 bytes the place of the nearest original before it, its own where it is an original."""
    words = words_of(np.frombuffer(b"".join(values), dtype=np.uint8).reshape(-1, 32))
    originals = np.empty_like(words)
    places: list[int] = []
    found = []
    for at, one in enumerate(words):
        bits = np.bitwise_count(originals[: len(places)] ^ one).sum(axis=1, dtype=np.int64)
        nearest = int(bits.argmin()) if len(bits) else -1
        if nearest >= 0 and bits[nearest] <= distance:
            found.append(places[nearest])
            continue
        originals[len(places)] = one
        places.append(at)
        found.append(at)
    return found

"""Public ids: short, opaque, ordered by time, safe in an address."""

import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: no i, l, o or u to misread."""
ID_LENGTH = 16
_RANDOM_BITS = 36
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A new id of 16 characters: 44 bits of milliseconds, then 36 random ones; rising within a process.

    Ids made in one burst count upward from a random start, so a bulk import cannot collide with itself.
    """
    global _last
    fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    with _lock:
        _last = fresh if fresh > _last else _last + 1 + secrets.randbits(8)
        value = _last
    return _written(value)


def new_ids(count: int) -> list[str]:
    """So many new ids at once, rising; they cost a third of as many calls of `new_id`."""
    global _last
    if count < 1:
        return []
    fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    steps = secrets.token_bytes(count)
    with _lock:
        value = fresh if fresh > _last else _last + 1
        found = []
        for step in steps:
            value += 1 + step
            found.append(value)
        _last = value
    high, front, written = -1, "", []
    for value in found:  # ids of one burst differ in their last letters only
        if value >> 20 != high:
            high = value >> 20
            front = _written(value)[:12]
        written.append(front + _PAIRS[value >> 10 & 1023] + _PAIRS[value & 1023])
    return written


def _written(value: int) -> str:
    return "".join([_PAIRS[value >> place & 1023] for place in range(70, -1, -10)])


if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField


class PublicIdField(_Text):
    """The id a row shows to the world: unique, made when the row is."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", ID_LENGTH)
        options.setdefault("unique", True)
        options.setdefault("editable", False)
        options.setdefault("default", new_id)
        super().__init__(**options)

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
_PAIRS = [one + other for one in ALPHABET for other in ALPHABET]
_SHIFTS = range(5 * ID_LENGTH - 10, -1, -10)
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
    return "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])


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

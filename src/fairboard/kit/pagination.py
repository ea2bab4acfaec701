"""Keyset pages: a cursor says where the last page ended, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from fairboard.kit.problems import Invalid

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list. A cursor is empty where there is no further page."""

    items: Sequence[Item]
    next_cursor: str = ""
    previous_cursor: str = ""
    extra: dict[str, object] = field(default_factory=dict)


def encode_cursor(*values: str | int | float | None) -> str:
    """Pack the sort values of the last row into an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(text: str, kinds: Sequence[type]) -> tuple[str | int | float, ...]:
    """Unpack a cursor whose values must be of the given kinds; raises Invalid on anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or [type(value) for value in values] != list(kinds):
            raise ValueError
        if any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
            raise ValueError
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Invalid(_("This page address is not complete. Start from the first page."), field="cursor") from error
    return tuple(values)

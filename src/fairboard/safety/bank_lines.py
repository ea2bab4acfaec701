"""Reading a list of hashes: one a line, with whatever else the list says of it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from fairboard.safety.models.banks import BANK_KINDS

LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its hash and metadata, or what is wrong with it; ``number`` counts from 1."""

    number: int
    value: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    error: str = ""


def read(lines: Iterable[str], kind: str) -> Iterator[Line]:
    """Each line that is not empty nor a comment (``#``): ``HASH``, ``HASH,note`` or ``{"hash": ..., ...}``."""
    for number, raw in enumerate(lines, start=1):
        text = raw.removeprefix("\ufeff").strip()
        if text and not text.startswith("#"):
            yield _line(number, text, kind)


def sound(value: str, kind: str) -> str:
    """A hash in small hexadecimal digits; empty where it is none of the kind."""
    found = value.strip().lower()
    return found if re.fullmatch(rf"[0-9a-f]{{{BANK_KINDS[kind]}}}", found) else ""


def _line(number: int, text: str, kind: str) -> Line:
    metadata: dict[str, Any] = {}
    if text.startswith("{"):
        try:
            metadata = json.loads(text)
        except (ValueError, RecursionError):
            return Line(number, error=_("This is not JSON."))
        given = str(metadata.pop("hash", ""))
    else:
        given, _comma, note = text.partition(",")
        metadata = {"note": note.strip()} if note.strip() else {}
    if len(json.dumps(metadata)) > LONGEST_NOTE or "\\u0000" in json.dumps(metadata):
        return Line(number, error=_("What is said beside the hash is too long or cannot be kept."))
    value = sound(given, kind)
    if not value:
        return Line(
            number,
            error=_("This is no %(kind)s hash: %(n)d hexadecimal digits are needed.")
            % {"kind": kind, "n": BANK_KINDS[kind]},
        )
    return Line(number, value, metadata)

"""What goes into the screening and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What the gate does with a submission."""

    ALLOW = "allow"
    HOLD = "hold"
    REJECT = "reject"
    ESCALATE = "escalate"


SEVERITY = {Verdict.ALLOW: 0, Verdict.HOLD: 1, Verdict.REJECT: 2, Verdict.ESCALATE: 3}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a field as it was written: characters ``start`` to ``end``."""

    field: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"field": self.field, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody found in a text; phones as E.164, one without an area code as RFC 3966
    ``5550147;phone-context=+1``. ``disguise`` is 0 (plain) to 1."""

    kind: str
    value: str
    raw: str
    spans: tuple[Span, ...]
    disguise: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """An age or a price in a text."""

    value: str
    raw: str
    span: Span
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict came out as it did; the message is for the author."""

    rule: str
    policy: str
    message: str
    spans: tuple[Span, ...] = ()
    action: str = "hold"

    def to_json(self) -> dict[str, Any]:
        """As JSON; ``span`` is the first of ``spans``."""
        spans = [span.to_json() for span in self.spans]
        return {"rule": self.rule, "policy": self.policy, "message": self.message, "action": self.action,
                "span": spans[0] if spans else None, "spans": spans}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Indicator:
    """A sign that means little alone; ``weight`` is 0 to 1, the message is neutral and for the reviewer."""

    id: str
    group: str
    weight: float
    message: str
    spans: tuple[Span, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {"id": self.id, "group": self.group, "weight": self.weight, "message": self.message,
                "spans": [span.to_json() for span in self.spans]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be screened: named fields of text, where it is, the SHA-256 of its photos.

    ``context`` brings features known from outside: the groups ``member``, ``account``, ``network``, ``history`` and
    more of ``match``, by the names of `ENVIRONMENT`; what is missing has a default.
    """

    id: str
    fields: Mapping[str, str]
    category: str = ""
    place: str = ""
    country: str = "US"
    photos: Sequence[str] = ()
    kind: str = "ad"
    context: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    year: int = 0
    """The year it is judged in, by which a year of birth is read as an age; 0 leaves years of birth unread."""


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict with everything it rests on; ``features`` are nested as the rules saw them."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    contacts: tuple[Contact, ...]
    ages: tuple[Found, ...]
    prices: tuple[Found, ...]
    normalized: dict[str, str]
    bands: tuple[str, ...]
    signature: tuple[int, ...]
    packs: tuple[str, ...] = field(default=())
    indicators: tuple[Indicator, ...] = ()
    features: dict[str, Any] = field(default_factory=dict)
    shadow: tuple[str, ...] = ()
    """Rules in shadow that would have fired."""
    failed: tuple[tuple[str, str], ...] = ()
    """Rules that broke while they ran, and how: they were left out."""

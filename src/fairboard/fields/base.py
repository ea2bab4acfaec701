"""What every field type shares: its specification, its errors, its interface."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Protocol

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps NUL or half a surrogate pair


class FieldError(ValueError):
    """A value that cannot be used; the message says in plain words what can.

    ``message`` is the text before ``values`` are filled in (``%(name)s``), so that it can be translated.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.message, self.values = message, values
        super().__init__(message % values if values else message)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values a choice allows: ``key`` is kept, ``label`` is shown."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field: an ad attribute, a CRM field, an import column or a filter is this one thing.

    ``minimum`` and ``maximum`` are in the field's own unit; ``decimals`` is how many are kept.
    """

    key: str
    label: str
    type: str
    required: bool = False
    searchable: bool = False
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    max_length: int = 200
    help: str = ""

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "FieldSpec":
        """Read a specification from JSON or YAML; raises FieldError naming what is wrong."""
        key = str(given.get("key", ""))
        if not KEY.match(key):
            raise FieldError(f"The key {key!r} must be lower-case letters, digits and underscores.")
        unknown = set(given) - set(cls.__dataclass_fields__)
        if unknown:
            raise FieldError(f"{key}: unknown properties {', '.join(sorted(unknown))}.")
        missing = {"label", "type"} - set(given)
        if missing:
            raise FieldError(f"{key}: give its {' and '.join(sorted(missing))}.")
        values = dict(given)
        values["choices"] = tuple(_choice(key, one) for one in given.get("choices") or ())
        for name in ("minimum", "maximum"):
            if given.get(name) is not None:
                values[name] = _bound(key, name, given[name])
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """The specification as JSON keeps it, without what is at its default."""
        plain: dict[str, Any] = {"key": self.key, "label": self.label, "type": self.type}
        for name in ("required", "searchable", "unit", "decimals", "max_length", "help"):
            if getattr(self, name) != _DEFAULTS[name]:
                plain[name] = getattr(self, name)
        if self.choices:
            plain["choices"] = [{"key": one.key, "label": one.label} for one in self.choices]
        for name in ("minimum", "maximum"):
            if getattr(self, name) is not None:
                plain[name] = str(getattr(self, name))
        return plain


_DEFAULTS = {one.name: one.default for one in fields(FieldSpec)}


def _choice(key: str, given: Any) -> Choice:
    if not isinstance(given, Mapping) or not {"key", "label"} <= set(given):
        raise FieldError(f"{key}: each choice has a key and a label.")
    return Choice(str(given["key"]), str(given["label"]))


def _bound(key: str, name: str, given: Any) -> Decimal:
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise FieldError(f"{key}: the {name} must be a number.")
    return found


class FieldType(Protocol):
    """What a type of field can do. Each lives in a file of its own and has no state."""

    name: str
    cel_type: str
    operators: tuple[str, ...]

    def parse(self, raw: object, spec: FieldSpec) -> Any:
        """The typed value of what somebody typed or a file holds; raises FieldError."""
        ...

    def format(self, value: Any, spec: FieldSpec) -> str:
        """The value as people read it."""
        ...

    def to_json(self, value: Any) -> Any:
        """The value as JSON keeps it."""
        ...

    def from_json(self, kept: Any, spec: FieldSpec) -> Any:
        """The typed value of what JSON keeps."""
        ...

    def index_terms(self, key: str, value: Any, spec: FieldSpec) -> Sequence[str]:
        """The terms an inverted index finds the value by; empty when it is not indexed."""
        ...


def text_of(raw: object) -> str:
    """What was given as clean text; raises FieldError for lists and objects."""
    if isinstance(raw, str):
        return _UNSTORABLE.sub("", raw).strip()
    if isinstance(raw, bool | int | float | Decimal):
        return str(raw)
    raise FieldError("Write a single value here.")


@lru_cache(maxsize=8_192)
def term(*parts: str) -> str:
    """An index term of letters, digits and underscores only, whatever the parts hold.

    Different parts give different terms: what is not a plain letter or digit is written as its code point
    between two ``x``, and so is the letter ``x`` itself.
    """
    return "_".join(re.sub(r"[^a-wyz0-9]", lambda found: f"x{ord(found[0]):x}x", part.lower()) for part in parts)

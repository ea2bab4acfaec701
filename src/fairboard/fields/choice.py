"""One of a list (``choice``) or several of it (``multichoice``)."""

from collections.abc import Sequence
from typing import Any

from fairboard.fields.base import FieldError, FieldSpec, term, text_of


def _key(raw: object, spec: FieldSpec) -> str:
    text = text_of(raw)
    folded = text.casefold()
    # Exact keys come first, so that what is kept always reads back as itself.
    if any(text == choice.key for choice in spec.choices):
        return text
    for choice in spec.choices:
        if folded in {choice.key.casefold(), choice.label.casefold()}:
            return choice.key
    names = ", ".join(choice.label for choice in spec.choices[:12])
    raise FieldError("Choose one of: %(names)s.", names=names)


class ChoiceField:
    """One of a list, given by its key or label."""

    name = "choice"
    cel_type = "string"
    operators: tuple[str, ...] = ("eq", "ne", "in", "is_empty")

    def parse(self, raw: object, spec: FieldSpec) -> str:
        """The key of the choice; raises FieldError naming the choices."""
        return _key(raw, spec)

    def format(self, value: str, spec: FieldSpec) -> str:
        """The label."""
        return next((choice.label for choice in spec.choices if choice.key == value), value)

    def to_json(self, value: str) -> Any:
        """The key."""
        return value

    def from_json(self, kept: Any, spec: FieldSpec) -> str:
        """The key."""
        return str(kept)

    def index_terms(self, key: str, value: str, spec: FieldSpec) -> Sequence[str]:
        """One exact term."""
        return (term("a", key, value),)


class MultiChoice:
    """Several of a list."""

    name = "multichoice"
    cel_type = "list"
    operators: tuple[str, ...] = ("has_any", "has_all", "is_empty")

    def parse(self, raw: object, spec: FieldSpec) -> tuple[str, ...]:
        """The keys in the field's order; a text may separate them by commas or semicolons."""
        parts: Sequence[object]
        if isinstance(raw, str):
            parts = [part for part in raw.replace(";", ",").split(",") if part.strip()]
        elif isinstance(raw, list | tuple | set | frozenset):
            parts = list(raw)
        else:
            raise FieldError("Give a list of choices.")
        chosen = {_key(part, spec) for part in parts}
        return tuple(choice.key for choice in spec.choices if choice.key in chosen)

    def format(self, value: Sequence[str], spec: FieldSpec) -> str:
        """The labels, separated by commas."""
        return ", ".join(choice.label for choice in spec.choices if choice.key in value)

    def to_json(self, value: Sequence[str]) -> Any:
        """A list of keys."""
        return list(value)

    def from_json(self, kept: Any, spec: FieldSpec) -> tuple[str, ...]:
        """The keys."""
        return tuple(str(key) for key in kept)

    def index_terms(self, key: str, value: Sequence[str], spec: FieldSpec) -> Sequence[str]:
        """One exact term for each chosen key."""
        return tuple(term("a", key, one) for one in value)

"""Yes or no."""

from collections.abc import Sequence
from typing import Any

from fairboard.fields.base import FieldError, FieldSpec, term, text_of

YES = {"yes", "y", "true", "t", "1", "on", "ja", "oui", "sí", "si", "sim", "x"}
NO = {"no", "n", "false", "f", "0", "off", "nein", "non", "não", "nao"}


class YesNo:
    """Yes or no, in the words of several languages."""

    name = "yesno"
    cel_type = "bool"
    operators: tuple[str, ...] = ("eq", "ne", "is_empty")

    def parse(self, raw: object, spec: FieldSpec) -> bool:
        """True or False; raises FieldError."""
        if isinstance(raw, bool):
            return raw
        text = text_of(raw).casefold()
        if text in YES:
            return True
        if text in NO:
            return False
        raise FieldError("Answer yes or no.")

    def format(self, value: bool, spec: FieldSpec) -> str:
        """Yes or No."""
        return "Yes" if value else "No"

    def to_json(self, value: bool) -> Any:
        """The truth value."""
        return value

    def from_json(self, kept: Any, spec: FieldSpec) -> bool:
        """The truth value."""
        return bool(kept)

    def index_terms(self, key: str, value: bool, spec: FieldSpec) -> Sequence[str]:
        """One exact term."""
        return (term("a", key, "yes" if value else "no"),)

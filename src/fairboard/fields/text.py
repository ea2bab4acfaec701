"""Text: one line (``text``) or several (``longtext``)."""

from collections.abc import Sequence
from typing import Any

from fairboard.fields.base import FieldError, FieldSpec, text_of

LONGEST = 20_000


class Text:
    """One line of text."""

    name = "text"
    cel_type = "string"
    operators: tuple[str, ...] = ("eq", "ne", "in", "contains", "starts_with", "is_empty")
    many_lines = False

    def parse(self, raw: object, spec: FieldSpec) -> str:
        """The text with its white space tidied; raises FieldError when it is too long."""
        text = text_of(raw)
        text = text.replace("\r\n", "\n").replace("\r", "\n") if self.many_lines else " ".join(text.split())
        longest = LONGEST if self.many_lines else spec.max_length
        if len(text) > longest:
            raise FieldError("Keep it to %(most)s characters.", most=longest)
        return text

    def format(self, value: str, spec: FieldSpec) -> str:
        """The text itself."""
        return value

    def to_json(self, value: str) -> Any:
        """The text itself."""
        return value

    def from_json(self, kept: Any, spec: FieldSpec) -> str:
        """The text itself."""
        return str(kept)

    def index_terms(self, key: str, value: str, spec: FieldSpec) -> Sequence[str]:
        """None: text is found by its words."""
        return ()


class LongText(Text):
    """Several lines of text."""

    name = "longtext"
    operators: tuple[str, ...] = ("contains", "is_empty")
    many_lines = True

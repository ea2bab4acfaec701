"""A kept value of one type as a value of another, for fields that are given another type."""

from typing import Any

from fairboard.fields import FieldError, FieldSpec, field_type

TEXTS = {"text", "longtext"}
BY_LABEL = {"choice", "multichoice", "yesno"}


def converted(kept: Any, old: FieldSpec, new: FieldSpec) -> Any:
    """The value as JSON keeps it under the new type; raises FieldError when it cannot be one."""
    problem: FieldError | None = None
    for given in _readings(kept, old, new):
        kind = field_type(new.type)
        try:
            return kind.to_json(kind.parse(given, new))
        except FieldError as error:
            problem = problem or error
        except (ValueError, ArithmeticError, TypeError):
            problem = problem or FieldError("This cannot be read.")
    raise problem or FieldError("This cannot be read.")


def _readings(kept: Any, old: FieldSpec, new: FieldSpec) -> list[Any]:
    """What a kept value can be read as, the likeliest first: a choice by its label, then by its key."""
    labels = readable(kept, old)
    if new.type == "multichoice" and isinstance(kept, list):
        return [kept, labels]
    if isinstance(kept, list):
        return [labels] if len(kept) != 1 else [labels, kept[0]]
    if old.type in BY_LABEL:
        return [labels, kept]
    return [kept if not isinstance(kept, bool) else labels]


def readable(kept: Any, old: FieldSpec) -> str:
    """A kept value as plain text: labels of choices, numbers without a unit or separators."""
    if old.type in BY_LABEL:
        kind = field_type(old.type)
        try:
            return kind.format(kind.from_json(kept, old), old)
        except (ValueError, TypeError, ArithmeticError):
            return str(kept)
    return ", ".join(str(one) for one in kept) if isinstance(kept, list) else str(kept)

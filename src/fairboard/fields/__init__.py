"""Field types: parse, validate, format, operators, index terms, CEL type. One file a family.

Ad attributes, CRM fields, import columns and filters are this one thing. Imports no Django.
"""

from fairboard.fields.base import Choice, FieldError, FieldSpec, FieldType, term
from fairboard.fields.choice import ChoiceField, MultiChoice
from fairboard.fields.contact import Email, Link, Phone
from fairboard.fields.moment import Date, DateTime, Time
from fairboard.fields.money import Money
from fairboard.fields.number import Number
from fairboard.fields.text import LongText, Text
from fairboard.fields.yesno import YesNo

_ALL: tuple[FieldType, ...] = (
    Text(), LongText(), Number(), Money(), ChoiceField(), MultiChoice(), YesNo(), Date(), DateTime(), Time(), Link(),
    Email(), Phone(),
)  # fmt: skip
FIELD_TYPES: dict[str, FieldType] = {kind.name: kind for kind in _ALL}
"""Every field type by its name."""


def field_type(name: str) -> FieldType:
    """The field type of this name; raises FieldError naming those there are."""
    if name not in FIELD_TYPES:
        raise FieldError(f"There is no field type {name!r}; there are {', '.join(FIELD_TYPES)}.")
    return FIELD_TYPES[name]


__all__ = ["FIELD_TYPES", "Choice", "FieldError", "FieldSpec", "FieldType", "field_type", "term"]

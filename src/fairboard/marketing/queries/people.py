"""Which records lead to somebody to write to: contacts, leads, accounts, and the company's own objects."""

from collections.abc import Sequence

from fairboard.crm.catalogue import TypeInfo, catalogue

PEOPLE = ("contact", "lead", "account")
"""The types that are people and organisations themselves, in the order they are offered."""


def types() -> tuple[str, ...]:
    """The types whose records can be written to: those of `PEOPLE`, then own ones that lead to somebody."""
    known = catalogue().types
    own = [key for key, info in known.items() if not info.is_standard and (relation_of(info) or address_of(info))]
    return tuple([one for one in PEOPLE if one in known] + own)


def relation_of(info: TypeInfo) -> str:
    """The field by which a record of an own type leads to a person: a contact before a lead before an account."""
    if info.is_standard:
        return ""
    for target in PEOPLE:
        for one in info.relations:
            if target in one.targets and not one.is_many:
                return one.key
    return ""


def address_of(info: TypeInfo) -> str:
    """The field that holds the mail address of a record itself; empty for none."""
    return next((one.key for one in info.fields.values() if one.is_written and one.type == "email"), "")


def columns_of(info: TypeInfo, most: int = 3) -> Sequence[str]:
    """The fields that tell records of a type apart in a list."""
    standard = {
        "contact": ("account", "email", "city"), "lead": ("company", "email", "status"),
        "account": ("standing", "ads_live", "city"),
    }  # fmt: skip
    if info.key in standard:
        return [key for key in standard[info.key] if key in info.fields]
    return [key for key, one in info.fields.items() if key not in info.name_fields and one.is_written][:most]

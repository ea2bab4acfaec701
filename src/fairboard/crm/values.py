"""From what was typed or sent to what a record keeps: every value checked by its field, every error named."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.fields import FieldError, field_type
from fairboard.kit.problems import Invalid

MOST_LINKS = 200


@dataclass(slots=True)
class Parsed:
    """Values as JSON keeps them (None where one is to be emptied), and what is wrong with the others, by field key."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raise Invalid when anything is wrong."""
        if self.errors:
            raise Invalid(
                _("Please check what you entered."),
                errors=[{"field": key, "message": text} for key, text in self.errors.items()],
            )


def parse(info: TypeInfo, given: Mapping[str, Any], *, editable: Collection[str], variant: str = "") -> Parsed:
    """Read values by field key. What the caller may not write, or what does not exist, is an error of that key."""
    found = Parsed()
    for key, raw in given.items():
        one = info.fields.get(key)
        if one is None:
            found.errors[key] = _("There is no field %(key)s.") % {"key": key}
        elif not one.is_written:
            found.errors[key] = _("%(label)s is worked out by the program.") % {"label": one.label}
        elif key not in editable:
            found.errors[key] = _("You may not change %(label)s.") % {"label": one.label}
        else:
            try:
                found.values[key] = value_of(one, raw)
            except FieldError as error:
                found.errors[key] = _(error.message) % error.values if error.values else _(error.message)
    _keep_to_variant(info, found, variant)
    return found


def value_of(one: FieldInfo, raw: Any) -> Any:
    """The value JSON keeps, None for an empty one; raises FieldError."""
    if one.kind == "relation":
        return _ids(one, raw)
    if raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | tuple) and not raw):
        return None
    kind = field_type(one.spec.type)
    value = kind.parse(raw, one.spec)
    return None if value in ("", ()) else kind.to_json(value)


def _ids(one: FieldInfo, raw: Any) -> Any:
    given = raw if isinstance(raw, list | tuple) else [raw]
    ids = [str(each).strip() for each in given if each is not None and str(each).strip()]
    if not one.is_many:
        if len(ids) > 1:
            raise FieldError("Choose one record.")
        return ids[0] if ids else None
    if len(ids) > MOST_LINKS:
        raise FieldError("At most %(n)d records can be chosen.", n=MOST_LINKS)
    return list(dict.fromkeys(ids)) or None


def _keep_to_variant(info: TypeInfo, found: Parsed, variant: str) -> None:
    allowed = next((one.choices for one in info.variants if one.key == variant), {})
    for key, keys in allowed.items():
        value = found.values.get(key)
        chosen = value if isinstance(value, list) else [value]
        if value is not None and any(each not in keys for each in chosen):
            found.errors[key] = _("This choice is not for this record type.")


def missing(info: TypeInfo, data: Mapping[str, Any]) -> dict[str, str]:
    """Required fields that are empty, with what to say."""
    return {
        key: _("%(label)s is needed.") % {"label": one.label}
        for key, one in info.fields.items()
        if one.required and one.is_written and data.get(key) is None
    }


def name_of(info: TypeInfo, data: Mapping[str, Any]) -> str:
    """What a record is called: the values of its naming fields."""
    parts = [shown(info.fields[key], data[key]) for key in info.name_fields if key in data and key in info.fields]
    return " ".join(parts)[:200]


def shown(one: FieldInfo, kept: Any) -> str:
    """A kept value as people read it; relations show their ids."""
    if kept is None:
        return ""
    if one.kind == "relation":
        return ", ".join(kept) if isinstance(kept, list) else str(kept)
    kind = field_type(one.spec.type)
    try:
        return kind.format(kind.from_json(kept, one.spec), one.spec)
    except (ValueError, TypeError, ArithmeticError):
        return str(kept)  # kept before the field had its present type

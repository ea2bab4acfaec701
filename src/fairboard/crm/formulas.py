"""Formula fields and validations: CEL over a record's own fields.

Variables are ``record.<key>`` for every field, ``empty`` (the keys without a value) and ``is_new``. An empty number is
0, an empty text "", an empty answer false: ask ``"amount" in empty`` to tell them apart.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.fields import field_type
from fairboard.kit.problems import Invalid
from fairboard.rules import Environment, Program, RuleError, Variable

RESULTS = {"text": "string", "longtext": "string", "number": "double", "money": "double", "yesno": "bool",
           "date": "string", "datetime": "string"}  # fmt: skip
"""The types a formula can give, with CEL's name for each."""


def environment(info: TypeInfo, *, without: str = "") -> Environment:
    """The variables of a type's expressions."""
    key = f"environment.{without}"
    if key not in info.cache:
        own = [
            Variable(f"record.{one.key}", cel_type(one), one.label)
            for one in info.fields.values() if one.key != without
        ]  # fmt: skip
        fixed = [
            Variable("empty", "list", "The keys of the fields without a value"),
            Variable("is_new", "bool", "Whether the record is just being created"),
        ]
        info.cache[key] = Environment([*own, *fixed])
    found: Environment = info.cache[key]
    return found


def cel_type(one: FieldInfo) -> str:
    """CEL's type of a field; moments are texts in ISO 8601, which compare in their order."""
    if one.is_many or one.type == "multichoice":
        return "list"
    if one.kind == "relation" or one.type == "datetime":
        return "string"
    return field_type(one.type).cel_type


def bindings(info: TypeInfo, data: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
    """A record's values as expressions read them."""
    doubles = {key for key, one in info.fields.items() if one.type in {"number", "money"}}
    values = {key: float(one) if key in doubles else one for key, one in data.items() if key in info.fields}
    return {"record": values, "empty": [key for key in info.fields if key not in data], "is_new": is_new}


def ordered(info: TypeInfo) -> tuple[tuple[FieldInfo, Program], ...]:
    """The formulas of a type, each after those it uses; raises Invalid for a circle."""
    if "formulas" not in info.cache:
        formulas = {key: one for key, one in info.fields.items() if one.kind == "formula"}
        info.cache["formulas"] = tuple(_sorted(info, formulas))
    found: tuple[tuple[FieldInfo, Program], ...] = info.cache["formulas"]
    return found


def _sorted(info: TypeInfo, formulas: Mapping[str, FieldInfo]) -> list[tuple[FieldInfo, Program]]:
    programs = {key: compiled(info, one) for key, one in formulas.items()}
    uses = {
        key: {name.removeprefix("record.") for name in program.uses} & formulas.keys()
        for key, program in programs.items()
    }
    found: list[str] = []
    while len(found) < len(formulas):
        ready = [key for key in formulas if key not in found and uses[key] <= set(found)]
        if not ready:
            circle = ", ".join(formulas[key].label for key in formulas if key not in found)
            raise Invalid(_("These formulas need each other: %(names)s.") % {"names": circle}, field="expression")
        found += ready
    return [(formulas[key], programs[key]) for key in found]


def compiled(info: TypeInfo, one: FieldInfo) -> Program:
    """A formula ready to run; raises Invalid saying where it is wrong."""
    return program(info, str(one.options.get("expression", "")), RESULTS.get(one.type, "string"))


def program(info: TypeInfo, source: str, expect: str = "bool") -> Program:
    """An expression over a type's fields, compiled once; raises Invalid saying where it is wrong."""
    key = f"program.{expect}.{source}"
    if key not in info.cache:
        try:
            info.cache[key] = environment(info).compile(source, expect)
        except RuleError as error:
            raise Invalid(str(error), field="expression") from error
    found: Program = info.cache[key]
    return found


def work_out(info: TypeInfo, data: dict[str, Any], *, is_new: bool) -> None:
    """Set every formula's value in ``data``; one that fails for these values is left empty."""
    for one, formula in ordered(info):
        try:
            result = formula.evaluate(bindings(info, data, is_new=is_new))
            kind = field_type(one.spec.type)
            value = kind.to_json(kind.parse(result, one.spec)) if result not in (None, "") else None
        except (RuleError, ValueError, ArithmeticError):
            value = None
        if value is None:
            data.pop(one.key, None)
        else:
            data[one.key] = value


def broken(info: TypeInfo, data: Mapping[str, Any], *, is_new: bool) -> dict[str, str]:
    """The validations a record does not satisfy: what to say, by the field it is said at."""
    if not info.validations:
        return {}
    values = bindings(info, data, is_new=is_new)
    found: dict[str, str] = {}
    for one in info.validations:
        try:
            holds = program(info, one.expression).evaluate(values)
        except RuleError:
            holds = False
        if not holds:
            found.setdefault(one.field_key or "__all__", one.message)
    return found

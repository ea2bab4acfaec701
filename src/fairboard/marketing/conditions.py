"""Conditions in CEL over a person of the CRM: ``contact.*``, ``account.*``, what they did, what became of our mails.

The person is ``contact`` whatever their type, as in merge fields; rules for scores say ``lead`` or ``contact``. An
empty number is 0, an empty text "", an empty answer false; ``empty`` lists the keys without a value.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.formulas import cel_type
from fairboard.crm.queries import behaviour, plain
from fairboard.kit.problems import Invalid
from fairboard.rules import Environment, Program, RuleError, Variable

MAILS = (
    Variable("mails.opened", "bool", "Whether a mail of this journey was opened"),
    Variable("mails.clicked", "bool", "Whether a link of a mail of this journey was followed"),
    Variable("mails.replied", "bool", "Whether they answered since they are on this journey"),
)


def environment(type_key: str, root: str = "contact") -> Environment:
    """The variables of conditions over people of a type; kept with its definition."""
    info = catalogue().type(type_key)
    key = f"marketing.environment.{root}"
    if key not in info.cache:
        own = [Variable(f"{root}.{one.key}", cel_type(one), one.label) for one in info.fields.values()]
        accounts = [
            Variable(f"account.{one.key}", cel_type(one), one.label)
            for one in catalogue().type("account").fields.values()
        ] if type_key != "account" else []  # fmt: skip
        did = [
            Variable(f"did.{name.removeprefix('did_')}", "double", column.label)
            for name, column in behaviour.columns(info).items()
        ]
        fixed = [
            Variable("empty", "list", str(_("The keys of the fields without a value"))),
            Variable("days_known", "double", str(_("Days since the record was made"))),
        ]
        info.cache[key] = Environment([*own, *accounts, *did, *MAILS, *fixed])
    found: Environment = info.cache[key]
    return found


def program(type_key: str, source: str, root: str = "contact", *, field: str = "condition") -> Program:
    """A condition, ready to be asked; raises Invalid saying where it is wrong."""
    info = catalogue().type(type_key)
    key = f"marketing.program.{root}.{source}"
    if key not in info.cache:
        try:
            info.cache[key] = environment(type_key, root).compile(source, "bool")
        except RuleError as error:
            raise Invalid(str(error), field=field) from error
    found: Program = info.cache[key]
    return found


def bindings(
    info: TypeInfo, data: Mapping[str, Any], *, account: Mapping[str, Any] | None = None,
    did: Mapping[str, float] | None = None, mails: Mapping[str, bool] | None = None, root: str = "contact",
    days_known: float = 0,
) -> dict[str, Any]:  # fmt: skip
    """A person's values as conditions read them."""
    found = {
        root: _numbers(info, data), "did": dict(did or {}), "mails": dict(mails or {}),
        "empty": [key for key in info.fields if key not in data], "days_known": float(days_known),
    }  # fmt: skip
    if info.key != "account":
        found["account"] = _numbers(catalogue().type("account"), account or {})
    return found


def _numbers(info: TypeInfo, data: Mapping[str, Any]) -> dict[str, Any]:
    doubles = {key for key, one in info.fields.items() if one.type in {"number", "money"}}
    return {key: float(one) if key in doubles else one for key, one in data.items() if key in info.fields}


def did_used(programs: Iterable[Program]) -> list[str]:
    """The behaviours some conditions ask for, by the names of their columns."""
    found = {name for one in programs for name in one.uses if name.startswith("did.")}
    return sorted(f"did_{name.removeprefix('did.')}" for name in found)


def did(info: TypeInfo, pks: Sequence[int], names: Sequence[str]) -> dict[int, dict[str, float]]:
    """What people did, by their row, under the names conditions use; asked of the database only for these names."""
    found = plain.did(info, pks, names)
    return {pk: {name.removeprefix("did_"): count for name, count in own.items()} for pk, own in found.items()}


def holds(one: Program, values: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that cannot be worked out for these values does not."""
    try:
        return bool(one.evaluate(values))
    except RuleError:
        return False

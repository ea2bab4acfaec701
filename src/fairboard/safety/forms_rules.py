"""The rule editor's form: a rule's own fields, and conditions as rows that are added and removed without a script."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.rules import rows
from fairboard.screening import ENVIRONMENT, policies

ROOT = "r"
MOST_CHILDREN = 100
GROUPS: dict[str, str | Promise] = {
    "all": _("all of these are true"), "any": _("one of these is true"), "none": _("none of these is true"),
    "notall": _("not all of these are true"),
}  # fmt: skip
OPERATORS: dict[str, str | Promise] = {
    "eq": "=", "ne": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥", "between": _("is between"), "is": _("is"),
    "is_not": _("is not"), "starts_with": _("starts with"), "ends_with": _("ends with"), "contains": _("contains"),
    "one_of": _("is one of"), "has": _("contains"),
}  # fmt: skip
ACTIONS: dict[str, str | Promise] = {
    "allow": _("Note it, and let it pass"), "hold": _("Hold it for a person"), "reject": _("Refuse it"),
    "escalate": _("Bring it to the urgent queue"),
}  # fmt: skip
LIVES: dict[str, str | Promise] = {
    "draft": _("Draft"), "shadow": _("In shadow"), "live": _("Live"), "retired": _("Retired"),
}  # fmt: skip


class RuleForm(forms.Form):
    """What a rule says beside its condition. Services check it; the form shows what they found."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    key = forms.CharField(
        label=_("Key"), max_length=60, required=False, help_text=_("Small letters, digits and hyphens; it stays.")
    )
    policy = forms.ChoiceField(label=_("Policy"), required=False)
    action = forms.ChoiceField(label=_("Then"), required=False, choices=list(ACTIONS.items()))
    severity = forms.IntegerField(
        label=_("Severity"), required=False, min_value=1, max_value=5, help_text=_("1 can wait, 5 is urgent.")
    )
    delay_minutes = forms.IntegerField(
        label=_("Put off by up to (minutes)"), required=False, min_value=0, max_value=10_080,
        help_text=_("A refusal comes at a random moment within this time, so that the rule cannot be probed."),
    )  # fmt: skip
    message = forms.CharField(
        label=_("What the author is told"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = forms.CharField(
        label=_("Why this rule is here"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = forms.CharField(label=_("Owner"), max_length=80, required=False)
    source = forms.CharField(
        label=_("Source"), max_length=500, required=False, help_text=_("A law, a guideline, a study.")
    )

    def __init__(self, *args: Any, has_key: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", "–"), *((one.code, gettext(one.name)) for one in policies().values())]  # type: ignore[attr-defined]
        if has_key:
            del self.fields["key"]


@dataclass
class Row:
    """A row as typed; ``prefix`` begins the names of its fields."""

    prefix: str
    variable: str
    operator: str
    value: str = ""
    high: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The kind of the variable: number, string, bool or list."""
        known = ENVIRONMENT.variables.get(self.variable)
        return rows.KINDS.get(known.type, "") if known else ""

    @property
    def operators(self) -> list[tuple[str, str | Promise]]:
        """What this variable can be asked."""
        return [(key, OPERATORS[key]) for key in rows.OPERATORS.get(self.kind, {})]

    @property
    def doc(self) -> str:
        """The sentence about the variable."""
        known = ENVIRONMENT.variables.get(self.variable)
        return known.doc if known else ""


@dataclass
class Group:
    """A group of rows and groups as typed."""

    prefix: str
    kind: str = "all"
    children: "list[Row | Group]" = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        """Tells a group from a row in a template."""
        return True

    @property
    def depth(self) -> int:
        """How deep the group lies, 0 for the outermost."""
        return self.prefix.count("-")


def from_post(given: Mapping[str, str]) -> Group:
    """The rows of a sent form; what is missing is left out, nothing is refused here."""
    return _group(given, ROOT, _children_of(given), 0)


def from_node(node: Mapping[str, Any] | None) -> Group:
    """The rows of a kept tree; one empty row without one."""
    if node is None:
        return Group(ROOT, "all", [new_row(f"{ROOT}-0")])
    found = _from_node(node, ROOT)
    return found if isinstance(found, Group) else Group(ROOT, "all", [_from_node(node, f"{ROOT}-0")])


def new_row(prefix: str) -> Row:
    """A row to begin with."""
    first = "contact.phones" if "contact.phones" in ENVIRONMENT.variables else next(iter(ENVIRONMENT.variables))
    return Row(prefix, first, "gte", "1")


def changed(tree: Group, act: str, prefix: str) -> Group:
    """The rows after a button was pressed: ``add``, ``group`` or ``remove``."""
    for group in _groups(tree):
        if group.prefix == prefix and len(group.children) < MOST_CHILDREN:
            if act == "add":
                group.children.append(new_row(""))
            elif act == "group":
                group.children.append(Group("", "any", [new_row(""), new_row("")]))
        if act == "remove":
            group.children = [one for one in group.children if one.prefix != prefix]
    _numbered(tree, ROOT)
    return tree


def settled(tree: Group) -> Group:
    """The rows with an operator that fits each variable, where another variable was chosen."""
    for group in _groups(tree):
        for row in group.children:
            if isinstance(row, Row) and row.operators and row.operator not in dict(row.operators):
                row.operator = row.operators[0][0]
    return tree


def to_node(tree: Group) -> tuple[dict[str, Any], dict[str, str]]:
    """The tree of rows as JSON, typed as far as it can be, and for each of its paths the prefix of the fields."""
    places: dict[str, str] = {}
    return _to_node(tree, "", places), places


def show_errors(tree: Group, errors: Mapping[str, list[str]]) -> None:
    """Put messages, by prefix, beside their rows."""
    for group in _groups(tree):
        group.errors += errors.get(group.prefix, [])
        for one in group.children:
            if isinstance(one, Row):
                one.errors += errors.get(one.prefix, [])


def _groups(tree: Group) -> Iterator[Group]:
    yield tree
    for one in tree.children:
        if isinstance(one, Group):
            yield from _groups(one)


def _numbered(tree: Group, prefix: str) -> None:
    tree.prefix = prefix
    for at, one in enumerate(tree.children):
        one.prefix = f"{prefix}-{at}"
        if isinstance(one, Group):
            _numbered(one, one.prefix)


def _children_of(given: Mapping[str, str]) -> dict[str, set[int]]:
    """For each prefix, the numbers of the rows within it."""
    found: dict[str, set[int]] = {}
    for name in given:
        if not re.fullmatch(r"r(?:-\d{1,3}){0,12}\.[a-z]+", name):
            continue
        steps = name.partition(".")[0].split("-")
        for depth in range(1, len(steps)):
            found.setdefault("-".join(steps[:depth]), set()).add(int(steps[depth]))
    return found


def _group(given: Mapping[str, str], prefix: str, children: Mapping[str, set[int]], depth: int) -> Group:
    kind = given.get(f"{prefix}.kind", "all")
    group = Group(prefix, kind if kind in GROUPS else "all")
    for number in sorted(children.get(prefix, ()))[:MOST_CHILDREN] if depth < 10 else ():
        name = f"{prefix}-{number}"
        if f"{name}.kind" in given:
            group.children.append(_group(given, name, children, depth + 1))
        elif f"{name}.variable" in given:
            variable, operator, value, high = (
                given.get(f"{name}.{one}", "") for one in ("variable", "operator", "value", "high")
            )
            group.children.append(Row(name, variable, operator, value, high))
    return group


def _from_node(node: Mapping[str, Any], prefix: str) -> "Row | Group":
    if "variable" in node:
        return _row(node, prefix)
    kind, children = next(((one, node[one]) for one in ("all", "any") if one in node), ("", None))
    if children is None:
        inner = node["not"]
        kind, children = next(
            (({"all": "notall", "any": "none"}[one], inner[one]) for one in ("all", "any") if one in inner),
            ("none", [inner]),
        )
    return Group(prefix, kind, [_from_node(one, f"{prefix}-{at}") for at, one in enumerate(children)])


def _row(node: Mapping[str, Any], prefix: str) -> Row:
    value, high = node["value"], ""
    if node["operator"] == "between":
        value, high = node["value"]
    elif node["operator"] == "one_of":
        value = "\n".join(value)
    elif isinstance(value, bool):
        value = "yes" if value else "no"
    return Row(prefix, node["variable"], node["operator"], str(value), str(high))


def _to_node(tree: Group, path: str, places: dict[str, str]) -> dict[str, Any]:
    places[path] = tree.prefix
    is_not = tree.kind in {"none", "notall"}
    kind = {"none": "any", "notall": "all"}.get(tree.kind, tree.kind)
    inside = f"{path}.not".lstrip(".") if is_not else path
    places[inside] = tree.prefix
    children = []
    for at, one in enumerate(tree.children):
        here = f"{inside}.{kind}[{at}]".lstrip(".")
        places[here] = one.prefix
        children.append(_to_node(one, here, places) if isinstance(one, Group) else _typed(one))
    return {"not": {kind: children}} if is_not else {kind: children}


def _typed(row: Row) -> dict[str, Any]:
    known = ENVIRONMENT.variables.get(row.variable)
    kind = known.type if known else "string"
    value: Any
    if row.operator == "between":
        value = [_value(row.value, kind), _value(row.high, kind)]
    elif row.operator == "one_of":
        value = [one.strip() for one in row.value.splitlines() if one.strip()]
    else:
        value = _value(row.value, kind)
    return {"variable": row.variable, "operator": row.operator, "value": value}


def _value(text: str, kind: str) -> Any:
    """What was typed as its variable's type; the text itself where it is not of that type."""
    try:
        if kind == "int":
            return int(text.strip())
        if kind == "double":
            return float(text.strip().replace(",", "."))
    except ValueError:
        return text
    if kind == "bool":
        return {"yes": True, "no": False}.get(text, text)
    return text

"""What a list's address asks for: view, kind, filter, columns, order, groups; and addresses with one of them changed.

Names in the address that begin with an underscore are the list's own; the others are quick filters by field.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.models.views import VIEW_KINDS
from fairboard.crm.queries import views as queries
from fairboard.crm.queries.access import SeatInfo
from fairboard.crm.queries.records import names_of, readable, schema_for
from fairboard.crm.queries.views import ViewRow
from fairboard.filters import And, Column, Condition, Node, QueryResult, Schema, conditions, dump, from_query
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound
from fairboard.people import queries as people
from fairboard.ui import listbar

QUICK_TYPES = {"choice", "yesno", "date", "money", "number"}
MOST_QUICK = 6
OWN = ("_view", "_kind", "_filter", "_columns", "_sort", "_group", "_q", "_sum", "_pipeline", "_span", "_day", "_box",
       "_lane", "_c", "_move")  # fmt: skip
LONGEST = 20_000


@dataclass(slots=True)
class Listing:
    """A list as it is asked for; ``tree`` is all of its conditions together, ``shown`` those of the filter alone."""

    info: TypeInfo
    seat: SeatInfo
    actor: Actor
    at: datetime
    params: dict[str, list[str]]
    view: ViewRow | None = None
    kind: str = "table"
    columns: tuple[str, ...] = ()
    sort: str = "-id"
    group: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    filter: Any = None
    shown: Node | None = None
    tree: Node | None = None
    quick: Schema = field(default_factory=Schema)
    asked: QueryResult = field(default_factory=lambda: QueryResult(None))
    problem: str = ""
    views: list[ViewRow] = field(default_factory=list)

    def one(self, name: str) -> str:
        """A value of the address."""
        return (self.params.get(name) or [""])[0]

    def address(self, **changes: str) -> str:
        """This list's address with some of its own values changed (``kind="board"``); an empty one is left out.

        The page of a list is not kept: another order or filter begins at its first page.
        """
        own = {f"_{name}": value for name, value in changes.items()}
        pairs = [
            (name, one) for name, values in self.params.items() for one in values
            if one and name not in own and name != "_cursor"
        ]  # fmt: skip
        pairs += [(name, value) for name, value in own.items() if value]
        query = urlencode(pairs)
        return f"{reverse('crm:list', args=[self.info.key])}{'?' if query else ''}{query}"

    @property
    def is_changed(self) -> bool:
        """Whether the list is another one than its view, so that it can be saved."""
        own = {"_filter", "_columns", "_sort", "_group", "_kind", "_sum", "_pipeline"}
        return bool(self.view is None or own & {name for name, values in self.params.items() if any(values)})


def read(request: HttpRequest, actor: Actor, key: str, at: datetime) -> Listing:
    """What a request's address asks for. What cannot be used is said in ``problem``; raises NotFound for the type."""
    seat, info = readable(actor, key)
    params = {name: values for name, values in request.GET.lists() if any(values)}
    listing = Listing(info, seat, actor, at, params, views=queries.views_of(actor=actor, type_key=key))
    listing.view = next((one for one in listing.views if one.id == listing.one("_view")), None)
    if listing.one("_view") and listing.view is None:
        raise NotFound(_("There is no such view."))
    _arrange(listing)
    _filter(listing)
    return listing


def _arrange(listing: Listing) -> None:
    seat, info, view = listing.seat, listing.info, listing.view
    kind = listing.one("_kind") or (view.kind if view else "table")
    listing.kind = kind if kind in VIEW_KINDS else "table"
    known = queries.columns_for(seat, info)
    wanted = listing.one("_columns").split(",") if listing.one("_columns") else (view.columns if view else ())
    listing.columns = tuple(key for key in dict.fromkeys(wanted) if key in known)[: queries.MOST_COLUMNS]
    listing.columns = listing.columns or queries.default_columns(seat, info)
    sort = listing.one("_sort") or (view.sort if view else "") or "-id"
    listing.sort = sort if queries.sortable(seat, info, sort.removeprefix("-")) else "-id"
    group = listing.one("_group") or (view.group if view else "")
    groups = queries.dated(seat, info) if listing.kind == "calendar" else queries.groupable(seat, info)
    listing.group = group if group in groups else ""
    if not listing.group and listing.kind == "board":
        listing.group = next((key for key in ("stage", "status") if key in groups), next(iter(groups)))
    if not listing.group and listing.kind == "calendar":
        liked = ("due_on", "close_date", "starts_at", "at", "starts_on", "valid_until")
        listing.group = next((key for key in liked if key in groups), next(iter(groups)))
    kept = dict(view.options) if view else {}
    listing.options = kept | {
        name: listing.one(f"_{name}") for name in ("sum", "pipeline", "span") if listing.one(f"_{name}")
    }


def _filter(listing: Listing) -> None:
    schema = schema_for(listing.seat, listing.info)
    listing.filter = dict(listing.view.tree) if listing.view else None
    if text := listing.one("_filter"):
        try:
            listing.filter = json.loads(text[:LONGEST]) or None
        except (ValueError, RecursionError):
            listing.filter = [text[:40]]  # no filter at all: said below, like any other that cannot be used
    try:
        listing.shown = queries.tree_of(listing.filter, listing.seat, listing.info, at=listing.at)
    except Invalid as problem:
        listing.problem = problem.detail
        listing.shown = Condition("id", "eq", "-")  # what was asked cannot be known: show nothing rather than all
    listing.quick = Schema(_quick(listing, schema))
    given = {name: values for name, values in listing.params.items() if name not in {*OWN, "_cursor"}}
    listing.asked = from_query(given, schema)
    parts = [one for one in (listing.shown, listing.asked.tree) if one is not None]
    if words := _words(listing):
        parts.append(Condition("name", "contains", words))
    listing.tree = And(tuple(parts)) if len(parts) > 1 else (parts[0] if parts else None)


def _words(listing: Listing) -> str:
    return listing.one("_q").replace("\x00", "").strip()[:200]


def _quick(listing: Listing, schema: Schema) -> dict[str, Column]:
    """The fields of the quick filters: those of the table's columns that are chosen rather than typed."""
    seen = [key for key in listing.columns if key in listing.info.fields and key in schema.columns]
    asked = {name.partition(".")[0] for name in listing.params}
    fit = [key for key in seen if schema.columns[key].spec.type in QUICK_TYPES]
    fit.sort(key=lambda key: (key not in asked, schema.columns[key].spec.type not in {"choice", "yesno"}))
    return {key: schema.columns[key] for key in fit[:MOST_QUICK]}


def quick_tree(listing: Listing) -> list[dict[str, Any]]:
    """The quick filters and the words sought, as JSON conditions: a view that is saved keeps them too."""
    nodes: list[Node] = []
    if listing.asked.tree is not None:
        nodes += listing.asked.tree.children if isinstance(listing.asked.tree, And) else (listing.asked.tree,)
    if words := _words(listing):
        nodes.append(Condition("name", "contains", words))
    found: list[dict[str, Any]] = json.loads(json.dumps([dump(one) for one in nodes], default=str))
    return found


def plain(info: TypeInfo) -> str:
    """The address of a type's list without anything chosen."""
    return reverse("crm:list", args=[info.key])


def bar(listing: Listing) -> dict[str, Any]:
    """What the page's list bar is given: the quick filters, and what else the address says, as hidden inputs."""
    quick = set(listing.quick.columns)
    kept = [
        (name, one) for name, values in listing.params.items() for one in values
        if name.partition(".")[0] not in quick and name not in {"_cursor", "_q"}
    ]  # fmt: skip
    typed = [name for name in listing.asked.typed if name.partition(".")[0] in quick]
    clear = {name: values for name, values in listing.params.items() if name in OWN and name != "_q"}
    return {
        "controls": listbar.controls(listing.quick, listing.asked), "kept": kept, "typed": len(typed),
        "q": listing.one("_q"),
        "clear": f"{reverse('crm:list', args=[listing.info.key])}?{urlencode(clear, doseq=True)}",
    }  # fmt: skip


def sentences(listing: Listing) -> list[str]:
    """The filter in words, one text a condition, for showing it above the list."""
    if listing.shown is None or listing.problem:
        return []
    schema = schema_for(listing.seat, listing.info)
    relations = {one.key for one in listing.info.relations}
    held = [one for one in conditions(listing.shown) if one.op != "is_empty"]
    ids = {str(value) for one in held if one.field in relations for value in _values(one)}
    owners = {str(value) for one in held if one.field == "owner" for value in _values(one)}
    names = names_of(actor=listing.actor, ids=ids) | (people.names_of(owners) if owners else {})
    if listing.seat.member_id in names:
        names[listing.seat.member_id] = str(_("me"))
    nodes = listing.shown.children if isinstance(listing.shown, And) else (listing.shown,)
    return [_said(one, schema, names) for one in nodes]


WORDS = {
    "eq": "=", "ne": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥", "in": "∈", "between": "↔", "contains": "~",
    "starts_with": "^", "has_any": "∋", "has_all": "⊇",
}  # fmt: skip


def _values(node: Condition) -> tuple[Any, ...]:
    return node.value if isinstance(node.value, tuple) else (node.value,)


def _said(node: Node, schema: Schema, called: Mapping[str, str]) -> str:
    if isinstance(node, Condition):
        column = schema.columns[node.field]
        label = (column.label or column.spec.label).capitalize()
        if node.op == "is_empty":
            return f"{label}: {_('empty') if node.value else _('not empty')}"
        names = {one.key: one.label for one in column.spec.choices} | dict(called)
        values = _values(node)
        said = [names.get(str(one), _word(one)) for one in values]
        return f"{label} {WORDS[node.op]} {', '.join(said[:3])}{'…' if len(said) > 3 else ''}"
    if isinstance(node, And):
        return " & ".join(_said(one, schema, called) for one in node.children[:3])
    inner = getattr(node, "children", None)
    if inner is not None:
        return f" {_('or')} ".join(_said(one, schema, called) for one in inner[:3])
    return f"{_('not')} ({_said(node.child, schema, called)})"  # type: ignore[union-attr]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, Decimal):
        return f"{value:,.2f}".removesuffix(".00")
    return str(value)

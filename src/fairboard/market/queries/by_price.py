"""Lists by price: a keyset over (price, position); with many matches, bucket by bucket in the index."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import connection

from fairboard.fields import field_type
from fairboard.filters import And, Condition, Node
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.market import index
from fairboard.market.pricing import PRICE
from fairboard.market.queries.plan import COLUMNS, CardRow, Plan, Search, card, match_of, plan_of, run, source_of
from fairboard.market.queries.price_buckets import price_terms

FEW = 2_000
"""So many matches are sorted as they are; of more only the buckets a page needs."""


def by_price(wanted: Search, plan: Plan) -> Page[CardRow]:
    """Cards by price, then newest: a keyset over (price, position)."""
    descending = wanted.sort == "-price"
    after = decode_cursor(wanted.cursor, [float, int]) if wanted.cursor else None
    read = partial(_priced, wanted.size + 1, after, descending)
    # The walk keeps to the wanted prices by itself: it needs no long list of price terms in every look.
    low, high, rest = _price_range(wanted.tree)
    free = plan_of(replace(wanted, tree=rest))
    if not free.is_indexed:  # nothing but a price: the cards' own index is in its order
        rows = read(free, within=(low, high))
    elif connection.vendor == "sqlite" and _is_common(free):
        first, last = (high, low) if descending else (low, high)
        start = float(after[0]) if after else first
        rows = _walked(free, partial(read, within=(low, high)), (start, last), descending, wanted.size + 1)
    else:
        rows = read(plan)
    more = len(rows) > wanted.size
    rows = rows[: wanted.size]
    following = encode_cursor(float(rows[-1][13]), rows[-1][12]) if more else ""
    return Page([card(row) for row in rows], next_cursor=following)


def _price_range(tree: Node | None) -> tuple[float | None, float | None, Node]:
    """The lowest and highest price a tree asks for, and the tree without asking for them."""
    bounds: dict[str, list[float]] = {"gte": [], "lte": []}
    rest: list[Node] = []
    for node in tree.children if isinstance(tree, And) else (tree,) if tree is not None else ():
        if isinstance(node, Condition) and node.field == "price" and node.op in bounds:
            bounds[node.op].append(float(field_type("number").parse(node.value, PRICE)))
        else:
            rest.append(node)
    return max(bounds["gte"], default=None), min(bounds["lte"], default=None), And(tuple(rest))


def _is_common(plan: Plan) -> bool:
    found = run(
        f"SELECT count(*) FROM (SELECT 1 FROM {index.TABLE} WHERE {index.TABLE} MATCH %s LIMIT {FEW + 1}) AS capped",
        [match_of(plan)],
    )
    return int(found[0][0]) > FEW


def _walked(
    plan: Plan,
    read: Callable[[Plan], list[tuple[Any, ...]]],
    ends: tuple[float | None, float | None],
    descending: bool,
    size: int,
) -> list[tuple[Any, ...]]:
    """The first rows by price of a search with many matches, bucket by bucket between two prices."""

    def exists(one: str) -> bool:
        match = match_of(replace(plan, tokens=(*plan.tokens, one)))
        return bool(run(f"SELECT 1 FROM {index.TABLE} WHERE {index.TABLE} MATCH %s LIMIT 1", [match]))

    rows: list[tuple[Any, ...]] = []
    for terms in price_terms(exists, descending=descending, start=ends[0], end=ends[1]):
        rows += read(replace(plan, tokens=(*plan.tokens, *terms)))
        if len(rows) >= size:
            break
    return rows[:size]


def _priced(
    size: int,
    after: Sequence[Any] | None,
    descending: bool,
    plan: Plan,
    within: tuple[float | None, float | None] = (None, None),
) -> list[tuple[Any, ...]]:
    step = "<" if descending else ">"
    extra = "c.price IS NOT NULL"
    params_more: list[Any] = []
    for bound, sign in zip(within, (">=", "<="), strict=True):
        if bound is not None:
            extra += f" AND c.price {sign} %s"
            params_more.append(bound)
    if after:
        price, position = after
        extra += f" AND (c.price {step} %s OR (c.price = %s AND c.position < %s))"
        params_more += [price, price, position]
    source, params = source_of(plan, "")
    glue = " AND " if " WHERE " in source else " WHERE "
    direction = "DESC" if descending else "ASC"
    return run(
        f"SELECT {COLUMNS} FROM {source}{glue}{extra} ORDER BY c.price {direction}, c.position DESC LIMIT {size}",
        [*params, *params_more],
    )

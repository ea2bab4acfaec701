"""Finding ads: words, place, category and a filter tree become one indexed query.

Lists are read from `market_card` by its primary key in the order the index gives; nothing is counted
or sorted beyond a stated cap (measures in docs/performance.md).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from django.db import connection

from fairboard.fields import FieldSpec, field_type
from fairboard.filters import And, Column, Condition, Node, Schema, TermQuery, compile_sql, split_terms
from fairboard.kit.lists import dialect
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.market import catalogue, index
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.pricing import PRICE
from fairboard.market.queries.ads import ad_path, photo_address
from fairboard.market.queries.by_price import price_terms
from fairboard.market.words import fold, query_groups, query_words

PAGE_SIZE = 24
COUNT_CAP = 1_000
RELEVANCE_WINDOW = 400
FEW = 2_000
"""So many matches are sorted as they are; of more only the buckets a page needs."""
SORTS = ("newest", "price", "-price", "relevance")
"""How a list can be ordered; a leading minus is the other way round."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """One ad in a list."""

    id: str
    path: str
    title: str
    excerpt: str
    price_minor: int | None
    currency: str
    price_type: str
    place: str
    place_name: str
    category: str
    photo: str
    photo_medium: str
    photo_colour: str
    photo_width: int
    photo_height: int
    photos: int
    posted_at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for. ``tree`` is checked against `schema_of` the category."""

    words: str = ""
    place: PlaceRow | None = None
    category: CategoryRow | None = None
    tree: Node | None = None
    sort: str = "newest"
    cursor: str = ""
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class _Plan:
    """A search as both databases run it: index tokens, index sub-queries and what SQL must still check."""

    words: tuple[tuple[str, ...], ...]
    tokens: tuple[str, ...]
    terms: TermQuery | None
    where: str
    params: tuple[Any, ...] = field(default=())

    @property
    def is_indexed(self) -> bool:
        """Whether the index has a part in it."""
        return bool(self.words or self.tokens or self.terms)


_COLUMNS = (
    "c.public_id, c.title, c.excerpt, c.price_minor, c.currency, c.price_type, c.place, c.place_name, "
    "c.category, c.photo, c.photos, c.posted_at, c.position, c.price"
)


@lru_cache(maxsize=256)
def _schema(specs: tuple[FieldSpec, ...]) -> Schema:
    columns = {"price": Column(PRICE, "c.price", indexed_as="price", label="Price")}
    for spec in specs:
        if spec.searchable:
            columns[spec.key] = Column(
                spec,
                {"sqlite": f"json_extract(c.attributes, '$.{spec.key}')", "postgresql": _postgresql(spec)},
                indexed_as=spec.key,
                label=spec.label,
            )
    return Schema(columns)


def _postgresql(spec: FieldSpec) -> str:
    """The attribute as PostgreSQL compares it: JSON gives text, whose type must be said."""
    if spec.type == "multichoice":
        return f"(c.attributes -> '{spec.key}')"
    cast = {"number": "::numeric", "money": "::numeric", "yesno": "::boolean"}.get(spec.type, "")
    return f"((c.attributes ->> '{spec.key}'){cast})"


def schema_of(category: CategoryRow | None) -> Schema:
    """What can be filtered in a category: the price and each searchable attribute."""
    return _schema(category.specs if category else ())


def search(wanted: Search) -> Page[CardRow]:
    """One page of live ads. Raises Invalid for a cursor that is not one."""
    plan = _plan(wanted)
    if wanted.sort in {"price", "-price"}:
        return _by_price(wanted, plan)
    if wanted.sort == "relevance" and wanted.words:
        return _by_relevance(wanted, plan)
    return _newest(wanted, plan)


def count(wanted: Search) -> tuple[int, bool]:
    """How many ads match, at most `COUNT_CAP`, and whether there are more."""
    plan = _plan(wanted)
    source, params = _source(plan, "")
    rows = _run(f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT {COUNT_CAP + 1}) AS capped", params)
    found = int(rows[0][0])
    return min(found, COUNT_CAP), found > COUNT_CAP


def _plan(wanted: Search) -> _Plan:
    words = tuple(query_groups(wanted.words, wanted.place.language if wanted.place else ""))
    tokens = []
    if wanted.place and wanted.category:
        tokens.append(catalogue.pair_term(wanted.place.pk, wanted.category.pk))
    elif wanted.place:
        tokens.append(wanted.place.term)
    elif wanted.category:
        tokens.append(wanted.category.term)
    if wanted.tree is None:
        return _Plan(words, tuple(tokens), None, "")
    schema = schema_of(wanted.category)
    terms, residual = split_terms(wanted.tree, schema)
    if residual is None or residual == And(()):
        return _Plan(words, tuple(tokens), terms, "")
    sql = compile_sql(residual, schema, dialect=dialect())
    return _Plan(words, tuple(tokens), terms, sql.text, tuple(sql.params))


def _source(plan: _Plan, position: str) -> tuple[str, list[Any]]:
    """The FROM and WHERE of a plan; ``position`` is a further condition on the position."""
    conditions: list[str] = []
    params: list[Any] = []
    if plan.is_indexed:
        if connection.vendor == "sqlite":
            within = f" AND rowid {position}" if position else ""
            conditions.append(f"c.position IN (SELECT rowid FROM {index.TABLE} WHERE {index.TABLE} MATCH %s{within})")
            params.append(_match(plan))
        else:
            conditions.append("c.document @@ %s::tsquery")
            params.append(_tsquery(plan))
    if position and not (conditions and connection.vendor == "sqlite"):
        conditions.append(f"c.position {position}")
    if plan.where:
        conditions.append(plan.where)
        params.extend(plan.params)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"market_card AS c{where}", params


def _match(plan: _Plan) -> str:
    parts = [_either(group, '"', " OR ") for group in plan.words] + [f'"{token}"' for token in plan.tokens]
    if plan.terms:
        parts.append(plan.terms.to_fts5())
    return " AND ".join(parts)


def _either(group: Sequence[str], quote: str, glue: str) -> str:
    joined = glue.join(f"{quote}{word}{quote}" for word in group)
    return f"({joined})" if len(group) > 1 else joined


def _tsquery(plan: _Plan) -> str:
    parts = [_either(group, "'", " | ") for group in plan.words] + [f"'{token}'" for token in plan.tokens]
    if plan.terms:
        parts.append(f"({plan.terms.to_tsquery()})")
    return " & ".join(parts)


def _newest(wanted: Search, plan: _Plan) -> Page[CardRow]:
    position, backwards = _position(wanted.cursor)
    rows = _ordered(plan, position, backwards, wanted.size + 1)
    more = len(rows) > wanted.size
    rows = rows[: wanted.size]
    if backwards:
        rows.reverse()
    first, last = (rows[0][12], rows[-1][12]) if rows else (0, 0)
    has_next = more or backwards
    has_previous = bool(wanted.cursor) and (more or not backwards)
    return Page(
        [_card(row) for row in rows],
        next_cursor=encode_cursor("<", last) if rows and has_next else "",
        previous_cursor=encode_cursor(">", first) if rows and has_previous else "",
    )


def _position(cursor: str) -> tuple[str, bool]:
    if not cursor:
        return "", False
    side, value = decode_cursor(cursor, [str, int])
    backwards = side == ">"
    return f"{'>' if backwards else '<'} {int(value)}", backwards


def _ordered(plan: _Plan, position: str, backwards: bool, size: int) -> list[tuple[Any, ...]]:
    """Cards of a plan in index order."""
    direction = "ASC" if backwards else "DESC"
    if connection.vendor == "sqlite" and plan.is_indexed:
        # Driving from the index keeps its own rowid order; joining the other way would sort everything.
        within = f" AND f.rowid {position}" if position else ""
        residual = f" AND {plan.where}" if plan.where else ""
        return _run(
            f"SELECT {_COLUMNS} FROM {index.TABLE} AS f CROSS JOIN market_card AS c ON c.position = f.rowid "
            f"WHERE f.{index.TABLE} MATCH %s{within}{residual} ORDER BY f.rowid {direction} LIMIT {size}",
            [_match(plan), *plan.params],
        )
    source, params = _source(plan, position)
    if connection.vendor == "postgresql" and plan.is_indexed:
        rare = _run(
            "SELECT count(*) FROM (SELECT 1 FROM market_card AS c WHERE c.document @@ %s::tsquery LIMIT 2000) AS few",
            [_tsquery(plan)],
        )[0][0]
        if rare < 2000:
            # The planner would walk the key from the newest card on; a rare word needs the index first.
            return _run(
                f"WITH hits AS MATERIALIZED (SELECT {_COLUMNS} FROM {source}) "
                f"SELECT * FROM hits ORDER BY position {direction} LIMIT {size}",
                params,
            )
    return _run(f"SELECT {_COLUMNS} FROM {source} ORDER BY c.position {direction} LIMIT {size}", params)


def _by_relevance(wanted: Search, plan: _Plan) -> Page[CardRow]:
    """Rank the newest matches by where the words stand; a common word is not ranked over all rows."""
    offset = int(decode_cursor(wanted.cursor, [str, int])[1]) if wanted.cursor else 0
    rows = _ordered(plan, "", False, RELEVANCE_WINDOW)
    language = wanted.place.language if wanted.place else "en"
    words = query_words(wanted.words, language)
    ranked = sorted(enumerate(rows), key=lambda pair: (-_score(pair[1], words), pair[0]))
    shown = [_card(row) for _, row in ranked[offset : offset + wanted.size]]
    following = offset + wanted.size
    return Page(
        shown,
        next_cursor=encode_cursor("o", following) if following < len(rows) else "",
        previous_cursor=encode_cursor("o", max(0, offset - wanted.size)) if offset else "",
    )


def _score(row: tuple[Any, ...], words: Sequence[str]) -> float:
    """Words in the title count most, a title that begins with one a little more, then the beginning of the text."""
    title, early = f" {fold(row[1])}", f" {fold(row[2])}"
    in_title = sum(f" {word}" in title for word in words)
    starts = title.startswith(f" {words[0]}") if words else False
    in_text = sum(f" {word}" in early for word in words)
    return in_title * 3 + starts + in_text + (0.5 if row[10] else 0) - len(title) / 400


def _by_price(wanted: Search, plan: _Plan) -> Page[CardRow]:
    """Cards by price, then newest: a keyset over (price, position)."""
    descending = wanted.sort == "-price"
    after = decode_cursor(wanted.cursor, [float, int]) if wanted.cursor else None
    read = partial(_priced, wanted.size + 1, after, descending)
    # The walk keeps to the wanted prices by itself: it needs no long list of price terms in every look.
    low, high, rest = _price_range(wanted.tree)
    free = _plan(replace(wanted, tree=rest))
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
    return Page([_card(row) for row in rows], next_cursor=following)


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


def _is_common(plan: _Plan) -> bool:
    found = _run(
        f"SELECT count(*) FROM (SELECT 1 FROM {index.TABLE} WHERE {index.TABLE} MATCH %s LIMIT {FEW + 1}) AS capped",
        [_match(plan)],
    )
    return int(found[0][0]) > FEW


def _walked(
    plan: _Plan,
    read: Callable[[_Plan], list[tuple[Any, ...]]],
    ends: tuple[float | None, float | None],
    descending: bool,
    size: int,
) -> list[tuple[Any, ...]]:
    """The first rows by price of a search with many matches, bucket by bucket between two prices."""

    def exists(one: str) -> bool:
        match = _match(replace(plan, tokens=(*plan.tokens, one)))
        return bool(_run(f"SELECT 1 FROM {index.TABLE} WHERE {index.TABLE} MATCH %s LIMIT 1", [match]))

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
    plan: _Plan,
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
    source, params = _source(plan, "")
    glue = " AND " if " WHERE " in source else " WHERE "
    direction = "DESC" if descending else "ASC"
    return _run(
        f"SELECT {_COLUMNS} FROM {source}{glue}{extra} ORDER BY c.price {direction}, c.position DESC LIMIT {size}",
        [*params, *params_more],
    )


def _run(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _card(row: tuple[Any, ...]) -> CardRow:
    photo, colour, size = [*row[9].split(":"), "", ""][:3] if row[9] else ("", "", "")
    width, _, height = size.partition("x")
    posted = row[11] if isinstance(row[11], datetime) else datetime.fromisoformat(row[11])
    return CardRow(
        row[0], ad_path(row[0]), row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8],
        photo_address(photo, "s") if photo else "", photo_address(photo, "m") if photo else "", colour,
        int(width or 0), int(height or 0), row[10], posted.replace(tzinfo=posted.tzinfo or UTC), row[12],
    )  # fmt: skip

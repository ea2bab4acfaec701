"""How a search runs on both databases: index tokens, index sub-queries and what SQL must still check."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from fairboard.fields import FieldSpec
from fairboard.filters import And, Column, Node, Schema, Sql, TermQuery, compile_sql, split_terms
from fairboard.kit.lists import dialect
from fairboard.market import catalogue, index
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.pricing import PRICE
from fairboard.market.queries.ads import ad_path, photo_address
from fairboard.market.words import query_groups

PAGE_SIZE = 24


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
class Plan:
    """A search as both databases run it."""

    words: tuple[tuple[str, ...], ...]
    tokens: tuple[str, ...]
    terms: TermQuery | None
    where: str
    params: tuple[Any, ...] = field(default=())
    filtered: Sql | None = None
    """The whole filter as SQL, for a handful of rows on which the index terms would cost more."""

    @property
    def is_indexed(self) -> bool:
        """Whether the index has a part in it."""
        return bool(self.words or self.tokens or self.terms)


COLUMNS = (
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


def plan_of(wanted: Search) -> Plan:
    """How a search runs: what the index answers and what is left to check."""
    words = tuple(query_groups(wanted.words, wanted.place.language if wanted.place else ""))
    tokens = []
    if wanted.place and wanted.category:
        tokens.append(catalogue.pair_term(wanted.place.pk, wanted.category.pk))
    elif wanted.place:
        tokens.append(wanted.place.term)
    elif wanted.category:
        tokens.append(wanted.category.term)
    if wanted.tree is None:
        return Plan(words, tuple(tokens), None, "")
    schema = schema_of(wanted.category)
    terms, residual = split_terms(wanted.tree, schema)
    filtered = compile_sql(wanted.tree, schema, dialect=dialect())
    if residual is None or residual == And(()):
        return Plan(words, tuple(tokens), terms, "", (), filtered)
    sql = compile_sql(residual, schema, dialect=dialect())
    return Plan(words, tuple(tokens), terms, sql.text, sql.params, filtered)


def source_of(plan: Plan, position: str) -> tuple[str, list[Any]]:
    """The FROM and WHERE of a plan; ``position`` is a further condition on the position."""
    conditions: list[str] = []
    params: list[Any] = []
    if plan.is_indexed:
        if connection.vendor == "sqlite":
            within = f" AND rowid {position}" if position else ""
            conditions.append(f"c.position IN (SELECT rowid FROM {index.TABLE} WHERE {index.TABLE} MATCH %s{within})")
            params.append(match_of(plan))
        else:
            conditions.append("c.document @@ %s::tsquery")
            params.append(tsquery_of(plan))
    if position and not (conditions and connection.vendor == "sqlite"):
        conditions.append(f"c.position {position}")
    if plan.where:
        conditions.append(plan.where)
        params.extend(plan.params)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"market_card AS c{where}", params


def match_of(plan: Plan) -> str:
    """The plan as FTS5 reads it."""
    parts = [_either(group, '"', " OR ") for group in plan.words] + [f'"{token}"' for token in plan.tokens]
    if plan.terms:
        parts.append(plan.terms.to_fts5())
    return " AND ".join(parts)


def _either(group: Sequence[str], quote: str, glue: str) -> str:
    joined = glue.join(f"{quote}{word}{quote}" for word in group)
    return f"({joined})" if len(group) > 1 else joined


def tsquery_of(plan: Plan) -> str:
    """The plan as PostgreSQL reads it."""
    parts = [_either(group, "'", " | ") for group in plan.words] + [f"'{token}'" for token in plan.tokens]
    if plan.terms:
        parts.append(f"({plan.terms.to_tsquery()})")
    return " & ".join(parts)


def run(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def card(row: tuple[Any, ...]) -> CardRow:
    """A row of `COLUMNS` as a list shows it."""
    photo, colour, size = [*row[9].split(":"), "", ""][:3] if row[9] else ("", "", "")
    width, _, height = size.partition("x")
    posted = row[11] if isinstance(row[11], datetime) else datetime.fromisoformat(row[11])
    return CardRow(
        row[0], ad_path(row[0]), row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8],
        photo_address(photo, "s") if photo else "", photo_address(photo, "m") if photo else "", colour,
        int(width or 0), int(height or 0), row[10], posted.replace(tzinfo=posted.tzinfo or UTC), row[12],
    )  # fmt: skip

"""Finding ads: words, place, category and a filter tree become one indexed query.

Lists are read from `market_card` by its primary key in the order the index gives; nothing is counted
or sorted beyond a stated cap (measures in docs/performance.md).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.market import index
from fairboard.market.queries.by_price import by_price
from fairboard.market.queries.plan import (
    COLUMNS,
    CardRow,
    Plan,
    Search,
    card,
    match_of,
    plan_of,
    run,
    source_of,
    tsquery_of,
)
from fairboard.market.words import fold, query_words

COUNT_CAP = 1_000
RELEVANCE_WINDOW = 400
WINDOW = 200
"""So many of the first matches are looked through before a filter's index terms are merged."""
SORTS = ("newest", "price", "-price", "relevance")
"""How a list can be ordered; a leading minus is the other way round."""


def search(wanted: Search) -> Page[CardRow]:
    """One page of live ads. Raises Invalid for a cursor that is not one."""
    plan = plan_of(wanted)
    if wanted.sort in {"price", "-price"}:
        return by_price(wanted, plan)
    if wanted.sort == "relevance" and wanted.words:
        return _by_relevance(wanted, plan)
    return _newest(wanted, plan)


def count(wanted: Search) -> tuple[int, bool]:
    """How many ads match, at most `COUNT_CAP`, and whether there are more."""
    plan = plan_of(wanted)
    source, params = source_of(plan, "")
    rows = run(f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT {COUNT_CAP + 1}) AS capped", params)
    found = int(rows[0][0])
    return min(found, COUNT_CAP), found > COUNT_CAP


def _newest(wanted: Search, plan: Plan) -> Page[CardRow]:
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
        [card(row) for row in rows],
        next_cursor=encode_cursor("<", last) if rows and has_next else "",
        previous_cursor=encode_cursor(">", first) if rows and has_previous else "",
    )


def _position(cursor: str) -> tuple[str, bool]:
    if not cursor:
        return "", False
    side, value = decode_cursor(cursor, [str, int])
    backwards = side == ">"
    return f"{'>' if backwards else '<'} {int(value)}", backwards


def _ordered(plan: Plan, position: str, backwards: bool, size: int) -> list[tuple[Any, ...]]:
    """Cards of a plan in index order."""
    direction = "ASC" if backwards else "DESC"
    if connection.vendor == "sqlite" and plan.is_indexed:
        if plan.terms and plan.filtered and (plan.words or plan.tokens):
            near = _among_first(plan, position, direction, size)
            if near is not None:
                return near
        # Driving from the index keeps its own rowid order; joining the other way would sort everything.
        within = f" AND f.rowid {position}" if position else ""
        residual = f" AND {plan.where}" if plan.where else ""
        return run(
            f"SELECT {COLUMNS} FROM {index.TABLE} AS f CROSS JOIN market_card AS c ON c.position = f.rowid "
            f"WHERE f.{index.TABLE} MATCH %s{within}{residual} ORDER BY f.rowid {direction} LIMIT {size}",
            [match_of(plan), *plan.params],
        )
    source, params = source_of(plan, position)
    if connection.vendor == "postgresql" and plan.is_indexed:
        rare = run(
            "SELECT count(*) FROM (SELECT 1 FROM market_card AS c WHERE c.document @@ %s::tsquery LIMIT 2000) AS few",
            [tsquery_of(plan)],
        )[0][0]
        if rare < 2000:
            # The planner would walk the key from the newest card on; a rare word needs the index first.
            return run(
                f"WITH hits AS MATERIALIZED (SELECT {COLUMNS} FROM {source}) "
                f"SELECT * FROM hits ORDER BY position {direction} LIMIT {size}",
                params,
            )
    return run(f"SELECT {COLUMNS} FROM {source} ORDER BY c.position {direction} LIMIT {size}", params)


def _among_first(plan: Plan, position: str, direction: str, size: int) -> list[tuple[Any, ...]] | None:
    """The page from the first matches of words, place and category alone, when those are enough.

    The terms of a filter are many and long; on a few hundred cards SQL is quicker than merging them. None when the
    filter is so strict that further matches are needed.
    """
    base = replace(plan, terms=None)
    within = f" AND rowid {position}" if position else ""
    first = f"ORDER BY rowid {direction} LIMIT {WINDOW}"
    found = run(f"SELECT rowid FROM {index.TABLE} WHERE {index.TABLE} MATCH %s{within} {first}", [match_of(base)])
    if not found:
        return []
    if len(found) == WINDOW < size:
        return None  # there are more, and so many cannot fill the page
    assert plan.filtered is not None
    rows = run(
        f"SELECT {COLUMNS} FROM market_card AS c WHERE c.position IN ({', '.join(str(row[0]) for row in found)}) "
        f"AND {plan.filtered.text} ORDER BY c.position {direction} LIMIT {size}",
        plan.filtered.params,
    )
    return rows if len(rows) == size or len(found) < WINDOW else None


def _by_relevance(wanted: Search, plan: Plan) -> Page[CardRow]:
    """Rank the newest matches by where the words stand; a common word is not ranked over all rows."""
    offset = int(decode_cursor(wanted.cursor, [str, int])[1]) if wanted.cursor else 0
    rows = _ordered(plan, "", False, RELEVANCE_WINDOW)
    language = wanted.place.language if wanted.place else "en"
    words = query_words(wanted.words, language)
    ranked = sorted(enumerate(rows), key=lambda pair: (-_score(pair[1], words), pair[0]))
    shown = [card(row) for _, row in ranked[offset : offset + wanted.size]]
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

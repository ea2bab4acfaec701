"""A tree means the same in Python, as SQL on a real database, as index terms and as JSON."""

import json
import sqlite3
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fairboard.filters import Node, compile_sql, dump, matches, parse, split_terms, validate
from tests.filters.rows import ROW, SCHEMA, TREES, index_terms, to_json


def selected(rows: list[dict[str, Any]], tree: Node) -> list[int]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, data TEXT)")
    database.executemany("INSERT INTO t VALUES (?, ?)", [(at, json.dumps(to_json(row))) for at, row in enumerate(rows)])
    sql = compile_sql(tree, SCHEMA, dialect="sqlite")
    found = database.execute(f"SELECT id FROM t WHERE {sql.text.replace('%s', '?')} ORDER BY id", sql.params)
    return [row[0] for row in found]


@settings(max_examples=400, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=8), tree=TREES)
def test_sql_selects_what_python_accepts(rows: list[dict[str, Any]], tree: Node) -> None:
    checked = validate(tree, SCHEMA)
    assert selected(rows, checked) == [at for at, row in enumerate(rows) if matches(checked, row, SCHEMA)]


@settings(max_examples=400, deadline=None)
@given(row=ROW, tree=TREES)
def test_the_index_misses_nothing_and_the_rest_decides(row: dict[str, Any], tree: Node) -> None:
    checked = validate(tree, SCHEMA)
    query, residual = split_terms(checked, SCHEMA)
    by_index = query is None or query.accepts(index_terms(row))
    rest = residual is None or matches(residual, row, SCHEMA)
    assert (by_index and rest) == matches(checked, row, SCHEMA)


@given(tree=TREES)
def test_json_gives_the_tree_back(tree: Node) -> None:
    checked = validate(tree, SCHEMA)
    again = validate(parse(json.loads(json.dumps(dump(checked), default=str))), SCHEMA)
    assert again == checked

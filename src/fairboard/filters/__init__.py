"""One list: a filter is one tree, compiled to one SQL query on both databases. Imports no Django."""

from fairboard.filters.address import QueryResult, from_query, to_query
from fairboard.filters.schema import Column, Schema, validate
from fairboard.filters.sql import Sql, compile_sql, matches
from fairboard.filters.terms import TermQuery, split_terms
from fairboard.filters.tree import (
    EVERYTHING,
    And,
    Condition,
    FilterError,
    Node,
    Not,
    Or,
    conditions,
    dump,
    parse,
)

__all__ = [
    "EVERYTHING", "And", "Column", "Condition", "FilterError", "Node", "Not", "Or", "QueryResult", "Schema",
    "Sql", "TermQuery", "compile_sql", "conditions", "dump", "from_query", "matches", "parse", "split_terms",
    "to_query", "validate",
]  # fmt: skip

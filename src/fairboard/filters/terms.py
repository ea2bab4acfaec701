"""Which part of a tree an index of terms can answer, and what SQL must still check."""

from dataclasses import dataclass

from fairboard.fields import field_type
from fairboard.fields.number import covering
from fairboard.filters.schema import Column, Schema
from fairboard.filters.tree import And, Condition, Node, Or

MOST_TERMS = 160


@dataclass(frozen=True, slots=True)
class TermQuery:
    """A conjunction of alternatives: every row wanted carries one term of each group."""

    groups: tuple[tuple[str, ...], ...]

    def to_fts5(self) -> str:
        """As SQLite's FTS5 reads it."""
        return " AND ".join(_group(group, '"', " OR ") for group in self.groups)

    def to_tsquery(self) -> str:
        """As PostgreSQL's tsquery reads it."""
        return " & ".join(_group(group, "'", " | ") for group in self.groups)

    def accepts(self, terms: set[str]) -> bool:
        """Whether a row with these terms is among those the index gives."""
        return all(terms.intersection(group) for group in self.groups)


def _group(group: tuple[str, ...], quote: str, glue: str) -> str:
    joined = glue.join(f"{quote}{one}{quote}" for one in group)
    return f"({joined})" if len(group) > 1 else joined


def split_terms(node: Node, schema: Schema) -> tuple[TermQuery | None, Node | None]:
    """Split a validated tree: rows it accepts all satisfy the query, and of those the residual decides.

    The residual is None when the query alone is exact.
    """
    groups: list[tuple[str, ...]] = []
    left: list[Node] = []
    for child in _joined(_conjuncts(node)):
        found = _terms(child, schema)
        if found is None:
            left.append(child)
            continue
        alternatives, exact = found
        groups.append(alternatives)
        if not exact:
            left.append(child)
    residual: Node | None = And(tuple(left)) if left else None
    return (TermQuery(tuple(groups)) if groups else None), residual


def _conjuncts(node: Node) -> list[Node]:
    if isinstance(node, And):
        return [inner for child in node.children for inner in _conjuncts(child)]
    return [node]


def _joined(nodes: list[Node]) -> list[Node]:
    """ "At least" and "at most" of one field as one range, which needs far fewer terms."""
    lows = {node.field: node for node in nodes if isinstance(node, Condition) and node.op == "gte"}
    highs = {node.field: node for node in nodes if isinstance(node, Condition) and node.op == "lte"}
    both = lows.keys() & highs.keys()
    kept = [
        node for node in nodes if not (isinstance(node, Condition) and node.field in both and node.op in {"gte", "lte"})
    ]
    return kept + [Condition(name, "between", (lows[name].value, highs[name].value)) for name in sorted(both)]


def _terms(node: Node, schema: Schema) -> tuple[tuple[str, ...], bool] | None:
    """The alternatives that hold every row of a node, and whether they hold nothing else."""
    if isinstance(node, Or):
        parts = [_terms(child, schema) for child in node.children]
        if not parts or any(part is None for part in parts):
            return None
        known = [part for part in parts if part is not None]
        alternatives = tuple(dict.fromkeys(one for part in known for one in part[0]))
        return (alternatives, all(part[1] for part in known)) if 0 < len(alternatives) <= MOST_TERMS else None
    if not isinstance(node, Condition):
        return None
    column = schema.column(node.field)
    if column.indexed_as is None:
        return None
    kind = column.spec.type
    if kind in {"number", "money"}:
        return _range(node, column)
    if kind in {"choice", "yesno", "multichoice"} and node.op in {"eq", "in", "has_any"}:
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        field = field_type("choice") if kind == "multichoice" else field_type(kind)
        found = [one for value in values for one in field.index_terms(column.indexed_as, value, column.spec)]
        return (tuple(found), True) if found else None
    return None


def _range(node: Condition, column: Column) -> tuple[tuple[str, ...], bool] | None:
    spec = column.spec
    never_negative = spec.minimum is not None and spec.minimum >= 0
    if node.op in {"lt", "lte"} and not never_negative:
        return None  # numbers below zero have buckets of their own
    if node.op == "between":
        low, high = node.value
    elif node.op in {"eq", "gt", "gte", "lt", "lte"}:
        low = node.value if node.op in {"eq", "gt", "gte"} else None
        high = node.value if node.op in {"eq", "lt", "lte"} else None
    else:
        return None
    decimals = 2 if spec.type == "money" else spec.decimals
    found = covering(column.indexed_as or "", low, high, decimals=decimals)
    if found is None or not 0 < len(found[0]) <= MOST_TERMS:
        return None
    return found[0], found[1] and node.op not in {"lt", "gt"}

"""The index that holds all a report reads, so that it need not open a million records; SQLite only.

SQLite 3.40 takes indexed expressions from the index itself: a sum by stage over a million deals takes a quarter of a
second instead of five (docs/crm-reports.md). PostgreSQL reads the table, with several processes.
"""

from hashlib import blake2b

from django.db import connection

from fairboard.crm.queries.report_definition import Definition
from fairboard.filters import And, Condition, Node
from fairboard.kit.lists import dialect

PREFIX = "crm_r_"
MOST_KEYS = 6


def keys_of(asked: Definition) -> list[str]:
    """The fields of an index for a report: those held equal, the groups, the figures; empty where none would help."""
    groups = [one.key.partition(".")[0] for one in (*asked.rows, *([asked.column] if asked.column else []))]
    figures = [one.field for one in asked.measures if one.field]
    filters = [key for one in asked.measures if one.node is not None for key in _equal(one.node)]
    keys = list(dict.fromkeys([*_equal(asked.node), *groups, *figures, *filters]))
    if not groups or len(keys) > MOST_KEYS or not all(_is_plain(asked, key) for key in keys):
        return []
    return keys


def _equal(node: Node | None) -> list[str]:
    if isinstance(node, And):
        return [key for child in node.children for key in _equal(child)]
    return [node.field] if isinstance(node, Condition) and node.op == "eq" else []


def _is_plain(asked: Definition, key: str) -> bool:
    one = asked.info.fields.get(key)
    return key == "owner" or (one is not None and not one.is_many and one.type not in {"multichoice", "longtext"})


def name_of(asked: Definition, keys: list[str]) -> str:
    """What the index over these fields is called."""
    return f"{PREFIX}{asked.info.id:d}_{blake2b(','.join(keys).encode(), digest_size=5).hexdigest()}"


def made() -> set[str]:
    """The indexes of reports that are there."""
    if dialect() != "sqlite":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'crm!_r!_%%' ESCAPE '!'")
        return {name for (name,) in cursor.fetchall()}


def hint(asked: Definition) -> str:
    """What tells SQLite to read the report's own index; empty where there is none."""
    if dialect() != "sqlite" or not (keys := keys_of(asked)):
        return ""
    name = name_of(asked, keys)
    return f" INDEXED BY {name}" if name in made() else ""

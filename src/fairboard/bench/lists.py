"""Lists of the CRM at a million records: a view of three conditions, and search.

Run by hand, in an empty data folder or database: ``python -m fairboard.bench.lists 1000000``. The records are written
by SQL alone, since it is reading that is measured.
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

TREE = {"and": [{"field": "cf_grade", "op": "eq", "value": "a"}, {"field": "city", "op": "eq", "value": "Bern"},
                {"field": "spend_90", "op": "gte", "value": 900}]}  # fmt: skip
"""Three conditions, the first on a field of the company's own."""
SOUGHT = ("velo", "ve", "v", "velo 4711", "firm4711.example", "info77", "+41 44 123 45", "1234567", "zzz", "nord haus")
ENOUGH = 30


def fill(count: int, *, key: str = "account", at: str = "2026-11-02 09:30:00") -> None:
    """Write so many records of a type: names of 144 beginnings, 50 cities, 2 grades, a spend of 0 to 999."""
    from django.db import connection

    from fairboard.crm.catalogue import catalogue

    type_id = catalogue().type(key).id
    with connection.cursor() as cursor:
        cursor.execute(
            (_SQLITE if connection.vendor == "sqlite" else _POSTGRESQL).format(count=count, type=type_id, at=at)
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE crm_record")


_WORDS = "CASE {0} % 12 " + " ".join(
    f"WHEN {at} THEN '{word}'"
    for at, word in enumerate(
        ["Velo", "Auto", "Immo", "Jobs", "Garten", "Nord", "Stadt", "Alpen", "Hafen", "Blau", "Rad", "Haus"]
    )
) + " END"  # fmt: skip
_FIRST, _SECOND = _WORDS.replace("{0}", "i"), _WORDS.replace("{0}", "(i / 12)")
_NAME = f"{_FIRST} || ' ' || {_SECOND} || ' ' || i"
_SQLITE = f"""
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{count}})
    INSERT INTO crm_record (public_id, type_id, record_type, name, owner_id, data, version, created_at, created_by,
        updated_at)
    SELECT printf('f%015d', i), {{type}}, '', {_NAME}, printf('member%010d', i % 20),
        json_object('name', {_NAME}, 'city', CASE i % 50 WHEN 0 THEN 'Bern' ELSE 'City ' || (i % 50) END,
            'email', printf('info%d@firm%d.example', i, i % 5000), 'phone', printf('+4144%07d', i),
            'cf_grade', CASE (i / 50) % 2 WHEN 0 THEN 'a' ELSE 'b' END, 'spend_90', (i * 7919) % 1000),
        1, '{{at}}', '', '{{at}}' FROM n"""
_POSTGRESQL = f"""
    INSERT INTO crm_record (public_id, type_id, record_type, name, owner_id, data, version, created_at, created_by,
        updated_at)
    SELECT 'f' || lpad(i::text, 15, '0'), {{type}}, '', {_NAME}, 'member' || lpad((i % 20)::text, 10, '0'),
        jsonb_build_object('name', {_NAME}, 'city', CASE i % 50 WHEN 0 THEN 'Bern' ELSE 'City ' || (i % 50) END,
            'email', 'info' || i || '@firm' || (i % 5000) || '.example', 'phone', '+4144' || lpad(i::text, 7, '0'),
            'cf_grade', CASE (i / 50) % 2 WHEN 0 THEN 'a' ELSE 'b' END, 'spend_90', (i::bigint * 7919) % 1000),
        1, '{{at}}', '', '{{at}}' FROM generate_series(1, {{count}}) i"""


def timed(work: Callable[[], Any], runs: int = ENOUGH) -> tuple[float, float, Any]:
    """The median and the longest of several runs in milliseconds, and what the last gave."""
    found, result = [], None
    for _run in range(runs):
        began = time.perf_counter()
        result = work()
        found.append((time.perf_counter() - began) * 1_000)
    return sorted(found)[len(found) // 2], max(found), result


def measure(count: int) -> None:
    """Fill, index, and print each figure."""
    from fairboard.kit import startup

    startup.start()
    startup.migrate()
    from fairboard.crm.catalogue import catalogue
    from fairboard.crm.queries.access import seat_of
    from fairboard.crm.queries.lanes import counted_by
    from fairboard.crm.queries.records import counted, records
    from fairboard.crm.queries.search import search
    from fairboard.crm.queries.views import tree_of
    from fairboard.crm.services import search as indexing
    from fairboard.crm.services.definitions import add_field
    from fairboard.crm.services.views import make_index, save_view
    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.people.queries import actor_by_id
    from fairboard.people.services.members import ensure_member

    at = clock.now() - timedelta(days=1)
    made = ensure_member(
        actor=Actor.system("bench"), email="b@bench.invalid", role="admin", at=at, display_name="Bench"
    )
    actor = actor_by_id(made)
    assert actor is not None
    choices = [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]
    info = catalogue().type("account")
    if "cf_grade" not in info.fields:
        add_field(
            type_key="account", label="Grade", value_type="choice", options={"choices": choices}, actor=actor, at=at
        )
        _said("fill by SQL", *timed(lambda: fill(count), 1)[:2])
        _said("reindex", *timed(indexing.reindex, 1)[:2])
    info = catalogue().type("account")
    tree = tree_of(TREE, seat_of(actor), info, at=at)
    _said("count before the index", *timed(lambda: counted(actor=actor, type_key="account", tree=tree), 3))
    view = save_view(type_key="account", name="V", tree=TREE, sort="-spend_90", actor=actor, at=at)
    _said("make the view's index", *timed(lambda: make_index(view_id=view.id), 1))
    _said("count of 3 conditions", *timed(lambda: counted(actor=actor, type_key="account", tree=tree, most=0)))
    _said("first page of 50", *timed(lambda: len(
        records(actor=actor, type_key="account", tree=tree, sort="-spend_90", size=50).items)))  # fmt: skip
    _said("groups of all", *timed(lambda: len(counted_by(actor=actor, type_key="account", field="cf_grade")), 3))
    for text in SOUGHT:
        _said(f"search {text!r}", *timed(lambda text=text: len(search(actor=actor, text=text))))  # type: ignore[misc]


def _said(what: str, half: float, most: float, result: Any = "") -> None:
    print(f"{what:28} {half:10.2f} ms  {most:10.2f} ms longest  {result}", flush=True)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

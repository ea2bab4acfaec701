"""A view of a big type gets an index over what it holds equal and its order, and the database uses it."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from fairboard.bench.lists import fill
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import SavedView
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import counted, selected
from fairboard.crm.queries.views import tree_of
from fairboard.crm.services import views
from fairboard.crm.services.definitions import add_field
from fairboard.crm.services.views import save_view
from fairboard.kit import tasks
from fairboard.kit.actors import Actor

pytestmark = pytest.mark.django_db
TREE = {"and": [{"field": "cf_grade", "op": "eq", "value": "a"}, {"field": "city", "op": "eq", "value": "Bern"},
                {"field": "spend_90", "op": "gte", "value": 900}]}  # fmt: skip


def explained(sql: str, params: Any) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read as quickly without an index
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def is_there(name: str) -> bool:
    where = (
        "sqlite_master WHERE type = 'index' AND name" if connection.vendor == "sqlite" else "pg_indexes WHERE indexname"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {where} = %s", [name])
        return bool(cursor.fetchone()[0])


def test_a_view_of_a_big_type_uses_its_own_index(
    crm_admin: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]
    add_field(
        type_key="account", label="Grade", value_type="choice", options={"choices": choices}, actor=crm_admin, at=now
    )
    fill(3_000)
    connection.check_constraints()  # PostgreSQL makes no index while some wait
    monkeypatch.setattr(views, "BIG", 2_000)
    asked: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda name, **given: asked.append(given["view_id"]))
    view = save_view(type_key="account", name="V", tree=TREE, sort="-spend_90", actor=crm_admin, at=now)
    assert asked == [view.id]
    name = views.make_index(view_id=view.id)
    assert is_there(name)
    info, seat = catalogue().type("account"), seat_of(crm_admin)
    tree = tree_of(TREE, seat, info, at=now)
    with transaction.atomic():
        sql, params = selected(seat, info, tree)[:10_000].values("pk").query.sql_with_params()
        plan = explained(sql, params)
    assert name in plan
    assert 0 < counted(actor=crm_admin, type_key="account", tree=tree) < 3_000
    again = save_view(type_key="account", name="W", tree=TREE, sort="-spend_90", actor=crm_admin, at=now)
    assert views.make_index(view_id=again.id) == name  # the same index serves both
    views.delete_view(view_id=view.id, actor=crm_admin, at=now)
    assert SavedView.objects.get().index_name == name
    views.delete_view(view_id=again.id, actor=crm_admin, at=now)
    assert not is_there(name)


def test_small_types_and_views_without_a_use_get_none(
    crm_admin: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda name, **given: asked.append(name))
    save_view(type_key="account", name="Small", tree=TREE_OF_CITY, actor=crm_admin, at=now)
    monkeypatch.setattr(views, "BIG", -1)
    save_view(
        type_key="account", name="Range", tree={"field": "spend_90", "op": "gt", "value": 3}, actor=crm_admin, at=now
    )
    save_view(
        type_key="account", name="Mine", tree={"field": "owner", "op": "eq", "value": "me"}, actor=crm_admin, at=now
    )
    assert asked == []
    save_view(type_key="account", name="City", tree=TREE_OF_CITY, actor=crm_admin, at=now)
    assert asked == ["crm.view_index"]


TREE_OF_CITY = {"field": "city", "op": "eq", "value": "Bern"}

"""How fast it could be: bare WSGI, sqlite3 and MiniJinja, giving the same bytes as the product's pages.

At start each address is asked once of the product; the queries it makes and the template's values are
kept. Serving runs the same queries over sqlite3, puts the fresh rows into the values and renders the same
template. What is left out is everything Django does between socket, query and template.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import minijinja

from fairboard.kit import startup as django_start

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
CARD_QUERY = "SELECT c.public_id"


@dataclass
class Page:
    """An address as it is served: its queries, its template, its values."""

    template: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    queries: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)


class Limit:
    """The WSGI application."""

    def __init__(self, addresses: Iterable[str]) -> None:
        django_start.start()
        from django.conf import settings
        from django.template import engines

        self.database = str(settings.DATABASES["default"]["NAME"])
        self.folders = list(engines.all()[0].folders)  # type: ignore[attr-defined]
        self.local = threading.local()
        self.pages = {address: _captured(address) for address in addresses}
        self.environment = self._environment()

    def _environment(self) -> minijinja.Environment:
        """The product's templates with plain functions for addresses, texts and static files."""
        from fairboard.ui import filters

        addresses: dict[tuple[Any, ...], str] = {}
        texts: dict[str, str] = {}

        def url(name: str, *args: Any, **kwargs: Any) -> str:
            key = (name, args, *kwargs.items())
            if key not in addresses:
                addresses[key] = filters.address(name, *args, **kwargs)
            return addresses[key]

        def said(text: str, **values: Any) -> str:
            return text % values if values else text

        def counted(one: str, many: str, count: int, **values: Any) -> str:
            return (one if count == 1 else many) % {"n": filters.number_text(count), **values}

        del texts
        return minijinja.Environment(
            loader=minijinja.load_from_path(self.folders),
            filters=filters.FILTERS,
            globals={"_": said, "ngettext": counted, "url": url, "static": filters.static, "widget": filters.widget},
            undefined_behavior="lenient",
            auto_escape_callback=lambda name: "html" if name.endswith((".html", ".svg", ".xml")) else False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        """Run the address's queries, render its template."""
        query = environ.get("QUERY_STRING", "")
        page = self.pages[environ["PATH_INFO"] + (f"?{query}" if query else "")]
        cards = [[_card(row) for row in rows] for rows in self._rows(page)]
        values = page.values
        if cards:
            name = "cards" if "cards" in values else "similar"
            shown = cards[0] if name == "cards" else _others(cards, values["ad"].id)
            values = {**values, name: shown[: len(values[name])]}  # without the row that says whether more follow
        body = self.environment.render_template(page.template, **values).encode()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    def _rows(self, page: Page) -> list[list[tuple[Any, ...]]]:
        """Run every query; the rows of those that fetch cards."""
        cursor = self._connection().cursor()
        found = []
        for sql, params in page.queries:
            rows = cursor.execute(sql, params).fetchall()
            if sql.startswith(CARD_QUERY):
                found.append(rows)
        return found

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self.local, "connection"):
            self.local.connection = sqlite3.connect(self.database)
            self.local.connection.execute("PRAGMA mmap_size=1073741824")
        connection: sqlite3.Connection = self.local.connection
        return connection


def _captured(address: str) -> Page:
    """Ask the product for a page, noting queries and values."""
    from django.db import connection
    from django.test import Client

    from fairboard.ui.engine import MiniJinjaTemplate, base_context

    page = Page()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        page.queries.append((sql.replace("%s", "?"), tuple(params or ())))
        return execute(sql, params, many, context)

    def render(self: MiniJinjaTemplate, context: dict[str, Any] | None = None, request: Any = None) -> str:
        page.template, page.values = self.name, {**base_context(request), **(context or {})}
        page.values.pop("request", None)
        return ""

    with connection.execute_wrapper(note), mock.patch.object(MiniJinjaTemplate, "render", render):
        Client(headers={"host": "localhost"}).get(address)
    return page


def _card(row: tuple[Any, ...]) -> dict[str, Any]:
    photo, colour, size = [*row[9].split(":"), "", ""][:3] if row[9] else ("", "", "")
    width, _, height = size.partition("x")
    return {
        "id": row[0], "path": f"/ad/{row[0]}", "title": row[1], "excerpt": row[2], "price_minor": row[3],
        "currency": row[4], "price_type": row[5], "place": row[6], "place_name": row[7], "category": row[8],
        "photo": f"/photo/{photo}/s.webp" if photo else "", "photo_medium": f"/photo/{photo}/m.webp" if photo else "",
        "photo_colour": colour, "photo_width": width, "photo_height": height, "photos": row[10],
        "posted_at": datetime.fromisoformat(row[11]), "position": row[12],
    }  # fmt: skip


def _others(cards: list[list[dict[str, Any]]], own: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for part in cards:
        found |= {card["id"]: card for card in part if card["id"] != own and card["id"] not in found}
    return list(found.values())[:4]


def _addresses() -> list[str]:
    path = os.environ.get("FAIRBOARD_BENCH_ADDRESSES", "")
    return Path(path).read_text(encoding="utf-8").split() if path else []


_made: list[Limit] = []
_making = threading.Lock()


def application(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    """What the server calls; made with the first request, once."""
    if not _made:
        with _making:
            if not _made:
                _made.append(Limit(_addresses()))
    return _made[0](environ, start_response)

"""`fairboard bench search`: latencies of the search itself, beside tantivy on the same rows."""

import os
import sqlite3
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console

from fairboard.bench import data
from fairboard.bench.report import Report, quantile
from fairboard.kit import startup as django_start

WORDS = {"none": "", "common": "good", "medium": "guitar", "two": "oak table", "rare": "K735 kestrel"}
PLACES = {"": "", "place": "gb/london"}
CATEGORIES = {"": "", "category": "for-sale/furniture"}
FILTERS: dict[str, dict[str, list[str]]] = {
    "": {}, "attribute": {"condition": ["good"]}, "price": {"price.gte": ["50"], "price.lte": ["300"]},
}  # fmt: skip


def run(ads: int, seed: int, runs: int, base: Path, console: Console) -> Report:
    """p50 and p99 (ms) of one page of 24 for each combination and order."""
    folder = data.folder(base, ads, seed, console)
    os.environ["FAIRBOARD_DATA_DIR"] = str(folder)
    django_start.start()
    report = Report("search", {"ads": ads, "seed": seed, "runs": runs})
    every: dict[str, list[float]] = {}
    for (word, text), place, category, chosen in product(WORDS.items(), PLACES, CATEGORIES, FILTERS):
        if chosen == "attribute" and not category:
            continue
        for sort in ("newest", "price", "relevance") if text else ("newest", "price"):
            times = _timed(_ours(text, PLACES[place], CATEGORIES[category], FILTERS[chosen], sort), runs)
            every.setdefault(sort, []).extend(times)
            what = " + ".join(part for part in (word if text else "", place, category, chosen) if part) or "everything"
            report.add(what=what, sort=sort, p50_ms=quantile(times, 0.5), p99_ms=quantile(times, 0.99))
    for sort, times in every.items():
        report.add(what="ALL", sort=sort, p50_ms=quantile(times, 0.5), p99_ms=quantile(times, 0.99))
    _tantivy(folder, report, runs, console)
    report.notes.append(_same_commit())
    return report


def _timed(act: Callable[[], Any], runs: int) -> list[float]:
    act()
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _ours(words: str, place: str, category: str, params: dict[str, list[str]], sort: str) -> Callable[[], Any]:
    from fairboard.market import catalogue
    from fairboard.market.queries.address import wanted_from
    from fairboard.market.queries.search import search

    known = catalogue.current()
    given = {**params, "q": [words], "sort": [sort]}
    wanted = wanted_from(given, known.places.get(place), known.categories.get(category))
    return lambda: search(wanted.search)


def _tantivy(folder: Path, report: Report, runs: int, console: Console) -> None:
    """The same words, place and category in tantivy, newest first and by relevance."""
    import tantivy

    path = folder / "tantivy"
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="en_stem")
    builder.add_text_field("place", stored=False, tokenizer_name="raw")
    builder.add_text_field("category", stored=False, tokenizer_name="raw")
    builder.add_integer_field("position", stored=True, fast=True)
    schema = builder.build()
    fresh = not path.exists()
    path.mkdir(exist_ok=True)
    index = tantivy.Index(schema, path=str(path))
    if fresh:
        console.print("indexing the same rows with tantivy", markup=False)
        _fill(index, folder)
    index.reload()
    searcher = index.searcher()
    for (word, text), place, category in product(WORDS.items(), PLACES, CATEGORIES):
        if not text:
            continue
        query = " AND ".join(text.split())
        query = f"text:({query})" + (f' AND place:"{PLACES[place]}"' if place else "")
        parsed = index.parse_query(query + (f' AND category:"{CATEGORIES[category]}"' if category else ""))
        what = " + ".join(part for part in (word, place, category) if part)
        newest = _timed(lambda q=parsed: searcher.search(q, 24, order_by_field="position"), runs)  # type: ignore[misc]
        ranked = _timed(lambda q=parsed: searcher.search(q, 24), runs)  # type: ignore[misc]
        report.add(what=f"tantivy {what}", sort="newest", p50_ms=quantile(newest, 0.5), p99_ms=quantile(newest, 0.99))
        report.add(
            what=f"tantivy {what}", sort="relevance", p50_ms=quantile(ranked, 0.5), p99_ms=quantile(ranked, 0.99)
        )


def _fill(index: Any, folder: Path) -> None:
    import tantivy

    writer = index.writer(128_000_000, 1)
    source = sqlite3.connect(folder / "fairboard.sqlite3")
    rows = source.execute(
        "SELECT c.position, c.title, r.body, c.place, c.category FROM market_card c "
        "JOIN market_revision r ON r.id = c.revision_id ORDER BY c.position"
    )
    for position, title, body, place, category in rows:
        writer.add_document(tantivy.Document(text=f"{title} {body}", place=place, category=category, position=position))
    writer.commit()
    writer.wait_merging_threads()


def _same_commit() -> str:
    """A published ad is found and a withdrawn one gone in the same transaction; rolled back afterwards."""
    from django.db import transaction

    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.market.queries.plan import Search
    from fairboard.market.queries.search import search
    from fairboard.market.services import lifecycle
    from fairboard.market.services.drafts import Draft
    from fairboard.market.services.posting import submit
    from fairboard.people.queries import actor_by_id
    from fairboard.people.services.members import ensure_member

    now = clock.now()
    with transaction.atomic():
        member = ensure_member(actor=Actor.system("bench"), email="one@bench.invalid", role="member", at=now)
        actor = actor_by_id(member)
        assert actor is not None
        draft = Draft("Zylophonius lamp", "A lamp that is like no other lamp.", "for-sale/furniture", "gb/london", "5")
        done = submit(actor=actor, draft=draft, at=now)
        found = [card.id for card in search(Search(words="zylophonius")).items] == [done.ad_id]
        lifecycle.withdraw(actor=actor, ad_id=done.ad_id, at=now)
        gone = not search(Search(words="zylophonius")).items
        transaction.set_rollback(True)
    return f"published ad found in its own commit: {found}; withdrawn ad gone in its own commit: {gone}"

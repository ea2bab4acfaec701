"""Building the search index anew beside the one that answers, in batches that a crash does not undo.

SQLite: a second index is filled and takes the first one's name in one transaction. PostgreSQL: each card's
document is written anew where it stands. What is published meanwhile is in both; what is taken down leaves
an entry in the old one that finds nothing.
"""

from collections.abc import Callable, Sequence

from django.db import connection, transaction

from fairboard.market import index
from fairboard.market.models import Card, IndexState
from fairboard.market.services.publishing import tokens_of

BATCH = 1_000
Tell = Callable[[int, int], None]


def is_current() -> bool:
    """Whether the index holds what this version looks for, and no rebuilding was interrupted."""
    return IndexState.objects.filter(version=index.VERSION, rebuilding=0).exists()


def reindex(tell: Tell = lambda done, total: None) -> int:
    """Build the index anew, going on where an earlier attempt stopped; returns how many cards it holds.

    ``tell`` is called with the cards done and all cards after each batch.
    """
    _begin()
    if connection.vendor == "sqlite":
        _fill(tell)
        _swap()
    total = Card.objects.count()
    while _key_batch(is_written=connection.vendor == "sqlite"):
        if connection.vendor != "sqlite":
            tell(total - Card.objects.filter(tokens_key=0).count(), total)
    IndexState.objects.filter(pk=1).update(version=index.VERSION, rebuilding=0)
    return total


def _begin() -> None:
    """Mark every card as not known to the new index, once for a rebuilding."""
    with transaction.atomic():
        state = IndexState.objects.select_for_update().get_or_create(pk=1, defaults={"version": 1})[0]
        if state.rebuilding == index.VERSION:
            return
        Card.objects.update(tokens_key=0)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {index.FRESH}")
                cursor.execute(index.SQLITE_SCHEMA.replace(index.TABLE, index.FRESH, 1))
        IndexState.objects.filter(pk=1).update(rebuilding=index.VERSION, done=0)


def _fill(tell: Tell) -> None:
    """Put the cards there were at the beginning into SQLite's second index, in the order of their positions."""
    if not _has_fresh():
        return  # it took the first one's place before an interruption
    old = Card.objects.filter(tokens_key=0)
    total = old.count()
    state = IndexState.objects.get(pk=1)
    count = old.filter(position__lte=state.done).count()
    while True:
        with transaction.atomic():
            cards = list(old.select_related("revision").filter(position__gt=state.done).order_by("position")[:BATCH])
            if not cards:
                return
            _add(cards)
            state.done = cards[-1].position
            state.save(update_fields=["done"])
        count += len(cards)
        tell(min(count, total), total)


def _swap() -> None:
    """Add what was published since the beginning and have the second index take the first one's name."""
    with transaction.atomic():
        if not _has_fresh():
            return
        _add(list(Card.objects.select_related("revision").exclude(tokens_key=0)))
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {index.TABLE}")
            cursor.execute(f"ALTER TABLE {index.FRESH} RENAME TO {index.TABLE}")


def _has_fresh() -> bool:
    return index.FRESH in connection.introspection.table_names()


def _add(cards: Sequence[Card]) -> None:
    index.add([index.Entry(card.position, tokens_of(card.revision)) for card in cards], index.FRESH)


def _key_batch(*, is_written: bool) -> int:
    """Note with some more cards what they are found by, written into their documents if that is still to do."""
    with transaction.atomic():
        cards = list(Card.objects.select_related("revision").filter(tokens_key=0).order_by("position")[:BATCH])
        entries = [index.Entry(card.position, tokens_of(card.revision)) for card in cards]
        if not is_written:
            index.add(entries)
        for card, entry in zip(cards, entries, strict=True):
            card.tokens_key = index.key_of(entry.tokens)
        Card.objects.bulk_update(cards, ["tokens_key"], batch_size=200)
    return len(cards)

"""The search index is built anew beside the one that answers, whatever happens meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.market import index
from fairboard.market.models import Ad, Card, IndexState
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import search
from fairboard.market.services import publishing, reindex
from fairboard.market.services.posting import submit
from tests.market.drafts import bicycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def titles(seller: Actor) -> list[str]:
    """Ads that are found by words, made before the index is built anew."""
    found = [f"Bicycle number {word}" for word in ("alpha", "bravo", "charlie")]
    for title in found:
        submit(actor=seller, draft=bicycle(title=title), at=clock.now())
    return found


@pytest.fixture
def by_threes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindex, "BATCH", 2)


def found(words: str) -> list[str]:
    return [card.title for card in search(Search(words=words)).items]


def test_everything_is_found_again(titles: list[str], by_threes: None) -> None:
    told: list[tuple[int, int]] = []
    assert reindex.reindex(lambda done, total: told.append((done, total))) == 3
    assert [found(title.split()[-1]) for title in titles] == [[title] for title in titles]
    assert told[-1] == (3, 3)
    assert reindex.is_current()
    assert not Card.objects.filter(tokens_key=0).exists()


@pytest.mark.parametrize("breaks_at", range(1, 8))
def test_an_interrupted_one_goes_on(
    titles: list[str], seller: Actor, by_threes: None, monkeypatch: pytest.MonkeyPatch, breaks_at: int
) -> None:
    calls = 0
    real = publishing.tokens_of

    def failing(revision: Any) -> list[str]:
        nonlocal calls
        calls += 1
        if calls == breaks_at:
            raise KeyboardInterrupt
        return real(revision)

    monkeypatch.setattr(reindex, "tokens_of", failing)
    try:
        reindex.reindex()
    except KeyboardInterrupt:
        assert not reindex.is_current()
    monkeypatch.setattr(reindex, "tokens_of", real)
    submit(actor=seller, draft=bicycle(title="Bicycle number delta"), at=clock.now())
    reindex.reindex()
    for title in [*titles, "Bicycle number delta"]:
        assert found(title.split()[-1]) == [title]
    assert reindex.is_current()


def test_what_was_taken_down_meanwhile_stays_gone(titles: list[str], by_threes: None) -> None:
    def take_down(done: int, total: int) -> None:
        publishing.take_down(ads=list(Ad.objects.filter(live__title=titles[0])))

    reindex.reindex(take_down)
    assert found("alpha") == []
    assert found("bicycle") == titles[:0:-1]


def test_a_card_the_index_knows_by_other_words_leaves_it_whole(
    titles: list[str], monkeypatch: pytest.MonkeyPatch, make_member: Callable[..., Actor]
) -> None:
    monkeypatch.setattr(publishing, "tokens_of", lambda revision: ["other", "words"])
    publishing.take_down(ads=list(Ad.objects.filter(live__title=titles[0])))
    monkeypatch.undo()
    assert found("alpha") == []
    assert found("bravo") == [titles[1]]
    reindex.reindex()
    assert found("alpha") == []


def test_an_older_index_is_not_current(titles: list[str]) -> None:
    reindex.reindex()
    assert reindex.is_current()
    IndexState.objects.update(version=index.VERSION - 1)
    assert not reindex.is_current()

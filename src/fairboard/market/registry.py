"""What rooms above the market know and its pages show: how a seller answers, how often an ad was answered."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the seller's card: an icon's name and a text, to be said in the reader's language."""

    icon: str
    text: str


Facts = Callable[[str], list[Fact]]
Replies = Callable[[Collection[str]], Mapping[str, int]]
_facts: list[Facts] = []
_badges: list[Callable[[str], list[str]]] = []
_replies: list[Replies] = []


def register_facts(facts: Facts) -> Facts:
    """Have a room say something of a seller, given the member's public id; asked for seldom, the answer is kept."""
    _facts.append(facts)
    return facts


def facts_of(member_id: str) -> list[Fact]:
    """What every room says of a seller."""
    return [fact for say in _facts for fact in say(member_id)]


def register_badges(badges: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Have a room say what of a seller was verified."""
    _badges.append(badges)
    return badges


def badges_of(member_id: str) -> list[str]:
    """What of a seller was verified, as every room says."""
    return [badge for say in _badges for badge in say(member_id)]


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who answered an ad, as its seller knows them."""

    id: str
    name: str


Answerers = Callable[[str], list[Answerer]]
_answerers: list[Answerers] = []


def register_answerers(answerers: Answerers) -> Answerers:
    """Have a room say who answered an ad, the last one first."""
    _answerers.append(answerers)
    return answerers


def answerers_of(ad_id: str) -> list[Answerer]:
    """Who answered an ad, as every room says."""
    return [one for say in _answerers for one in say(ad_id)]


def register_replies(replies: Replies) -> Replies:
    """Have a room count who answered ads, by their public ids."""
    _replies.append(replies)
    return replies


def replies_to(ad_ids: Collection[str]) -> dict[str, int] | None:
    """How many people answered each ad; None when no room counts."""
    if not _replies or not ad_ids:
        return {} if _replies else None
    found: dict[str, int] = {}
    for count in _replies:
        for ad, answers in count(ad_ids).items():
            found[ad] = found.get(ad, 0) + answers
    return found

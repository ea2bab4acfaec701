"""Campaigns, networks and templates of many ads: what `fairboard link` writes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fairboard.screening.links.bulk import link_texts
from fairboard.screening.links.contacts import Contact, all_contacts
from fairboard.screening.links.networks import WEIGHTS, Places, networks
from fairboard.screening.links.templates import template_of

Said = Callable[[str, int, int], None]
"""Told the step, how much of it is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Linked:
    """For each ad its campaign and its network, as the place of the first ad of each, -1 for none."""

    campaigns: Places
    networks: Places


def link_ads(texts: Sequence[str], contacts: Sequence[tuple[int, Contact]], say: Said) -> Linked:
    """Campaigns by the texts; networks by campaigns and by the contacts given and found in the texts."""
    campaigns = link_texts(texts, say=say)
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1_000
        say("contacts", done, len(texts))

    numbers: dict[Contact, int] = {}
    held = {(at, numbers.setdefault(contact, len(numbers))) for at, contact in contacts}
    held |= {(at, numbers.setdefault(contact, len(numbers))) for at, contact in all_contacts(texts, tick)}
    rows = np.array(sorted(held), dtype=np.int64).reshape(-1, 2)
    kinds = np.array([WEIGHTS[kind] for kind, _ in numbers], dtype=np.float64)
    found = networks(campaigns, rows[:, 0], rows[:, 1], kinds[rows[:, 1]])
    alone = np.bincount(found, minlength=len(texts))[found] < 2
    return Linked(campaigns, np.where(alone, -1, found))


def named(ids: Sequence[str], labels: Places, prefix: str) -> list[str]:
    """A name for each ad's group: the prefix and the least id in it, numbers by value; "" for none."""
    least: dict[int, tuple[tuple[int, int, str], str]] = {}
    for one, label in zip(ids, labels.tolist(), strict=True):
        if label >= 0:
            candidate = _order(one), one
            least[label] = min(least.get(label, candidate), candidate)
    return [f"{prefix}{least[label][1]}" if label >= 0 else "" for label in labels.tolist()]


def _order(one: str) -> tuple[int, int, str]:
    return (0, int(one), one) if one.isascii() and one.isdigit() and len(one) < 40 else (1, 0, one)


def templates(texts: Sequence[str], campaigns: Places, say: Said) -> dict[int, str]:
    """The template of each campaign, in one line."""
    members: dict[int, list[int]] = {}
    for at in np.flatnonzero(campaigns >= 0).tolist():
        members.setdefault(int(campaigns[at]), []).append(at)
    found = {}
    for done, (label, ads) in enumerate(members.items(), start=1):
        found[label] = str(template_of([texts[at] for at in ads[:: max(1, len(ads) // 64)]]))
        say("templates", done, len(members))
    return found


def rows(ids: Sequence[str], linked: Linked, shown: dict[int, str]) -> Iterator[tuple[str, str, str, str]]:
    """The rows `files.write` writes, in the order of the ads."""
    clusters, tied = named(ids, linked.campaigns, "c-"), named(ids, linked.networks, "n-")
    for one, cluster, network, label in zip(ids, clusters, tied, linked.campaigns.tolist(), strict=True):
        yield one, cluster, network, shown.get(label, "")

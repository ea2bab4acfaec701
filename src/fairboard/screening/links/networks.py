"""Networks: ads tied by a campaign or by shared contact data, hubs damped.

What ties two ads counts by its kind (`WEIGHTS`), less the more owners it has that nothing else ties: a town hall's
number in the ads of a hundred strangers says nothing about any two of them. Several weak ties count together by
noisy-or (Pearl 1988, section 4.3.2): 1 - (1 - a)(1 - b).
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]

WEIGHTS = {"email": 0.95, "crypto": 0.95, "phone": 0.90, "handle": 0.80, "link": 0.70}
"""How sure a shared contact makes that two ads have one advertiser: a judgement, to be changed with cases seen."""
JOINS = 0.5
"""From this strength on a tie joins."""
FREE = 8
"""Owners up to which a contact is not damped."""
ROUNDS = 6
MOST_TOGETHER = 6
"""Contacts of one ad too weak alone that are tried together."""


def components(count: int, ones: Places, others: Places) -> Places:
    """The least node each of ``count`` nodes is connected with; edges join ``ones[i]`` and ``others[i]``.

    Roots hook onto lesser roots, then every node points at its root: about log2(count) rounds of numpy.
    """
    labels = np.arange(count, dtype=np.int64)
    while True:
        one, other = labels[ones], labels[others]
        apart = one != other
        if not apart.any():
            return labels
        one, other = one[apart], other[apart]
        least = np.minimum(one, other)
        np.minimum.at(labels, one, least)
        np.minimum.at(labels, other, least)
        while True:
            jumped = labels[labels]
            if (jumped == labels).all():
                break
            labels = jumped


def noisy_or(strengths: Iterable[float]) -> float:
    """The strength of several ties together, each from 0 to 1."""
    left = 1.0
    for strength in strengths:
        left *= 1.0 - strength
    return 1.0 - left


def damped(weights: Figures, owners: Places) -> Figures:
    """Weights less the logarithm of how many owners beyond `FREE` there are."""
    return np.asarray(weights * np.minimum(1.0, np.log1p(FREE) / np.log1p(np.maximum(1, owners))))


def networks(campaigns: Places, ads: Places, contacts: Places, weights: Figures) -> Places:
    """For each ad the least ad of its network, itself for one alone.

    ``campaigns[ad]`` is the first ad of its campaign or -1. Ad ``ads[i]`` has contact ``contacts[i]``, a number
    from 0 on for each distinct contact, that ties with ``weights[i]``. Owners are counted anew after every
    round, by what is tied so far: a number in a hundred ads of one campaign has one owner.
    """
    own = np.arange(len(campaigns), dtype=np.int64)
    tied = campaigns >= 0
    ones, others = [campaigns[tied]], [own[tied]]
    labels = components(len(own), ones[0], others[0])
    for _ in range(ROUNDS):
        if not len(ads):
            break
        held, owner = contacts, labels[ads]
        size = int(held.max()) + 1
        distinct = np.unique(held * len(own) + owner) // len(own)
        strengths = damped(weights, np.bincount(distinct, minlength=size)[held])
        strong = strengths >= JOINS
        first = np.full(size, len(own), dtype=np.int64)
        np.minimum.at(first, held[strong], ads[strong])
        together = _together(ads[~strong], held[~strong], strengths[~strong])
        ones = [ones[0], first[held[strong]], together[0]]
        others = [others[0], ads[strong], together[1]]
        found = components(len(own), np.concatenate((*ones, own)), np.concatenate((*others, labels)))
        if (found == labels).all():
            break
        labels = found
    return labels


def _together(ads: Places, contacts: Places, strengths: Figures) -> tuple[Places, Places]:
    """Ties of ads that share two contacts, each too weak alone but not both together."""
    if not len(ads):
        return ads, ads
    order = np.lexsort((contacts, ads))
    ads, contacts, strengths = ads[order], contacts[order], strengths[order]
    seen: dict[tuple[int, int], int] = {}
    ones: list[int] = []
    others: list[int] = []
    limits = np.flatnonzero(np.append(True, np.diff(ads) != 0)).tolist()
    for start, end in zip(limits, [*limits[1:], len(ads)], strict=True):
        if end - start < 2:
            continue
        held = list(zip(contacts[start:end].tolist(), strengths[start:end].tolist(), strict=True))[:MOST_TOGETHER]
        for at, (one, strength) in enumerate(held):
            for other, more in held[at + 1 :]:
                if noisy_or((strength, more)) >= JOINS and one != other:
                    ones.append(seen.setdefault((one, other), int(ads[start])))
                    others.append(int(ads[start]))
    return np.array(ones, dtype=np.int64), np.array(others, dtype=np.int64)

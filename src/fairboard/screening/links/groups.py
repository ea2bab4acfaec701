"""Candidates aligned, and every group held against one template, so that no chain of likenesses joins two campaigns.

Two texts are alike when the words they share in order (the longest common subsequence) are enough of the longer
one, both among all words and among those that are no stock phrase. Of each connected group the text with the most
likeness is the pattern; its words that half of the texts like it have too are the core, which is what a member
must cover. Texts that do not are grouped anew among themselves, and groups whose cores are one are joined again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cpdist

from fairboard.screening.links.letters import Letters
from fairboard.screening.links.networks import components
from fairboard.screening.links.shingles import FEW, RARE, few_of, level
from fairboard.screening.links.tokens import Places, is_character

Figures = npt.NDArray[np.float64]

ALIKE = 0.40
"""The share of the longer text two texts must have in common to be thought of as copies."""
ALIKE_RARE = 0.30
"""The same among the words that are no stock phrase: in a text half of stock phrases, slots weigh double."""
LIKELY = 0.2
"""The same for a text to be held against the core of the other's group."""
AT_ONCE = 1 << 18
ALIKE_CORES = 0.50
"""The same for the cores of what may be one campaign."""
SAME_FEW = 0.70
"""The same for texts that are stock phrases but for a few words."""
EXTRA = 1.5
"""Words added to those a share asks for: short texts have to agree in more."""
STOCKED = 2.0
COVER = 0.60
"""The share of a core a member must have: copies with 15 % of the words edited have 0.89, on average."""
COVER_RARE = 0.50
"""The same among the words that are no stock phrase."""
CORE = 0.40
"""The share of the pattern that must be core, and of a member that must be in it."""
SAMPLE = 32


OWN = 0.5
"""The share of a core that must stand in phrases of the campaign's own: of stock phrases no campaign is made."""
OWN_AND_FOLLOWED = 1.35
"""That share and the share of the core its texts have on average, together."""
SPREAD = 3
"""In how many times as many texts as a campaign has a phrase may be and still be its own."""
ROUNDS = 12
ATTACHMENTS = 3
CORES_WITH_A_RUN = 40
PASSAGE = 6.0
"""Words in a row, on average, that make a passage of its own rather than a slot or an edit; characters count half."""
SAME = 0.65
"""The share from which on it does not matter in how many pieces the rest is."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What two texts alone, which have no core to vouch for them, must have in common: the share of the longer one,
    the share from which on it does not matter in how many pieces the rest is, and the words of a passage."""

    alike: float
    same: float
    passage: float


STRICT = Demands(0.50, SAME, 4.0)
"""Among many texts, where chance has millions of pairs to try."""
EASY = Demands(0.45, 0.60, 6.0)
"""For one text and the few that share a key with it: 1 of 1,000 that only share stock phrases passes."""


def shared(ones: Sequence[str], others: Sequence[str]) -> Figures:
    """The length of the longest common subsequence of each pair, by two threads outside Python's lock."""
    if not ones:
        return np.zeros(0)
    common = cpdist(ones, others, scorer=LCSseq.similarity, workers=2, dtype=np.int32)
    return np.asarray(common, dtype=np.float64)


def _longer(ones: Sequence[str], others: Sequence[str]) -> Figures:
    one, other = np.fromiter(map(len, ones), float, len(ones)), np.fromiter(map(len, others), float, len(others))
    return np.asarray(np.maximum(one, other))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts, the lesser first, with the share of their rarer words and of all words they have in common."""

    ones: Places
    others: Places
    shares: Figures


def likely(rare: dict[int, str], sizes: Places, ones: Places, others: Places) -> Pairs:
    """The pairs that share rarer words, or have hardly any beside stock phrases; `STOCKED` stands for their share then.

    ``sizes`` are the words of every text.
    """
    kept, shares = [], []
    for at in range(0, len(ones), AT_ONCE):
        one = [rare[text] for text in ones[at : at + AT_ONCE].tolist()]
        other = [rare[text] for text in others[at : at + AT_ONCE].tolist()]
        most = _longer(one, other)
        longest = np.maximum(sizes[ones[at : at + AT_ONCE]], sizes[others[at : at + AT_ONCE]])
        share = np.where(most < few_of(longest), STOCKED, shared(one, other) / np.maximum(1, most))
        good = np.flatnonzero(share >= LIKELY)
        kept.append(good + at)
        shares.append(share[good])
    places = np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
    return Pairs(ones[places], others[places], np.concatenate(shares) if shares else np.zeros(0))


def aligned(known: Letters, pairs: Pairs) -> Pairs:
    """The pairs that are alike in their rarer words and in all, with the share of all."""
    close = np.flatnonzero(pairs.shares >= ALIKE_RARE)
    ones, others = pairs.ones[close], pairs.others[close]
    one, other = [known.whole[at] for at in ones.tolist()], [known.whole[at] for at in others.tolist()]
    longest, share = _longer(one, other), shared(one, other)
    few = pairs.shares[close] == STOCKED
    good = (share >= np.where(few, SAME_FEW * longest, ALIKE * longest + EXTRA)) & (share >= 4)
    return Pairs(ones[good], others[good], (share / np.maximum(1, longest))[good])


@dataclass(slots=True)
class Group:
    """Texts of one campaign and the words, in order, they have in common: all, and those that are no stock phrase."""

    pattern: int
    members: list[int]
    core: str
    rare: str


def grouped(known: Letters, pairs: Pairs) -> list[list[int]]:
    """Campaigns of two texts and more, from likely pairs."""
    found: list[Group] = []
    alike = aligned(known, pairs)
    one, other, shares = alike.ones, alike.others, alike.shares
    ones, others = pairs.ones, pairs.others
    for _ in range(ROUNDS if len(one) else 0):
        left = _round(known, one, other, shares, found)
        both = np.isin(one, left) & np.isin(other, left)
        if not both.any():
            break
        one, other, shares = one[both], other[both], shares[both]
    whole = _joined(_attached(known, found, ones, others), ones, others)
    return [sorted(group.members) for group in whole if is_campaign(known, group)]


def _owners(found: list[Group], size: int) -> Places:
    """The group of each text, -1 for none."""
    owner = np.full(size, -1, dtype=np.int64)
    for at, group in enumerate(found):
        owner[group.members] = at
    return owner


def _attached(known: Letters, found: list[Group], ones: Places, others: Places) -> list[Group]:
    """The groups with the texts left alone that were to be compared with a member and have its group's core."""
    if not found:
        return found
    size = int(others.max()) + 1
    for _ in range(ATTACHMENTS):
        owner = _owners(found, size)
        inner, outer = np.concatenate((ones, others)), np.concatenate((others, ones))
        asked = (owner[inner] >= 0) & (owner[outer] < 0)
        tried = np.unique(np.stack((outer[asked], owner[inner[asked]])), axis=1)
        texts, at = tried[0].tolist(), tried[1].tolist()
        groups = [found[one] for one in at]
        covered = _covered(known, texts, groups)
        order = np.lexsort((-covered, tried[0]))
        best = order[np.append(True, np.diff(tried[0][order]) != 0)[: len(order)]]
        best = best[covered[best] > 0]
        for place in best.tolist():
            found[at[place]].members.append(texts[place])
        if not len(best):
            break
    return found


def _covered(known: Letters, texts: list[int], groups: list[Group]) -> Figures:
    """How much of a group's core each text has, 0 where that makes it no member."""
    whole = [known.whole[one] for one in texts]
    cores = [group.core for group in groups]
    sizes = np.fromiter(map(len, cores), float, len(cores))
    own = np.fromiter(map(len, whole), float, len(whole))
    common = shared(whole, cores)
    rare = shared([known.rare[one] for one in texts], [group.rare for group in groups])
    rare_sizes = np.fromiter((len(group.rare) for group in groups), float, len(groups))
    fits = (common >= COVER * sizes) & (common >= CORE * own) & (common >= 4) & (rare >= COVER_RARE * rare_sizes)
    return np.where(fits, common / np.maximum(1, sizes), 0.0)


def _near(found: list[Group]) -> Places:
    """Groups whose cores share several runs of three words that few other cores have, as two rows."""
    holders: dict[str, list[int]] = {}
    for at, group in enumerate(found):
        for run in {group.core[start : start + 3] for start in range(len(group.core) - 2)}:
            holders.setdefault(run, []).append(at)
    common: Counter[tuple[int, int]] = Counter()
    for held in holders.values():
        if 1 < len(held) <= CORES_WITH_A_RUN:
            common.update(combinations(held, 2))
    return np.array([pair for pair, times in common.items() if times >= 3], dtype=np.int64).reshape(-1, 2).T


def _joined(found: list[Group], ones: Places, others: Places) -> list[Group]:
    """Campaigns that came apart made whole: the largest group takes in those near it that have its core.

    Not those that have the core of one it took in: that would be a chain.
    """
    if not found:
        return []
    owner = _owners(found, int(others.max()) + 1)
    tied = np.stack((owner[ones], owner[others]))
    tied = np.concatenate((tied, _near(found)), axis=1)
    tied = np.unique(np.sort(tied[:, (tied[0] != tied[1]) & (tied.min(axis=0) >= 0)], axis=0), axis=1)
    pairs = [(found[one], found[other]) for one, other in tied.T.tolist()]
    common = shared([one.core for one, _ in pairs], [other.core for _, other in pairs])
    sizes = np.array([[len(one.core), len(other.core)] for one, other in pairs]).reshape(-1, 2)
    rare = shared([one.rare for one, _ in pairs], [other.rare for _, other in pairs])
    rarer = np.array([min(len(one.rare), len(other.rare)) for one, other in pairs])
    same = (
        (rare >= COVER_RARE * rarer)
        & (common >= SAME * sizes.min(axis=1))
        & (common >= ALIKE_CORES * sizes.max(axis=1))
        & (common >= 4)
    )
    near: dict[int, list[int]] = {}
    for one, other in tied.T[same].tolist():
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    taken = [False] * len(found)
    whole = []
    for at in sorted(range(len(found)), key=lambda at: (-len(found[at].members), min(found[at].members))):
        if not taken[at]:
            group = [at, *(one for one in near.get(at, ()) if not taken[one])]
            for one in group:
                taken[one] = True
            first = found[at]
            members = [member for one in group for member in found[one].members]
            whole.append(Group(first.pattern, members, first.core, first.rare))
    return whole


def _round(known: Letters, ones: Places, others: Places, shares: Figures, found: list[Group]) -> Places:
    """One pattern for each connected group; what it does not explain is left for the next round."""
    nodes, places = np.unique(np.concatenate((ones, others)), return_inverse=True)
    one, other = places[: len(ones)], places[len(ones) :]
    labels = components(len(nodes), one, other)
    weight = np.bincount(one, shares, len(nodes)) + np.bincount(other, shares, len(nodes))
    order = np.lexsort((nodes, -weight, labels))
    firsts = np.flatnonzero(np.concatenate(([True], np.diff(labels[order]) != 0)))
    sizes = np.diff(firsts, append=len(order))
    ids = nodes[order]
    is_pair = sizes == 2
    _pairs(known, ids[firsts[is_pair]].tolist(), ids[firsts[is_pair] + 1].tolist(), found)
    return _cores(known, ids, firsts[~is_pair].tolist(), sizes[~is_pair].tolist(), found)


def _pairs(known: Letters, ones: list[int], others: list[int], found: list[Group]) -> None:
    """Two texts that are like no other."""
    for one, other in zip(ones, others, strict=True):
        if is_copy(known.whole[one], known.whole[other], known.rare[one], known.rare[other]):
            core = common_part(known.whole[one], known.whole[other])
            found.append(Group(one, [one, other], core, common_part(known.rare[one], known.rare[other])))


def is_copy(one: str, other: str, rare_one: str, rare_other: str, demands: Demands = STRICT) -> bool:
    """Whether two texts by themselves are one text edited."""
    longest = max(len(one), len(other))
    common = LCSseq.similarity(one, other)
    most = max(len(rare_one), len(rare_other))
    if most < max(FEW, RARE * longest):
        return bool(common >= max(SAME_FEW * longest, 4))
    if common < demands.alike * longest + EXTRA or LCSseq.similarity(rare_one, rare_other) < demands.alike * most:
        return False
    return common >= demands.same * longest or _is_scattered(one, common_part(one, other), demands.passage)


def common_part(one: str, other: str) -> str:
    """The words two texts have in common, in order."""
    return "".join(one[block.src_start : block.src_end] for block in LCSseq.opcodes(one, other) if block.tag == "equal")


def _is_scattered(pattern: str, core: str, passage: float = PASSAGE) -> bool:
    """Whether what a pattern has beside its core stands in short pieces between, as slots and edits do.

    Texts that share a stock sentence or two differ in long passages. The length of the pieces is their mean
    weighted by itself; single words found in the core by chance do not end one.
    """
    pieces: list[float] = []
    last = 0
    for block in [*LCSseq.opcodes(pattern, core), None]:
        if block is not None and (block.tag != "equal" or block.src_end - block.src_start < 2):
            continue
        piece = pattern[last : block.src_start if block else len(pattern)]
        pieces.append(sum(0.5 if is_character(letter) else 1.0 for letter in piece))
        last = block.src_end if block else last
    whole = sum(pieces)
    return whole == 0 or sum(piece * piece for piece in pieces) / whole < passage


def _cores(known: Letters, ids: Places, firsts: list[int], sizes: list[int], found: list[Group]) -> Places:
    """Groups of three and more, each held against the core of its pattern; gives back who is left."""
    owners = np.repeat(np.arange(len(firsts)), sizes)
    members = [ids[first : first + size].tolist() for first, size in zip(firsts, sizes, strict=True)]
    flat = [one for group in members for one in group]
    whole = [known.whole[one] for one in flat]
    patterns = [known.whole[group[0]] for group in members]
    repeated = [patterns[at] for at in owners.tolist()]
    close = shared(whole, repeated) >= ALIKE * _longer(whole, repeated)
    cores: list[Group] = []
    at = 0
    for group, pattern in zip(members, patterns, strict=True):
        near = [one for one, is_near in zip(group, close[at : at + len(group)], strict=True) if is_near]
        near = near[:: max(1, len(near) // SAMPLE)][:SAMPLE]
        core = core_of(pattern, [known.whole[one] for one in near])
        cores.append(Group(group[0], near, core, core_of(known.rare[group[0]], [known.rare[one] for one in near])))
        at += len(group)
    fits = _covered(known, flat, [cores[place] for place in owners.tolist()]) > 0
    left: list[int] = []
    at = 0
    for group, pattern, held in zip(members, patterns, cores, strict=True):
        fit = fits[at : at + len(group)]
        at += len(group)
        held.members = [one for one, is_in in zip(group, fit, strict=True) if is_in]
        if len(held.members) < 2 or (len(held.core) < SAME * len(pattern) and not _is_scattered(pattern, held.core)):
            left += group[1:]
            continue
        left += [one for one, is_in in zip(group, fit, strict=True) if not is_in]
        found.append(held)
    return np.array(sorted(left), dtype=np.int64)


def is_campaign(known: Letters, group: Group) -> bool:
    """Whether a group has phrases of its own and follows its core closely; less of one is made up for by the other."""
    own = own_share(known, group)
    if own < OWN:
        return False
    sample = group.members[:: max(1, len(group.members) // SAMPLE)]
    texts = [known.whole[one] for one in sample]
    followed = shared(texts, [group.core] * len(texts)).mean() / max(1, len(group.core))
    if len(group.members) == 2:
        followed = len(group.core) / max(map(len, texts))
    return bool(own + followed >= OWN_AND_FOLLOWED)


def own_share(known: Letters, group: Group) -> float:
    """The share of a group's core that stands in phrases few texts have beside its members."""
    most = level(SPREAD * len(group.members))
    held = set(group.core)
    letters_of = zip(known.whole[group.pattern], known.levels[group.pattern], strict=True)
    own = [at <= most for letter, at in letters_of if letter in held]
    return sum(own) / max(1, len(own))


def core_of(pattern: str, near: Sequence[str]) -> str:
    """The words of a pattern that at least half of the texts near it have."""
    counts = Counter(letter for text in near for letter in set(text))
    return "".join(letter for letter in pattern if counts[letter] * 2 >= len(near))

"""A network as a drawing: ads and what they share, at places computed once, with links to each."""

from collections.abc import Sequence
from dataclasses import dataclass

from fairboard.safety.graph import MOST, layout
from fairboard.safety.queries.networks import LinkedAd, NetworkPage, Shared

WIDTH, HEIGHT = 800, 480
RADIUS = 9


@dataclass(frozen=True, slots=True)
class Dot:
    """An ad, a member with several ads (``count``), or an identifier (``shape`` is ad, member or its kind)."""

    id: str
    shape: str
    label: str
    x: int
    y: int
    radius: int
    count: int = 1
    case_id: str = ""
    url: str = ""
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An ad or member holds an identifier; ``tone`` is strong where that alone joins, weak otherwise."""

    x1: int
    y1: int
    x2: int
    y2: int
    tone: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Dots and lines in a box; ``is_grouped`` when members stand for their ads."""

    width: int
    height: int
    dots: Sequence[Dot]
    lines: Sequence[Line]
    is_grouped: bool


def drawing(page: NetworkPage, *, most: int = MOST) -> Drawing:
    """The drawing of a network with at most ``most`` dots: ads one by one, or by member where they are too many."""
    evidence = list(page.evidence)[: most // 3]
    is_grouped = len(page.ads) + len(evidence) > most
    if is_grouped:  # the dots are members themselves
        evidence = [one for one in page.evidence if one.kind != "account"][: most // 3]
    ads = _by_member(page.ads) if is_grouped else [(one.subject_id, [one]) for one in page.ads]
    ads = ads[: most - len(evidence)]
    edges = [(name, one.key) for name, group in ads for one in evidence if any(one.key in ad.evidence for ad in group)]
    tied = {name for edge in edges for name in edge}
    names = [name for name, _group in ads] + [one.key for one in evidence if one.key in tied]
    at = layout(names, edges, width=WIDTH, height=HEIGHT)
    tones = {one.key: "strong" if one.is_enough else "weak" for one in evidence}
    dots = [_ads_dot(name, group, at[name], is_grouped=is_grouped) for name, group in ads]
    dots += [_key_dot(one, at[one.key]) for one in evidence if one.key in at]
    lines = [Line(*at[one], *at[other], tones[other]) for one, other in edges]
    return Drawing(WIDTH, HEIGHT, dots, lines, is_grouped)


def _by_member(ads: Sequence[LinkedAd]) -> list[tuple[str, list[LinkedAd]]]:
    found: dict[str, list[LinkedAd]] = {}
    for one in ads:
        found.setdefault(f"member {one.author_id}", []).append(one)
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _ads_dot(name: str, group: list[LinkedAd], at: tuple[int, int], *, is_grouped: bool) -> Dot:
    first = group[0]
    case = next((one.case_id for one in group if one.case_id), "")
    label = first.author_name or first.author_id if is_grouped else first.title
    radius = min(22, RADIUS + len(group)) if is_grouped else RADIUS
    return Dot(
        name, "member" if is_grouped else "ad", label, *at, radius, len(group), case, first.url,
        any(one.is_refused for one in group),
    )  # fmt: skip


def _key_dot(one: Shared, at: tuple[int, int]) -> Dot:
    return Dot(one.key, one.kind, one.value or one.kind, *at, RADIUS, one.here)

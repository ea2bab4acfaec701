"""The market of the drill: ordinary ads by the thousand, the network's posted one by one among them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fairboard.demo.drill.plant import MEMBERS, Planted, network
from fairboard.demo.generate import MEMBERS as ORDINARY_MEMBERS
from fairboard.demo.generate import ads as ordinary
from fairboard.kit.actors import Actor
from fairboard.market.services.bulk import Row, submit_many
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from fairboard.people.queries import actor_by_id
from fairboard.people.services.members import ensure_member, set_grants

OPERATOR = Actor.system("drill")
BATCH = 500


@dataclass
class Market:
    """Who is there and what was placed: verdicts of ordinary ads counted, the planted ads by number."""

    people: list[Actor]
    advertisers: list[Actor]
    placed: int = 0
    held: int = 0
    planted: dict[int, str] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)


def member(name: str, at: datetime, role: str = "member", grants: Sequence[str] = ()) -> Actor:
    """Somebody of the drill."""
    made = ensure_member(actor=OPERATOR, email=f"{name}@drill.invalid", role=role, at=at, display_name=name.title())
    if grants:
        set_grants(actor=OPERATOR, member_id=made, grants=grants, at=at)
    found = actor_by_id(made)
    assert found is not None
    return found


def build(*, count: int, seed: int, now: datetime, progress: Callable[[int], None]) -> Market:
    """Place ``count`` ordinary ads over a month, oldest first, and the network's at their own moments among them."""
    joined = now - timedelta(days=40)
    market = Market(
        [member(f"person{number}", joined) for number in range(ORDINARY_MEMBERS)],
        [member(f"advertiser{number}", joined) for number in range(MEMBERS)],
    )
    waiting = sorted(network(seed), key=lambda one: one.minutes_ago)
    rows = sorted(ordinary(seed=seed, count=count), key=lambda one: -one.age_minutes)
    for first in range(0, count, BATCH):
        batch = rows[first : first + BATCH]
        at = now - timedelta(minutes=batch[-1].age_minutes + 1)
        while waiting and now - timedelta(minutes=waiting[-1].minutes_ago) <= at:
            _plant(market, waiting.pop(), now)
        done = submit_many(
            rows=[Row(one.draft, market.people[one.seller], one.external_id, "drill") for one in batch],
            at=at, actor=OPERATOR,
        )  # fmt: skip
        market.placed += len(done)
        market.held += sum(one.verdict != "allow" for one in done)
        progress(len(batch))
    while waiting:
        _plant(market, waiting.pop(), now)
    return market


def _plant(market: Market, one: Planted, now: datetime) -> None:
    """Post an ad of the network as its member would: the photo, then the ad."""
    at = now - timedelta(minutes=one.minutes_ago)
    author = market.advertisers[one.member]
    photos = [add_photo(actor=author, raw=one.photo, at=at).id] if one.photo else []
    done = submit(actor=author, draft=replace(one.draft, photos=photos), at=at)
    market.planted[one.number] = done.ad_id
    market.verdicts.append(done.verdict)

"""Seats, teams and territories as the console shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairboard.crm.models import Record, Seat, Team, Territory
from fairboard.crm.queries import colleagues
from fairboard.crm.queries.access import DEFAULT_PROFILES
from fairboard.crm.queries.setup import check_manager
from fairboard.kit.actors import Actor
from fairboard.people.queries import actor_by_id


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A colleague and their place; ``profile`` is that of their role where they have no seat of their own."""

    member_id: str
    name: str
    profile: str
    team_id: str
    territory_ids: tuple[str, ...]
    has_seat: bool


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, how deep it stands below others, and how many are in it."""

    id: str
    name: str
    parent_id: str
    depth: int
    seats: int


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """A territory, its filter, and how many accounts it has."""

    id: str
    name: str
    tree: Mapping[str, Any]
    accounts: int
    seats: int


def seats(*, actor: Actor) -> list[SeatRow]:
    """Everybody who works with the CRM, by name. Raises Forbidden."""
    check_manager(actor)
    kept = {
        one.member_id: one
        for one in Seat.objects.select_related("profile", "team").prefetch_related("territories")
    }  # fmt: skip
    found = []
    for member, name in colleagues.colleagues(actor=actor).items():
        seat = kept.get(member)
        if seat is None:
            role = actor_by_id(member)
            profile = DEFAULT_PROFILES.get(role.role if role else "", "reader")
            found.append(SeatRow(member, name, profile, "", (), has_seat=False))
        else:
            territories = tuple(one.public_id for one in seat.territories.all())
            team = seat.team.public_id if seat.team else ""
            found.append(SeatRow(member, name, seat.profile.key, team, territories, has_seat=True))
    return found


def teams(*, actor: Actor) -> list[TeamRow]:
    """Every team, each below the one it belongs to. Raises Forbidden."""
    check_manager(actor)
    rows = list(Team.objects.order_by("name", "pk"))
    ids = {one.pk: one.public_id for one in rows}
    counts: dict[int, int] = {}
    for team in Seat.objects.filter(team__isnull=False).values_list("team_id", flat=True):
        counts[team or 0] = counts.get(team or 0, 0) + 1
    found: list[TeamRow] = []

    def add(parent: int | None, depth: int) -> None:
        for one in rows:
            if one.parent_id == parent:
                above = ids.get(one.parent_id, "") if one.parent_id else ""
                found.append(TeamRow(one.public_id, one.name, above, depth, counts.get(one.pk, 0)))
                add(one.pk, depth + 1)

    add(None, 0)
    return found


def territories(*, actor: Actor) -> list[TerritoryRow]:
    """Every territory in the order they are asked. Raises Forbidden."""
    check_manager(actor)
    found = []
    for one in Territory.objects.order_by("position", "pk"):
        accounts = Record.objects.filter(territory=one, type__key="account", deleted_at=None).count()
        found.append(TerritoryRow(one.public_id, one.name, one.tree, accounts, one.seats.count()))
    return found

"""What an actor may do with records of a type, in one place for pages, API, exports, reports and search.

A profile says ``all``, ``team``, ``own`` or ``none`` for reading, editing and deleting. Beside that, a record is seen
by who works its territory and by whom it is shared with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.models import Profile, Seat, Share, Team
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden

LEVELS = ("none", "own", "team", "all")
DEFAULT_PROFILES = {"admin": "manager", "system": "manager", "sales": "sales"}
"""The profile of staff who have no seat of their own, by role."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be done with the records of one type."""

    read: str = "none"
    edit: str = "none"
    delete: str = "none"
    create: bool = False


@dataclass(frozen=True, slots=True)
class SeatInfo:
    """Somebody's place in the CRM: the profile, the teams and territories they see."""

    member_id: str
    profile: str
    rights: Mapping[str, Rights]
    fields: Mapping[str, str]
    permissions: frozenset[str]
    team_id: int | None
    teams: tuple[int, ...]
    territories: tuple[int, ...]
    sees_all: bool = False

    def on(self, type_key: str) -> Rights:
        """The rights on a type."""
        return self.rights.get(type_key) or self.rights.get("*") or Rights()

    def may(self, permission: str) -> bool:
        """Whether the profile holds a permission that is not about one type, such as import."""
        return self.sees_all or permission in self.permissions


SYSTEM_SEAT = SeatInfo(
    "", "system", {"*": Rights("all", "all", "all", True)}, {}, frozenset(), None, (), (), sees_all=True
)  # fmt: skip


def seat_of(actor: Actor) -> SeatInfo:
    """The seat of an actor; raises Forbidden for who does not work with the CRM."""
    if actor.kind == "system":
        return SYSTEM_SEAT
    if not actor.can("crm.use"):
        raise Forbidden(_("Only staff of sales and marketing work here."))
    seat = Seat.objects.select_related("profile").prefetch_related("territories").filter(member_id=actor.id).first()
    profile = seat.profile if seat else Profile.objects.get(key=DEFAULT_PROFILES.get(actor.role, "reader"))
    team = seat.team_id if seat else None
    return SeatInfo(
        actor.id, profile.key, {key: _rights(given) for key, given in profile.rights.items()}, dict(profile.fields),
        frozenset(profile.permissions), team, _teams_below(team) if team else (),
        tuple(one.pk for one in seat.territories.all()) if seat else (),
    )  # fmt: skip


def _rights(given: Mapping[str, Any]) -> Rights:
    return Rights(
        given.get("read", "none"), given.get("edit", "none"), given.get("delete", "none"),
        bool(given.get("create")),
    )  # fmt: skip


def _teams_below(team: int) -> tuple[int, ...]:
    above = dict(Team.objects.values_list("pk", "parent_id"))
    found = {team}
    grown = True
    while grown:
        more = {one for one, parent in above.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return tuple(sorted(found))


def visible_fields(seat: SeatInfo, info: TypeInfo) -> tuple[str, ...]:
    """The keys of the fields the seat sees."""
    return tuple(key for key in info.fields if seat.fields.get(f"{info.key}.{key}") != "hidden")


def editable_fields(seat: SeatInfo, info: TypeInfo) -> frozenset[str]:
    """The keys of the fields the seat may write."""
    return frozenset(
        key for key, one in info.fields.items() if one.is_written and f"{info.key}.{key}" not in seat.fields
    )  # fmt: skip


def visible_sql(seat: SeatInfo, info: TypeInfo, level: str = "", table: str = "crm_record") -> tuple[str, list[Any]]:
    """The condition of the records the seat may read, or act on when ``level`` is that right; with its parameters."""
    reading = not level
    level = level or seat.on(info.key).read
    if level == "all":
        return "1 = 1", []
    if level == "none":
        return "1 = 0", []
    conditions, params = [f"{table}.owner_id = %s"], [seat.member_id]
    if level == "team" and seat.teams:
        conditions.append(f"{table}.team_id IN ({_numbers(seat.teams)})")
    if seat.territories:
        conditions.append(f"{table}.territory_id IN ({_numbers(seat.territories)})")
    editing = "" if reading else " AND one.may_edit"
    conditions.append(
        f"EXISTS (SELECT 1 FROM crm_share one WHERE one.record_id = {table}.id AND one.member_id = %s{editing})"
    )
    return f"({' OR '.join(conditions)})", [*params, seat.member_id]


def _numbers(found: tuple[int, ...]) -> str:
    return ", ".join(f"{one:d}" for one in found)


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A profile as the console shows it."""

    id: str
    key: str
    label: str
    rights: Mapping[str, Any]
    fields: Mapping[str, str]
    permissions: tuple[str, ...]
    seats: int


def profiles(*, actor: Actor) -> list[ProfileRow]:
    """Every profile with how many have it; raises Forbidden."""
    if not actor.can("crm.manage"):
        raise Forbidden
    counts: dict[int, int] = {}
    for pk in Seat.objects.values_list("profile_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return [
        ProfileRow(row.public_id, row.key, row.label, row.rights, row.fields, tuple(row.permissions),
                   counts.get(row.pk, 0))
        for row in Profile.objects.order_by("label", "pk")
    ]  # fmt: skip


def shared_with(record_pk: int) -> list[tuple[str, bool]]:
    """Whom one record is shared with, and whether they may edit it."""
    return list(Share.objects.filter(record_id=record_pk).order_by("pk").values_list("member_id", "may_edit"))

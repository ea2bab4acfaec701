"""Who may do what: profiles, seats, teams."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Profile, Record, Seat, Team, Territory
from fairboard.crm.queries import colleagues
from fairboard.crm.queries.access import LEVELS
from fairboard.crm.services.definitions import KEY, check_manager
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound
from fairboard.ledger.services import Subject, record

PERMISSIONS = ("import", "export", "send", "bulk", "views", "reports", "automations", "merge")


def save_profile(
    *, key: str, label: str, rights: Mapping[str, Mapping[str, Any]], fields: Mapping[str, str],
    permissions: Sequence[str], actor: Actor, at: datetime,
) -> str:  # fmt: skip
    """Add a profile (an empty ``key``) or change one; returns its key. Shapes are those of `models.Profile`.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    check_manager(actor)
    label = label.strip()[:60]
    if not label:
        raise Invalid(_("Give the profile a name."), field="label")
    known = catalogue().types
    kept = {one: _rights(given) for one, given in rights.items() if one == "*" or one in known}
    if "*" not in kept:
        raise Invalid(_("Say what holds for all objects."), field="rights")
    hidden = {name: how for name, how in fields.items() if how in {"hidden", "read"} and _is_field(name)}
    with transaction.atomic():
        if key:
            row = Profile.objects.select_for_update().filter(key=key).first()
            if row is None:
                raise NotFound(_("There is no such profile."))
        else:
            row = Profile(key=slugify(label).replace("-", "_")[:36])
            if not KEY.match(row.key):
                raise Invalid(_("Give it a name that begins with a letter."), field="label")
            if Profile.objects.filter(key=row.key).exists():
                raise Conflict(_("There is a profile %(key)s already.") % {"key": row.key}, field="label")
        row.label, row.rights, row.fields = label, kept, hidden
        row.permissions = [one for one in PERMISSIONS if one in permissions]
        row.save()
        _said(actor, at, "profile changed" if key else "profile added", profile=row.key)
    return row.key


def _rights(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for act in ("read", "edit", "delete"):
        level = given.get(act, "none")
        if level not in LEVELS:
            raise Invalid(_("There is no such right."), field="rights")
        found[act] = level
    for act in ("edit", "delete"):  # what one cannot see one cannot change
        if LEVELS.index(found[act]) > LEVELS.index(found["read"]):
            found[act] = found["read"]
    return found | {"create": bool(given.get("create")) and found["read"] != "none"}


def _is_field(name: str) -> bool:
    key, _dot, field = name.partition(".")
    return key in catalogue().types and field in catalogue().types[key].fields


def remove_profile(*, key: str, actor: Actor, at: datetime) -> None:
    """Remove a profile nobody has. Raises Forbidden, NotFound, Conflict."""
    check_manager(actor)
    with transaction.atomic():
        row = Profile.objects.select_for_update().filter(key=key).first()
        if row is None:
            raise NotFound(_("There is no such profile."))
        if row.is_standard:
            raise Conflict(_("A profile of the package stays."))
        if row.seats.exists():
            raise Conflict(_("%(n)d people have this profile. Give them another one first.") % {"n": row.seats.count()})
        row.delete()
        _said(actor, at, "profile removed", profile=key)


def save_seat(
    *, member_id: str, profile: str, team_id: str, territory_ids: Sequence[str], actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Give somebody of the staff a profile, a team and territories. Raises Forbidden, NotFound, Invalid.

    Their records follow them into the team.
    """
    check_manager(actor)
    if member_id not in colleagues.colleagues(actor=actor):
        raise Invalid(_("Choose a colleague who works with the CRM."), field="member")
    with transaction.atomic():
        found = Profile.objects.filter(key=profile).first()
        if found is None:
            raise Invalid(_("Choose a profile."), field="profile")
        team = Team.objects.filter(public_id=team_id).first() if team_id else None
        if team_id and team is None:
            raise Invalid(_("There is no such team."), field="team")
        seat, _new = Seat.objects.update_or_create(member_id=member_id, defaults={"profile": found, "team": team})
        seat.territories.set(Territory.objects.filter(public_id__in=territory_ids))
        Record.objects.filter(owner_id=member_id).exclude(team=team).update(team=team)
        _said(actor, at, "seat changed", member=member_id, profile=profile)


def remove_seat(*, member_id: str, actor: Actor, at: datetime) -> None:
    """Take a seat back: the profile of the role holds again. Raises Forbidden, NotFound."""
    check_manager(actor)
    with transaction.atomic():
        gone, _each = Seat.objects.filter(member_id=member_id).delete()
        if not gone:
            raise NotFound(_("There is no such seat."))
        Record.objects.filter(owner_id=member_id, team__isnull=False).update(team=None)
        _said(actor, at, "seat removed", member=member_id)


def save_team(*, team_id: str, name: str, parent_id: str, actor: Actor, at: datetime) -> str:
    """Add a team (an empty id) or change one; returns its id. Raises Forbidden, NotFound, Invalid, Conflict."""
    check_manager(actor)
    name = name.strip()[:60]
    if not name:
        raise Invalid(_("Give the team a name."), field="name")
    with transaction.atomic():
        row = Team.objects.select_for_update().filter(public_id=team_id).first() if team_id else Team()
        if row is None:
            raise NotFound(_("There is no such team."))
        if Team.objects.filter(name=name).exclude(pk=row.pk).exists():
            raise Conflict(_("There is a team of this name already."), field="name")
        parent = Team.objects.filter(public_id=parent_id).first() if parent_id else None
        above = parent
        while above is not None:
            if above.pk == row.pk:
                raise Invalid(_("A team cannot stand below itself."), field="parent")
            above = above.parent
        row.name, row.parent = name, parent
        row.save()
        _said(actor, at, "team changed" if team_id else "team added", team=row.public_id)
    return row.public_id


def remove_team(*, team_id: str, actor: Actor, at: datetime) -> None:
    """Remove a team; its people and records have none then. Raises Forbidden, NotFound."""
    check_manager(actor)
    with transaction.atomic():
        gone, _each = Team.objects.filter(public_id=team_id).delete()
        if not gone:
            raise NotFound(_("There is no such team."))
        _said(actor, at, "team removed", team=team_id)


def _said(actor: Actor, at: datetime, what: str, **data: str) -> None:
    record(kind=events.ACCESS, subject=Subject("crm", "access"), actor=actor, at=at, data={"what": what, **data})

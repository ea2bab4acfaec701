"""Trusted flaggers: entered with the authority's award, suspended and revoked as it says (DSA article 22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.people.queries import actor_by_id
from fairboard.safety import events_decisions as events
from fairboard.safety import kinds
from fairboard.safety.models import FlaggerMember, TrustedFlagger

STATES = ("active", "suspended", "revoked")
MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered of a trusted flagger. ``areas`` are kinds of notice, all when empty; ``members`` public ids."""

    name: str
    contact: str
    awarded_by: str
    award: str
    areas: Sequence[str] = ()
    members: Sequence[str] = ()
    state: str = "active"


def add_flagger(*, entry: Entry, actor: Actor, at: datetime) -> str:
    """Enter an organisation as a trusted flagger; returns its public id. Raises Forbidden, Invalid, Conflict."""
    _may(actor)
    _check(entry)
    with transaction.atomic():
        row = _save(TrustedFlagger(at=at), entry)
        record(
            kind=events.FLAGGER_ADDED, subject=Subject("flagger", row.public_id), actor=actor, at=at,
            data={"areas": row.areas},
        )  # fmt: skip
    return row.public_id


def change_flagger(*, flagger_id: str, entry: Entry, actor: Actor, at: datetime) -> None:
    """Change the entry of a trusted flagger, its state and members; raises Forbidden, NotFound, Invalid, Conflict."""
    _may(actor)
    _check(entry)
    with transaction.atomic():
        row = TrustedFlagger.objects.select_for_update().filter(public_id=flagger_id).first()
        if row is None:
            raise NotFound(_("There is no such trusted flagger."))
        before = row.state
        _save(row, entry)
        record(
            kind=events.FLAGGER_CHANGED, subject=Subject("flagger", row.public_id), actor=actor, at=at,
            data={"from": before, "to": row.state, "areas": row.areas},
        )  # fmt: skip


def _may(actor: Actor) -> None:
    if not actor.can("desk.lead"):
        raise Forbidden(_("Only the lead of the desk enters trusted flaggers."))


def _check(entry: Entry) -> None:
    errors = []
    for name, value in (("name", entry.name), ("awarded_by", entry.awarded_by), ("award", entry.award)):
        if not value.strip():
            errors.append({"field": name, "message": _("Please write something here.")})
    try:
        validate_email(entry.contact)
    except ValidationError:
        errors.append({"field": "contact", "message": _("This is not a mail address.")})
    if any(one not in kinds.BY_KEY for one in entry.areas):
        errors.append({"field": "areas", "message": _("Choose from the kinds of report.")})
    if entry.state not in STATES:
        errors.append({"field": "state", "message": _("Choose active, suspended or revoked.")})
    if len(entry.members) > MOST_MEMBERS:
        errors.append({"field": "members", "message": _("That is too many at once.")})
    elif missing := [one for one in entry.members if actor_by_id(one[:16]) is None]:
        errors.append({"field": "members", "message": _("There is no member %(id)s.") % {"id": missing[0][:16]}})
    if errors:
        raise Invalid(_("Some fields need another look."), errors=errors)


def _save(row: TrustedFlagger, entry: Entry) -> TrustedFlagger:
    row.name, row.contact, row.state = entry.name.strip()[:200], entry.contact, entry.state
    row.awarded_by, row.award = entry.awarded_by.strip()[:200], entry.award.strip()[:200]
    row.areas = list(dict.fromkeys(entry.areas))
    try:
        with transaction.atomic():
            row.save()
            FlaggerMember.objects.filter(flagger=row).exclude(member_id__in=entry.members).delete()
            for member_id in dict.fromkeys(entry.members):
                FlaggerMember.objects.get_or_create(flagger=row, member_id=member_id)
    except IntegrityError as error:
        raise Conflict(_("This name, or one of these members, is entered for a trusted flagger already.")) from error
    return row

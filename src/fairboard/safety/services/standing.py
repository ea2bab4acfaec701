"""The standing of a member: what safety says of an account, and everybody above asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety.models import STANDINGS, Standing, Withheld
from fairboard.safety.queries.standing import blocked_among, demonetised_among
from fairboard.safety.signals import StandingRow, standing_changed


class AccountRestricted(Forbidden):
    """The account is on hold, suspended or closed."""

    code: ClassVar[str] = "account-restricted"


class NotPromotable(Conflict):
    """A decision keeps this out of paid promotion."""

    code: ClassVar[str] = "not-promotable"


def set_standing(
    *, member_id: str, state: str, policy: str, reason: str, actor: Actor, at: datetime, until: datetime | None = None
) -> None:
    """Change a member's standing; rooms concerned act in the same transaction. Raises Forbidden, Invalid."""
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff change the standing of a member."))
    if state not in STANDINGS:
        raise Invalid(_("There is no such standing."), field="state")
    with transaction.atomic():
        row, _new = Standing.objects.select_for_update().get_or_create(member_id=member_id, defaults={"at": at})
        before = row.state
        row.state, row.policy, row.reason, row.until, row.at = state, policy, reason.strip()[:4000], until, at
        row.save()
        standing_changed.send(sender=Standing, standing=StandingRow(member_id, before, state, until, at))
        record(
            kind=events.STANDING_CHANGED, subject=Subject("member", member_id), actor=actor, at=at,
            data={"from": before, "to": state, "policy": policy, "until": until},
        )  # fmt: skip


def check_standing(*, member_id: str, at: datetime) -> None:
    """Raise AccountRestricted when a member may not publish now, saying why, until when and how to appeal."""
    row = blocked_among([member_id], at=at).get(member_id) if member_id else None
    if row is None:
        return
    link = settings.BASE_URL + reverse("redress:mine")
    raise AccountRestricted(
        f"{_said(row)} {_('You can appeal here: %(link)s') % {'link': link}}",
        standing=row.state, until=row.until.isoformat() if row.until else None, appeal=link,
    )  # fmt: skip


def what_standing_says(*, member_id: str, at: datetime) -> str:
    """Why a member may not publish now, in a sentence; empty for one who may."""
    row = blocked_among([member_id], at=at).get(member_id) if member_id else None
    return _said(row) if row else ""


def _said(row: Standing) -> str:
    values = {"reason": row.reason, "date": formats.date_format(row.until, "DATE_FORMAT") if row.until else ""}
    if row.state == "closed":
        return _("Your account was closed. The reason: %(reason)s") % values
    if row.state == "on_hold":
        return _("Your account is on hold while it is looked at. The reason: %(reason)s") % values
    if row.until:
        return _("Your account is suspended until %(date)s. The reason: %(reason)s") % values
    return _("Your account is suspended. The reason: %(reason)s") % values


def check_promotable(*, kind: str, subject_id: str, member_id: str, at: datetime) -> None:
    """Raise NotPromotable or AccountRestricted when something may not be promoted for money."""
    check_standing(member_id=member_id, at=at)
    if demonetised_among(kind=kind, subject_ids=[subject_id]):
        raise NotPromotable(_("This was excluded from paid promotion by a decision. You can appeal against it."))


def withhold(*, kind: str, subject_ids: Sequence[str], member_id: str, at: datetime) -> None:
    """Remember what went out of sight because of its author's standing, in the caller's transaction."""
    rows = [Withheld(kind=kind, subject_id=one, member_id=member_id, at=at) for one in subject_ids]
    Withheld.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def release_withheld(*, kind: str, member_id: str) -> None:
    """Forget what was out of sight: it is back, or will not come back, in the caller's transaction."""
    Withheld.objects.filter(kind=kind, member_id=member_id).delete()

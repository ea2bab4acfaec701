"""Members and accounts: who acts for whom."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Record, Tie
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import may
from fairboard.crm.services import figures, standing
from fairboard.crm.services.records import create_records
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, NotFound
from fairboard.ledger.services import Entry, Subject, record_many
from fairboard.people.queries import member_pks, names_of


class TiedElsewhere(Conflict):
    """The member acts for another account already."""

    code = "tied-elsewhere"


def tie_members(*, account_id: str, member_ids: Sequence[str], actor: Actor, at: datetime) -> None:
    """Tie members to an account. Raises NotFound, Forbidden, TiedElsewhere."""
    with transaction.atomic():
        account = account_row(account_id, actor, "edit")
        member_pks(set(member_ids))
        taken = (
            Tie.objects.filter(member_id__in=member_ids).exclude(account=account).values_list("member_id", flat=True)
        )
        if taken:
            raise TiedElsewhere(_("This member belongs to another account."), members=list(taken))
        known = set(Tie.objects.filter(account=account).values_list("member_id", flat=True))
        fresh = [one for one in dict.fromkeys(member_ids) if one not in known]
        Tie.objects.bulk_create([Tie(account=account, member_id=one, at=at) for one in fresh])
        record_many(
            entries=[
                Entry(events.MEMBER_TIED, Subject("crm.account", account.public_id), {"member": one}) for one in fresh
            ],
            actor=actor, at=at,
        )  # fmt: skip
        standing.follow([account.pk], actor=actor, at=at)
        figures.refresh([account.pk], at=at)


def untie_member(*, member_id: str, actor: Actor, at: datetime) -> None:
    """Take a member off its account, whose timeline keeps what happened. Raises NotFound, Forbidden.

    A member on hold stays: an account does not get rid of a hold by losing who is held.
    """
    with transaction.atomic():
        tie = Tie.objects.select_related("account").filter(member_id=member_id).first()
        if tie is None:
            raise NotFound(_("This member belongs to no account."))
        account = account_row(tie.account.public_id, actor, "edit")
        standing.check_untied(account, member_id, actor=actor, at=at)
        tie.delete()
        record_many(
            entries=[Entry(events.MEMBER_UNTIED, Subject("crm.account", account.public_id), {"member": member_id})],
            actor=actor, at=at,
        )  # fmt: skip
        standing.follow([account.pk], actor=actor, at=at)
        figures.refresh([account.pk], at=at)


def adopt(*, member_ids: Sequence[str], at: datetime) -> int:
    """Make an account for each of these members that has none; returns how many."""
    known = set(Tie.objects.filter(member_id__in=member_ids).values_list("member_id", flat=True))
    fresh = [one for one in dict.fromkeys(member_ids) if one not in known]
    if not fresh:
        return 0
    system = Actor.system("crm")
    names = names_of(set(fresh))
    with transaction.atomic():
        made = create_records(
            type_key="account", rows=[{"name": names.get(one, one), "source": "market"} for one in fresh],
            actor=system, at=at, record_type="person", source="market",
        )  # fmt: skip
        for member, row in zip(fresh, made, strict=True):
            tie_members(account_id=row.id, member_ids=[member], actor=system, at=at)
    return len(fresh)


def account_row(account_id: str, actor: Actor, act: str) -> Record:
    """The row of an account the actor may ``read`` or ``edit``, locked; raises NotFound, Forbidden."""
    info = catalogue().type("account")
    row = Record.objects.select_for_update().filter(public_id=account_id, type_id=info.id, deleted_at=None).first()
    seat = seat_of(actor)
    if row is None or not may(seat, info, row, "read"):
        raise NotFound(_("There is no such account."))
    if not may(seat, info, row, act):
        raise Forbidden(_("You may not change this account."))
    return row

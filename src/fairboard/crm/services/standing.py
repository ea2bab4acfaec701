"""The standing of accounts: kept current, asked before every step, each refusal on the ledger."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Record, StandingSeen
from fairboard.crm.queries.standing import held_among, standings
from fairboard.crm.standing import OnHold
from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.safety.queries.standing import blocked_among


def follow(accounts: Collection[int], *, actor: Actor, at: datetime) -> None:
    """Bring the kept standing of accounts up to what safety says, in the caller's transaction."""
    info = catalogue().type("account")
    found = standings(accounts, at=at)
    changed, entries = [], []
    for row in Record.objects.select_for_update().filter(pk__in=accounts, type_id=info.id):
        before = row.data.get("standing", "")
        if before == found[row.pk]:
            continue
        row.data["standing"] = found[row.pk]
        row.version, row.updated_at = row.version + 1, at
        changed.append(row)
        data = {"from": before, "to": found[row.pk]}
        entries.append(Entry(events.STANDING, Subject("crm.account", row.public_id), data))
    bulk.update(changed, ["data", "version", "updated_at"])
    if entries:
        record_many(entries=entries, actor=actor, at=at)


def require_clear(*, accounts: Collection[int], act: str, at: datetime) -> None:
    """Raise OnHold when any of the accounts (rows) is on hold. Call it inside `refusals_recorded`."""
    held = held_among(accounts, at=at)
    if held:
        names = list(Record.objects.filter(pk__in=held).order_by("pk").values_list("public_id", "name"))
        raise OnHold(
            _("%(names)s: on hold. Nothing is sold or sent to it until safety has decided.")
            % {"names": ", ".join(name for _id, name in names[:5])},
            act=act, accounts=[one for one, _name in names],
        )  # fmt: skip


def check_untied(account: Record, member_id: str, *, actor: Actor, at: datetime) -> None:
    """Raise Conflict for a member on hold, who cannot be taken off an account to free it."""
    if member_id in blocked_among([member_id], at=at):
        raise Conflict(_("This member is on hold and stays with the account until safety has decided."))


def seen(*, account: Record, actor: Actor, at: datetime) -> None:
    """Write down, once a day, that somebody opened an account whose standing is not clear."""
    state = account.data.get("standing", "clear")
    if state in {"clear", "unverified"} or actor.kind != "member":
        return
    with transaction.atomic():
        _row, is_new = StandingSeen.objects.get_or_create(
            account=account, member_id=actor.id, day=at.date(), standing=state
        )
        if is_new:
            record(
                kind=events.STANDING_SEEN, subject=Subject("crm.account", account.public_id), actor=actor, at=at,
                data={"standing": state},
            )  # fmt: skip


def refused(held: OnHold, *, actor: Actor, at: datetime, source: str) -> None:
    """Write one event for each account something was refused for, in a transaction of its own."""
    with transaction.atomic():
        record_many(
            entries=[
                Entry(events.HOLD_REFUSED, Subject("crm.account", one), {"act": held.act, "source": source})
                for one in held.accounts
            ],
            actor=actor, at=at,
        )  # fmt: skip


def refuse(*, accounts: Sequence[str], act: str, actor: Actor, at: datetime, source: str) -> None:
    """Write down that accounts on hold were left out of something that goes on without them."""
    if accounts:
        refused(OnHold("", act=act, accounts=accounts), actor=actor, at=at, source=source)


@contextmanager
def refusals_recorded(*, actor: Actor, at: datetime, source: str) -> Iterator[None]:
    """Round a transaction: what it refuses for a hold is written down after it was rolled back."""
    try:
        yield
    except OnHold as held:
        refused(held, actor=actor, at=at, source=source)
        raise

"""The standing of accounts: what safety says of their members, whether their business is known, what is being asked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import AccountHold, KycStep, Link, Record, Signal, Tie
from fairboard.crm.models.market import KYC_STEPS
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.safety.queries.standing import blocked_among, standings_of
from fairboard.safety.queries.traders import verified_among

SIGNAL_NAMES: dict[str, str | Promise] = {
    "growth": _("Odd growth"),
    "cities": _("Many cities at once"),
    "phones": _("Phones shared with other accounts"),
    "cards": _("Paid by prepaid cards"),
    "person": _("Somebody else seems to decide"),
    "other": _("Something else"),
}
ANSWER_NAMES: dict[str, str | Promise] = {
    "nothing": _("Looked at: go on as usual"),
    "noted": _("Looked at: tell us if you see more"),
    "held": _("The account is on hold"),
}
KYC_NAMES: dict[str, str | Promise] = {
    "register": _("Register number checked"),
    "contact": _("Contact reached and confirmed"),
    "traceability": _("Traceability data complete"),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of knowing a business customer."""

    step: str
    label: str
    details: dict[str, str]
    is_confirmed: bool
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal and what safety answered."""

    id: str
    account_id: str
    account_name: str
    kind: str
    note: str
    raised_by: str
    raised_at: datetime
    answer: str
    answered_at: datetime | None


def members_of(accounts: Collection[int]) -> dict[int, list[str]]:
    """The members of each account, by the account's row."""
    found: dict[int, list[str]] = {}
    for account, member in (
        Tie.objects.filter(account_id__in=accounts).order_by("pk").values_list("account_id", "member_id")
    ):
        found.setdefault(account, []).append(member)
    return found


def accounts_of_members(member_ids: Collection[str]) -> dict[str, int]:
    """The account's row of each member that has one."""
    return dict(Tie.objects.filter(member_id__in=member_ids).values_list("member_id", "account_id"))


def held_among(accounts: Collection[int], *, at: datetime) -> set[int]:
    """Those of the accounts that are on hold at this moment: read from safety itself, never from a copy."""
    if not accounts:
        return set()
    members = members_of(accounts)
    blocked = blocked_among([one for found in members.values() for one in found], at=at)
    held = {account for account, found in members.items() if any(one in blocked for one in found)}
    return held | set(AccountHold.objects.filter(account_id__in=accounts).values_list("account_id", flat=True))


def accounts_of(records: Iterable[Record]) -> dict[int, set[int]]:
    """The accounts each record is about: itself, the one it points to, or that of what it points to."""
    rows = list(records)
    account = catalogue().types["account"].id
    found: dict[int, set[int]] = {row.pk: {row.pk} if row.type_id == account else set() for row in rows}
    near: dict[int, set[int]] = {row.pk: {row.pk} for row in rows if row.type_id != account}
    for _hop in range(3):
        reached = _targets({pk for pks in near.values() for pk in pks})
        further: dict[int, set[int]] = {}
        for row, pks in near.items():
            for pk in pks:
                for target, type_id in reached.get(pk, ()):
                    if type_id == account:
                        found[row].add(target)
                    else:
                        further.setdefault(row, set()).add(target)
        near = further
        if not near:
            break
    return found


def _targets(sources: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    ordered = sorted(sources)
    for start in range(0, len(ordered), 500):
        links = Link.objects.filter(source_id__in=ordered[start : start + 500])
        for source, target, type_id in links.values_list("source_id", "target_id", "target__type_id"):
            found.setdefault(source, []).append((target, type_id))
    return found


def standings(accounts: Collection[int], *, at: datetime) -> dict[int, str]:
    """The standing of each account: clear, unverified, under_review, on_hold or closed."""
    members = members_of(accounts)
    states = standings_of({one for found in members.values() for one in found})
    held = held_among(accounts, at=at)
    asked = set(Signal.objects.filter(account_id__in=accounts, answered_at=None).values_list("account_id", flat=True))
    unknown = unverified_among(accounts)
    found = {}
    for account in accounts:
        own = [states.get(one, "good") for one in members.get(account, ())]
        if own and all(one == "closed" for one in own):
            found[account] = "closed"
        elif account in held:
            found[account] = "on_hold"
        elif account in asked or "watched" in own:
            found[account] = "under_review"
        else:
            found[account] = "unverified" if account in unknown else "clear"
    return found


def unverified_among(accounts: Collection[int]) -> set[int]:
    """Business accounts of which a step of knowing them is missing."""
    business = set(Record.objects.filter(pk__in=accounts, record_type="organisation").values_list("pk", flat=True))
    return {account for account in business if missing_steps(account)}


def missing_steps(account: int) -> list[str]:
    """The steps of knowing a business customer that are not confirmed.

    Traceability is also known when a member of the account gave and had verified what a trader must (DSA art. 30).
    """
    done = set(KycStep.objects.filter(account_id=account, is_confirmed=True).values_list("step", flat=True))
    if "traceability" not in done and verified_among(members_of([account]).get(account, [])):
        done.add("traceability")
    return [one for one in KYC_STEPS if one not in done]


def steps(*, account: int) -> list[StepRow]:
    """Every step of knowing an account, in order."""
    kept = {one.step: one for one in KycStep.objects.filter(account_id=account)}
    lacking = missing_steps(account)
    rows = []
    for key in KYC_STEPS:
        one = kept.get(key)
        rows.append(
            StepRow(
                key, str(KYC_NAMES[key]), dict(one.details) if one else {}, key not in lacking, one.by if one else "",
                one.at if one else None,
            )
        )  # fmt: skip
    return rows


def signals(
    *, actor: Actor, account: int | None = None, is_open: bool | None = None, size: int = 200
) -> list[SignalRow]:
    """Signals, the newest first: those of one account for who sees it, all of them for safety."""
    if account is None and not actor.can("desk.view"):
        raise Forbidden
    found = Signal.objects.select_related("account").order_by("-pk")
    if account is not None:
        found = found.filter(account_id=account)
    if is_open is not None:
        found = found.filter(answered_at__isnull=is_open)
    return [
        SignalRow(
            one.public_id, one.account.public_id, one.account.name, one.kind, one.note, one.raised_by, one.raised_at,
            one.answer, one.answered_at,
        )
        for one in found[:size]
    ]  # fmt: skip


def held_records(ids: Collection[str], *, at: datetime) -> dict[str, list[str]]:
    """Those of the records (public ids) that are about an account on hold, each with the ids of these accounts."""
    rows = list(Record.objects.filter(public_id__in=ids)) if ids else []
    about = accounts_of(rows)
    held = held_among({one for found in about.values() for one in found}, at=at)
    if not held:
        return {}
    names = dict(Record.objects.filter(pk__in=held).values_list("pk", "public_id"))
    return {
        row.public_id: sorted(names[one] for one in about[row.pk] & held) for row in rows if about[row.pk] & held
    }  # fmt: skip

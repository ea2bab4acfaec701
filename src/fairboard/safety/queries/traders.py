"""Who trades, whether they may go on, and what buyers are shown of them."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import F, Q

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.people.queries import account_data
from fairboard.safety import sealing
from fairboard.safety.models import TraderRecord
from fairboard.safety.trading import DISCLOSED_MINOR

PURPOSE = "trader"
FIELDS = ("name", "address", "country", "phone", "email", "tax_id", "account", "register", "register_number")


@dataclass(frozen=True, slots=True)
class TraderRow:
    """A trader in the list; amounts in US cents."""

    member_id: str
    name: str
    state: str
    is_trader: bool
    is_high_volume: bool
    country: str
    sales: int
    gross_minor: int
    year_minor: int
    due_at: datetime | None
    is_late: bool
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TraderPage:
    """One trader with what they gave."""

    row: TraderRow
    details: dict[str, str]
    id_outcome: str
    answer: str
    given_at: datetime | None
    verified_at: datetime | None
    certified_at: datetime | None
    warned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What buyers are shown of a seller on the ad (DSA art. 30(7); 15 USC 45f(b)); empty texts are not shown.

    ``report_phone`` is the telephone of the reporting mechanism the INFORM Consumers Act asks for (45f(b)(3)).
    """

    is_trader: bool
    is_high_volume: bool
    name: str
    address: str
    country: str
    phone: str
    email: str
    register: str
    register_number: str
    report_phone: str


@lru_cache(maxsize=1)
def trader_schema() -> Schema:
    """What the list can be filtered by."""
    states = (Choice("collecting", "Asked"), Choice("verifying", "To be verified"), Choice("verified", "Verified"))
    table = "safety_traderrecord"
    suspended = f"({table}.suspended_at IS NOT NULL)"
    return Schema(
        {
            "state": Column(FieldSpec("state", "State", "choice", choices=states), f"{table}.state"),
            "trader": Column(FieldSpec("trader", "Business", "yesno"), f"{table}.is_trader"),
            "volume": Column(FieldSpec("volume", "High volume", "yesno"), f"{table}.is_high_volume"),
            "suspended": Column(FieldSpec("suspended", "Suspended", "yesno"), suspended),
            "country": Column(FieldSpec("country", "Country", "text"), f"{table}.country", exact=True),
            "due": Column(FieldSpec("due", "Due", "date"), day_of(f"{table}.due_at")),
        }
    )


def traders(
    *, actor: Actor, at: datetime, tree: Node | None = None, cursor: str = "", size: int = 30
) -> Page[TraderRow]:  # fmt: skip
    """Traders by their clock, those without one last; raises Forbidden without ``desk.lead``."""
    if not actor.can("desk.lead"):
        raise Forbidden
    found = narrowed(TraderRecord.objects.all(), tree, trader_schema())
    if cursor:
        due, pk = decode_cursor(cursor, [str, int])
        moment = _moment(str(due))
        later = Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk) | Q(due_at=None)
        found = found.filter(later if moment else Q(due_at=None, pk__gt=pk))
    rows = list(found.order_by(F("due_at").asc(nulls_last=True), "pk")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    more = encode_cursor(last.due_at.isoformat() if last.due_at else "", last.pk) if last else ""
    return Page([_row(one, at) for one in rows[:size]], next_cursor=more)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def trader_page(*, member_id: str, actor: Actor, at: datetime) -> TraderPage:
    """One trader, for the desk's lead; raises Forbidden, NotFound."""
    if not actor.can("desk.lead"):
        raise Forbidden
    record = TraderRecord.objects.filter(member_id=member_id).first()
    if record is None:
        raise NotFound
    return _page(record, at)


def own_record(*, actor: Actor, at: datetime) -> TraderPage | None:
    """One's own record; None for somebody the law asks nothing of."""
    record = TraderRecord.objects.filter(member_id=actor.id).first()
    return _page(record, at) if record else None


def may_sell(member_id: str) -> bool:
    """Whether a member may place ads as far as their duty to say who they are goes.

    A trader may not before their details are verified (DSA art. 30(1)); nobody may while suspended.
    """
    return not barred_among([member_id])


def barred_among(member_ids: Collection[str]) -> set[str]:
    """Those of the members who may not place ads (see `may_sell`), by one query however many there are."""
    waiting = Q(is_trader=True, verified_at=None) | Q(suspended_at__isnull=False)
    return set(TraderRecord.objects.filter(waiting, member_id__in=member_ids).values_list("member_id", flat=True))


def verified_among(member_ids: Collection[str]) -> set[str]:
    """Those of the members whose details as traders are verified and who are not suspended for them."""
    found = TraderRecord.objects.filter(member_id__in=member_ids, verified_at__isnull=False, suspended_at=None)
    return set(found.values_list("member_id", flat=True))


def disclosure_of(member_id: str) -> Disclosure | None:
    """What buyers are shown of a seller; None of a private one of few sales."""
    asked = Q(is_trader=True) | Q(is_high_volume=True)
    record = TraderRecord.objects.filter(asked, member_id=member_id).first()
    if record is None:
        return None
    shown = record.is_trader or record.year_minor >= DISCLOSED_MINOR
    details = details_of(record) if shown and record.verified_at else {}
    at_home = details.get("at_home") == "yes" and not record.is_trader
    return Disclosure(
        record.is_trader, record.is_high_volume, details.get("name", ""),
        "" if at_home else details.get("address", ""), details.get("country", ""),
        "" if at_home else details.get("phone", ""), details.get("email", ""), details.get("register", ""),
        details.get("register_number", ""), settings.REPORT_PHONE if record.is_high_volume else "",
    )  # fmt: skip


def is_verified_trader(member_id: str) -> bool:
    """Whether a seller is a business whose details were verified."""
    return TraderRecord.objects.filter(member_id=member_id, is_trader=True, verified_at__isnull=False).exists()


def details_of(record: TraderRecord) -> dict[str, str]:
    """What a trader gave, unsealed; empty before they did."""
    if not record.details:
        return {}
    found: dict[str, str] = json.loads(sealing.unseal(bytes(record.details), purpose=PURPOSE))
    return found


def given_by(member_id: str) -> dict[str, str]:
    """What a member gave, for a package an authority ordered; empty of others."""
    record = TraderRecord.objects.filter(member_id=member_id).first()
    return details_of(record) if record else {}


def _page(record: TraderRecord, at: datetime) -> TraderPage:
    return TraderPage(
        _row(record, at), details_of(record), record.id_outcome, record.answer, record.given_at, record.verified_at,
        record.certified_at, record.warned_at,
    )  # fmt: skip


def _row(one: TraderRecord, at: datetime) -> TraderRow:
    return TraderRow(
        one.member_id, str(account_data(one.member_id)["name"]), one.state, one.is_trader, one.is_high_volume,
        one.country, one.sales, one.gross_minor, one.year_minor, one.due_at, bool(one.due_at and one.due_at < at),
        one.suspended_at,
    )  # fmt: skip

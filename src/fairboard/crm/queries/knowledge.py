"""What the company knew about a customer and did, year by year, from the ledger alone; hints a salesperson sees."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Record, TimelineEntry
from fairboard.crm.queries.merging import merged_ids
from fairboard.crm.queries.records import record
from fairboard.crm.queries.standing import members_of
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.ledger.queries import EventRow, events_between
from fairboard.market.queries.figures import seller_figures

TOLD = (
    events.STANDING, events.STANDING_SEEN, events.KYC, events.KYC_REFUSED, events.SIGNAL, events.SIGNAL_ANSWERED,
    events.HOLD_REFUSED, events.MEMBER_TIED, events.MEMBER_UNTIED,
)  # fmt: skip
GROWN = 3.0
"""How many times the ads of the month before is odd, from ten ads on."""
MANY_CITIES = 5


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A year of a customer: what was known and done, in order, and how much happened in the market."""

    account_id: str
    account_name: str
    year: int
    events: tuple[EventRow, ...]
    counts: tuple[tuple[str, int], ...]


def what_we_knew(*, actor: Actor, account_id: str, year: int) -> Knowledge:
    """The yearly record of an account; raises NotFound, Invalid for a year there is no calendar of."""
    if not 2000 <= year <= 2200:
        raise Invalid(_("There is no such year."), field="year")
    row = record(actor=actor, record_id=account_id)
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    own = [
        event
        for one in (account_id, *merged_ids(account_id))
        for event in events_between(kinds=TOLD, start=start, end=end, subject_kind="crm.account", subject_id=one)
    ]
    happened = (
        TimelineEntry.objects.filter(record_id=row.pk, at__gte=start, at__lt=end).exclude(kind__in=TOLD)
        .values_list("kind", flat=True)
    )  # fmt: skip
    return Knowledge(
        account_id,
        row.name,
        year,
        tuple(sorted(own, key=lambda one: one.number)),
        tuple(sorted(Counter(happened).items())),
    )


@dataclass(frozen=True, slots=True)
class Hint:
    """Something about an account that a salesperson should think about; ``kind`` is that of a signal."""

    kind: str
    text: str


def hints(*, account: int, at: datetime) -> list[Hint]:
    """What looks odd about an account now: growth, cities, telephone numbers it shares with others."""
    found = seller_figures(members_of([account]).get(account, []), at=at).values()
    lately, before = sum(one.placed_lately for one in found), sum(one.placed_before for one in found)
    cities = {city for one in found for city in one.cities}
    said = []
    if lately >= 10 and lately > GROWN * max(before, 1):
        said.append(
            Hint("growth", _("%(n)d ads in 30 days, %(before)d in the 30 before.") % {"n": lately, "before": before})
        )
    if len(cities) >= MANY_CITIES:
        said.append(Hint("cities", _("Ads in %(n)d cities at once.") % {"n": len(cities)}))
    if shared := _shared_phone(account):
        said.append(Hint("phones", _("%(n)d other accounts have the same telephone number.") % {"n": shared}))
    return said


def _shared_phone(account: int) -> int:
    row = Record.objects.get(pk=account)
    phone = row.data.get("phone")
    if not phone:
        return 0
    same = Record.objects.filter(type_id=catalogue().type("account").id, deleted_at=None, data__phone=phone)
    return same.exclude(pk=account)[:100].count()

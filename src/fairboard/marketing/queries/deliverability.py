"""How well mail arrives: complaints against what mailbox providers allow, and what the domain's DNS must say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.marketing.models import Delivery, Feedback, Mailing

COMPLAINTS_MOST = 0.003
"""Gmail's and Yahoo's requirements for senders of bulk mail: keep reported spam below 0.3 percent, better below 0.1."""
DAYS = 30


@dataclass(frozen=True, slots=True)
class MailingHealth:
    """What came back of one mailing; shares of what was sent, 0 to 1."""

    id: str
    name: str
    sent: int
    bounced: int
    complaints: int
    bounce_rate: float
    complaint_rate: float


@dataclass(frozen=True, slots=True)
class Health:
    """The last 30 days over all, and the mailings that sent most lately."""

    sent: int
    bounced: int
    complaints: int
    complaint_rate: float
    is_well: bool
    mailings: tuple[MailingHealth, ...]


@dataclass(frozen=True, slots=True)
class DnsHint:
    """A record the domain's DNS must have: where, of what type, what it says, and why."""

    name: str
    type: str
    value: str
    why: str


def health(*, actor: Actor, at: datetime) -> Health:
    """What came back lately; raises Forbidden."""
    if not actor.can("marketing.use"):
        raise Forbidden
    since = at - timedelta(days=DAYS)
    sent = dict(
        Delivery.objects.filter(state="sent", due_at__gte=since)
        .values_list("mailing")
        .annotate(n=Count("pk"))
        .order_by()
    )
    came: dict[tuple[int, str], int] = {}
    found = Feedback.objects.filter(at__gte=since, kind__in=["hard", "complaint"]).values_list("mailing", "kind")
    for mailing, kind, count in found.annotate(n=Count("delivery", distinct=True)).order_by():
        came[mailing, kind] = count
    rows = [
        _row(one, sent.get(one.pk, 0), came.get((one.pk, "hard"), 0), came.get((one.pk, "complaint"), 0))
        for one in Mailing.objects.filter(pk__in=sent).order_by("-pk")[:50]
    ]
    complaints = sum(count for (_mailing, kind), count in came.items() if kind == "complaint")
    bounced = sum(count for (_mailing, kind), count in came.items() if kind == "hard")
    total = sum(sent.values())
    rate = complaints / total if total else 0.0
    return Health(total, bounced, complaints, rate, rate < COMPLAINTS_MOST, tuple(rows))


def _row(one: Mailing, sent: int, bounced: int, complaints: int) -> MailingHealth:
    share = 1 / sent if sent else 0.0
    return MailingHealth(one.public_id, one.name, sent, bounced, complaints, bounced * share, complaints * share)


def dns_hints() -> list[DnsHint]:
    """What to set, for this installation's domains. Nothing is looked up: the relay that sends knows its own keys."""
    domain = parseaddr(settings.MAILING_FROM)[1].rpartition("@")[2] or "example.org"
    bounce = settings.MAILING_BOUNCE_DOMAIN
    return [
        DnsHint(bounce, "MX", f"10 {settings.RELAY_DOMAIN}.", _("Bounces and unsubscribes by mail come here.")),
        DnsHint(bounce, "TXT", "v=spf1 include:YOUR-RELAY -all", _("SPF: which servers send with our return path.")),
        DnsHint(domain, "TXT", "v=spf1 include:YOUR-RELAY ~all", _("SPF of the domain people see.")),
        DnsHint(
            f"SELECTOR._domainkey.{domain}", "TXT", "v=DKIM1; k=rsa; p=...",
            _("DKIM: the relay signs each mail, List-Unsubscribe and List-Unsubscribe-Post included (RFC 8058, 4)."),
        ),
        DnsHint(
            f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=quarantine; rua=mailto:dmarc@{domain}",
            _("DMARC: the domain people see must be the one that is signed."),
        ),
    ]  # fmt: skip

"""What comes back of mails, written down once each: bounces, complaints, unsubscribes, replies, opens and clicks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.marketing import addresses, bounces, events, tokens
from fairboard.marketing.bounces import Report
from fairboard.marketing.journal import Outcome
from fairboard.marketing.models import Delivery, Feedback
from fairboard.marketing.services import consents, suppressions

SOFT_LIMIT, SOFT_DAYS = 5, 30
"""Soft bounces in so many days, of different mailings, after which an address is given up."""
_EVENTS = {
    "hard": events.MAIL_BOUNCED, "soft": events.MAIL_BOUNCED, "complaint": events.MAIL_COMPLAINED,
    "reply": events.MAIL_REPLIED, "click": events.MAIL_CLICKED, "unsubscribe": events.MAIL_UNSUBSCRIBED,
}  # fmt: skip
MACHINE = Actor.system("feedback")


def note_refusal(
    *, delivery: int, mailing: int, mailing_id: str, digest: str, key: str, outcome: Outcome, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """A server refused a mail while it was handed over; one that says the address is no good suppresses it."""
    kind = "hard" if outcome.is_address else "soft"
    _note(
        kind=kind, delivery=delivery, mailing=mailing, mailing_id=mailing_id, digest=digest, key=key,
        reference=f"{kind}:{delivery}:smtp", status=str(outcome.code), detail=outcome.text, source="smtp",
        actor=actor, at=at,
    )  # fmt: skip


def _note(
    *, kind: str, delivery: int, mailing: int, mailing_id: str, digest: str, key: str, reference: str,
    source: str, actor: Actor, at: datetime, status: str = "", detail: str = "", link: int = 0,
) -> bool:  # fmt: skip
    """Keep one thing that came back, unless it is known, with its event and what follows from it."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                Feedback.objects.create(
                    delivery_id=delivery, mailing_id=mailing, digest=digest, kind=kind, link=link, status=status[:12],
                    detail=detail[:300], source=source[:40], reference=reference[:120], at=at,
                )  # fmt: skip
        except IntegrityError:
            return False
        if kind in _EVENTS:
            subject = Subject(*key.split(":", 1)) if ":" in key else Subject("mailing", mailing_id)
            data: dict[str, Any] = {"mailing": mailing_id, "kind": kind}
            record(kind=_EVENTS[kind], subject=subject, actor=actor, at=at, data=data)
        _follow(kind, digest, source, status, actor, at)
        return True


def _follow(kind: str, digest: str, source: str, status: str, actor: Actor, at: datetime) -> None:
    if kind == "complaint":
        suppressions.suppress(digest=digest, reason="complaint", source=source, actor=actor, at=at)
    elif kind == "hard":
        suppressions.suppress(digest=digest, reason="bounce", source=source, detail=status, actor=actor, at=at)
    elif kind == "soft":
        since = at - timedelta(days=SOFT_DAYS)
        soft = Feedback.objects.filter(digest=digest, kind="soft", at__gte=since).values("mailing").distinct().count()
        if soft >= SOFT_LIMIT:
            suppressions.suppress(
                digest=digest, reason="bounce", source=source, detail=f"{soft} soft in {SOFT_DAYS} days", actor=actor,
                at=at,
            )  # fmt: skip


def _delivery(pk: int) -> Delivery | None:
    return Delivery.objects.select_related("mailing").filter(pk=pk).first()


def _note_of(one: Delivery, kind: str, reference: str, source: str, at: datetime, **more: Any) -> bool:
    return _note(
        kind=kind, delivery=one.pk, mailing=one.mailing_id, mailing_id=one.mailing.public_id, digest=one.digest,
        key=one.key, reference=reference, source=source, actor=MACHINE, at=at, **more,
    )  # fmt: skip


def take_report(*, report: Report, token: str, source: str, at: datetime) -> bool:
    """Count a bounce or complaint. ``token`` is that of the address it came to, "" where it came to none of ours.

    False when it names no mail of ours, says nothing to be counted, or is known.
    """
    named = tokens.read_mail(tokens.BOUNCE, token or report.token)
    one = _delivery(named.delivery) if named else None
    if one is None or not report.kind:
        return False
    mark = "" if report.kind != "soft" else sha256(report.reference.encode()).hexdigest()[:16]
    return _note_of(
        one, report.kind, f"{report.kind}:{one.pk}:{mark}", source, at, status=report.status, detail=report.detail
    )


def take_mail(*, raw: bytes, token: str, source: str, at: datetime) -> bool:
    """Count a mail to a return path: a report, or else, unless a machine's own note, a soft bounce."""
    report = bounces.read(raw)
    if report is None:
        if not token or bounces.is_automatic(raw):
            return False
        report = Report("soft", token, detail="not a report", reference=sha256(raw).hexdigest()[:16])
    return take_report(report=report, token=token, source=source, at=at)


def take_provider(*, events_given: list[Mapping[str, Any]], at: datetime) -> int:
    """Count what a provider's webhook says: ``{"type": "bounce|complaint|delayed", "message_id", "status", "id"}``.

    An event may name the mail by ``message_id`` or, with the secret the caller proved, the address by ``email``;
    returns how many were new. Raises Invalid naming each faulty one.
    """
    errors = []
    for number, one in enumerate(events_given):
        if one.get("type") not in {"bounce", "complaint", "delayed"}:
            errors.append({"field": f"{number}.type", "message": _("This is bounce, complaint or delayed.")})
        if not one.get("message_id") and not addresses.digest(str(one.get("email", ""))):
            errors.append({"field": f"{number}.message_id", "message": _("Name the mail or the address.")})
    if errors:
        raise Invalid(_("Some values cannot be used."), errors=errors[:100])
    return sum(_take_one(one, at) for one in events_given)


def _take_one(one: Mapping[str, Any], at: datetime) -> bool:
    status = str(one.get("status", ""))
    kinds = {"complaint": "complaint", "delayed": "soft"}
    kind = kinds.get(str(one["type"])) or bounces.kind_of("failed", status or "5.0.0")
    token = bounces.token_of_message_id(str(one.get("message_id", "")))
    detail = str(one.get("detail", ""))[:300]
    if token:
        report = Report(kind, token, status[:12], detail, str(one.get("id", "")))
        return take_report(report=report, token="", source="provider", at=at)
    if kind not in {"complaint", "hard"}:
        return False
    digest = addresses.digest(str(one.get("email", "")))
    reason = "complaint" if kind == "complaint" else "bounce"
    return bool(digest) and suppressions.suppress(
        digest=digest, reason=reason, source="provider", detail=status, actor=MACHINE, at=at
    )


def opened(*, token: str, at: datetime) -> None:
    """A picture in a mail was fetched: counted once, where the mailing counts that at all."""
    named = tokens.read_delivery(tokens.OPEN, token)
    one = _delivery(named.delivery) if named else None
    if one is not None and one.mailing.track_opens:
        _note_of(one, "open", f"open:{one.pk}", "mail", at)


def clicked(*, token: str, at: datetime) -> str:
    """A link of a mail was followed: where it leads; raises NotFound."""
    named = tokens.read_delivery(tokens.CLICK, token)
    one = _delivery(named.delivery) if named else None
    if named is None or one is None or named.link >= len(one.mailing.links):
        raise NotFound(_("This link is not complete. Open it from the mail again."))
    if one.mailing.track_clicks:
        _note_of(one, "click", f"click:{one.pk}:{named.link}", "mail", at, link=named.link)
    return str(one.mailing.links[named.link])


def replied(*, message_ids: list[str], at: datetime) -> bool:
    """Somebody answered one of our mails, by what In-Reply-To and References name; for whoever reads the mailbox."""
    for text in message_ids:
        named = tokens.read_mail(tokens.BOUNCE, bounces.token_of_message_id(text))
        one = _delivery(named.delivery) if named else None
        if one is not None:
            return _note_of(one, "reply", f"reply:{one.pk}", "mail", at)
    return False


def answered(*, delivery: int, at: datetime) -> bool:
    """Somebody answered a mail, by the address the answer came to; False when that is known."""
    one = _delivery(delivery)
    return one is not None and _note_of(one, "reply", f"reply:{one.pk}", "mail", at)


def unsubscribe(*, delivery: int, source: str, proof: Mapping[str, str], actor: Actor, at: datetime) -> str:
    """Who got a mail no longer wants its topic, at once; returns the token of their own page. Raises NotFound."""
    one = _delivery(delivery)
    if one is None:
        raise NotFound(_("This link is not complete. Open it from the mail again."))
    with transaction.atomic():
        consents.withdraw(
            digest=one.digest, topic=one.mailing.topic, source=source, actor=actor, at=at,
            proof={**proof, "mailing": one.mailing.public_id},
        )  # fmt: skip
        _note_of(one, "unsubscribe", f"unsubscribe:{one.pk}", source, at)
    return tokens.address_token(one.digest)

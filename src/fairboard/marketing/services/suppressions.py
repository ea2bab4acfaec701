"""The suppression list, written: by people, by what comes back of mails, and by lists brought in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.marketing import addresses, events
from fairboard.marketing.models import Suppression
from fairboard.marketing.models.suppressions import REASONS
from fairboard.marketing.queries.rights import require_send

_DIGEST = re.compile(r"(?:hmac:)?([0-9a-f]{32})")
MOST_LINES = 500_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: lines taken, known already, and the numbers of lines that are no address."""

    added: int
    known: int
    faulty: tuple[int, ...]


def suppress(
    *, digest: str, reason: str, source: str, detail: str = "", actor: Actor, at: datetime
) -> bool:  # fmt: skip
    """Put a keyed hash on the list; False when it was there for this reason. For the program's own parts."""
    if reason not in REASONS:
        raise LookupError(f"There is no reason {reason!r}.")
    with transaction.atomic():
        made, is_new = Suppression.objects.get_or_create(
            digest=digest, reason=reason, defaults={"source": source[:80], "detail": detail[:200], "at": at}
        )
        if is_new:
            record(
                kind=events.SUPPRESSED, subject=Subject("suppression", made.public_id), actor=actor, at=at,
                data={"reason": reason, "source": source[:80]},
            )  # fmt: skip
        return is_new


def suppress_address(*, address: str, detail: str, actor: Actor, at: datetime) -> None:
    """Put an address on the list by hand; raises Forbidden, Invalid."""
    if not actor.can("marketing.use"):
        raise Forbidden
    digest = addresses.digest(address)
    if not digest:
        raise Invalid(_("This is not a mail address."), field="address")
    suppress(digest=digest, reason="manual", source="by hand", detail=detail, actor=actor, at=at)


def lift(*, suppression_id: str, why: str, actor: Actor, at: datetime) -> None:
    """Take one reason off the list; who unsubscribed or complained comes back by their own consent only.

    Raises Forbidden, NotFound, Invalid.
    """
    require_send(actor)
    if not why.strip():
        raise Invalid(_("Say why."), field="why")
    with transaction.atomic():
        found = Suppression.objects.filter(public_id=suppression_id).first()
        if found is None:
            raise NotFound(_("There is no such entry."))
        if found.reason in {"unsubscribe", "complaint"}:
            raise Forbidden(_("Who unsubscribed or complained is written to again only after agreeing anew."))
        _remove(found, actor, at)


def lift_unsubscribe(*, digest: str, actor: Actor, at: datetime) -> None:
    """An address agreed anew, itself: its having unsubscribed no longer stands. For the consent service."""
    with transaction.atomic():
        for found in Suppression.objects.filter(digest=digest, reason="unsubscribe"):
            _remove(found, actor, at)


def _remove(found: Suppression, actor: Actor, at: datetime) -> None:
    record(
        kind=events.LIFTED, subject=Subject("suppression", found.public_id), actor=actor, at=at,
        data={"reason": found.reason},
    )  # fmt: skip
    found.delete()


def bring_in(*, lines: Iterable[str], source: str, actor: Actor, at: datetime, reason: str = "import") -> Imported:
    """Put a list on the suppression list: an address or an exported keyed hash a line, what follows a comma ignored.

    Raises Forbidden, Invalid for a list of more than `MOST_LINES`.
    """
    require_send(actor)
    if reason not in REASONS:
        raise Invalid(_("There is no such reason."), field="reason")
    found: dict[str, int] = {}
    faulty = []
    for number, line in enumerate(lines, 1):
        if number > MOST_LINES:
            raise Invalid(_("Bring in at most %(n)s lines at once.") % {"n": MOST_LINES}, field="file")
        first = line.split(",", 1)[0].strip().strip('"').lower()
        if not first or (number == 1 and first in {"digest", "email", "address", "e-mail"}):
            continue
        match = _DIGEST.fullmatch(first)
        digest = match.group(1) if match else addresses.digest(first)
        if digest:
            found.setdefault(digest, number)
        else:
            faulty.append(number)
    with transaction.atomic():
        known = set(Suppression.objects.filter(reason=reason).values_list("digest", flat=True))
        fresh = [
            Suppression(public_id=new_id(), digest=digest, reason=reason, source=source[:80], at=at)
            for digest in found if digest not in known
        ]  # fmt: skip
        bulk.insert(fresh)
        record(
            kind=events.LIST_IMPORTED, subject=Subject("suppressions", "list"), actor=actor, at=at,
            data={"added": len(fresh), "source": source[:80]},
        )  # fmt: skip
    return Imported(len(fresh), len(found) - len(fresh), tuple(faulty[:100]))


def may_be_asked(digest: str) -> bool:
    """Whether a link to confirm may be mailed: to who unsubscribed yes, for they ask themselves; else to nobody."""
    return not Suppression.objects.filter(digest=digest).exclude(reason="unsubscribe").exists()


def note_export(*, count: int, actor: Actor, at: datetime) -> None:
    """Remember that the list was taken out."""
    with transaction.atomic():
        record_many(
            entries=[Entry(events.LIST_EXPORTED, Subject("suppressions", "list"), {"count": count})],
            actor=actor, at=at,
        )  # fmt: skip

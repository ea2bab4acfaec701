"""The record of who reports: counted with each decision, warned, suspended for a time (DSA article 23(2))."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events_decisions as events
from fairboard.safety import reporters
from fairboard.safety.models import Decision, Notice, Reporter

LONGEST_MUTE = 180


class NotWarned(Conflict):
    """Nobody's reports are set aside before they were warned (DSA article 23(2))."""

    code = "not-warned"


def record_of(who: reporters.Identity, *, at: datetime) -> Reporter | None:
    """The record of a reporter, made new when they never reported; None for a visitor without an address."""
    if not who.key:
        return None
    row, _new = Reporter.objects.get_or_create(
        key=who.key, defaults={"member_id": who.member_id, "first_at": at, "last_at": at}
    )
    return row


def count(*, decision: Decision, at: datetime) -> None:
    """Enter a decision into the record of each who reported its case, and warn who needs it."""
    name = {"reject": "upheld", "allow": "dismissed"}.get(decision.outcome)
    if name is None or decision.case_id is None:
        return
    for pk in _reporters_of(decision):
        Reporter.objects.filter(pk=pk).update(**{name: F(name) + 1})
        if name == "dismissed":
            _warn_if_due(pk, at)


def uncount(*, decision: Decision) -> None:
    """Take a decision that is undone out of the records again."""
    name = {"reject": "upheld", "allow": "dismissed"}.get(decision.outcome)
    if name is None or decision.case_id is None or decision.carried_out_at is None:
        return
    for pk in _reporters_of(decision):
        Reporter.objects.filter(pk=pk, **{f"{name}__gt": 0}).update(**{name: F(name) - 1})


def _reporters_of(decision: Decision) -> list[int]:
    found = Notice.objects.filter(case=decision.case_id, record__isnull=False, at__lte=decision.at)
    return sorted({pk for pk in found.values_list("record_id", flat=True) if pk})


def _warn_if_due(pk: int, at: datetime) -> None:
    row = Reporter.objects.get(pk=pk)
    if row.warned_at or not reporters.is_misuse(upheld=row.upheld, dismissed=row.dismissed):
        return
    if not Reporter.objects.filter(pk=pk, warned_at=None).update(warned_at=at):
        return
    record(
        kind=events.REPORTER_WARNED, subject=Subject("reporter", row.public_id), actor=Actor.system("reporters"), at=at,
        data={"dismissed": row.dismissed, "upheld": row.upheld},
    )  # fmt: skip


def mute(*, reporter_id: str, days: int, reason: str, actor: Actor, at: datetime) -> None:
    """Suspend the processing of a reporter's reports for some days, after a warning and a look at each case.

    Raises Forbidden, NotFound, NotWarned, Invalid (a reason, 1 to 180 days).
    """
    row = _record(reporter_id, actor)
    errors = []
    if not 1 <= days <= LONGEST_MUTE:
        errors.append({"field": "days", "message": _("Choose 1 to %(n)d days.") % {"n": LONGEST_MUTE}})
    if len(reason.strip()) < 10:
        errors.append({"field": "reason", "message": _("Tell the reporter why, in a sentence.")})
    if errors:
        raise Invalid(_("This is not complete."), errors=errors)
    if row.warned_at is None:
        raise NotWarned(_("Warn this reporter first; reports are set aside only after a warning."))
    with transaction.atomic():
        row.muted_until, row.mute_reason = at + timedelta(days=days), reason.strip()[:2000]
        row.save(update_fields=["muted_until", "mute_reason"])
        record(
            kind=events.REPORTER_MUTED, subject=Subject("reporter", row.public_id), actor=actor, at=at,
            data={"until": row.muted_until},
        )  # fmt: skip


def warn(*, reporter_id: str, actor: Actor, at: datetime) -> None:
    """Warn a reporter by hand; raises Forbidden, NotFound, Conflict for one who was warned."""
    row = _record(reporter_id, actor)
    with transaction.atomic():
        if not Reporter.objects.filter(pk=row.pk, warned_at=None).update(warned_at=at):
            raise Conflict(_("This reporter was warned already."))
        record(
            kind=events.REPORTER_WARNED, subject=Subject("reporter", row.public_id), actor=actor, at=at,
            data={"dismissed": row.dismissed, "upheld": row.upheld},
        )  # fmt: skip


def hear(*, reporter_id: str, actor: Actor, at: datetime) -> None:
    """End the suspension of a reporter early; raises Forbidden, NotFound, Conflict when there is none."""
    row = _record(reporter_id, actor)
    with transaction.atomic():
        if not Reporter.objects.filter(pk=row.pk, muted_until__gt=at).update(muted_until=at, mute_reason=""):
            raise Conflict(_("The reports of this reporter are processed."))
        record(kind=events.REPORTER_HEARD, subject=Subject("reporter", row.public_id), actor=actor, at=at)


def _record(reporter_id: str, actor: Actor) -> Reporter:
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff judge the record of a reporter."))
    row = Reporter.objects.filter(public_id=reporter_id).first()
    if row is None:
        raise NotFound(_("There is no such reporter."))
    return row

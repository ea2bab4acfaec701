"""Counting what the desk has to look at, and how each person wants to be shown it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, registry
from fairboard.safety.models import Case, Comfort, Exposure
from fairboard.safety.queries.access import visible_cases
from fairboard.safety.queries.wellness import BREAK, HARD_SEVERITY

MOST_CAP = 200


def looked(*, case_id: str, actor: Actor, at: datetime) -> None:
    """Count a case somebody opened; the first look at a child-safety case is when the company knows of it.

    Not an event of the ledger but for that first knowledge: a page that was opened changes nothing.
    """
    case = visible_cases(actor).filter(public_id=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    with transaction.atomic():
        is_hard = case.is_child or case.severity >= HARD_SEVERITY
        _count(actor, at, cases=1, hard=int(is_hard))
        if case.is_child and Case.objects.filter(pk=case.pk, known_at=None).update(known_at=at):
            record(kind=events.KNOWN, subject=Subject("case", case.public_id), actor=actor, at=at)


def photos_shown(*, case_id: str, actor: Actor, at: datetime) -> list[str]:
    """Count the photos somebody asked to see in the clear, and answer where they are; it is on the ledger."""
    case = visible_cases(actor).filter(public_id=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    described = registry.describe(case.kind, case.subject_id)
    shown = list(described.thumbnails) if described else []
    with transaction.atomic():
        _count(actor, at, photos=len(shown))
        record(
            kind=events.PHOTOS_SHOWN, subject=Subject("case", case.public_id), actor=actor, at=at,
            data={"photos": len(shown)},
        )  # fmt: skip
    return shown


def set_comfort(*, actor: Actor, grey: bool, blurred: bool, hard_queues: bool, cap: int | None, at: datetime) -> None:
    """How one wants to be shown what is hard to look at; a cap can be lower than the site's, never higher."""
    if not actor.can("desk.view"):
        raise Forbidden
    if cap is not None and not 0 <= cap <= MOST_CAP:
        raise Invalid(_("Choose a number between 0 and %(most)s.") % {"most": MOST_CAP}, field="cap")
    with transaction.atomic():
        Comfort.objects.update_or_create(
            staff_id=actor.id, defaults={"grey": grey, "blurred": blurred, "hard_queues": hard_queues, "cap": cap}
        )
        record(kind=events.COMFORT_CHANGED, subject=Subject("member", actor.id), actor=actor, at=at)


def _count(actor: Actor, at: datetime, *, cases: int = 0, hard: int = 0, photos: int = 0) -> None:
    row, _new = Exposure.objects.select_for_update().get_or_create(
        staff_id=actor.id, day=at.date(), defaults={"since": at, "last_at": at}
    )
    since = at if at - row.last_at > BREAK else row.since
    Exposure.objects.filter(pk=row.pk).update(
        cases=F("cases") + cases, hard=F("hard") + hard, photos=F("photos") + photos, since=since, last_at=at
    )

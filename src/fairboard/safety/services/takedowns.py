"""The TAKE IT DOWN Act (2025), section 3: a valid request, removal within 48 hours, known identical copies too."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.kit import limits, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound, Problem, TooMany
from fairboard.ledger.services import Subject, record
from fairboard.people.queries import actor_by_id
from fairboard.safety import events, registry, sealing, seen
from fairboard.safety.models import Submission, Takedown, TakedownHash
from fairboard.safety.queries.takedowns import PURPOSE, QUALITY, showing, visible_takedowns
from fairboard.safety.services import removing

WITHIN = timedelta(hours=48)
"""TAKE IT DOWN Act, section 3(a)(3): as soon as possible, not later than 48 hours after a valid request."""
DOUBTED_AFTER = 3
DOUBT_LASTS = timedelta(days=180)
COPIES = tasks.expect("safety.remove_copies")
ELEMENTS = {
    "signature": gettext_lazy("A signature of the person shown or of somebody they authorised"),
    "location": gettext_lazy("Where the picture is, so that we can find it"),
    "statement": gettext_lazy("A statement, in good faith, that it was published without consent"),
    "contact": gettext_lazy("How to reach you"),
    "image": gettext_lazy("The picture is not an intimate one of the person named"),
}
"""What makes a request valid (section 3(a)(1)(B)), and what a person of the desk may find missing."""


@dataclass(frozen=True, slots=True)
class TakedownDraft:
    """A request as typed. ``depicted`` says who is shown or how to recognise them."""

    name: str
    depicted: str
    contact: str
    location: str
    statement: str
    signature: str
    phone: str = ""
    is_agent: bool = False
    is_forgery: bool = False
    is_child: bool = False
    in_good_faith: bool = False
    language: str = "en"


def request_takedown(*, draft: TakedownDraft, actor: Actor, at: datetime) -> str:
    """Keep a request and start its 48 hours; returns the receipt. Raises Invalid with what is missing, TooMany."""
    _check(draft)
    key = _key(draft.contact)
    _slow_down(key, actor, at)
    found = registry.locate(draft.location)
    kept = {name: value for name, value in asdict(draft).items() if isinstance(value, str) and name != "location"}
    with transaction.atomic():
        takedown = Takedown.objects.create(
            subject_kind=found[0] if found else "", subject_id=found[1] if found else "",
            location=draft.location.strip()[:500], is_forgery=draft.is_forgery, is_child=draft.is_child,
            is_agent=draft.is_agent, details=sealing.seal(json.dumps(kept).encode(), purpose=PURPOSE),
            requester_key=key, language=draft.language[:10], received_at=at, due_at=at + WITHIN,
        )  # fmt: skip
        record(
            kind=events.TAKEDOWN_RECEIVED, subject=Subject("takedown", takedown.public_id), actor=actor, at=at,
            data={"forgery": draft.is_forgery, "due": takedown.due_at},
        )  # fmt: skip
    return takedown.public_id


def grant(
    *, takedown_id: str, location: str, photos: Sequence[str], answer: str, actor: Actor, at: datetime
) -> int:  # fmt: skip
    """Take down what the request names, remember its photos, and have their copies looked for; returns how many.

    ``photos`` are the SHA-256 of those that show the person, all of the ad's when empty; ``location`` says where, when
    the request did not. Raises Forbidden, NotFound, Invalid (nothing there), Conflict (decided already).
    """
    with transaction.atomic():
        takedown = _open(takedown_id, actor)
        found = registry.locate(location) if location.strip() else (takedown.subject_kind, takedown.subject_id)
        if not found or not found[1]:
            raise Invalid(
                _("There is nothing of this address. Write the address of an ad or a photo."), field="location"
            )
        kind, subject_id = found
        made = removing.remove(
            kind=kind, subject_id=subject_id, policy="child-safety" if takedown.is_child else "intimate-image",
            reason_text=_("A person shown says that the picture was published without their consent."),
            note=f"takedown {takedown.public_id}", actor=actor, at=at,
        )  # fmt: skip
        versions = Submission.objects.filter(public_id__in=[one.submission_id for one in made])
        count = sum(_remember(takedown, one, photos, at) for one in versions)
        Takedown.objects.filter(pk=takedown.pk).update(
            state="removed", subject_kind=kind, subject_id=subject_id, decided_at=at, decided_by=actor.id,
            decision_id=made[-1].id, answer=answer.strip()[:4000],
        )  # fmt: skip
        _decided(takedown, "removed", actor, at, photos=count)
        tasks.enqueue(COPIES, takedown_id=takedown.public_id)
    return count


def decline(*, takedown_id: str, missing: Sequence[str], answer: str, actor: Actor, at: datetime) -> None:
    """Say that a request is not valid and what it lacks; the requester is told and may send it again.

    Raises Forbidden, NotFound, Invalid, Conflict.
    """
    if not missing or not set(missing) <= ELEMENTS.keys():
        raise Invalid(_("Choose what is missing."), field="missing")
    if len(answer.strip()) < 10:
        raise Invalid(_("Tell the requester why, in a sentence."), field="answer")
    with transaction.atomic():
        takedown = _open(takedown_id, actor)
        Takedown.objects.filter(pk=takedown.pk).update(
            state="invalid", decided_at=at, decided_by=actor.id, missing=list(missing), answer=answer.strip()[:4000]
        )
        _decided(takedown, "invalid", actor, at, missing=list(missing))


def remove_copies(*, takedown_id: str, at: datetime) -> int:
    """Take down everything else that shows these photos or copies of them; returns how many subjects.

    Copies are the same file (SHA-256) or within 31 bits by PDQ, turned and mirrored too. Raises NotReady, with those of
    the same file taken down, when the index of photos has to be built again: the task comes back.

    Idempotent: what is refused already is left. In the name of who decided the request, whose judgement of the picture
    this is; one they wrote themselves is left to a colleague as an open case.
    """
    takedown = Takedown.objects.filter(public_id=takedown_id, state="removed").first()
    if takedown is None:
        return 0
    actor = actor_by_id(takedown.decided_by) or Actor.system("takedown")
    if not actor.can("desk.decide"):
        actor = Actor.system("takedown")
    removed = 0
    for photo in takedown.hashes.filter(kind="sha256").values_list("value", flat=True):
        found = showing(photo).exclude(kind=takedown.subject_kind, subject_id=takedown.subject_id)
        for kind, subject_id in dict.fromkeys(found.order_by("pk").values_list("kind", "subject_id")):
            removed += _remove_copy(takedown, kind, subject_id, photo, actor, at)
    Takedown.objects.filter(pk=takedown.pk).update(copies=F("copies") + removed)
    near = 0
    for pdq in takedown.hashes.filter(kind="pdq").values_list("value", flat=True):
        for shown in seen.resembling(pdq):
            if (shown.kind, shown.subject_id) != (takedown.subject_kind, takedown.subject_id):
                near += _remove_copy(takedown, shown.kind, shown.subject_id, shown.sha256, actor, at)
    Takedown.objects.filter(pk=takedown.pk).update(copies_at=at, copies=F("copies") + near)
    return removed + near


def forget(*, subject_kind: str, subject_id: str) -> None:
    """A removal was undone: its photos are known no more."""
    TakedownHash.objects.filter(submission__kind=subject_kind, submission__subject_id=subject_id).delete()


def _remove_copy(takedown: Takedown, kind: str, subject_id: str, photo: str, actor: Actor, at: datetime) -> int:
    versions = showing(photo).filter(kind=kind, subject_id=subject_id)
    outcomes = [one.decisions.order_by("-pk").values_list("outcome", flat=True).first() for one in versions]
    if all(outcome == "reject" for outcome in outcomes):
        return 0
    try:
        removing.remove(
            kind=kind, subject_id=subject_id, policy="child-safety" if takedown.is_child else "intimate-image",
            reason_text=_("A person shown says that the picture was published without their consent."),
            note=f"takedown {takedown.public_id}", actor=actor, at=at, showing=photo,
        )  # fmt: skip
    except Problem:
        removing.open_for_desk(kind=kind, subject_id=subject_id, is_child=takedown.is_child, at=at)
        return 0
    return 1


def _remember(takedown: Takedown, submission: Submission, photos: Sequence[str], at: datetime) -> int:
    rows = []
    count = 0
    for number, photo in enumerate(submission.photos):
        if photos and photo not in photos:
            continue
        count += 1
        rows.append(TakedownHash(kind="sha256", value=photo, takedown=takedown, submission=submission, at=at))
        pdq, quality = submission.photo_hashes[number] if number < len(submission.photo_hashes) else ("", 0)
        if pdq and quality >= QUALITY:
            rows.append(TakedownHash(kind="pdq", value=pdq, takedown=takedown, submission=submission, at=at))
    TakedownHash.objects.bulk_create(rows, ignore_conflicts=True)
    return count


def _open(takedown_id: str, actor: Actor) -> Takedown:
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff decide this."))
    takedown = visible_takedowns(actor).select_for_update().filter(public_id=takedown_id).first()
    if takedown is None:
        raise NotFound(_("There is no such request."))
    if takedown.state != "received":
        raise Conflict(_("This request was decided in the meantime."))
    return takedown


def _decided(takedown: Takedown, outcome: str, actor: Actor, at: datetime, **more: object) -> None:
    record(
        kind=events.TAKEDOWN_DECIDED, subject=Subject("takedown", takedown.public_id), actor=actor, at=at,
        data={"outcome": outcome, "in_time": at <= takedown.due_at, "child": takedown.is_child, **more},
    )  # fmt: skip


def _check(draft: TakedownDraft) -> None:
    errors = []
    for field, text, least, message in (
        ("name", draft.name, 2, _("Write your name.")),
        ("depicted", draft.depicted, 2, _("Say who is shown, or how to recognise them.")),
        ("location", draft.location, 3, _("Say where it is: the address of the ad or the photo.")),
        ("statement", draft.statement, 10, _("Say, in a sentence, how you know that there was no consent.")),
        ("signature", draft.signature, 2, _("Sign by writing your name.")),
    ):
        if len(text.strip()) < least:
            errors.append({"field": field, "message": message})
    if not draft.in_good_faith:
        errors.append({"field": "in_good_faith", "message": _("Confirm that what you write is true.")})
    try:
        validate_email(draft.contact)
    except ValidationError:
        errors.append({"field": "contact", "message": _("Give a mail address at which we can reach you.")})
    if errors:
        raise Invalid(_("The request is not complete."), errors=errors)


def _key(contact: str) -> str:
    return hmac.new(settings.IDENTIFIER_KEY.encode(), contact.strip().lower().encode(), hashlib.sha256).hexdigest()


def _slow_down(key: str, actor: Actor, at: datetime) -> None:
    """Twenty requests an hour; one a day for who was wrong three times in half a year and never right."""
    limits.check(f"takedown:{key}", limit=20, per_seconds=3600, at=at)
    recent = Takedown.objects.filter(requester_key=key, received_at__gt=at - DOUBT_LASTS)
    if recent.filter(state="removed").exists() or recent.filter(state="invalid").count() < DOUBTED_AFTER:
        return
    try:
        limits.check(f"takedown-day:{key}", limit=1, per_seconds=86_400, at=at)
    except TooMany:
        with transaction.atomic():
            record(
                kind=events.TAKEDOWN_SLOWED, subject=Subject("requester", key[:16]), actor=actor, at=at, data={}
            )  # fmt: skip
        raise

"""Taking something down for a duty of law, by the way every decision goes."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety.gate import open_case
from fairboard.safety.models import Case, Submission
from fairboard.safety.services.deciding import decide
from fairboard.safety.signals import DecisionRow


def remove(
    *, kind: str, subject_id: str, policy: str, reason_text: str, note: str, actor: Actor, at: datetime,
    showing: str = "",
) -> list[DecisionRow]:  # fmt: skip
    """Refuse what a subject shows now, so that it is out of sight when this returns.

    An ad whose newest version waits still shows the last one that was allowed: that one is decided first, then the
    newest. ``showing`` narrows to the versions with a photo of this SHA-256. Raises NotFound, Forbidden,
    OwnSubmission, Invalid.
    """
    with transaction.atomic():
        versions = Submission.objects.filter(kind=kind, subject_id=subject_id).order_by("-revision")
        newest = [one for one in versions if not showing or showing in one.photos]
        if not newest:
            raise NotFound(_("There is nothing of this id."))
        if _is_child(kind, subject_id) and not actor.can("desk.child"):
            raise Forbidden(_("Somebody with further permissions has to do this."))
        shown = next((one for one in newest if _is_allowed(one)), newest[0])
        chosen = [shown] if shown is newest[0] else [shown, newest[0]]
        made = []
        for submission in chosen:
            case = open_case(submission=submission, queue="urgent", severity=4, policy=policy, at=at)
            made.append(
                decide(
                    case_id=case.public_id, outcome="reject", policy=policy, reason_text=reason_text, note=note,
                    actor=actor, at=at,
                )
            )  # fmt: skip
    return made


def _is_child(kind: str, subject_id: str) -> bool:
    return Case.objects.filter(Q(is_child=True), kind=kind, subject_id=subject_id).exists()


def _is_allowed(submission: Submission) -> bool:
    last = submission.decisions.order_by("-pk").values_list("outcome", flat=True).first()
    return (last or submission.verdict) == "allow"


def open_for_desk(*, kind: str, subject_id: str, is_child: bool, at: datetime) -> None:
    """Put a subject before the desk that could not be taken down in somebody's name."""
    newest = Submission.objects.filter(kind=kind, subject_id=subject_id).order_by("-revision").first()
    if newest is not None:
        policy = "child-safety" if is_child else "intimate-image"
        with transaction.atomic():
            open_case(submission=newest, queue="urgent", severity=5, policy=policy, at=at)

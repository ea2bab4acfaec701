"""How much of what is live breaks the rules: drawn at random every day, judged blind."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety.gate import open_case
from fairboard.safety.models import PrevalenceSample, Submission
from fairboard.safety.queries.access import visible_submissions
from fairboard.safety.services.removing import is_allowed
from fairboard.screening import policies

A_DAY = 50
"""How many live things are drawn a day: 1,500 a month tell 1 in 100 to about half of it (Wilson, 95 %)."""


def draw(*, kind: str, subject_ids: Sequence[str], at: datetime) -> int:
    """Put live things, drawn at random by their room, before the desk; once a day. Returns how many."""
    with transaction.atomic():
        if PrevalenceSample.objects.filter(drawn_on=at.date(), submission__kind=kind).exists():
            return 0
        rows = []
        for subject_id in dict.fromkeys(subject_ids):
            versions = Submission.objects.filter(kind=kind, subject_id=subject_id).order_by("-revision")
            shown = next((one for one in versions if is_allowed(one)), None)
            if shown is not None:
                rows.append(PrevalenceSample(submission=shown, drawn_on=at.date(), drawn_at=at))
        PrevalenceSample.objects.bulk_create(rows)
        record(
            kind=events.SAMPLES_DRAWN, subject=Subject("samples", at.date().isoformat()),
            actor=Actor.system("samples"), at=at, data={"kind": kind, "number": len(rows)},
        )  # fmt: skip
    return len(rows)


def judge(*, sample_id: str, finding: str, policy: str, actor: Actor, at: datetime) -> None:
    """Say what a sample is; one that breaks the rules goes before the desk as a case.

    Raises Forbidden, NotFound, Invalid, Conflict (somebody did already).
    """
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff judge samples."))
    if finding not in {"fine", "breaks"} or (finding == "breaks" and policy not in policies()):
        raise Invalid(_("Say whether it is fine, or which rule it breaks."), field="policy")
    with transaction.atomic():
        seen = visible_submissions(actor).exclude(author_id=actor.id)
        sample = PrevalenceSample.objects.filter(public_id=sample_id, submission__in=seen).first()
        if sample is None:
            raise NotFound(_("There is no such sample."))
        kept = policy if finding == "breaks" else ""
        if not PrevalenceSample.objects.filter(pk=sample.pk, finding="").update(
            finding=finding, policy=kept, judged_by=actor.id, judged_at=at
        ):
            raise Conflict(_("A colleague was faster."))
        if finding == "breaks":
            open_case(submission=sample.submission, queue="screening", severity=3, policy=policy, at=at)
        record(
            kind=events.SAMPLE_JUDGED, subject=Subject("sample", sample.public_id), actor=actor, at=at,
            data={"finding": finding, "policy": kept},
        )  # fmt: skip

"""Reports by anybody: a receipt for the reporter, a case for the desk."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import limits
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, kinds
from fairboard.safety.gate import open_case
from fairboard.safety.models import Notice, Submission


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as its reporter sees it; ``id`` is the receipt."""

    id: str
    state: str
    at: datetime


def file_notice(
    *,
    subject_kind: str,
    subject_id: str,
    reporter: Actor,
    reporter_email: str,
    kind: str,
    text: str,
    at: datetime,
) -> NoticeRow:
    """Keep a report and bring its subject before the desk; raises Invalid, NotFound, TooMany."""
    if kind not in kinds.BY_KEY:
        raise Invalid(_("Choose what is wrong."), field="kind")
    if reporter_email:
        try:
            validate_email(reporter_email)
        except ValidationError as error:
            raise Invalid(_("This is not a mail address."), field="email") from error
    limits.check(f"notice:{reporter.id or reporter_email or 'visitors'}", limit=20, per_seconds=3600, at=at)
    with transaction.atomic():
        submission = Submission.objects.filter(kind=subject_kind, subject_id=subject_id).order_by("-revision").first()
        if submission is None:
            raise NotFound(_("There is nothing here to report."))
        severity = kinds.BY_KEY[kind].severity
        queue = "urgent" if severity == 5 else "notices"
        case = open_case(submission=submission, queue=queue, severity=severity, policy="", at=at)
        notice = Notice.objects.create(
            case=case,
            reporter_id=reporter.id,
            reporter_email=reporter_email,
            kind=kind,
            text=text.strip()[:4000],
            at=at,
        )
        record(
            kind=events.NOTICED, subject=Subject(subject_kind, subject_id), actor=reporter, at=at,
            data={"notice": notice.public_id, "kind": kind, "case": case.public_id},
        )  # fmt: skip
    return NoticeRow(notice.public_id, "open", at)

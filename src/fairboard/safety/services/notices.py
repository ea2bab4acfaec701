"""Reports by anybody: a receipt for the reporter, a case for the desk (DSA article 16)."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import formats
from django.utils.translation import gettext as _

from fairboard.kit import limits
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, events_decisions, kinds, priority, reporters
from fairboard.safety.gate import open_case
from fairboard.safety.models import Case, FlaggerMember, Notice, Reporter, Submission, TrustedFlagger
from fairboard.safety.services.reporters import record_of

FLAGGER_SEVERITY = 4
"""The least severity of a trusted flagger's notice: it is due within 12 hours."""
ALWAYS = frozenset({"child", "exploitation"})
"""Kinds that are processed whoever reports them, and need no name (DSA article 16(2)(c))."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as its reporter sees it; ``id`` is the receipt, ``joined`` that the same was reported before."""

    id: str
    state: str
    at: datetime
    joined: bool = False


class Muted(Forbidden):
    """The processing of this reporter's notices is suspended."""

    code = "reporter-muted"


@dataclass(frozen=True, slots=True)
class _Given:
    kind: str
    text: str
    name: str
    email: str
    location: str
    good_faith: bool


def file_notice(
    *, subject_kind: str, subject_id: str, reporter: Actor, reporter_email: str, kind: str, text: str, at: datetime,
    name: str = "", location: str = "", good_faith: bool = False,
) -> NoticeRow:  # fmt: skip
    """Keep a report and bring its subject before the desk; raises Invalid, NotFound, TooMany, Muted.

    ``text`` is why it is wrong, ``location`` where exactly, ``name`` and ``reporter_email`` whose it is,
    ``good_faith`` that what is said is believed to be true. The same report sent again joins the first.
    """
    if kind not in kinds.BY_KEY:
        raise Invalid(_("Choose what is wrong."), field="kind")
    if reporter_email:
        try:
            validate_email(reporter_email)
        except ValidationError as error:
            raise Invalid(_("This is not a mail address."), field="email") from error
    given = _Given(kind, text.strip()[:4000], name.strip()[:120], reporter_email, location.strip()[:500], good_faith)
    limits.check(f"notice:{reporter.id or reporter_email or 'visitors'}", limit=20, per_seconds=3600, at=at)
    with transaction.atomic():
        submission = Submission.objects.filter(kind=subject_kind, subject_id=subject_id).order_by("-revision").first()
        if submission is None:
            raise NotFound(_("There is nothing here to report."))
        who = record_of(reporters.identity(member_id=reporter.id, email=reporter_email), at=at)
        _check_heard(who, kind, at)
        if again := _same(submission, who, given):
            return _repeat(again, reporter, at)
        flagger = flagger_of(reporter, kind)
        case, weight = _case(submission, kind, who, flagger, at)
        notice = Notice.objects.create(
            case=case, record=who, flagger=flagger, reporter_id=reporter.id, reporter_email=given.email,
            reporter_name=given.name, kind=kind, text=given.text, location=given.location,
            good_faith=given.good_faith, weight=weight, at=at,
        )  # fmt: skip
        if who:
            Reporter.objects.filter(pk=who.pk).update(filed=F("filed") + 1, last_at=at)
        record(
            kind=events.NOTICED, subject=Subject(subject_kind, subject_id), actor=reporter, at=at,
            data={"notice": notice.public_id, "kind": kind, "case": case.public_id,
                  "flagger": flagger.public_id if flagger else ""},
        )  # fmt: skip
    return NoticeRow(notice.public_id, "open", at)


def flagger_of(reporter: Actor, kind: str) -> TrustedFlagger | None:
    """The trusted flagger a member reports for, if it is active and trusted for the kind."""
    if not reporter.id:
        return None
    found = FlaggerMember.objects.select_related("flagger").filter(member_id=reporter.id).first()
    if found is None or found.flagger.state != "active":
        return None
    return found.flagger if not found.flagger.areas or kind in found.flagger.areas else None


def _case(
    submission: Submission, kind: str, who: Reporter | None, flagger: TrustedFlagger | None, at: datetime
) -> tuple[Case, int]:
    """Open or raise the case; its reach grows by what the reporter's record counts for."""
    severity = kinds.BY_KEY[kind].severity
    weight = reporters.weight(upheld=who.upheld, dismissed=who.dismissed) if who else 1
    if flagger:
        severity, weight = max(severity, FLAGGER_SEVERITY), reporters.TRUSTED_WEIGHT
    same = {"kind": submission.kind, "subject_id": submission.subject_id, "state": "open"}
    before = Case.objects.filter(**same).values_list("reach", flat=True).first() or 0
    queue = "urgent" if severity == 5 else "notices"
    case = open_case(submission=submission, queue=queue, severity=severity, policy=kinds.BY_KEY[kind].policy, at=at)
    case.reach = max(1, before + weight)
    case.rank = priority.rank(severity=case.severity, reach=case.reach, opened_at=case.opened_at)
    case.save(update_fields=["reach", "rank"])
    return case, weight


def _check_heard(who: Reporter | None, kind: str, at: datetime) -> None:
    if who is None or kind in ALWAYS or not who.muted_until or who.muted_until <= at:
        return
    raise Muted(
        _("We do not process reports from you until %(date)s, because: %(reason)s Where somebody is in danger, choose "
          "that reason; those reports are always read.")
        % {"date": formats.date_format(who.muted_until, "DATE_FORMAT"), "reason": who.mute_reason},
        until=who.muted_until.isoformat(),
    )  # fmt: skip


def _same(submission: Submission, who: Reporter | None, given: _Given) -> Notice | None:
    """The open notice by the same reporter that says the same of the same thing."""
    if who is None:
        return None
    same = Notice.objects.filter(
        record=who, kind=given.kind, text=given.text, case__kind=submission.kind,
        case__subject_id=submission.subject_id, case__state="open",
    )  # fmt: skip
    return same.order_by("pk").first()


def _repeat(notice: Notice, reporter: Actor, at: datetime) -> NoticeRow:
    Notice.objects.filter(pk=notice.pk).update(repeats=F("repeats") + 1)
    record(
        kind=events_decisions.REPEATED, subject=Subject("notice", notice.public_id), actor=reporter, at=at,
        data={"case": notice.case.public_id},
    )  # fmt: skip
    return NoticeRow(notice.public_id, "open", notice.at, joined=True)

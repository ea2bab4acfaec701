"""Reports to the CyberTipline: drafted from a case, reviewed by a person, handed to the outbox.

The duty: 18 USC 2258A(a), as soon as reasonably possible after actual knowledge; (h), as amended by the REPORT Act
(2024): what was reported is preserved for a year from the submission at least.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import envelope, events
from fairboard.safety.cybertip import building, elements
from fairboard.safety.cybertip.building import Choices, FileToSend
from fairboard.safety.models import Case, Evidence, Hold, Report, Step
from fairboard.safety.queries.access import visible_cases
from fairboard.safety.queries.reports import visible_reports
from fairboard.safety.services import evidence as pieces
from fairboard.safety.services import holds

DELIVER = tasks.expect("safety.deliver_report")
OPEN_STATES = ("draft", "sending", "failed", "retracting")


class ChangedMeanwhile(Conflict):
    """What would be sent is not what was reviewed."""

    code = "report-changed"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent: the document, the files, what the service would refuse, and a mark of all of it."""

    document: str
    files: tuple[FileToSend, ...]
    faults: tuple[str, ...]
    mark: str


def is_dry_run() -> bool:
    """Whether reports are built and checked without being sent: in a demo that names no service."""
    return bool(settings.DEMO and not settings.CYBERTIP_URL)


def known_elements() -> elements.Table:
    """The table of elements in force; raises Conflict where the operator's own cannot be read."""
    try:
        return elements.table(settings.CYBERTIP_ELEMENTS)
    except (elements.BadTable, OSError, ValueError) as error:
        raise Conflict(
            _("The table of elements cannot be read (FAIRBOARD_CYBERTIP_ELEMENTS): %(why)s") % {"why": error}
        ) from error


def create(*, case_id: str, actor: Actor, at: datetime) -> str:
    """Begin a report about a case; its evidence is kept first. Returns the report that is open already, if one is.

    The case becomes a child-safety case, known of from now at the latest, and what it is about is held.
    Raises Forbidden, NotFound.
    """
    _may(actor)
    case = visible_cases(actor).select_related("submission").filter(public_id=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    standing = Report.objects.filter(case=case, state__in=OPEN_STATES).first()
    if standing is not None:
        return standing.public_id
    with transaction.atomic():
        Case.objects.filter(pk=case.pk, known_at=None).update(known_at=at)
        Case.objects.filter(pk=case.pk).update(is_child=True, queue="child")
    kept = Evidence.objects.get(public_id=pieces.keep(case_id=case_id, actor=actor, at=at))
    case.refresh_from_db()
    ad_like = case.kind != "message"
    types = known_elements().incident_types
    wanted = "Child Sex Trafficking" if ad_like else "Online Enticement of Children for Sexual Acts"
    try:
        with transaction.atomic():
            report = Report.objects.create(
                case=case, evidence=kept, incident_type=wanted if wanted in types else types[0],
                known_at=case.known_at or at, created_by=actor.id, created_at=at,
            )  # fmt: skip
            _hold(report, actor, at)
            _tell(events.REPORT_DRAFTED, report, actor, at)
    except IntegrityError:  # a colleague began one in the same moment
        report = Report.objects.get(case=case, state__in=OPEN_STATES)
    return report.public_id


def revise(
    *, report_id: str, incident_type: str, note: str, high_priority: str, with_photos: bool, photos_viewed: bool,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Change a draft, or a report that failed, which is a draft again then. Raises Forbidden, NotFound, Conflict."""
    report = _report(report_id, actor)
    if incident_type not in known_elements().incident_types:
        raise Invalid(_("Choose the type of incident."), field="incident_type")
    asked = Step.objects.filter(attempt__report=report, attempt__state="open", kind="finish")
    if asked.exclude(outcome="not_sent").exists():
        raise Conflict(_("The service may have taken this report already. Try again first; it cannot be changed now."))
    with transaction.atomic():
        changed = Report.objects.filter(pk=report.pk, state__in=["draft", "failed"], lease="").update(
            state="draft", incident_type=incident_type, note=note.strip()[:4000],
            high_priority=high_priority.strip()[:3000], with_photos=with_photos, photos_viewed=photos_viewed,
        )  # fmt: skip
        if not changed:
            raise Conflict(_("This report is on its way or done; it cannot be changed any more."))
        _tell(events.REPORT_DRAFTED, report, actor, at)


def preview(*, report_id: str, actor: Actor, at: datetime) -> Preview:
    """What would be sent, from the evidence; that it was looked at is logged first. Raises Forbidden, NotFound."""
    report = _report(report_id, actor)
    pieces.log_access(
        evidence=report.evidence, how="report", purpose="report", reason=f"preview of report {report.public_id}",
        actor=actor, at=at,
    )  # fmt: skip
    return _built(report)[0]


def approve(*, report_id: str, mark: str, actor: Actor, at: datetime) -> str:
    """Hand a reviewed draft to the outbox; ``mark`` says what was reviewed. Returns the state.

    Exactly what is sent is sealed as evidence of its own first. In a dry run the report is checked and goes nowhere.
    Raises Forbidden, NotFound, Conflict, ChangedMeanwhile, Invalid.
    """
    report = _report(report_id, actor)
    if report.state != "draft":
        raise Conflict(_("This report is on its way or done already."))
    built, package = _built(report)
    if built.mark != mark:
        raise ChangedMeanwhile(_("The report changed since you looked at it. Look at it again before you send it."))
    if built.faults:
        raise Invalid(_("The service would refuse this report: %(why)s") % {"why": built.faults[0]}, field="report")
    sent = pieces.write(
        case=report.case, kind="report", occasion=f"{report.public_id}-{built.mark[:16]}", package=package,
        actor=actor, at=at,
    )  # fmt: skip
    state = "checked" if is_dry_run() else "sending"
    with transaction.atomic():
        changed = Report.objects.filter(pk=report.pk, state="draft").update(
            state=state, sent=sent, approved_by=actor.id, approved_at=at, next_try_at=at, tries=0, last_error="",
            alarmed_at=None,
        )  # fmt: skip
        if not changed:
            raise Conflict(_("This report is on its way or done already."))
        _tell(events.REPORT_APPROVED, report, actor, at, state=state)
        if state == "checked":
            _tell(events.REPORT_ENDED, report, actor, at, state=state)
        else:
            tasks.enqueue(DELIVER, report_id=report.public_id)
    return state


def retry(*, report_id: str, actor: Actor, at: datetime) -> None:
    """Try to deliver now, whatever the outbox had in mind. Raises Forbidden, NotFound, Conflict."""
    report = _report(report_id, actor)
    with transaction.atomic():
        found = Report.objects.filter(pk=report.pk, lease="", sent__isnull=False)
        changed = found.filter(state="failed").update(state="sending", next_try_at=at, tries=0)
        changed = changed or found.filter(state__in=["sending", "retracting"]).update(next_try_at=at)
        if not changed:
            raise Conflict(_("There is nothing to try again: the report is being sent just now, or is done."))
        _tell(events.REPORT_APPROVED, report, actor, at, state="retry")
        tasks.enqueue(DELIVER, report_id=report.public_id)


def retract(*, report_id: str, actor: Actor, at: datetime) -> str:
    """Take a report back: a draft at once, one on its way by the outbox. What is finished stays. Returns the state."""
    report = _report(report_id, actor)
    with transaction.atomic():
        found = Report.objects.filter(pk=report.pk)
        if found.filter(state="draft", attempts=None).update(state="discarded"):
            release_holds(report, actor, at)
            _tell(events.REPORT_ENDED, report, actor, at, state="discarded")
            return "discarded"
        if not found.filter(state__in=["draft", "sending", "failed"]).update(state="retracting", next_try_at=at):
            raise Conflict(_("A finished report is final: it cannot be taken back."))
        _tell(events.REPORT_APPROVED, report, actor, at, state="retracting")
        tasks.enqueue(DELIVER, report_id=report.public_id)
    return "retracting"


def choices_of(report: Report) -> Choices:
    """What the person decided, with what the installation adds."""
    return Choices(
        report.incident_type, report.note, report.high_priority, report.with_photos, report.photos_viewed,
        settings.SITE_NAME, settings.BASE_URL, settings.CYBERTIP_CONTACT or settings.DEFAULT_FROM_EMAIL,
    )  # fmt: skip


def _built(report: Report) -> tuple[Preview, envelope.Package]:
    files = pieces.contents(report.evidence).files
    choices, known = choices_of(report), known_elements()
    document = building.report(files, choices, known)
    sending = building.files_to_send(files, choices)
    details = [
        building.file_details(one, report_id="0", file_id="0", sent_at="", choices=choices, known=known)
        for one in sending
    ]
    faults = elements.faults(document, "report", known)
    faults += [fault for one in details for fault in elements.faults(one, "fileDetails", known)]
    listed = json.dumps([[one.name, one.sent_as, one.sha256, one.md5, one.size] for one in sending]).encode()
    package = envelope.pack({"report.xml": document, "files.json": listed}, {"report": report.public_id})
    mark = hashlib.sha256(package.content).hexdigest()
    return Preview(document.decode(), tuple(sending), tuple(faults), mark), package


def _may(actor: Actor) -> None:
    if not actor.can("reports.send"):
        raise Forbidden(_("Only those with that permission report to the CyberTipline."))


def _report(report_id: str, actor: Actor) -> Report:
    _may(actor)
    found = visible_reports(actor).select_related("case__submission", "evidence").filter(public_id=report_id).first()
    if found is None:
        raise NotFound(_("There is no such report."))
    return found


def _hold(report: Report, actor: Actor, at: datetime) -> None:
    """Hold the member, the subject and the case while the report is open, without a term."""
    for kind, subject in held_subjects(report):
        holds.place(
            subject_kind=kind, subject_id=subject, reason="18 USC 2258A(h)", source_kind="report",
            source_id=report.public_id, actor=actor, at=at,
        )  # fmt: skip


def release_holds(report: Report, actor: Actor, at: datetime) -> None:
    """End what the open report held; the caller places what stays."""
    for hold in Hold.objects.filter(source_kind="report", source_id=report.public_id, released_at=None):
        holds.release(hold_id=hold.public_id, actor=actor, at=at)


def held_subjects(report: Report) -> tuple[tuple[str, str], ...]:
    """What a report keeps out of reach of erasure: its author, its subject, its case with all evidence."""
    submission = report.case.submission
    subjects = (
        ("member", submission.author_id), (submission.kind, submission.subject_id), ("case", report.case.public_id),
    )  # fmt: skip
    return tuple((kind, subject) for kind, subject in subjects if subject)


def _tell(kind: str, report: Report, actor: Actor, at: datetime, *, state: str = "") -> None:
    data = {"state": state} if state else {}
    record(kind=kind, subject=Subject("report", report.public_id), actor=actor, at=at, data=data)

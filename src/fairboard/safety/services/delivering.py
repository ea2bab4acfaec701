"""The outbox of reports: every request is written down before it is sent and completed when its answer is there.

The service keeps no key by which a repeated request is known, so what became of a request whose answer was lost is
never guessed. Whatever was being opened expires by itself; a report a file may have reached is taken back, and a new
one begun; only finishing is asked again, because the service says when it was done already. So no file is sent twice
into one report, no report is finished twice, and none is forgotten, wherever the process is killed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety.cybertip import building
from fairboard.safety.cybertip.answers import (
    FINISHED,
    NO_SUCH_REPORT,
    OK,
    RETRACTED,
    Answer,
    AnswerLost,
    NotSent,
    Service,
    is_temporary,
)
from fairboard.safety.cybertip.building import FileToSend
from fairboard.safety.models import Attempt, Evidence, Report, Step
from fairboard.safety.services import evidence as pieces
from fairboard.safety.services import holds
from fairboard.safety.services.reporting import choices_of, held_subjects, known_elements, release_holds

SYSTEM = Actor.system("reports")
LEASE = timedelta(minutes=10)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60))
LIFE, SINCE_CHANGE = timedelta(hours=24), timedelta(hours=1)
"""An unfinished report is dropped by the service 24 h after its opening or 1 h after the last change, the later."""
MARGIN = timedelta(minutes=2)
PRESERVED = timedelta(days=366)
"""18 USC 2258A(h)(1): the contents of a report are preserved for a year after the submission."""
ALARM_AFTER_TRIES, ALARM_AFTER, ALARM_AGAIN = 3, timedelta(minutes=15), timedelta(hours=12)


class _Later(Exception):
    """Nothing more can be done now; the text says why."""


class _PersonNeeded(Exception):
    """The service will not take it as it is."""


class _Done(Exception):
    """It turned out that the report is finished."""


class _LeaseLost(Exception):
    """Another process has taken the report over."""


@dataclass(frozen=True, slots=True)
class _Run:
    report: Report
    lease: str
    client: Service
    now: Callable[[], datetime]


def deliver(*, report_id: str, client: Service, now: Callable[[], datetime]) -> str:
    """Bring one report as far as it goes; returns its state, empty where it is not due or somebody else has it."""
    lease, at = new_id(), now()
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    due = Report.objects.filter(free, public_id=report_id, state__in=["sending", "retracting"], next_try_at__lte=at)
    if not due.update(lease=lease, leased_until=at + LEASE, tries=F("tries") + 1):
        return ""
    report = Report.objects.select_related("case__submission", "evidence", "sent").get(public_id=report_id)
    run = _Run(report, lease, client, now)
    try:
        if report.state == "retracting":
            _take_back(run)
        else:
            _bring(run)
    except _LeaseLost:
        return ""
    except _Done:
        pass
    except _PersonNeeded as problem:
        _stop(run, str(problem), needs_person=True)
    except (_Later, NotSent, AnswerLost) as problem:
        _stop(run, str(problem), needs_person=False)
    except Exception as problem:  # whatever it is, the report stays, loudly, and is tried again
        _stop(run, f"{type(problem).__name__}: {problem}", needs_person=False)
    return str(Report.objects.values_list("state", flat=True).get(pk=report.pk))


def _bring(run: _Run) -> None:
    """Open, send every file with what is known of it, finish."""
    report = run.report
    if report.sent is None:
        raise _PersonNeeded("nothing was approved")
    pieces.log_access(
        evidence=report.evidence, how="report", purpose="report", reason=f"delivery of report {report.public_id}",
        actor=SYSTEM, at=run.now(),
    )  # fmt: skip
    approved = pieces.contents(report.sent).files
    files = [FileToSend(*one) for one in json.loads(approved["files.json"])]
    photos = pieces.contents(report.evidence).files
    for _again in range(3):
        attempt = _standing(run) or _open(run, report.sent, approved["report.xml"])
        if all(_file(run, attempt, one, photos[one.name]) for one in files) and _finish(run, attempt):
            return
    raise _Later("the service dropped the report again and again")


def _standing(run: _Run) -> Attempt | None:
    """The attempt that can go on; one whose state is not known any more is given up."""
    attempt = Attempt.objects.filter(report=run.report).order_by("-number").first()
    if attempt is None or attempt.state not in {"opening", "open"}:
        return None
    last = Step.objects.filter(attempt=attempt).order_by("-pk").first()
    outcome = last.outcome if last else "not_sent"
    if attempt.state == "opening":
        _become(run, attempt, "lost" if outcome in {"", "lost"} else "refused")
        return None
    if Step.objects.filter(attempt=attempt, kind="finish").exclude(outcome="not_sent").exists():
        return attempt  # asked again: the service says whether it was done
    if outcome in {"ok", "not_sent"} and attempt.sent_id == run.report.sent_id:
        if run.now() + MARGIN < max(attempt.opened_at + LIFE, attempt.changed_at + SINCE_CHANGE):
            return attempt
        _become(run, attempt, "expired")
        return None
    return _give_up(run, attempt)


def _give_up(run: _Run, attempt: Attempt) -> Attempt | None:
    """Take a report back that may hold a file nobody knows of; if it is finished after all, it goes on as that."""
    try:
        answer = _ask(run, attempt, "retract", lambda: run.client.retract(attempt.service_id))
    except (NotSent, AnswerLost):
        _become(run, attempt, "abandoned")  # it expires by itself
        raise
    if answer.code == FINISHED:
        _finished(run, attempt)
        raise _Done
    _become(run, attempt, "abandoned")
    return None


def _open(run: _Run, sent: Evidence, document: bytes) -> Attempt:
    at = run.now()
    with transaction.atomic():
        _renew(run, at)
        attempt = Attempt.objects.create(
            report=run.report, number=Attempt.objects.filter(report=run.report).count() + 1, sent=sent,
            opened_at=at, changed_at=at,
        )  # fmt: skip
        step = Step.objects.create(attempt=attempt, kind="open", began_at=at)
    answer = _ask(run, attempt, "open", lambda: run.client.submit(document), step=step)
    if answer.code != OK or not answer.report_id:
        if is_temporary(answer.code) or answer.code == OK:
            _become(run, attempt, "lost")
            raise _Later(f"open: {answer.code} {answer.detail}")
        _become(run, attempt, "refused")
        raise _PersonNeeded(f"open: {answer.code} {answer.detail}")
    return attempt


def _file(run: _Run, attempt: Attempt, one: FileToSend, content: bytes) -> bool:
    """Send a file and what is known of it, each once; False where the report is gone and a new one is needed."""
    done = Step.objects.filter(attempt=attempt, file_name=one.name, outcome="ok")
    upload = done.filter(kind="upload").first()
    if upload is None:
        answer = _ask(
            run, attempt, "upload", lambda: run.client.upload(attempt.service_id, one.sent_as, content), one.name,
            md5=one.md5,
        )  # fmt: skip
        if not _went_well(run, attempt, "upload", answer):
            return False
        upload = done.get(kind="upload")
    if not done.filter(kind="fileinfo").exists():
        submitted = run.report.case.submission.submitted_at.isoformat()
        document = building.file_details(
            one, report_id=attempt.service_id, file_id=upload.file_id, sent_at=submitted,
            choices=choices_of(run.report), known=known_elements(),
        )  # fmt: skip
        answer = _ask(run, attempt, "fileinfo", lambda: run.client.fileinfo(document), one.name)
        return _went_well(run, attempt, "fileinfo", answer)
    return True


def _went_well(run: _Run, attempt: Attempt, kind: str, answer: Answer) -> bool:
    if answer.code == OK:
        return True
    if answer.code in {NO_SUCH_REPORT, RETRACTED}:
        _become(run, attempt, "expired" if answer.code == NO_SUCH_REPORT else "retracted")
        return False
    if is_temporary(answer.code):
        raise _Later(f"{kind}: {answer.code} {answer.detail}")
    raise _PersonNeeded(f"{kind}: {answer.code} {answer.detail}")


def _finish(run: _Run, attempt: Attempt) -> bool:
    answer = _ask(run, attempt, "finish", lambda: run.client.finish(attempt.service_id))
    if answer.code in {OK, FINISHED}:
        _finished(run, attempt)
        return True
    return _went_well(run, attempt, "finish", answer)


def _take_back(run: _Run) -> None:
    attempt = Attempt.objects.filter(report=run.report, state="open").order_by("-number").first()
    if attempt is not None:
        answer = _ask(run, attempt, "retract", lambda: run.client.retract(attempt.service_id))
        if answer.code == FINISHED:
            return _finished(run, attempt)
        if answer.code not in {OK, NO_SUCH_REPORT, RETRACTED}:
            raise _Later(f"retract: {answer.code} {answer.detail}")
        _become(run, attempt, "retracted")
    at = run.now()
    with transaction.atomic():
        Attempt.objects.filter(report=run.report, state="opening").update(state="lost")
        if _close(run, state="retracted"):
            release_holds(run.report, SYSTEM, at)
            _tell(run, events.REPORT_ENDED, at, state="retracted")
    return None


def _ask(
    run: _Run, attempt: Attempt, kind: str, send: Callable[[], Answer], file_name: str = "", *,
    step: Step | None = None, md5: str = "",
) -> Answer:  # fmt: skip
    """One request: written down, sent, its answer written down. Raises NotSent, AnswerLost, _LeaseLost."""
    if step is None:
        at = run.now()
        with transaction.atomic():
            _renew(run, at)
            step = Step.objects.create(attempt=attempt, kind=kind, file_name=file_name, began_at=at)
    try:
        answer = send()
    except (NotSent, AnswerLost) as problem:
        _end(run, attempt, step, "not_sent" if isinstance(problem, NotSent) else "lost", None, str(problem))
        raise
    if kind == "upload" and answer.code == OK and md5 and answer.md5 and answer.md5 != md5:
        answer = Answer(1000, "what arrived is not what was sent")
    _end(run, attempt, step, "ok" if answer.code == OK else "refused", answer.code, answer.detail, answer)
    return answer


def _end(
    run: _Run, attempt: Attempt, step: Step, outcome: str, code: int | None, detail: str, answer: Answer | None = None
) -> None:
    at = run.now()
    with transaction.atomic():
        Step.objects.filter(pk=step.pk).update(
            ended_at=at, outcome=outcome, code=code, detail=detail[:300], file_id=answer.file_id if answer else ""
        )
        if outcome == "ok" and step.kind == "open" and answer and answer.report_id:
            attempt.state, attempt.service_id, attempt.opened_at = "open", answer.report_id, step.began_at
        if outcome == "ok":
            attempt.changed_at = step.began_at  # the service may count from when it came: never later
        Attempt.objects.filter(pk=attempt.pk).update(
            state=attempt.state, service_id=attempt.service_id, opened_at=attempt.opened_at,
            changed_at=attempt.changed_at,
        )  # fmt: skip
        _tell(run, events.REPORT_ATTEMPTED, at, step=step.kind, outcome=outcome, code=code, attempt=attempt.number)


def _become(run: _Run, attempt: Attempt, state: str) -> None:
    at = run.now()
    with transaction.atomic():
        attempt.state = state
        Attempt.objects.filter(pk=attempt.pk).update(state=state)
        _tell(run, events.REPORT_ATTEMPTED, at, attempt=attempt.number, state=state)


def _renew(run: _Run, at: datetime) -> None:
    """Keep the report for as long as it is worked on; raises _LeaseLost where somebody else has it."""
    if not Report.objects.filter(pk=run.report.pk, lease=run.lease).update(leased_until=at + LEASE):
        raise _LeaseLost


def _finished(run: _Run, attempt: Attempt) -> None:
    at = run.now()
    with transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(state="finished")
        if not _close(run, state="finished", finished_at=at, service_id=attempt.service_id):
            return
        release_holds(run.report, SYSTEM, at)
        for kind, subject in held_subjects(run.report):
            holds.place(
                subject_kind=kind, subject_id=subject, reason="18 USC 2258A(h)", source_kind="report",
                source_id=run.report.public_id, actor=SYSTEM, at=at, until=at + PRESERVED,
            )  # fmt: skip
        _tell(run, events.REPORT_FINISHED, at, service_id=attempt.service_id)


def _close(run: _Run, **changes: object) -> int:
    return Report.objects.filter(pk=run.report.pk, state__in=["sending", "retracting", "failed"]).update(
        lease="", leased_until=None, next_try_at=None, last_error="", **changes
    )


def _stop(run: _Run, why: str, *, needs_person: bool) -> None:
    """Let go of the report until the next try, or until a person helps; raise the alarm when it is due."""
    at = run.now()
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=run.report.pk)
        if report.lease != run.lease:
            return
        report.lease, report.leased_until, report.last_error = "", None, why[:300]
        report.next_try_at = at + BACKOFF[min(report.tries, len(BACKOFF)) - 1]
        if needs_person and report.state == "sending":
            report.state = "failed"
        report.save(update_fields=["lease", "leased_until", "last_error", "next_try_at", "state"])
        raise_alarm(report, at)


def raise_alarm(report: Report, at: datetime) -> None:
    """Say on the ledger, and by mail, that a report is not delivered; once in twelve hours. Inside a transaction."""
    waits = at - (report.approved_at or at)
    is_due = report.state == "failed" or report.tries >= ALARM_AFTER_TRIES or waits >= ALARM_AFTER
    if not is_due or (report.alarmed_at and at < report.alarmed_at + ALARM_AGAIN):
        return
    Report.objects.filter(pk=report.pk).update(alarmed_at=at)
    record(
        kind=events.REPORT_UNDELIVERED, subject=Subject("report", report.public_id), actor=SYSTEM, at=at,
        data={"state": report.state, "tries": report.tries},
    )  # fmt: skip


def _tell(run: _Run, kind: str, at: datetime, **data: object) -> None:
    record(kind=kind, subject=Subject("report", run.report.public_id), actor=SYSTEM, at=at, data=data)

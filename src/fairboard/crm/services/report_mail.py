"""Reports and dashboards by mail: daily, weekly or monthly, each colleague with their own rights, nobody twice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.chart_process import DrawingFailed
from fairboard.crm.models import ReportDelivery, ReportMail
from fairboard.crm.models.reports import RHYTHMS
from fairboard.crm.queries import report_list, report_ready
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.periods import month_start
from fairboard.crm.services import report_files
from fairboard.crm.services.report_files import Titled
from fairboard.kit import mail, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.ledger.services import Subject, record
from fairboard.people import queries as people

SEND = tasks.expect("crm.send_report")
HOUR = 6
"""When mails go out, in UTC."""
FORMS = ("pdf", "csv")
MOST_RECIPIENTS = 50
TRIED_FOR = timedelta(days=1)


def next_time(rhythm: str, after: datetime) -> datetime:
    """The next time of a rhythm: a day, a Monday or the first of a month, at six in UTC."""
    day = after.astimezone(UTC).date() + timedelta(days=1)
    if rhythm == "weekly":
        day += timedelta(days=-day.weekday() % 7)
    elif rhythm == "monthly" and day.day != 1:
        day = month_start(day.year, day.month + 1)
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=UTC)


def schedule(
    *, rhythm: str, recipients: Sequence[str], forms: Sequence[str], actor: Actor, at: datetime, report_id: str = "",
    dashboard_id: str = "",
) -> str:  # fmt: skip
    """Have a report or dashboard go out from the next time on; returns the id. Raises NotFound, Forbidden, Invalid."""
    row = ReportMail(owner_id=actor.id, created_at=at)
    if report_id:
        row.report_id, subject = report_list.report(actor=actor, report_id=report_id).pk, report_id
    else:
        row.dashboard_id = report_list.dashboard(actor=actor, dashboard_id=dashboard_id).pk
        subject = dashboard_id
    if rhythm not in RHYTHMS:
        raise Invalid(_("Choose daily, weekly or monthly."), field="rhythm")
    if not forms or not set(forms) <= set(FORMS):
        raise Invalid(_("Choose PDF, CSV or both."), field="forms")
    colleagues = people.colleagues("crm.use")
    chosen = list(dict.fromkeys(recipients))
    if not chosen or len(chosen) > MOST_RECIPIENTS or not set(chosen) <= colleagues.keys():
        raise Invalid(_("Choose colleagues who work with the CRM."), field="recipients")
    if set(chosen) != {actor.id} and not seat_of(actor).may("reports"):
        raise Forbidden(_("Your profile sends reports to yourself only."))
    row.rhythm, row.recipients, row.forms = rhythm, chosen, [one for one in FORMS if one in forms]
    row.due_at = next_time(rhythm, at)
    with transaction.atomic():
        row.save()
        record(
            kind=events.REPORT_SCHEDULED, subject=Subject("crm.report", subject), actor=actor, at=at,
            data={"rhythm": rhythm, "recipients": len(chosen)},
        )  # fmt: skip
    return row.public_id


def unschedule(*, mail_id: str, actor: Actor, at: datetime) -> None:
    """Let a report go out no longer; raises NotFound also for somebody else's."""
    seat_of(actor)
    row = ReportMail.objects.select_related("report", "dashboard").filter(public_id=mail_id).first()
    if row is None or not (row.owner_id == actor.id or actor.can("crm.manage")):
        raise NotFound
    about = row.report or row.dashboard
    with transaction.atomic():
        record(
            kind=events.REPORT_SCHEDULED, subject=Subject("crm.report", about.public_id if about else ""), actor=actor,
            at=at, data={"rhythm": "", "recipients": 0},
        )  # fmt: skip
        row.delete()


def begin_due(*, at: datetime) -> int:
    """Claim every mail that is due and leave a delivery to each colleague to the worker; returns how many.

    Each time is claimed by a conditional update, and each delivery has one row: two workers, or a second run, send
    nothing twice. What could not be made or handed over is tried again for a day.
    """
    begun = 0
    for row in ReportMail.objects.filter(due_at__lte=at).order_by("pk"):
        with transaction.atomic():
            due = row.due_at
            if not ReportMail.objects.filter(pk=row.pk, due_at=due).update(due_at=next_time(row.rhythm, at)):
                continue
            ReportDelivery.objects.bulk_create(
                [ReportDelivery(mail=row, member_id=one, due_at=due) for one in row.recipients], ignore_conflicts=True
            )
    waiting = ReportDelivery.objects.filter(sent_at=None, claimed_at=None, due_at__gt=at - TRIED_FOR)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        tasks.enqueue(SEND, delivery_id=pk)
        begun += 1
    return begun


def deliver(*, delivery_id: int, at: datetime) -> bool:
    """Make and send one delivery, unless somebody has claimed it; returns whether it was sent."""
    row = ReportDelivery.objects.select_related("mail__report", "mail__dashboard").filter(pk=delivery_id).first()
    if row is None or not ReportDelivery.objects.filter(pk=row.pk, claimed_at=None).update(claimed_at=at):
        return False
    try:
        to, context, files = _made(row, at)
    except (Problem, DrawingFailed) as error:
        # Nothing has left: a drawing may do better next time, a right that is missing will not.
        again = isinstance(error, DrawingFailed)
        ReportDelivery.objects.filter(pk=row.pk).update(error=str(error)[:200], claimed_at=None if again else at)
        return False
    try:
        mail.send(
            to=to, template="crm/mail/report.txt", context=context, attachments=files,
            language=people.language_of(row.member_id),
        )  # fmt: skip
    except (OSError, SMTPException) as error:
        ReportDelivery.objects.filter(pk=row.pk).update(error=str(error)[:200], claimed_at=None)
        return False
    with transaction.atomic():
        ReportDelivery.objects.filter(pk=row.pk).update(sent_at=at, error="")
        about = row.mail.report or row.mail.dashboard
        record(
            kind=events.REPORT_SENT, subject=Subject("crm.report", about.public_id if about else ""),
            actor=Actor.system("crm"), at=at, data={"to": row.member_id},
        )  # fmt: skip
    return True


def _made(row: ReportDelivery, at: datetime) -> tuple[str, dict[str, Any], list[tuple[str, bytes, str]]]:
    """The address, the words and the files, as the recipient may see them; raises NotFound, Forbidden."""
    actor = people.actor_by_id(row.member_id)
    to = people.address_of(row.member_id)
    if actor is None or not to or not actor.can("crm.use"):
        raise Forbidden("the recipient left")
    with translation.override(people.language_of(row.member_id)):
        name, address, reports = _content(row.mail, actor, at)
        files = []
        stem = slugify(name) or "report"
        if "pdf" in row.mail.forms:
            made = report_files.as_pdf(name, reports, reader=actor.name or "", at=at)
            files.append((f"{stem}.pdf", made, "application/pdf"))
        if "csv" in row.mail.forms and seat_of(actor).may("export"):
            files += [
                (f"{slugify(one.name) or f'report-{number}'}.csv", report_files.as_csv(one.result), "text/csv")
                for number, one in enumerate(reports, start=1) if one.result is not None
            ]  # fmt: skip
    return to, {"name": name, "address": f"{settings.BASE_URL}{address}", "rhythm": row.mail.rhythm}, files


def _content(row: ReportMail, actor: Actor, at: datetime) -> tuple[str, str, list[Titled]]:
    if row.report is not None:
        one = report_list.report(actor=actor, report_id=row.report.public_id)
        result = report_ready.run(actor=actor, type_key=one.type_key, definition=one.definition, at=at)
        return one.name, reverse("crm:report", args=[one.id]), [Titled(one.name, result)]
    if row.dashboard is None:
        raise NotFound
    board = report_list.dashboard(actor=actor, dashboard_id=row.dashboard.public_id)
    return board.name, reverse("crm:dashboard", args=[board.id]), run_cards(board, actor=actor, at=at)


def run_cards(
    board: report_list.DashboardRow, *, actor: Actor, at: datetime, narrowing: Any = None
) -> list[Titled]:  # fmt: skip
    """The reports of a dashboard, each run for its reader; one that cannot be run says why."""
    known = report_list.reports_by_id(actor=actor, ids=[one for one, _wide in board.cards])
    found = []
    for report_id, _wide in board.cards:
        one = known.get(report_id)
        if one is None:
            continue
        try:
            result = report_ready.run(
                actor=actor, type_key=one.type_key, definition=one.definition, at=at, narrowing=narrowing
            )
        except (Invalid, NotFound) as problem:
            found.append(Titled(one.name, None, problem.detail))
        else:
            found.append(Titled(one.name, result))
    return found

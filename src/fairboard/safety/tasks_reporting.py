"""Background work on reports: deliver what is due, and be loud about what is not delivered."""

from dataclasses import asdict

from django.conf import settings
from django.db import transaction

from fairboard.kit import clock, mail, tasks
from fairboard.ledger.queries import event_by_number
from fairboard.people.queries import actors_with, address_of, language_of
from fairboard.safety.cybertip.answers import Answer, NotSent, Service
from fairboard.safety.forms_evidence import REPORT_LABELS
from fairboard.safety.models import Report
from fairboard.safety.queries.reports import undelivered
from fairboard.safety.services.delivering import deliver, raise_alarm


class _Unset:
    """Stands for the service where none is set: nothing is sent, and that is said."""

    def submit(self, document: bytes) -> Answer:
        raise NotSent("FAIRBOARD_CYBERTIP_URL is not set")

    def upload(self, report_id: str, name: str, content: bytes) -> Answer:
        raise NotSent("FAIRBOARD_CYBERTIP_URL is not set")

    def fileinfo(self, document: bytes) -> Answer:
        raise NotSent("FAIRBOARD_CYBERTIP_URL is not set")

    def finish(self, report_id: str) -> Answer:
        raise NotSent("FAIRBOARD_CYBERTIP_URL is not set")

    def retract(self, report_id: str) -> Answer:
        raise NotSent("FAIRBOARD_CYBERTIP_URL is not set")


def service() -> Service:
    """The service as the settings name it."""
    if not settings.CYBERTIP_URL:
        return _Unset()
    from fairboard.safety.cybertip.client import Client  # noqa: PLC0415, an HTTP client of 5 MiB, needed here alone

    return Client(settings.CYBERTIP_URL, settings.CYBERTIP_USER, settings.CYBERTIP_PASSWORD)


@tasks.task("safety.deliver_report")
def deliver_report(report_id: str) -> None:
    """Bring one report as far as it goes."""
    deliver(report_id=report_id, client=service(), now=clock.now)


@tasks.every(minutes=1, name="safety.deliver_reports")
def deliver_reports() -> None:
    """Deliver every report that is due, also what an interrupted worker left; raise the alarms that are due."""
    at = clock.now()
    due = Report.objects.filter(state__in=["sending", "retracting"], next_try_at__lte=at).order_by("known_at")
    client = service()
    for report_id in list(due.values_list("public_id", flat=True)[:100]):
        deliver(report_id=report_id, client=client, now=clock.now)
    for report in Report.objects.filter(state__in=["sending", "failed", "retracting"]).exclude(last_error=""):
        with transaction.atomic():
            raise_alarm(report, clock.now())


@tasks.task("safety.raise_report_alarm")
def raise_report_alarm(event_number: int) -> None:
    """Write to everybody who may send reports; the mail has no details."""
    event = event_by_number(event_number)
    if event is None:
        return
    for actor in actors_with("reports.send"):
        waiting = undelivered(actor=actor, at=clock.now()).reports
        if not waiting or not (address := address_of(actor.id)):
            continue
        mail.send(
            to=address, template="safety/mail/report_undelivered.txt", language=language_of(actor.id),
            context={
                "reports": [{**asdict(one), "state": REPORT_LABELS[one.state][0]} for one in waiting],
                "link": f"{settings.BASE_URL}/desk/reports",
            },
        )  # fmt: skip

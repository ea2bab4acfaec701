"""Work reports leave to the background: drawing charts, sending what goes out by mail."""

from fairboard.crm.services import charts, report_indexes, report_mail
from fairboard.kit import clock, tasks


@tasks.task("crm.draw_charts")
def draw_charts() -> None:
    """Draw every chart that waits."""
    while charts.draw_waiting(at=clock.now()):
        pass


@tasks.task("crm.send_report")
def send_report(delivery_id: int) -> None:
    """Send one report to one colleague."""
    report_mail.deliver(delivery_id=delivery_id, at=clock.now())


@tasks.every(minutes=5, name="crm.report_mails")
def report_mails() -> None:
    """Begin the mails that are due."""
    report_mail.begin_due(at=clock.now())


@tasks.every(minutes=1440, name="crm.sweep_charts")
def sweep_charts() -> None:
    """Forget charts nobody looks at."""
    charts.sweep(at=clock.now())


@tasks.every(minutes=1440, name="crm.report_indexes")
def refresh_indexes() -> None:
    """Make the indexes reports need, drop those no report uses."""
    report_indexes.refresh(at=clock.now())

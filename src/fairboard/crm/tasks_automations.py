"""Background work of automations: what sets them off by the clock and by events, and going on with runs."""

from django.conf import settings

from fairboard.crm import hooks
from fairboard.crm.services import firing, running
from fairboard.kit import clock, mail, tasks
from fairboard.people.queries import address_of, language_of

hooks.on_written(firing.heard)


@tasks.every(minutes=0.5, name="crm.automate")
def automate() -> None:
    """Set off what is due, and go on with every run that is."""
    while firing.follow(at=clock.now()):
        pass
    firing.tick(at=clock.now())
    while running.run_due(at=clock.now()):
        pass


@tasks.task("crm.automation_mail")
def send(member_id: str, subject: str, text: str, key: str, path: str) -> None:
    """Write to a colleague what an automation says."""
    if address := address_of(member_id):
        mail.send(
            to=address, template="crm/mail/automation.txt",
            context={"subject": " ".join(subject.split()), "text": text, "link": f"{settings.BASE_URL}{path}"},
            language=language_of(member_id), headers={"X-Fairboard-Run": key},
        )  # fmt: skip


@tasks.every(minutes=1440, name="crm.automations_sweep")
def sweep() -> None:
    """Forget runs that ended long ago."""
    while running.forget(at=clock.now()):
        pass

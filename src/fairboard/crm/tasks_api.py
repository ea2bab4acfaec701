"""Background work of the API: webhooks told, answers to repeated requests forgotten."""

from fairboard.crm import hooks
from fairboard.crm.services import job_runs, jobs, objects, sending
from fairboard.kit import clock, mail, tasks
from fairboard.people.queries import address_of, language_of

TELL = tasks.expect("crm.webhooks")


@tasks.every(minutes=0.25, name="crm.webhooks")
def tell() -> None:
    """Queue what happened for the webhooks that are told of it, and send what is due."""
    while sending.follow(at=clock.now()):
        pass
    while sending.send_due(at=clock.now()):
        pass


@tasks.task("crm.webhook_notice")
def notice(webhook_id: str) -> None:
    """Tell the owner of a webhook that it was disabled."""
    owner, words = sending.notice_of(webhook_id)
    if address := address_of(owner):
        mail.send(to=address, template="crm/mail/webhook_disabled.txt", context=words, language=language_of(owner))


@tasks.every(minutes=60, name="crm.api_sweep")
def sweep() -> None:
    """Forget answers a day old and logs a month old."""
    objects.forget_replies(at=clock.now())
    sending.forget(at=clock.now())
    while jobs.throw_away(at=clock.now()):
        pass


@tasks.every(minutes=1, name="crm.jobs")
def work() -> None:
    """Work off bulk jobs."""
    while job_runs.run_due(now=clock.now):
        pass


@hooks.on_written
def wake(batch: hooks.Batch) -> None:
    """Have webhooks told soon after a record was written."""
    if batch.source != "import" and sending.is_anybody_told():
        tasks.enqueue(TELL)

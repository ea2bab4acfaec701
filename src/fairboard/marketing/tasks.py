"""Background work of the marketing room; what sends mailings runs by itself, see `marketing.mailer`."""

from pathlib import Path

from django.conf import settings

from fairboard.kit import clock, mail, tasks
from fairboard.marketing import incoming, tokens
from fairboard.marketing.models import ConfirmLink, Topic
from fairboard.marketing.services import campaigns, journey_entries, journey_running, scoring, segments
from fairboard.people.queries import address_of, language_of


@tasks.task("marketing.confirm")
def send_confirmation(link: int) -> None:
    """Mail the one-time link of a double opt-in."""
    found = ConfirmLink.objects.filter(pk=link, used_at=None).first()
    if found is None:
        return
    names = dict(Topic.objects.values_list("key", "name"))
    token = tokens.delivery_token(tokens.CONFIRM, found.pk)
    mail.send(
        to=found.address, template="marketing/mail/confirm.txt",
        context={
            "link": f"{settings.BASE_URL}/mail/confirm/{token}",
            "topics": [names.get(key, key) for key, _wording, _version in found.topics],
        },
        language=str(found.proof.get("language", "")) or None,
    )  # fmt: skip


@tasks.task("marketing.answer")
def tell_of_answer(member_id: str, sender: str, subject: str, text: str, record_id: str, mailing_id: str) -> None:
    """Tell who looks after a record that it answered a mailing; they may answer to the mail itself."""
    address = address_of(member_id)
    if not address:
        return
    path = f"/crm/timeline/{record_id}/" if record_id else f"/marketing/mailings/{mailing_id}"
    mail.send(
        to=address, template="marketing/mail/answer.txt", language=language_of(member_id),
        context={
            "sender": sender, "subject": " ".join(subject.split()), "text": text, "link": f"{settings.BASE_URL}{path}",
        },
        reply_to=[sender],
    )  # fmt: skip


@tasks.every(minutes=5, name="marketing.bounces")
def read_bounces() -> None:
    """Read the maildir of bounces, where there is one."""
    if settings.MAILING_BOUNCE_MAILDIR:
        incoming.read_maildir(Path(settings.MAILING_BOUNCE_MAILDIR))


@tasks.every(minutes=15, name="marketing.segments")
def refresh_segments() -> None:
    """Look at everything of every segment: filters change with the days and with what accounts do."""
    segments.refresh_all(at=clock.now())


@tasks.every(minutes=1, name="marketing.journeys")
def move_on() -> None:
    """Let people into journeys by what happened, and take everybody who is due to their next step."""
    journey_entries.follow_events(at=clock.now())
    while journey_running.tick(at=clock.now()) >= 2_000:
        pass


@tasks.every(minutes=15, name="marketing.campaigns")
def follow_campaigns() -> None:
    """Make who was mailed for a campaign its member, and who answered one that responded."""
    campaigns.follow(at=clock.now())


@tasks.every(minutes=1_440, name="marketing.scores")
def figure_scores() -> None:
    """Work out every score again: what happened counts for a number of days."""
    scoring.figure_all(at=clock.now())

"""Background work of the talk room."""

from django.conf import settings

from fairboard.kit import clock, mail, tasks
from fairboard.ledger.queries import event_by_number
from fairboard.people.queries import address_of, language_of
from fairboard.people.queries_mails import wants
from fairboard.talk.mail_kinds import MESSAGE_MAIL
from fairboard.talk.models import Message
from fairboard.talk.queries.relay import forward


@tasks.task("talk.forward")
def forward_message(event_number: int) -> None:
    """Mail a message to the other side from a relay address; once, however often the task runs."""
    event = event_by_number(event_number)
    going = forward(event.subject_id) if event else None
    if event is None or going is None:
        return
    to = address_of(going.to_member)
    if to and wants(member_id=going.to_member, kind=MESSAGE_MAIL):
        name = going.from_name.replace('"', "").replace("\n", " ")
        mail.send(
            to=to, template="talk/mail/message.txt",
            context={
                "going": going, "link": settings.BASE_URL + going.path, "ad_link": settings.BASE_URL + going.ad_path,
                "by_mail": bool(settings.RELAY_LISTEN),
            },
            sender=f'"{name} ({settings.SITE_NAME})" <{going.relay_address}>',
            reply_to=[going.relay_address],
            headers={"X-Auto-Response-Suppress": "All"},
            language=language_of(going.to_member),
        )  # fmt: skip
    Message.objects.filter(public_id=event.subject_id).update(forwarded_at=clock.now())

"""Background work of the people room: copies of one's data, and erasures whose time has come."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from fairboard.kit import clock, mail, tasks
from fairboard.people.models import DataRequest
from fairboard.people.queries import address_of, language_of
from fairboard.people.services import own_data
from fairboard.ui.filters import date_text


@tasks.task(own_data.MAKE)
def make_copy(request_id: str) -> None:
    """Make the copy of a member's data and tell them where it is."""
    if not own_data.make_copy(request_id=request_id, at=clock.now()):
        return
    asked = DataRequest.objects.select_related("member").get(public_id=request_id)
    to = address_of(asked.member.public_id)
    if to:
        language = asked.member.language
        context = {"link": settings.BASE_URL + reverse("people_own_data"), "until": _day(asked.expires_at, language)}
        mail.send(to=to, template="people/mail/copy_ready.txt", context=context, language=language)


@tasks.task(own_data.TELL)
def tell_erasure(member_id: str) -> None:
    """Tell a member that their account is going to be erased, in case it was not them who asked."""
    asked = DataRequest.objects.filter(member__public_id=member_id, kind="erasure", state="waiting").first()
    to = address_of(member_id)
    if asked and to:
        language = language_of(member_id)
        context = {"link": settings.BASE_URL + reverse("people_own_data"), "until": _day(asked.due_at, language)}
        mail.send(to=to, template="people/mail/erasure_asked.txt", context=context, language=language)


@tasks.every(minutes=60, name="people.erase_due")
def erase_due() -> None:
    """Erase the members whose waiting time is over, each in its own transaction, and write to them a last time."""
    for request_id in own_data.due_erasures(at=clock.now()):
        done = own_data.erase(request_id=request_id, at=clock.now())
        if done is not None:
            mail.send(
                to=done.address, template="people/mail/erased.txt", language=done.language, context={"kept": done.kept}
            )


@tasks.every(minutes=360, name="people.drop_copies")
def drop_copies() -> None:
    """Remove copies that nobody may download any more."""
    own_data.drop_copies(at=clock.now())


def _day(moment: object, language: str) -> str:
    with translation.override(language):
        return date_text(moment)

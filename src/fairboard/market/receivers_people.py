"""What the market does when members sign in or leave: drafts are taken over, ads are copied out and erased."""

from datetime import datetime
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from fairboard.kit import clock
from fairboard.market.queries.own_data import copies
from fairboard.market.services import erasing, saving
from fairboard.people import personal
from fairboard.people.queries import actor_by_id


@receiver(user_logged_in)
def take_drafts_over(sender: object, *, request: HttpRequest | None, user: Any, **rest: Any) -> None:
    """Whoever signs in owns the drafts this browser began before."""
    session = getattr(request, "session", None)
    drafts = session.pop(saving.SESSION_KEY, []) if session is not None else []
    member = actor_by_id(user.public_id) if drafts else None
    if member is not None:
        saving.take_over(member=member, drafts=drafts, at=clock.now())


def erases(member_id: str, at: datetime) -> list[personal.Kept]:
    """Erase a member's ads; those that are needed stay and are said."""
    if not erasing.erase_member(member_id=member_id, at=at):
        return []
    what = gettext_noop("Ads that are part of an open case or under a legal hold.")
    return [personal.Kept(what, gettext_noop("They are erased once that is over (GDPR art. 17(3)(b) and (e))."))]


personal.register(personal.Contributor("market", copies, erases))

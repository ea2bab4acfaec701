"""What the talk room tells other rooms: answers to ads, a member's conversations, and what becomes of them."""

from datetime import datetime

from django.utils.translation import gettext_noop

from fairboard.market import registry
from fairboard.people import personal
from fairboard.talk.queries.own_data import answerers, copies, replies, seller_facts


def erases(member_id: str, at: datetime) -> list[personal.Kept]:
    """Messages stay with those they were written to; the name beside them goes with the account."""
    what = gettext_noop("Messages you sent, in the inboxes of those you sent them to, without your name.")
    return [personal.Kept(what, gettext_noop("They are theirs as well (GDPR art. 15(4) and 17(3))."))]


registry.register_replies(replies)
registry.register_answerers(answerers)
registry.register_facts(seller_facts)
personal.register(personal.Contributor("talk", copies, erases))

"""Safety's part when a member asks for a copy of their data or leaves: what holds it, what must stay."""

from datetime import datetime

from django.utils.translation import gettext_noop

from fairboard.people import personal
from fairboard.safety.queries.own_data import copies
from fairboard.safety.queries.standing import is_held
from fairboard.safety.services.own_data import erase_reports


def holds(member_id: str, at: datetime) -> bool:
    """Whether a legal hold keeps the member's data."""
    return is_held(subject_kind="member", subject_id=member_id, at=at)


def erases(member_id: str, at: datetime) -> list[personal.Kept]:
    """Take the member's name and address off the reports that are closed, and say what stays."""
    erase_reports(member_id=member_id)
    return [
        personal.Kept(
            gettext_noop("What was published as it was judged, decisions, reports and appeals, under a number only."),
            gettext_noop("Decisions must be provable and open to appeal (DSA art. 17, 20 and 24; GDPR art. 17(3))."),
        ),
        personal.Kept(
            gettext_noop("What a business had to say about itself."),
            gettext_noop("It is kept for six months after the end (DSA art. 30(5))."),
        ),
    ]


personal.register_hold(holds)
personal.register(personal.Contributor("safety", copies, erases))

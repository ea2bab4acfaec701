"""Marketing's part when a member asks for a copy of their data or leaves."""

from datetime import datetime

from django.utils.translation import gettext_noop

from fairboard.marketing.queries.own_data import copies
from fairboard.marketing.services.own_data import erase_address
from fairboard.people import personal


def erases(member_id: str, at: datetime) -> list[personal.Kept]:
    """Forget the address and say that what recognises it stays."""
    if not erase_address(member_id=member_id, at=at):
        return []
    what = gettext_noop("A keyed hash of your address, on the list of those nobody writes to.")
    return [
        personal.Kept(what, gettext_noop("Without it we could write to you by mistake (GDPR art. 17(3) and 21(3))."))
    ]


personal.register(personal.Contributor("marketing", copies, erases))

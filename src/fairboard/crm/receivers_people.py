"""The CRM's part when a member asks for a copy of their data or leaves."""

from datetime import datetime

from django.utils.translation import gettext_noop

from fairboard.crm.queries.own_data import copies
from fairboard.crm.services.own_data import erase_tie
from fairboard.people import personal


def erases(member_id: str, at: datetime) -> list[personal.Kept]:
    """Untie the member from the customer account and say that it stays."""
    if not erase_tie(member_id=member_id):
        return []
    what = gettext_noop("The customer account of your business, with its contracts and invoices.")
    return [personal.Kept(what, gettext_noop("Business records are kept as tax law asks (GDPR art. 17(3)(b))."))]


personal.register(personal.Contributor("crm", copies, erases))

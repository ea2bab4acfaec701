"""What the CRM erases of a member who leaves."""

from django.db import transaction

from fairboard.crm.models import Tie, TimelineEntry


def erase_tie(*, member_id: str) -> bool:
    """Untie a member from their customer account and blank what its timeline said if nobody else acts for it.

    Returns whether there was an account, which stays: it is the business's and not the person's.
    """
    with transaction.atomic():
        tie = Tie.objects.filter(member_id=member_id).first()
        if tie is None:
            return False
        others = Tie.objects.filter(account=tie.account_id).exclude(pk=tie.pk)
        if not others.exists():
            TimelineEntry.objects.filter(record=tie.account_id).update(text="")
        tie.delete()
    return True

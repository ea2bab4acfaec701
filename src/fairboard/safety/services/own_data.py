"""What safety erases of a member who leaves."""

from django.db import transaction

from fairboard.safety.models import Notice


def erase_reports(*, member_id: str) -> int:
    """Take name and address off the member's reports whose cases are decided; returns how many."""
    with transaction.atomic():
        found = Notice.objects.filter(reporter_id=member_id, case__state="decided")
        return found.update(reporter_name="", reporter_email="")

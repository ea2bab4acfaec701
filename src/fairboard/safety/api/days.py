"""Days as the API takes them."""

from datetime import datetime

from django.utils.translation import gettext as _

from fairboard.kit import clock
from fairboard.kit.problems import Invalid


def day(text: str, name: str) -> datetime:
    """The first moment (UTC) of a day written as 2026-01-31; raises Invalid for the field ``name``."""
    try:
        return clock.aware(datetime.fromisoformat(text))
    except ValueError as error:
        raise Invalid(_("There is no such day."), field=name) from error

"""What pages of reports call things."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RHYTHM_WORDS: dict[str, str | Promise] = {
    "daily": _("Every day"), "weekly": _("Every Monday"), "monthly": _("On the first of the month"),
}  # fmt: skip

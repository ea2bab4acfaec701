"""The kinds of order there are: their law, their clock, what carrying them out means. Plain data."""

from dataclasses import dataclass
from datetime import timedelta

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class OrderKind:
    """A kind of order.

    ``within`` is the clock used when the authority sets no deadline of its own. ``act`` says what carrying it out
    is: ``remove`` content, ``disclose`` a package, ``keep`` data by a legal hold, or only ``tell`` what was done.
    """

    key: str
    label: str | Promise
    law: str
    within: timedelta
    act: str


KINDS = (
    OrderKind("removal", _("Order against content"), "DSA art. 9", timedelta(hours=24), "remove"),
    OrderKind("information", _("Order to give information"), "DSA art. 10", timedelta(days=7), "disclose"),
    OrderKind("subpoena", _("Subpoena"), "18 USC 2703(c)(2)", timedelta(days=14), "disclose"),
    OrderKind("warrant", _("Search warrant"), "18 USC 2703(a), (b)", timedelta(days=7), "disclose"),
    OrderKind("preservation", _("Request to preserve"), "18 USC 2703(f)", timedelta(hours=24), "keep"),
    OrderKind("emergency", _("Emergency: danger to life"), "18 USC 2702(b)(8)", timedelta(hours=1), "disclose"),
    OrderKind("own_report", _("Our report of a threat to life"), "DSA art. 18", timedelta(hours=1), "tell"),
)
"""The clocks are ours where the law says "without undue delay" (DSA art. 9, 10) or "promptly" (art. 18)."""
BY_KEY = {kind.key: kind for kind in KINDS}

PRESERVED = timedelta(days=90)
"""How long a request keeps data, and by how much each renewal does (18 USC 2703(f)(2))."""

WAYS = {
    "mail": _("By mail"),
    "portal": _("Through a portal"),
    "post": _("By post"),
    "served": _("Served in person"),
    "phone": _("By telephone"),
    "sent": _("We wrote to them"),
}
STATES = {
    "received": _("Received"),
    "verified": _("Verified"),
    "carried_out": _("Carried out"),
    "answered": _("Answered"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn"),
}


def countries(language: str = "en") -> dict[str, str]:
    """Two-letter codes with the names of the countries (ISO 3166-1, from the Unicode CLDR)."""
    names = Locale.parse(language.replace("-", "_")).territories
    return {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NONE}


_NONE = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}

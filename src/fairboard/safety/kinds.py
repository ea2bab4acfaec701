"""What can be reported, in the reporter's words, and how fast each must be looked at."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice; severity 1 to 5 orders the queue, ``policy`` is what its case is opened under."""

    key: str
    label: str | Promise
    severity: int
    policy: str = ""


NOTICE_KINDS = (
    NoticeKind("scam", _("It looks like a fraud"), 3, "scam"),
    NoticeKind("prohibited", _("It is not allowed here"), 3),
    NoticeKind("exploitation", _("Somebody may be exploited"), 5, "exploitation"),
    NoticeKind("child", _("A child may be in danger"), 5, "child-safety"),
    NoticeKind("counterfeit", _("A copy, or stolen"), 2),
    NoticeKind("mine", _("It shows me or my property without my consent"), 3),
    NoticeKind("wrong", _("Wrong category, place or sold already"), 1),
    NoticeKind("other", _("Something else"), 2),
)
BY_KEY = {kind.key: kind for kind in NOTICE_KINDS}

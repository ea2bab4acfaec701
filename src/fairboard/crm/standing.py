"""Accounts on hold: nothing is sold to, sent to or moved on for them, by any way."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy

from fairboard.kit.problems import Conflict


class OnHold(Conflict):
    """Something was to be done with accounts that safety holds. ``act`` says what, ``accounts`` with which records.

    Whoever catches it outside the refused transaction writes ``crm.hold.refused``: see `services.standing`.
    """

    code: ClassVar[str] = "account-on-hold"
    title = gettext_lazy("This account is on hold")

    def __init__(self, detail: str, *, act: str, accounts: Sequence[str]) -> None:
        super().__init__(detail, act=act, accounts=list(accounts))
        self.act, self.accounts = act, tuple(accounts)

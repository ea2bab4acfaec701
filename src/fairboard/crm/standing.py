"""Accounts on hold: nothing is sold to, sent to or moved on for them, by any way."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from fairboard.crm.catalogue import TypeInfo
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


class KycNeeded(Conflict):
    """A step of knowing a business customer is missing; ``missing`` names them, ``account`` says whose."""

    code: ClassVar[str] = "kyc-needed"
    title = gettext_lazy("This business is not known yet")

    def __init__(self, detail: str, *, act: str, account: str, missing: Sequence[str]) -> None:
        super().__init__(detail, act=act, account=account, missing=list(missing))
        self.act, self.account = act, account


def begin(info: TypeInfo, data: dict[str, Any], variant: str) -> None:
    """Give a new account its first standing: a business is not known yet."""
    if info.key == "account" and "standing" in info.fields:
        data["standing"] = "unverified" if variant == "organisation" else "clear"

"""How a floor above sends template mail for automations: it offers a function here."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from fairboard.kit.actors import Actor


class Mailer(Protocol):
    """Sends a template to a contact or lead. In a transaction; the same ``key`` sends once. Raises Problem."""

    def __call__(
        self, *, template: str, recipient_id: str, record_id: str, key: str, actor: Actor, at: datetime
    ) -> None:
        """Queue one mail."""


Templates = Callable[[], Sequence[tuple[str, str]]]
_mailers: list[tuple[Mailer, Templates]] = []


def offer(mailer: Mailer, templates: Templates) -> None:
    """Say who sends template mail, and which templates there are: ids and names."""
    _mailers[:] = [(mailer, templates)]


def mailer() -> Mailer | None:
    """Who sends template mail, if anybody."""
    return _mailers[0][0] if _mailers else None


def templates() -> Sequence[tuple[str, str]]:
    """The templates there are."""
    return _mailers[0][1]() if _mailers else ()

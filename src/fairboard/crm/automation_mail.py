"""How a floor above sends template mail for automations: it offers itself here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fairboard.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class Letter:
    """Which template is sent, about which topic, and why one may write (``consent`` or ``customer``)."""

    template: str
    topic: str = ""
    basis: str = "consent"


class Office(Protocol):
    """Who sends templates."""

    def prepare(self, *, letter: Letter, actor: Actor, at: datetime) -> None:
        """Have a letter looked at before the first of it is sent. Called in a transaction; raises Problem."""

    def send(
        self, *, letter: Letter, recipient_id: str, record_id: str, key: str, actor: Actor, at: datetime
    ) -> str:  # fmt: skip
        """Queue one mail to a contact or lead, in the running transaction; the same ``key`` sends once.

        Returns why it is not sent, such as ``consent``; empty when it is on its way. Raises Problem.
        """

    def templates(self) -> Sequence[tuple[str, str]]:
        """The templates there are: ids and names."""

    def topics(self) -> Sequence[tuple[str, str]]:
        """What mail can be about: keys and names."""


_offices: list[Office] = []


def offer(office: Office) -> None:
    """Say who sends template mail; the last one that is offered does."""
    _offices[:] = [office]


def office() -> Office | None:
    """Who sends template mail, if anybody."""
    return _offices[0] if _offices else None

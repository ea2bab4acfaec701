"""Who a mailing goes to: what a recipient is, and how an audience is walked through whatever it is made of.

An audience is kept with a mailing as a JSON object with a ``kind``; whoever knows that kind registers how it is opened.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from fairboard.crm.queries.standing import held_records
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person to write to.

    ``key`` is ``crm.contact:public id`` or the like, "" for a bare address. ``language`` is a code such as ``de``,
    ``zone`` an IANA time zone, both "" when unknown. ``values`` holds merge values by path (``contact.name``,
    ``account.ads_live``): text, numbers, yes/no or lists of them; None and "" count as missing.
    """

    key: str
    address: str
    name: str = ""
    language: str = ""
    zone: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


class Audience(Protocol):
    """Recipients that can be counted and walked in a fixed order, in pages, from any point."""

    def count(self) -> int:
        """How many recipients there are, before anybody is left out."""
        ...

    def walk(self, after: str, size: int) -> tuple[Sequence[Recipient], str]:
        """The next ``size`` recipients after a checkpoint ("" is the beginning) and the checkpoint behind them.

        An empty checkpoint says that there are no more. The order must not change while a mailing is filled.
        """
        ...


Opened = Callable[[Mapping[str, Any]], Audience]
_kinds: dict[str, Opened] = {}


def register(kind: str, opened: Opened) -> None:
    """Have an audience of this kind opened by a function of its JSON object; it raises Invalid of one it cannot use."""
    _kinds[kind] = opened


def open_audience(described: Mapping[str, Any]) -> Audience:
    """The audience a mailing describes; raises Invalid when nobody knows the kind."""
    opened = _kinds.get(str(described.get("kind", "")))
    if opened is None:
        raise Invalid(_("Choose whom this goes to."), field="audience")
    return opened(described)


@dataclass(frozen=True, slots=True)
class ListAudience:
    """An explicit list of recipients, in its own order; the checkpoint is the number of those walked."""

    recipients: Sequence[Recipient]

    def count(self) -> int:
        """How many there are."""
        return len(self.recipients)

    def walk(self, after: str, size: int) -> tuple[Sequence[Recipient], str]:
        """The next ones in the list."""
        start = int(after or 0)
        found = self.recipients[start : start + size]
        end = start + len(found)
        return found, str(end) if end < len(self.recipients) else ""


MOST_ADDRESSES = 50_000


def _addresses(described: Mapping[str, Any]) -> ListAudience:
    """``{"kind": "addresses", "rows": [{"address", "name", "language", "zone", "values"}]}``."""
    rows = described.get("rows")
    if not isinstance(rows, list) or not rows:
        raise Invalid(_("This list is empty."), field="audience")
    if len(rows) > MOST_ADDRESSES:
        raise Invalid(_("A list holds at most %(n)s addresses.") % {"n": MOST_ADDRESSES}, field="audience")
    made = []
    for row in rows:
        if not isinstance(row, Mapping):
            raise Invalid(_("Each row of a list is an object with an address."), field="audience")
        values = row.get("values")
        made.append(
            Recipient(
                str(row.get("key", "")), str(row.get("address", "")), str(row.get("name", "")),
                str(row.get("language", "")), str(row.get("zone", "")), values if isinstance(values, Mapping) else {},
            )
        )  # fmt: skip
    return ListAudience(made)


register("addresses", _addresses)

Choices = Callable[[Actor], Sequence[tuple[Mapping[str, Any], str]]]
_choices: list[Choices] = []


def register_choices(choices: Choices) -> None:
    """Offer audiences in the form of a mailing: each as its JSON object and what people call it."""
    _choices.append(choices)


def choices(actor: Actor) -> list[tuple[Mapping[str, Any], str]]:
    """Every audience an actor may choose by its name."""
    return [one for offered in _choices for one in offered(actor)]


Held = Callable[[Sequence[str], datetime], Mapping[str, Sequence[str]]]


def _held_by_crm(keys: Sequence[str], at: datetime) -> dict[str, Sequence[str]]:
    by_id = {key.partition(":")[2]: key for key in keys if key.startswith("crm.")}
    return {by_id[one]: accounts for one, accounts in held_records(list(by_id), at=at).items()}


_held: list[Held] = [_held_by_crm]


def held(keys: Iterable[str], at: datetime) -> Mapping[str, Sequence[str]]:
    """Those of the keys whose account is on hold, with the ids of these accounts: nothing goes to them."""
    wanted = [key for key in keys if key]
    return _held[0](wanted, at) if wanted else {}

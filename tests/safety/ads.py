"""Ads of many members in many places, for networks."""

from datetime import datetime, timedelta
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.market.services.posting import Submitted, submit
from tests.market.drafts import bicycle

PLACES = ("de/berlin", "de/hamburg", "de/munich", "de/dresden")
NUMBER = "030 1234 5678"
DISGUISED = ("030 1234 5678", "o3o one two three four 5678", "zero three zero 12345678", "0 3 0 1 2 3 4 5 6 7 8")


def body(number: int, contact: str = "") -> str:
    """A text unlike that of any other number, with a contact at its end."""
    words = [
        "abcdefghijklmnop"[number * step % 16]
        + "aeiou"[(number + step) % 5]
        + "rstlnmkd"[(number // 2 + step) % 8]
        + "o"
        + chr(97 + (number * 7 + step) % 26)
        for step in range(3, 13)
    ]
    return f"{' '.join(words)}. {contact}".strip()


def place_ad(actor: Actor, number: int, contact: str = "", *, at: datetime, **changes: Any) -> Submitted:
    """One ad with its own words; its place goes round with its number."""
    values = {
        "title": f"Thing {chr(97 + number % 26)}",
        "body": body(number, contact),
        "place": PLACES[number % 4],
        **changes,
    }
    return submit(actor=actor, draft=bicycle(**values), at=at + timedelta(minutes=number))


def linked_network(actor: Actor, at: datetime) -> str:
    """A network of two ads that share a number; its id."""
    from fairboard.safety.models import Network, NetworkMember

    ad = [place_ad(actor, number, f"Call {NUMBER}", at=at) for number in range(2)][-1]
    node = NetworkMember.objects.get(subject_id=ad.ad_id)
    return Network.objects.get(pk=node.network_id).public_id

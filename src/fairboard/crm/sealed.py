"""Secrets the program must read again, kept so that the database alone does not tell them.

``1:`` names the key: `safety.sealing`, from the installation's ``FAIRBOARD_IDENTIFIER_KEY``, which is not in the
database. Another key gets another number, so that both can be read while values are sealed anew.
"""

from fairboard.safety import sealing

VERSION = "1:"
PURPOSE = "webhook secret"
Unreadable = sealing.Unreadable


def sealed(plain: str) -> str:
    """A secret as it is kept; nothing stays nothing, and what is sealed stays as it is."""
    if not plain or plain.startswith(VERSION):
        return plain
    return VERSION + sealing.seal(plain.encode(), purpose=PURPOSE).decode()


def opened(kept: str) -> str:
    """The secret again; raises Unreadable where the key is another or the value was changed."""
    if not kept.startswith(VERSION):
        raise Unreadable("This secret was sealed with a key that is not known here.")
    return sealing.unseal(kept.removeprefix(VERSION).encode(), purpose=PURPOSE).decode()

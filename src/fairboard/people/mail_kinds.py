"""The kinds of mail a member may switch off: each room declares its own."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class MailKind:
    """A kind of mail: its key, what it is called, and when it comes."""

    key: str
    label: str | Promise
    help: str | Promise


_kinds: dict[str, MailKind] = {}


def declare(key: str, label: str | Promise, text: str | Promise) -> str:
    """Have the settings page offer a kind of mail, ``room.kind``; it is sent unless the member switched it off."""
    _kinds[key] = MailKind(key, label, text)
    return key


def all_kinds() -> list[MailKind]:
    """Every kind of mail that can be switched off, in the order of the rooms."""
    return list(_kinds.values())

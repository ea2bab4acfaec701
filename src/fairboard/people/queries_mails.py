"""Which mails a member wants."""

from dataclasses import dataclass

from django.utils.functional import Promise

from fairboard.people.mail_kinds import all_kinds
from fairboard.people.models import MailChoice


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A kind of mail on the settings page."""

    key: str
    label: str | Promise
    help: str | Promise
    is_on: bool


def wants(*, member_id: str, kind: str) -> bool:
    """Whether a member gets this kind of mail: yes unless they switched it off."""
    return kind not in _off(member_id)


def choices(member_id: str) -> list[ChoiceRow]:
    """Every kind of mail with whether the member gets it."""
    off = _off(member_id)
    return [ChoiceRow(one.key, one.label, one.help, one.key not in off) for one in all_kinds()]


def _off(member_id: str) -> list[str]:
    found = MailChoice.objects.filter(member__public_id=member_id).values_list("off", flat=True).first()
    return list(found or [])

"""Checking what was typed of an order, field by field."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from fairboard.kit.problems import Invalid
from fairboard.people.queries import is_member
from fairboard.safety import orders as kinds
from fairboard.safety.models import Submission

MOST_SUBJECTS = 200
Errors = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as typed; ``subjects`` are lines of ``kind id`` such as ``ad 0k3...``."""

    kind: str
    authority: str
    country: str
    received_at: datetime | None
    received_how: str
    subjects: str
    asked: str = ""
    legal_basis: str = ""
    reference: str = ""
    language: str = "en"
    contact: str = ""
    scope_from: datetime | None = None
    scope_until: datetime | None = None
    due_at: datetime | None = None
    is_confidential: bool = False
    silent_until: datetime | None = None


def check(draft: OrderDraft, at: datetime) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The columns of the order and its subjects; raises Invalid with every mistake."""
    errors: Errors = []
    kind = kinds.BY_KEY.get(draft.kind)
    if kind is None:
        _wrong(errors, "kind", _("Choose what kind of order this is."))
    if draft.country.upper() not in kinds.countries():
        _wrong(errors, "country", _("Write the country as two letters, such as DE."))
    if draft.received_how not in kinds.WAYS:
        _wrong(errors, "received_how", _("Choose how it came."))
    if not draft.authority.strip():
        _wrong(errors, "authority", _("Name the authority."))
    if kind and kind.act != "tell" and kind.key != "emergency":
        if not draft.legal_basis.strip():
            _wrong(errors, "legal_basis", _("Name the law the order rests on."))
        if not draft.reference.strip():
            _wrong(errors, "reference", _("Give the authority's reference."))
    _check_times(draft, at, errors)
    if draft.contact:
        try:
            validate_email(draft.contact)
        except ValidationError:
            _wrong(errors, "contact", _("This is not a mail address."))
    subjects = _subjects(draft.subjects, errors)
    if errors or kind is None or draft.received_at is None:
        raise Invalid(_("The order is not complete."), errors=errors)
    values = {
        "kind": kind.key, "authority": draft.authority.strip()[:200], "country": draft.country.upper(),
        "contact": draft.contact, "legal_basis": draft.legal_basis.strip()[:300],
        "reference": draft.reference.strip()[:120], "language": draft.language[:10] or "en",
        "received_how": draft.received_how, "received_at": draft.received_at, "asked": draft.asked.strip()[:20_000],
        "scope_from": draft.scope_from, "scope_until": draft.scope_until,
        "due_at": draft.due_at or draft.received_at + kind.within,
        "is_confidential": draft.is_confidential, "silent_until": draft.silent_until,
    }  # fmt: skip
    return values, subjects


def _check_times(draft: OrderDraft, at: datetime, errors: Errors) -> None:
    if draft.received_at is None or draft.received_at > at:
        _wrong(errors, "received_at", _("Give the moment it came, not one to come."))
    elif draft.due_at and draft.due_at < draft.received_at:
        _wrong(errors, "due_at", _("The deadline is before it came."))
    if draft.scope_from and draft.scope_until and draft.scope_from > draft.scope_until:
        _wrong(errors, "scope_until", _("The end is before the start."))
    if draft.silent_until and not draft.is_confidential:
        _wrong(errors, "is_confidential", _("Say that the persons concerned are not told."))


def _subjects(text: str, errors: Errors) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = line.split()
        if len(parts) != 2 or not _exists(parts[0], parts[1]):
            _wrong(errors, "subjects", _("Line %(n)d names nothing that is here.") % {"n": number})
            continue
        found[parts[0], parts[1]] = None
    if not found and not errors:
        _wrong(errors, "subjects", _("Name at least one ad or member."))
    if len(found) > MOST_SUBJECTS:
        _wrong(errors, "subjects", _("Name at most %(n)d at once.") % {"n": MOST_SUBJECTS})
    return list(found)


def _exists(kind: str, subject_id: str) -> bool:
    if len(subject_id) > 16 or len(kind) > 20 or "\x00" in kind + subject_id:
        return False
    if kind == "member":
        return is_member(subject_id)
    return Submission.objects.filter(kind=kind, subject_id=subject_id).exists()


def _wrong(errors: Errors, field: str, message: str) -> None:
    errors.append({"field": field, "message": message})

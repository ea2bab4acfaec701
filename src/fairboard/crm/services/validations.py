"""Rules a record must satisfy to be saved."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import formulas
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Validation
from fairboard.crm.services.definitions import check_manager, said
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound


def save_validation(
    *, type_key: str, validation_id: str, name: str, expression: str, message: str, field_key: str, is_active: bool,
    actor: Actor, at: datetime,
) -> str:  # fmt: skip
    """Add a validation (an empty id) or change one; returns its id. ``expression`` is true of a good record.

    Raises Forbidden, NotFound, Invalid with line and column of a mistake in the expression.
    """
    check_manager(actor)
    info = catalogue().type(type_key)
    name, message = name.strip()[:80], message.strip()[:200]
    if not name:
        raise Invalid(_("Give it a name."), field="name")
    if not message:
        raise Invalid(_("Say what somebody who meets it is told."), field="message")
    if field_key and field_key not in info.fields:
        raise Invalid(_("There is no field %(key)s.") % {"key": field_key}, field="field_key")
    problems = formulas.environment(info).check(expression, "bool")
    if problems:
        first = problems[0]
        text = _(first.text) % first.values if first.values else _(first.text)
        raise Invalid(text, field="expression", line=first.line, column=first.column)
    with transaction.atomic():
        if validation_id:
            row = _validation(info.id, validation_id)
        else:
            row = Validation(type_id=info.id, created_at=at)
        row.name, row.expression, row.message = name, expression, message
        row.field_key, row.is_active = field_key, is_active
        row.save()
        said(actor, at, type=type_key, what="validation changed" if validation_id else "validation added",
             validation=row.public_id)  # fmt: skip
    return row.public_id


def remove_validation(*, type_key: str, validation_id: str, actor: Actor, at: datetime) -> None:
    """Remove a validation. Raises Forbidden, NotFound."""
    check_manager(actor)
    with transaction.atomic():
        _validation(catalogue().type(type_key).id, validation_id).delete()
        said(actor, at, type=type_key, what="validation removed", validation=validation_id)


def _validation(type_id: int, validation_id: str) -> Validation:
    found = Validation.objects.select_for_update().filter(type_id=type_id, public_id=validation_id).first()
    if found is None:
        raise NotFound(_("There is no such validation."))
    return found

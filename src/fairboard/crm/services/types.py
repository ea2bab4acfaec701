"""Object types and record types: renamed, archived, restored, divided."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Layout, ObjectType, Record, RecordType
from fairboard.crm.services.definitions import KEY, check_manager, said
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound


def change_type(
    *, type_key: str, label: str, plural: str, icon: str, name_fields: Sequence[str], actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Rename an object type, give it an icon, say what names its records. Raises Forbidden, NotFound, Invalid."""
    check_manager(actor)
    info = catalogue().type(type_key)
    label, plural = label.strip()[:60], plural.strip()[:60]
    if not label or not plural:
        raise Invalid(_("Give the object a name, and one for many of them."), field="label" if not label else "plural")
    names = [key for key in dict.fromkeys(name_fields) if key in info.fields]
    if not names:
        raise Invalid(_("Choose at least one field that names a record."), field="name_fields")
    with transaction.atomic():
        ObjectType.objects.filter(pk=info.id).update(label=label, plural=plural, icon=icon[:40], name_fields=names)
        said(actor, at, type=type_key, what="type changed")


def what_a_type_breaks(info: TypeInfo) -> list[str]:
    """What needs an object type, in words: relations that point only to it, roll-ups over it."""
    found = [
        _("%(type)s: the field %(name)s points to it") % {"type": other.label, "name": one.label}
        for other, one in catalogue().pointing_to(info.key) if other.key != info.key
    ]  # fmt: skip
    found += [
        _("%(type)s: the roll-up %(name)s sums it up") % {"type": other.label, "name": one.label}
        for other, one in catalogue().rollups_over(info.key) if other.key != info.key
    ]  # fmt: skip
    return found


def archive_type(*, type_key: str, actor: Actor, at: datetime) -> None:
    """Take an object type out of use; its records stay. Raises Conflict naming what needs it."""
    check_manager(actor)
    info = catalogue().type(type_key)
    if info.is_standard:
        raise Conflict(_("An object of the package stays. Take the right to read it from the profiles."))
    if needed := what_a_type_breaks(info):
        raise Conflict(_("Still in use: %(names)s.") % {"names": ", ".join(needed)}, needed_by=needed)
    with transaction.atomic():
        ObjectType.objects.filter(pk=info.id).update(archived_at=at)
        said(actor, at, type=type_key, what="type archived")


def restore_type(*, type_key: str, actor: Actor, at: datetime) -> None:
    """Take an archived object type into use again, with its records. Raises NotFound."""
    check_manager(actor)
    with transaction.atomic():
        if not ObjectType.objects.filter(key=type_key, archived_at__isnull=False).update(archived_at=None):
            raise NotFound(_("There is no archived object %(key)s.") % {"key": type_key})
        said(actor, at, type=type_key, what="type restored")


def save_variant(
    *, type_key: str, key: str, label: str, is_default: bool, choices: Mapping[str, Sequence[str]], actor: Actor,
    at: datetime,
) -> str:  # fmt: skip
    """Add a record type (an empty ``key``) or change one; returns its key. ``choices`` narrows choice fields.

    Raises Forbidden, NotFound, Invalid, Conflict.
    """
    check_manager(actor)
    info, label = catalogue().type(type_key), label.strip()[:60]
    if not label:
        raise Invalid(_("Give the record type a name."), field="label")
    known = {one.key for one in info.variants}
    is_new, key = not key, key or slugify(label).replace("-", "_")[:36]
    if not KEY.match(key):
        raise Invalid(_("The key needs lower-case letters, digits and underscores."), field="label")
    if is_new and key in known:
        raise Conflict(_("There is a record type %(key)s already.") % {"key": key}, field="label")
    if not is_new and key not in known:
        raise NotFound(_("There is no such record type."))
    kept = {
        field: [one for one in keys if one in {choice.key for choice in info.field(field).spec.choices}]
        for field, keys in choices.items() if field in info.fields
    }  # fmt: skip
    with transaction.atomic():
        if is_default:
            RecordType.objects.filter(type_id=info.id).update(is_default=False)
        RecordType.objects.update_or_create(
            type_id=info.id, key=key,
            defaults={
                "label": label, "is_default": is_default or not known,
                "choices": {field: keys for field, keys in kept.items() if keys},
            },
        )  # fmt: skip
        said(actor, at, type=type_key, what="record type added" if is_new else "record type changed", record_type=key)
    return key


def remove_variant(*, type_key: str, key: str, actor: Actor, at: datetime) -> None:
    """Remove a record type no record has. Raises Forbidden, NotFound, Conflict saying how many have it."""
    check_manager(actor)
    info = catalogue().type(type_key)
    with transaction.atomic():
        used = Record.objects.filter(type_id=info.id, record_type=key).count()
        if used:
            raise Conflict(_("%(n)d records have this record type. Change them first.") % {"n": used})
        gone, _each = RecordType.objects.filter(type_id=info.id, key=key).delete()
        if not gone:
            raise NotFound(_("There is no such record type."))
        Layout.objects.filter(type_id=info.id, record_type=key).delete()
        said(actor, at, type=type_key, what="record type removed", record_type=key)

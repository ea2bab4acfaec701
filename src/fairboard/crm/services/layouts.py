"""Layouts: which fields stand where on the page and form of a type."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Layout, Profile
from fairboard.crm.services.definitions import check_manager, said
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound

MOST_SECTIONS = 30


def save_layout(
    *, type_key: str, record_type: str, profile: str, sections: Sequence[tuple[str, Sequence[str]]], actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Keep the sections for a record type and a profile, empty keys meaning all. Raises Forbidden, NotFound, Invalid.

    A field stands once: where it is named again it is left out.
    """
    check_manager(actor)
    info = catalogue().type(type_key)
    if record_type and record_type not in {one.key for one in info.variants}:
        raise NotFound(_("There is no such record type."))
    if profile and not Profile.objects.filter(key=profile).exists():
        raise NotFound(_("There is no such profile."))
    if len(sections) > MOST_SECTIONS:
        raise Invalid(_("A layout can have %(n)d sections.") % {"n": MOST_SECTIONS}, field="sections")
    seen: set[str] = set()
    kept = []
    for title, keys in sections:
        fields = [key for key in dict.fromkeys(keys) if key in info.fields and key not in seen]
        seen |= set(fields)
        if fields or title.strip():
            kept.append({"title": title.strip()[:60] or _("Details"), "fields": fields})
    if not seen:
        raise Invalid(_("Put at least one field into a section."), field="sections")
    with transaction.atomic():
        Layout.objects.update_or_create(
            type_id=info.id, record_type=record_type, profile=profile, defaults={"sections": kept}
        )
        said(actor, at, type=type_key, what="layout changed", record_type=record_type, profile=profile)


def remove_layout(*, type_key: str, record_type: str, profile: str, actor: Actor, at: datetime) -> None:
    """Remove a layout, so that the next more general one holds. Raises Forbidden, NotFound."""
    check_manager(actor)
    info = catalogue().type(type_key)
    with transaction.atomic():
        gone, _each = Layout.objects.filter(type_id=info.id, record_type=record_type, profile=profile).delete()
        if not gone:
            raise NotFound(_("There is no such layout."))
        said(actor, at, type=type_key, what="layout removed", record_type=record_type, profile=profile)

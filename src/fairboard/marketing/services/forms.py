"""Forms, written: made, changed, taken out of use; what was kept apart, taken or discarded."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm.queries.records import records_by_id
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events
from fairboard.marketing.models import Form, FormSubmission
from fairboard.marketing.queries import consents
from fairboard.marketing.queries import forms as queries
from fairboard.marketing.services import form_taking
from fairboard.people import queries as people

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
MOST_ASKED = 20


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What a form is set to; ``asked`` are ``{"key", "label", "required"}``, ``owners`` ids of staff who take turns."""

    name: str
    slug: str
    type_key: str = "lead"
    title: str = ""
    intro: str = ""
    button: str = ""
    asked: Sequence[Mapping[str, Any]] = field(default=())
    topic: str = ""
    wording: str = ""
    is_consent_required: bool = False
    thanks: str = ""
    redirect: str = ""
    owners: Sequence[str] = field(default=())
    campaign: str = ""
    is_advertise: bool = False


def save_form(*, draft: FormDraft, form_id: str = "", actor: Actor, at: datetime) -> str:
    """Make a form or change one; returns its id. Raises Forbidden, NotFound, Invalid."""
    if not actor.can("marketing.use"):
        raise Forbidden
    if errors := _errors(draft, form_id, actor):
        raise Invalid(_("Please check what you entered."), errors=errors)
    with transaction.atomic():
        one = Form.objects.select_for_update().filter(public_id=form_id).first() if form_id else None
        if form_id and (one is None or one.archived_at is not None):
            raise NotFound
        one = one or Form(created_by=actor.id, created_at=at)
        if draft.is_advertise:
            Form.objects.filter(is_advertise=True).exclude(pk=one.pk).update(is_advertise=False)
        for name in (
            "name", "slug", "type_key", "title", "intro", "button", "topic", "wording", "is_consent_required", "thanks",
            "redirect", "campaign", "is_advertise",
        ):  # fmt: skip
            value = getattr(draft, name)
            setattr(one, name, value.strip() if isinstance(value, str) else value)
        one.asked = [
            {
                "key": each["key"],
                "label": str(each.get("label", "")).strip()[:120],
                "required": bool(each.get("required")),
            }
            for each in draft.asked
        ]
        one.owners, one.updated_at = list(draft.owners), at
        one.save()
        record(kind=events.FORM_SAVED, subject=Subject("form", one.public_id), actor=actor, at=at)
        return one.public_id


def _errors(draft: FormDraft, form_id: str, actor: Actor) -> list[dict[str, str]]:
    known = queries.askable(draft.type_key) if draft.type_key in queries.TYPES else {}
    keys = [str(one.get("key", "")) for one in draft.asked]
    target = urlsplit(draft.redirect)
    staff = people.colleagues("crm.use")
    campaigns = [one.type_key for one in records_by_id(actor=actor, ids={draft.campaign} - {""}).values()]
    taken = Form.objects.filter(slug=draft.slug).exclude(public_id=form_id or "-").exists()
    wrong = [
        ("name", not draft.name.strip() or len(draft.name) > 120, _("Give it a name.")),
        ("slug", not _SLUG.fullmatch(draft.slug), _("Use small letters, digits and hyphens.")),
        ("slug", taken, _("Another form has this address.")),
        ("type_key", draft.type_key not in queries.TYPES, _("Choose leads or contacts.")),
        ("asked", not keys or len(keys) > MOST_ASKED, _("Ask for at least one field, and at most twenty.")),
        ("asked", len(set(keys)) != len(keys) or not set(keys) <= known.keys(), _("Choose fields of the list.")),
        ("asked", "last_name" not in keys and "email" not in keys, _("Ask for a name or a mail address.")),
        ("topic", bool(draft.topic) and consents.topic(draft.topic) is None, _("Choose a topic.")),
        ("wording", bool(draft.topic) and not draft.wording.strip(), _("Write what is agreed to, word for word.")),
        ("wording", bool(draft.topic) and "email" not in keys, _("Who agrees to mail is asked for an address.")),
        ("redirect", bool(draft.redirect) and (target.scheme != "https" or not target.hostname),
         _("Give an address that begins with https://.")),
        ("campaign", bool(draft.campaign) and campaigns != ["campaign"], _("Choose a campaign.")),
        ("owners", any(one not in staff for one in draft.owners), _("Choose people who work with the CRM.")),
    ]  # fmt: skip
    return [{"field": name, "message": message} for name, is_wrong, message in wrong if is_wrong]


def archive_form(*, form_id: str, actor: Actor, at: datetime) -> None:
    """Take a form out of use: its page is gone, what was sent stays. Raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    with transaction.atomic():
        if not Form.objects.filter(public_id=form_id, archived_at=None).update(archived_at=at, is_advertise=False):
            raise NotFound
        record(kind=events.FORM_ARCHIVED, subject=Subject("form", form_id), actor=actor, at=at)


def look(*, submission_id: str, take: bool, actor: Actor, at: datetime) -> None:
    """Take what was kept apart as if it had come in now, or discard it. Raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    with transaction.atomic():
        found = (
            FormSubmission.objects.select_for_update().select_related("form").filter(public_id=submission_id).first()
        )
        if found is None or found.state != "kept_apart":
            raise NotFound
        found.state = "taken" if take else "discarded"
        found.save(update_fields=["state"])
        record(
            kind=events.FORM_LOOKED, subject=Subject("form", found.form.public_id), actor=actor, at=at,
            data={"submission": submission_id, "as": found.state},
        )  # fmt: skip
        if take:
            form_taking.carry_on(found, at=at)

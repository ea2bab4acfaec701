"""Writing templates, and trying them out on oneself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils.translation import gettext as _
from minijinja import TemplateError

from fairboard.kit import limits
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.marketing import blocks, events, merging, rendering
from fairboard.marketing.compiling import Written
from fairboard.marketing.models import Template, TemplateText
from fairboard.marketing.queries import templates as queries
from fairboard.people.queries import address_of


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What a template is to say in one language; ``blocks`` as `marketing.blocks` describes them."""

    language: str
    subject: str
    preheader: str
    blocks: Any


class StaleTemplate(Conflict):
    """Somebody else saved the template meanwhile."""

    code = "stale"


def create_template(*, name: str, actor: Actor, at: datetime) -> str:
    """A new, empty template; returns its id. Raises Forbidden, Invalid."""
    _may(actor)
    if not name.strip():
        raise Invalid(_("Give it a name."), field="name")
    with transaction.atomic():
        made = Template.objects.create(name=name.strip()[:120], created_by=actor.id, created_at=at, updated_at=at)
        _event(made, actor, at)
        return made.public_id


def save_text(
    *, template_id: str, draft: TextDraft, name: str = "", expected_version: int | None = None, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Save what a template says in one language; returns its new version.

    Raises Forbidden, NotFound, StaleTemplate, and Invalid naming each block and key.
    """
    _may(actor)
    if draft.language not in dict(settings.LANGUAGES):
        raise Invalid(_("There is no such language."), field="language")
    made = blocks.checked(draft.blocks)
    for field, text in (("subject", draft.subject), ("preheader", draft.preheader)):
        try:
            merging.check(text)
        except merging.TagError as error:
            raise Invalid(_("A merge field cannot be used: %(why)s.") % {"why": error}, field=field) from error
        if len(text) > 200:
            raise Invalid(_("Please keep it under %(n)s characters.") % {"n": 201}, field=field)
    with transaction.atomic():
        template = Template.objects.select_for_update().filter(public_id=template_id).first()
        if template is None:
            raise NotFound
        if expected_version is not None and template.version != expected_version:
            raise StaleTemplate(_("Somebody else saved this meanwhile. Look at their version first."))
        TemplateText.objects.update_or_create(
            template=template, language=draft.language,
            defaults={
                "subject": " ".join(draft.subject.split()), "preheader": " ".join(draft.preheader.split()),
                "blocks": made,
            },
        )  # fmt: skip
        template.version, template.updated_at = template.version + 1, at
        template.name = name.strip()[:120] or template.name
        template.save(update_fields=["version", "updated_at", "name"])
        _event(template, actor, at)
        return template.version


def archive_template(*, template_id: str, actor: Actor, at: datetime) -> None:
    """Take a template out of the list; mailings that were submitted keep what it said. Raises Forbidden, NotFound."""
    _may(actor)
    with transaction.atomic():
        template = Template.objects.select_for_update().filter(public_id=template_id).first()
        if template is None:
            raise NotFound
        template.archived_at = at
        template.save(update_fields=["archived_at"])
        _event(template, actor, at)


def shown(
    texts: Mapping[str, Written], language: str, values: Mapping[str, Any], *, named: bool = False
) -> tuple[str, str, str]:
    """Subject, HTML and text of a template for one recipient; raises Invalid naming what is missing.

    With ``named`` a field without a value shows its own name, for looking at a template before there is a recipient.
    """
    if not texts:
        raise Invalid(_("This template says nothing yet."), field="blocks")
    content = queries.content_of(texts, topic="", basis="service", opens=False, clicks=False)
    fields = rendering.fields_of(content, {})
    if named:
        values = {**{one: f"‹{one}›" for one in fields}, **values}
    try:
        return rendering.preview(content, language, values)
    except (rendering.MissingValue, TemplateError, ValueError) as error:
        missing = [one for one in fields if not values.get(one)]
        said = _("This recipient has no %(fields)s.") % {"fields": ", ".join(missing)} if missing else str(error)[:300]
        raise Invalid(said, field="blocks") from error


def send_test(
    *, template_id: str, language: str, values: Mapping[str, Any], actor: Actor, at: datetime
) -> str:  # fmt: skip
    """Mail a template to oneself, and nobody else, as this recipient would get it; returns the address.

    Raises Forbidden, NotFound, Invalid, TooMany.
    """
    _may(actor)
    to = address_of(actor.id)
    if not to:
        raise Forbidden(_("A test goes to your own address, and you have none."))
    limits.check(f"mail-test:{actor.id}", limit=30, per_seconds=3_600, at=at)
    page = queries.template_page(template_id=template_id, actor=actor)
    subject, html, text = shown(page.texts, language, {**queries.SAMPLE, **values})
    message = EmailMultiAlternatives(
        subject=" ".join(f"[{_('Test')}] {subject}".split()), body=text, from_email=settings.MAILING_FROM, to=[to]
    )
    message.attach_alternative(html, "text/html")
    with transaction.atomic():
        record(kind=events.TEMPLATE_TESTED, subject=Subject("template", template_id), actor=actor, at=at)
    message.send()
    return to


def _may(actor: Actor) -> None:
    if not actor.can("marketing.use"):
        raise Forbidden


def _event(template: Template, actor: Actor, at: datetime) -> None:
    record(
        kind=events.TEMPLATE_SAVED, subject=Subject("template", template.public_id), actor=actor, at=at,
        data={"version": template.version},
    )  # fmt: skip

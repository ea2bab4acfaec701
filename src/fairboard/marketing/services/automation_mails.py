"""Template mail of automations: through the gate and the same queue as all mailings, each step's mail once."""

import copy
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from fairboard.crm.automation_mail import Letter
from fairboard.crm.queries import records
from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.kit.problems import Conflict, Invalid
from fairboard.marketing import timing
from fairboard.marketing.audience_records import recipients_of
from fairboard.marketing.models import AutomationMailing, AutomationSend, Delivery, Mailing, Template, Topic
from fairboard.marketing.rendering import kept_values
from fairboard.marketing.services import filling, mailings
from fairboard.marketing.services.mailings import MailingDraft

SENDER = Actor.system("automation")


class NotLookedAt(Conflict):
    """The desk has not looked at this mail yet, or refused it."""

    code = "mail-not-passed"


class MailRoom:
    """The marketing room's side of `crm.automation_mail`."""

    def prepare(self, *, letter: Letter, actor: Actor, at: datetime) -> None:
        """Give a letter to the gate where this version of its template was not."""
        _first(letter, actor, at)

    def send(self, *, letter: Letter, recipient_id: str, record_id: str, key: str, actor: Actor, at: datetime) -> str:
        """Queue a letter; says why it is left out, if it is. Raises NotLookedAt, Invalid."""
        if AutomationSend.objects.filter(key=key).exists():
            return ""
        first = _first(letter, actor, at)
        if first.mailing.state != "sending":
            raise NotLookedAt(_("This mail has not passed the desk."))
        found = records.records_by_id(actor=SENDER, ids=[recipient_id])
        if recipient_id not in found:
            return "gone"
        (kept,) = filling.sifted(first.mailing, recipients_of([found[recipient_id]], SENDER), at)
        if kept.reason:
            return kept.reason
        mailing, who = _mailing_for(first, kept.digest), kept.recipient
        due = timing.due(
            at, who.zone, local_minute=None, quiet_from=mailing.quiet_from, quiet_to=mailing.quiet_to
        )  # fmt: skip
        delivery = Delivery.objects.create(
            mailing=mailing, digest=kept.digest, address=kept.address, key=who.key, language=who.language[:10],
            zone=who.zone[:40], variant="a", state="queued", due_at=due,
            values=kept_values(mailing.fields, filling.merged(who)),
        )  # fmt: skip
        AutomationSend.objects.create(key=key, delivery=delivery)
        return ""

    def templates(self) -> Sequence[tuple[str, str]]:
        """The templates in use."""
        return list(Template.objects.filter(archived_at=None).order_by("name").values_list("public_id", "name")[:500])

    def topics(self) -> Sequence[tuple[str, str]]:
        """The topics mail can be about."""
        return list(Topic.objects.order_by("pk").values_list("key", "name"))


def _first(letter: Letter, actor: Actor, at: datetime) -> AutomationMailing:
    """The first mailing of a letter as its template is now, given to the gate when it is made; live once it passed."""
    template = Template.objects.select_for_update().filter(public_id=letter.template, archived_at=None).first()
    if template is None:
        raise Invalid(_("There is no such template."), field="template")
    topic = letter.topic or Topic.objects.order_by("pk").values_list("key", flat=True).first() or ""
    known = AutomationMailing.objects.select_related("mailing").filter(
        template=template, version=template.version, topic=topic, basis=letter.basis, round=0
    )
    found = known.first()
    if found is None:
        draft = MailingDraft(
            name=f"{template.name} · {template.version}"[:120], topic=topic, template_id=template.public_id,
            audience={"kind": "automation", "template": template.public_id}, basis=letter.basis,
        )  # fmt: skip
        made = mailings.save_mailing(draft=draft, actor=actor, at=at)
        AutomationMailing.objects.create(
            template=template, version=template.version, topic=topic, basis=letter.basis,
            mailing=Mailing.objects.get(public_id=made),
        )  # fmt: skip
        mailings.submit(mailing_id=made, actor=actor, at=at)
        found = known.get()
    if found.mailing.state == "approved":
        Mailing.objects.filter(pk=found.mailing_id).update(state="sending", starts_at=at, started_at=at)
        found.mailing.state = "sending"
    return found


def _mailing_for(first: AutomationMailing, digest: str) -> Mailing:
    """The mailing of the first round this address has no mail of yet; made where it is the first to come so far."""
    rounds = AutomationMailing.objects.select_related("mailing").filter(
        template=first.template, version=first.version, topic=first.topic, basis=first.basis
    )
    had = set(
        Delivery.objects.filter(mailing__automation_mailing__in=rounds, digest=digest).values_list(
            "mailing__automation_mailing__round", flat=True
        )
    )
    number = next(each for each in range(len(had) + 1) if each not in had)
    found = rounds.filter(round=number).first()
    if found is not None:
        return found.mailing
    made = copy.copy(first.mailing)
    made.pk, made.public_id, made.audience_size, made.state = None, new_id(), 0, "sending"
    made._state.adding = True
    made.save(force_insert=True)
    AutomationMailing.objects.create(
        template=first.template, version=first.version, topic=first.topic, basis=first.basis, round=number, mailing=made
    )
    return made

"""Mailings: written, given to the gate, set to go out, stopped. What was submitted is what is sent, word for word."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.marketing import addresses, events, merging, recipients, rendering
from fairboard.marketing.compiling import Content
from fairboard.marketing.models import Delivery, Mailing, Template
from fairboard.marketing.models.mailings import BASES, WINNER_BY
from fairboard.marketing.queries import consents, templates
from fairboard.marketing.queries import mailings as queries
from fairboard.marketing.queries.rights import require_send
from fairboard.safety import gate
from fairboard.safety.services.standing import check_standing

EDITABLE = ("draft", "approved", "refused")
LETTERS = "abcd"


@dataclass(frozen=True, slots=True)
class Variant:
    """A subject that is tried out, and its share of the test group in percent."""

    subject: str
    share: int = 50


@dataclass(frozen=True, slots=True)
class MailingDraft:
    """What a mailing is set to. Times of day are minutes after midnight where the recipient is, None for any."""

    name: str
    topic: str
    template_id: str
    audience: Mapping[str, Any]
    basis: str = "consent"
    reply_to: str = ""
    variants: Sequence[Variant] = field(default=())
    test_share: int = 0
    winner_by: str = "clicks"
    decide_minutes: int = 240
    throttle: int = 0
    quiet_from: int | None = None
    quiet_to: int | None = None
    local_minute: int | None = None
    track_opens: bool = False
    track_clicks: bool = False


class NotNow(Conflict):
    """The mailing is in a state in which this cannot be done."""

    code = "mailing-state"


def save_mailing(*, draft: MailingDraft, mailing_id: str = "", actor: Actor, at: datetime) -> str:
    """Make a mailing, or change one that is not on its way; changed, it must pass the gate again.

    Returns its id. Raises Forbidden, NotFound, NotNow, Invalid.
    """
    if not actor.can("marketing.use"):
        raise Forbidden
    template = Template.objects.filter(public_id=draft.template_id).first()
    if errors := _errors(draft, template):
        raise Invalid(_("Please check what you entered."), errors=errors)
    audience = {**draft.audience, **({"by": actor.id} if draft.audience.get("kind") != "addresses" else {})}
    recipients.open_audience(audience)
    with transaction.atomic():
        one = _locked(mailing_id) if mailing_id else Mailing(created_by=actor.id, created_at=at)
        if one.state not in EDITABLE:
            raise NotNow(_("This mailing can no longer be changed. Copy it instead."))
        one.name, one.topic, one.basis, one.template = draft.name.strip()[:120], draft.topic, draft.basis, template
        one.audience, one.reply_to = audience, addresses.canonical(draft.reply_to)
        one.variants = [
            {"key": LETTERS[number], "subject": " ".join(each.subject.split()), "share": each.share}
            for number, each in enumerate(draft.variants)
        ]
        one.test_share, one.winner_by, one.decide_minutes = draft.test_share, draft.winner_by, draft.decide_minutes
        one.throttle, one.quiet_from, one.quiet_to = draft.throttle, draft.quiet_from, draft.quiet_to
        one.local_minute, one.track_opens, one.track_clicks = draft.local_minute, draft.track_opens, draft.track_clicks
        one.state = "draft"
        one.save()
        _event(events.MAILING_SAVED, one, actor, at)
        return one.public_id


def _errors(draft: MailingDraft, template: Template | None) -> list[dict[str, str]]:
    wrong = [
        ("name", not draft.name.strip(), _("Give it a name.")),
        ("template", template is None, _("Choose a template.")),
        ("topic", consents.topic(draft.topic) is None, _("Choose a topic.")),
        ("basis", draft.basis not in BASES, _("Choose one of the list.")),
        (
            "reply_to",
            bool(draft.reply_to) and not addresses.canonical(draft.reply_to),
            _("This is not a mail address."),
        ),
        ("variants", len(draft.variants) > len(LETTERS), _("Try out at most %(n)s subjects.") % {"n": len(LETTERS)}),
        ("test_share", not 0 <= draft.test_share <= 100, _("This is a share in percent.")),
        ("winner_by", draft.winner_by not in WINNER_BY, _("Choose one of the list.")),
        ("decide_minutes", not 5 <= draft.decide_minutes <= 20_160, _("Between five minutes and two weeks.")),
        ("throttle", not 0 <= draft.throttle <= 1_000_000, _("Between 0 and 1,000,000 a minute.")),
        ("quiet_from", (draft.quiet_from is None) != (draft.quiet_to is None), _("Give both ends of the quiet hours.")),
    ]
    for name in ("quiet_from", "quiet_to", "local_minute"):
        value = getattr(draft, name)
        wrong.append((name, value is not None and not 0 <= value < 1_440, _("This is no time of day.")))
    if len(draft.variants) > 1:
        shares = [one.share for one in draft.variants]
        wrong.append(("variants", min(shares) < 1 or sum(shares) != 100, _("The shares add up to 100.")))
        is_measured = draft.track_opens if draft.winner_by == "opens" else draft.track_clicks
        decides = 0 < draft.test_share < 100 and draft.winner_by != "replies"
        wrong.append(("winner_by", decides and not is_measured, _("What decides must be counted: turn that on.")))
    for one in draft.variants:
        try:
            merging.check(one.subject)
        except merging.TagError as error:
            wrong.append(("variants", True, _("A merge field cannot be used: %(why)s.") % {"why": error}))
        wrong.append(("variants", not one.subject.strip() or len(one.subject) > 200, _("Write a subject.")))
    return [{"field": name, "message": message} for name, is_wrong, message in wrong if is_wrong]


def copy_mailing(*, mailing_id: str, actor: Actor, at: datetime) -> str:
    """A new draft set as this mailing is; returns its id. Raises Forbidden, NotFound, Invalid."""
    page = queries.mailing_page(mailing_id=mailing_id, actor=actor)
    draft = draft_of(page)
    named = MailingDraft(**{**_shallow(draft), "name": _("Copy of %(name)s") % {"name": draft.name}})
    return save_mailing(draft=named, actor=actor, at=at)


def _shallow(draft: MailingDraft) -> dict[str, Any]:
    return {**asdict(draft), "variants": draft.variants, "audience": draft.audience}


def draft_of(page: queries.MailingPage) -> MailingDraft:
    """What a mailing is set to, to be changed or copied."""
    return MailingDraft(
        page.row.name, page.row.topic, page.template_id, page.audience, page.basis, page.reply_to,
        [Variant(one["subject"], one["share"]) for one in page.variants], page.test_share, page.winner_by,
        page.decide_minutes, page.throttle, page.quiet_from, page.quiet_to, page.local_minute, page.track_opens,
        page.track_clicks,
    )  # fmt: skip


def submit(*, mailing_id: str, actor: Actor, at: datetime) -> gate.Review:
    """Freeze what a mailing says and give it to the gate: nobody outside sees a mailing that did not pass.

    Raises Forbidden, AccountRestricted, NotFound, NotNow, Invalid.
    """
    if not actor.can("marketing.use"):
        raise Forbidden
    check_standing(member_id=actor.id, at=at)
    with transaction.atomic():
        one = _locked(mailing_id)
        if one.state not in {"draft", "refused"}:
            raise NotNow(_("This mailing was submitted already."))
        content, text = frozen(one)
        one.content, one.links = content.as_json(), content.links
        one.fields = rendering.fields_of(content, queries.subjects_of(one.variants))
        one.revision += 1
        review = gate.review(
            kind="mailing", subject_id=one.public_id, revision=one.revision, author=actor, fields=text, at=at
        )
        one.submission_id, one.state = review.submission_id, _state(review.verdict)
        one.save()
        _event(events.MAILING_SUBMITTED, one, actor, at, verdict=review.verdict, revision=one.revision)
        return review


def _state(verdict: str) -> str:
    return {"allow": "approved", "reject": "refused"}.get(verdict, "in_review")


def frozen(one: Mailing) -> tuple[Content, dict[str, str]]:
    """What a mailing says, ready to be sent, and its words for the gate; raises Invalid."""
    texts = templates.texts_of(one.template) if one.template else {}
    said = {language: text for language, text in texts.items() if text.blocks}
    if not said:
        raise Invalid(_("The template says nothing yet."), field="template")
    subjects = queries.subjects_of(one.variants)
    if not subjects and not all(text.subject for text in said.values()):
        raise Invalid(_("The template has no subject in one of its languages."), field="template")
    if gone := templates.missing_ads(said):
        raise Invalid(_("These ads cannot be seen by everybody: %(ads)s.") % {"ads": ", ".join(gone)}, field="template")
    content = templates.content_of(
        said, topic=one.topic, basis=one.basis, opens=one.track_opens, clicks=one.track_clicks
    )
    words = "\n\n".join(_words(each.text) for each in content.languages.values())
    title = " / ".join([*subjects.values(), *(text.subject for text in said.values() if text.subject)])
    return content, {"title": _words(merging.text_parts(title)), "body": words}


def preview_content(*, mailing_id: str) -> Content:
    """What a mailing says: frozen where it was submitted, else as its template is now. Raises NotFound, Invalid."""
    one = Mailing.objects.select_related("template").filter(public_id=mailing_id).first()
    if one is None:
        raise NotFound(_("There is no such mailing."))
    return Content.of_json(one.content) if one.content and one.state != "draft" else frozen(one)[0]


def _words(parts: Sequence[Sequence[str]]) -> str:
    """What is written, for the gate: a merge field is three dots, and an address of this site is none of outside."""
    said = "".join({"": text, "statement": ""}.get(mode, "…") for mode, text in parts)
    return said.replace(settings.BASE_URL, "")


def decide(*, mailing_id: str, submission_id: str, outcome: str, actor: Actor, at: datetime) -> None:
    """Carry out a decision of the desk, in its own transaction; one refused while it goes out is stopped."""
    with transaction.atomic():
        one = Mailing.objects.select_for_update().filter(public_id=mailing_id).first()
        if one is None or one.submission_id != submission_id or one.state in {"done", "cancelled"}:
            return
        before = one.state
        if outcome == "allow":
            one.state = "approved" if before in {"in_review", "refused"} else before
        elif outcome == "reject":
            one.state = "refused"
        elif before not in {"draft", "refused"}:
            one.state = "in_review"
        if one.state != before:
            one.save(update_fields=["state"])
            _event(events.MAILING_DECIDED, one, actor, at, outcome=outcome)


def schedule(*, mailing_id: str, starts_at: datetime, actor: Actor, at: datetime) -> None:
    """Set an approved mailing to go out at a moment, at once when that is past. Raises Forbidden, NotFound, NotNow."""
    with transaction.atomic():
        one = _locked(mailing_id)
        require_send(actor)
        if one.state != "approved":
            raise NotNow(_("This mailing is not approved yet."))
        one.state, one.starts_at = "scheduled", starts_at
        one.save(update_fields=["state", "starts_at"])
        _event(events.MAILING_SCHEDULED, one, actor, at, starts_at=starts_at.isoformat())


def pause(*, mailing_id: str, actor: Actor, at: datetime) -> None:
    """Stop a mailing for the time being; mails being handed over this moment still go. Raises as `schedule`."""
    with transaction.atomic():
        one = _locked(mailing_id)
        require_send(actor)
        if one.state not in {"scheduled", "filling", "sending"}:
            raise NotNow(_("This mailing is not on its way."))
        one.paused_from, one.state = one.state, "paused"
        one.save(update_fields=["paused_from", "state"])
        _event(events.MAILING_PAUSED, one, actor, at)


def resume(*, mailing_id: str, actor: Actor, at: datetime) -> None:
    """Go on with a stopped mailing, exactly where it was. Raises as `schedule`."""
    with transaction.atomic():
        one = _locked(mailing_id)
        require_send(actor)
        if one.state != "paused":
            raise NotNow(_("This mailing is not stopped."))
        one.state, one.paused_from, one.problem = one.paused_from, "", ""
        one.save(update_fields=["paused_from", "state", "problem"])
        _event(events.MAILING_RESUMED, one, actor, at)


def cancel(*, mailing_id: str, actor: Actor, at: datetime) -> None:
    """End a mailing for good: who has not got it gets it no more. Raises as `schedule`."""
    with transaction.atomic():
        one = _locked(mailing_id)
        require_send(actor)
        if one.state in {"done", "cancelled"}:
            raise NotNow(_("This mailing is over."))
        one.state, one.ended_at = "cancelled", at
        one.save(update_fields=["state", "ended_at"])
        Delivery.objects.filter(mailing=one, state__in=["queued", "waiting"]).update(
            state="skipped", reason="cancelled", values=""
        )
        _event(events.MAILING_CANCELLED, one, actor, at)


def _locked(mailing_id: str) -> Mailing:
    one = Mailing.objects.select_for_update().filter(public_id=mailing_id).first()
    if one is None:
        raise NotFound(_("There is no such mailing."))
    return one


def _event(kind: str, one: Mailing, actor: Actor, at: datetime, **data: Any) -> None:
    record(kind=kind, subject=Subject("mailing", one.public_id), actor=actor, at=at, data={"state": one.state, **data})

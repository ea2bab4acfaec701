"""What somebody sends through a form: checked, kept once, made a lead or tied to whom we know, consent asked for."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fairboard.crm import values as crm_values
from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import plain
from fairboard.crm.services.records import create_record, update_record
from fairboard.kit import limits
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import Invalid, NotFound, Problem, TooMany
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events, form_guard
from fairboard.marketing.models import Form, FormSubmission
from fairboard.marketing.queries import forms as queries
from fairboard.marketing.services import consents, journey_entries
from fairboard.marketing.services.journey_running import join_campaign

log = logging.getLogger("fairboard.marketing.forms")
MACHINE = Actor.system("forms")
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
FEW, FLOOD, HOUR = 5, 40, 3_600
"""So many an hour from one network are taken as they come, and so many at all."""
Listener = Callable[[str, str, datetime], None]
_listeners: list[Listener] = []


def on_sent(listener: Listener) -> Listener:
    """Have a function told of each form that was taken: the form's id, the record's id, when; in the transaction."""
    _listeners.append(listener)
    return listener


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in: ``values`` by field key as typed, ``origin`` the page and UTM values, ``proof`` for the consent."""

    values: Mapping[str, str]
    has_agreed: bool = False
    trap: str = ""
    token: str = ""
    origin: Mapping[str, str] = field(default_factory=dict)
    proof: Mapping[str, str] = field(default_factory=dict)


def submit(*, slug: str, sent: Sent, at: datetime) -> queries.FormShown:
    """Take what somebody sent, or keep it apart where it looks like a machine's; the sender is not told which.

    The same thing sent twice is taken once. Raises NotFound, Invalid by field, TooMany.
    """
    form = Form.objects.filter(slug=slug, archived_at=None).first()
    if form is None:
        raise NotFound
    shown = queries.shown_of(form)
    ip = sent.proof.get("ip_hash", "")
    limits.check(f"form-flood:{ip}", limit=FLOOD, per_seconds=HOUR, at=at)
    values = _checked(form, shown, sent)
    reasons = form_guard.reasons(
        form_id=form.public_id, trap=sent.trap, given=sent.token, many=_is_many(ip, at), at=at,
        names={key: text for key, text in values.items() if _is_short(form, key)},
        texts={key: text for key, text in values.items() if not _is_short(form, key)},
    )  # fmt: skip
    with transaction.atomic():
        found = _kept(form, sent, values, reasons, at)
        if found is not None and found.state == "taken":
            carry_on(found, at=at)
    return shown


def _is_short(form: Form, key: str) -> bool:
    one = catalogue().type(form.type_key).fields[key]
    return one.type not in {"longtext", "link", "email", "phone"}


def _is_many(ip: str, at: datetime) -> bool:
    try:
        limits.check(f"form:{ip}", limit=FEW, per_seconds=HOUR, at=at)
    except TooMany:
        return True
    return False


def _checked(form: Form, shown: queries.FormShown, sent: Sent) -> dict[str, str]:
    info = catalogue().type(form.type_key)
    given = {one.key: " ".join(sent.values.get(one.key, "").split()) if one.type != "longtext"
             else sent.values.get(one.key, "").strip()[:5_000] for one in shown.asked}  # fmt: skip
    parsed = crm_values.parse(
        info, {key: text[:5_000] for key, text in given.items() if text}, editable=set(info.fields)
    )
    errors = [{"field": key, "message": text} for key, text in parsed.errors.items()]
    errors += [
        {"field": one.key, "message": _("This is needed.")}
        for one in shown.asked
        if one.required and not given[one.key]
    ]
    if form.topic and form.is_consent_required and not sent.has_agreed:
        errors.append({"field": "agreed", "message": _("This is needed.")})
    if errors:
        raise Invalid(_("Some fields need another look. Nothing you typed is lost."), errors=errors)
    return {key: text for key, text in given.items() if text}


def _kept(form: Form, sent: Sent, values: Mapping[str, str], reasons: list[str], at: datetime) -> FormSubmission | None:
    """The row of what was sent; None where the same was sent before."""
    mark = repr((form.public_id, sent.token or f"{sent.proof.get('ip_hash')}{at.date()}", sorted(values.items())))
    origin = {key: str(text)[:400] for key, text in sent.origin.items() if text and key in {*UTM, "page", "language"}}
    try:
        with transaction.atomic():
            found = FormSubmission.objects.create(
                form=form, state="kept_apart" if reasons else "taken", values=dict(values), origin=origin,
                has_agreed=bool(form.topic) and sent.has_agreed, wording=form.wording if sent.has_agreed else "",
                reasons=reasons, ip_hash=sent.proof.get("ip_hash", ""), once=sha256(mark.encode()).hexdigest(), at=at,
            )  # fmt: skip
    except IntegrityError:
        return None
    record(
        kind=events.FORM_APART if reasons else events.FORM_SENT, subject=Subject("form", form.public_id),
        actor=ANONYMOUS, at=at, data={"submission": found.public_id, "reasons": reasons},
    )  # fmt: skip
    return found


def carry_on(found: FormSubmission, *, at: datetime) -> None:
    """Make a lead or contact of what was taken, or tie it to whom we know; ask for consent; tell who listens."""
    form = found.form
    campaign = _campaign(form, found.origin)
    known = _known(form, str(found.values.get("email", "")))
    if known is None:
        row = _new(form, found, campaign, at)
        record_id, pk, type_key = row.id, row.pk, row.type_key
    else:
        type_key = catalogue().by_id[known.type_id].key
        record_id, pk = known.public_id, known.pk
        _tie(known, type_key, found, at)
    found.record_id, found.is_known = pk, known is not None
    found.save(update_fields=["record", "is_known"])
    if campaign:
        try:
            join_campaign(
                campaign=campaign, record_id=record_id, type_key=type_key, status="responded", at=at, source="form"
            )
        except Problem as problem:
            log.info("a member of a campaign was not made: %s", problem.code)
    if found.has_agreed:
        _ask(form, found, at)
    journey_entries.on_form(form_id=form.public_id, pk=pk, at=at)
    for listener in _listeners:
        listener(form.public_id, record_id, at)


def _known(form: Form, email: str) -> Any:
    """Whom we know by this address: a contact before a lead, and of leads one that is still worked on."""
    if not email:
        return None
    for key in ("contact", "lead"):
        for row in plain.with_email(key, email):
            if key == "contact" or row.data.get("status") != "converted":
                return row
    return None


def _new(form: Form, found: FormSubmission, campaign: str, at: datetime) -> Any:
    info = catalogue().type(form.type_key)
    given: dict[str, Any] = {"source": "web", **found.values}
    if "last_name" in info.fields and not given.get("last_name"):
        given["last_name"] = str(given.get("company") or given.get("email") or "–").partition("@")[0]
    for key, text in found.origin.items():
        if key in info.fields and text and not crm_values.parse(info, {key: text}, editable={key}).errors:
            given[key] = text
    if campaign and "campaign" in info.fields:
        given["campaign"] = campaign
    if form.type_key == "lead":
        given.setdefault("status", "new")
    return create_record(
        type_key=form.type_key, values=given, actor=MACHINE, at=at, owner_id=_owner(form), source="form"
    )


def _owner(form: Form) -> str | None:
    """Whose turn it is."""
    if not form.owners:
        return None
    Form.objects.filter(pk=form.pk).update(next_owner=F("next_owner") + 1)
    turn = Form.objects.values_list("next_owner", flat=True).get(pk=form.pk) - 1
    return str(form.owners[turn % len(form.owners)])


def _tie(known: Any, type_key: str, found: FormSubmission, at: datetime) -> None:
    """Fill in what was empty, and put all of it on the timeline: nobody outside overwrites what we know."""
    info = catalogue().type(type_key)
    fresh = {
        key: text for key, text in found.values.items()
        if key in info.fields and info.fields[key].kind == "value" and not known.data.get(key) and key != "email"
        and not crm_values.parse(info, {key: text}, editable={key}).errors
    }  # fmt: skip
    if fresh:
        update_record(record_id=known.public_id, values=fresh, actor=MACHINE, at=at, source="form")
    labels = catalogue().type(found.form.type_key).fields
    lines = [f"{labels[key].label}: {text}" for key, text in found.values.items() if key in labels]
    create_record(
        type_key="note", actor=MACHINE, at=at, source="form", owner_id=known.owner_id or None,
        values={"text": f"{found.form.name}\n" + "\n".join(lines), "about": known.public_id},
    )  # fmt: skip


def _campaign(form: Form, origin: Mapping[str, str]) -> str:
    """The campaign it counts for: the one whose name the link said, or the form's own."""
    if name := origin.get("utm_campaign", "").strip():
        for text in (name, name.replace("-", " ").replace("_", " ")):
            row = plain.named("campaign", text)
            if row is not None:
                return row.public_id
    return form.campaign if form.campaign and plain.row(form.campaign) else ""


def _ask(form: Form, found: FormSubmission, at: datetime) -> None:
    proof = {"form": form.slug, "ip_hash": found.ip_hash, "page": found.origin.get("page", ""),
             "submission": found.public_id, "language": found.origin.get("language", "")}  # fmt: skip
    try:
        consents.ask(
            address=str(found.values.get("email", "")), topics=[form.topic], source=f"form {form.slug}", proof=proof,
            actor=ANONYMOUS, at=at, wording=found.wording,
        )  # fmt: skip
    except Problem as problem:
        log.info("consent was not asked for: %s", problem.code)


def count_view(*, form_id: str, at: datetime) -> None:
    """A form was shown once more today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketing_formviews (form_id, day, count) SELECT id, %s, 1 FROM marketing_form"
            " WHERE public_id = %s ON CONFLICT (form_id, day) DO UPDATE SET count = marketing_formviews.count + 1",
            [at.date(), form_id],
        )

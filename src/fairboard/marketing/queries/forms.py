"""Forms, read: the list with figures, one to be shown to everybody, what was sent through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.records import names_of
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.marketing.models import Form, FormSubmission, FormViews

TYPES = ("lead", "contact")
FIGURES_DAYS = 30
HIDDEN_FIELDS = frozenset(
    {"score", "external_id", "source", "campaign", "page", "utm_source", "utm_medium", "utm_campaign", "utm_content",
     "utm_term", "status", "rating", "time_zone", "do_not_call"}
)  # fmt: skip
"""Fields of a record that nobody outside is asked for."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form with its figures: shown, sent, kept apart; ``conversion`` is sent by shown, 0 to 1, None of none shown."""

    id: str
    name: str
    slug: str
    type_key: str
    is_advertise: bool
    shown: int
    sent: int
    apart: int
    conversion: float | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field a form asks for."""

    key: str
    label: str
    required: bool
    type: str
    choices: tuple[tuple[str, str], ...]
    autocomplete: str


@dataclass(frozen=True, slots=True)
class FormShown:
    """A form as everybody sees it."""

    id: str
    slug: str
    type_key: str
    title: str
    intro: str
    button: str
    asked: tuple[AskedField, ...]
    topic: str
    wording: str
    is_consent_required: bool
    thanks: str
    redirect: str


@dataclass(frozen=True, slots=True)
class SentRow:
    """What somebody sent."""

    id: str
    state: str
    values: Mapping[str, Any]
    origin: Mapping[str, Any]
    has_agreed: bool
    reasons: Sequence[str]
    record_id: str
    record_type: str
    record_name: str
    is_known: bool
    at: datetime


AUTOCOMPLETE = {
    "first_name": "given-name", "last_name": "family-name", "company": "organization", "email": "email",
    "phone": "tel", "mobile": "tel", "street": "street-address", "postal_code": "postal-code",
    "city": "address-level2", "country": "country-name", "title": "organization-title",
}  # fmt: skip


def forms(*, actor: Actor) -> list[FormRow]:
    """Every form in use, with figures of all time; raises Forbidden."""
    _may(actor)
    found = list(Form.objects.filter(archived_at=None).order_by("name", "pk"))
    shown = dict(FormViews.objects.values_list("form_id").annotate(Sum("count")).order_by("form_id"))
    sent: dict[tuple[int, str], int] = {
        (form, state): count
        for form, state, count in FormSubmission.objects.values_list("form_id", "state").annotate(Count("pk"))
        .order_by("form_id", "state")
    }  # fmt: skip
    return [
        _row(one, shown.get(one.pk, 0), sent.get((one.pk, "taken"), 0), sent.get((one.pk, "kept_apart"), 0))
        for one in found
    ]


def _row(one: Form, shown: int, sent: int, apart: int) -> FormRow:
    return FormRow(
        one.public_id, one.name, one.slug, one.type_key, one.is_advertise, shown, sent, apart,
        sent / shown if shown else None, one.updated_at,
    )  # fmt: skip


def form(*, form_id: str, actor: Actor) -> Form:
    """One form as it is kept; raises Forbidden, NotFound."""
    _may(actor)
    one = Form.objects.filter(public_id=form_id, archived_at=None).first()
    if one is None:
        raise NotFound
    return one


def shown(*, slug: str) -> FormShown:
    """A form as everybody may see it; raises NotFound."""
    one = Form.objects.filter(slug=slug, archived_at=None).first()
    if one is None:
        raise NotFound
    return shown_of(one)


def advertise() -> FormShown | None:
    """The form of the page for advertisers; None where there is none."""
    one = Form.objects.filter(is_advertise=True, archived_at=None).first()
    return shown_of(one) if one else None


def shown_of(one: Form) -> FormShown:
    """A form as it is shown."""
    info = catalogue().type(one.type_key)
    asked = []
    for given in one.asked:
        known = info.fields.get(given["key"])
        if known is not None and known.is_written:
            choices = tuple((choice.key, choice.label) for choice in known.spec.choices)
            asked.append(
                AskedField(
                    known.key, given.get("label") or known.label, bool(given.get("required")), known.type, choices,
                    AUTOCOMPLETE.get(known.key, "off"),
                )
            )  # fmt: skip
    return FormShown(
        one.public_id, one.slug, one.type_key, one.title or one.name, one.intro, one.button, tuple(asked), one.topic,
        one.wording, one.is_consent_required, one.thanks, one.redirect,
    )  # fmt: skip


def askable(type_key: str) -> dict[str, str]:
    """The fields a form of a type may ask for, with their labels."""
    info = catalogue().type(type_key)
    return {
        key: one.label for key, one in info.fields.items()
        if one.kind == "value" and key not in HIDDEN_FIELDS and one.type != "multichoice"
    }  # fmt: skip


def sent(*, form_id: str, actor: Actor, state: str = "", cursor: str = "", size: int = 50) -> Page[SentRow]:
    """What was sent through a form, the newest first; raises Forbidden, NotFound, Invalid."""
    one = form(form_id=form_id, actor=actor)
    rows = FormSubmission.objects.filter(form=one).select_related("record")
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    kept = list(rows.order_by("-pk")[: size + 1])
    more = encode_cursor(kept[size - 1].pk) if len(kept) > size else ""
    names = names_of(actor=actor, ids={each.record.public_id for each in kept[:size] if each.record})
    known = catalogue().by_id
    made = []
    for each in kept[:size]:
        record_id = each.record.public_id if each.record else ""
        type_key = known[each.record.type_id].key if each.record and each.record.type_id in known else one.type_key
        made.append(
            SentRow(
                each.public_id, each.state, each.values, each.origin, each.has_agreed, each.reasons,
                record_id if record_id in names else "", type_key, names.get(record_id, ""), each.is_known, each.at,
            )
        )  # fmt: skip
    return Page(made, next_cursor=more)


def by_day(*, form_id: str, actor: Actor, at: datetime) -> list[tuple[str, int, int]]:
    """Shown and sent on each of the last days, the oldest first; raises Forbidden, NotFound."""
    one = form(form_id=form_id, actor=actor)
    since = at.date() - timedelta(days=FIGURES_DAYS - 1)
    seen = dict(FormViews.objects.filter(form=one, day__gte=since).values_list("day", "count"))
    came: dict[Any, int] = {}
    for moment in FormSubmission.objects.filter(form=one, state="taken", at__date__gte=since).values_list(
        "at", flat=True
    ):
        came[moment.date()] = came.get(moment.date(), 0) + 1
    days = [since + timedelta(days=number) for number in range(FIGURES_DAYS)]
    return [(day.isoformat(), seen.get(day, 0), came.get(day, 0)) for day in days]


def _may(actor: Actor) -> None:
    if not actor.can("marketing.use"):
        raise Forbidden

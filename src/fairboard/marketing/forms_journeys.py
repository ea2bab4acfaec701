"""Forms of journeys: their settings, and one form for each kind of step."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.access import editable_fields, seat_of
from fairboard.crm.queries.behaviour import BEHAVIOURS
from fairboard.crm.queries.records import records
from fairboard.kit.actors import Actor
from fairboard.marketing.forms import BASIS
from fairboard.marketing.queries import consents, segments, templates
from fairboard.marketing.queries.forms import forms as all_forms

ENTRIES: tuple[tuple[str, str | Promise], ...] = (
    ("segment", _("They come into a segment")),
    ("form", _("They fill in a form")),
    ("created", _("Their record is created")),
    ("field", _("A field changes")),
    ("event", _("Something happens")),
    ("manual", _("Only by hand or over the API")),
)
EXITS: tuple[tuple[str, str | Promise], ...] = (
    ("reply", _("They answer")),
    ("unsubscribe", _("They unsubscribe")),
    ("segment", _("They leave the segment they came by")),
)
ASKS: tuple[tuple[str, str | Promise], ...] = (
    ("opened", _("Did they open a mail?")),
    ("clicked", _("Did they follow a link?")),
    ("replied", _("Did they answer?")),
    ("condition", _("A condition of your own")),
)
DAYS: tuple[tuple[str, str | Promise], ...] = (
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
)  # fmt: skip
UNITS: tuple[tuple[str, str | Promise], ...] = (
    ("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days")), ("weeks", _("weeks")),
)  # fmt: skip


class _Clock(forms.TimeInput):
    input_type = "time"


def _clock(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=_Clock(format="%H:%M"), **more)


def minutes(value: time | None) -> int | None:
    """A time of day as minutes after midnight."""
    return value.hour * 60 + value.minute if value is not None else None


def clock(value: int | None) -> time | None:
    """Minutes after midnight as a time of day."""
    return time(value // 60, value % 60) if value is not None else None


def or_nothing(pairs: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Choices of which none need be made."""
    return [("", "–"), *pairs]


class NewJourneyForm(forms.Form):
    """A journey begins with its name and whom it is for."""

    name = forms.CharField(label=_("Name"), max_length=120)
    type_key = forms.ChoiceField(
        label=_("For"), choices=(("contact", _("Contacts")), ("lead", _("Leads")), ("account", _("Accounts")))
    )


class SettingsForm(forms.Form):
    """How people come in and leave, and what all mails of a journey share."""

    name = forms.CharField(label=_("Name"), max_length=120)
    entry = forms.ChoiceField(label=_("They come in when"), choices=ENTRIES)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    present = forms.BooleanField(label=_("Also who is in it already when the journey goes live"), required=False)
    form = forms.ChoiceField(label=_("Form"), required=False)
    field = forms.ChoiceField(label=_("Field"), required=False)
    value = forms.CharField(
        label=_("Becomes"), required=False, max_length=200, help_text=_("Leave it empty for any value.")
    )
    event = forms.ChoiceField(label=_("What happens"), required=False)
    again = forms.IntegerField(
        label=_("They may come again after days"), required=False, min_value=1, max_value=3_650,
        help_text=_("Leave it empty and everybody comes once."),
    )  # fmt: skip
    exits = forms.MultipleChoiceField(
        label=_("They leave when"), choices=EXITS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Who is on hold or deleted leaves in any case."),
    )  # fmt: skip
    goal = forms.CharField(
        label=_("The goal is reached when"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_('A condition such as contact.source == "web" && account.ads_live > 0.0. Who reaches it leaves.'),
    )  # fmt: skip
    topic = forms.ChoiceField(label=_("Topic of its mails"))
    basis = forms.ChoiceField(label=_("Why you may write"), choices=BASIS)
    quiet_from = _clock(_("Quiet from"))
    quiet_to = _clock(_("Quiet until"), help_text=_("Where the person is."))
    track = forms.BooleanField(label=_("Count opens and clicks"), required=False)
    campaign = forms.ChoiceField(label=_("Belongs to the campaign"), required=False)

    def __init__(self, *given: Any, actor: Actor, type_key: str, **more: Any) -> None:
        super().__init__(*given, **more)
        info = catalogue().type(type_key)
        own = [(one.id, one.name) for one in segments.segments(actor=actor) if one.type_key == type_key]
        choose: dict[str, list[tuple[str, Any]]] = {
            "segment": or_nothing(own), "form": or_nothing([(one.id, one.name) for one in all_forms(actor=actor)]),
            "field": or_nothing([(key, one.label) for key, one in info.fields.items()]),
            "event": or_nothing([(kind, label) for kind, label in BEHAVIOURS.values()]),
            "topic": [(one.key, one.name) for one in consents.topics()], "campaign": or_nothing(campaigns(actor)),
        }  # fmt: skip
        for name, choices in choose.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """The settings as a journey keeps them."""
        given = self.cleaned_data
        entry: dict[str, Any] = {"kind": given["entry"]}
        wanted = {
            "segment": ("segment", "present"),
            "form": ("form",),
            "field": ("field", "value"),
            "event": ("event",),
        }
        entry |= {key: given[key] for key in wanted.get(given["entry"], ())}
        return {
            "entry": entry, "reentry_days": given["again"], "exits": list(given["exits"]),
            "goal": given["goal"].strip(), "topic": given["topic"], "basis": given["basis"],
            "quiet_from": minutes(given["quiet_from"]), "quiet_to": minutes(given["quiet_to"]),
            "track": given["track"], "campaign": given["campaign"],
        }  # fmt: skip


def settings_initial(name: str, draft: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of the settings begins with."""
    entry = draft.get("entry") or {}
    found = {key: draft.get(key) for key in ("exits", "goal", "topic", "basis", "track", "campaign")}
    found |= {key: entry.get(key) for key in ("segment", "present", "form", "field", "value", "event")}
    return found | {
        "name": name, "entry": entry.get("kind"), "again": draft.get("reentry_days"),
        "quiet_from": clock(draft.get("quiet_from")), "quiet_to": clock(draft.get("quiet_to")),
    }  # fmt: skip


def campaigns(actor: Actor) -> list[tuple[str, str]]:
    """The newest campaigns one may choose from."""
    if seat_of(actor).on("campaign").read == "none":
        return []
    return [(one.id, one.name) for one in records(actor=actor, type_key="campaign", size=200).items]


class MailStep(forms.Form):
    """Which template, and at what time of day."""

    template = forms.ChoiceField(label=_("Template"))
    at = _clock(_("At this time of day"), help_text=_("Where the person is. Leave it empty to send at once."))


class WaitStep(forms.Form):
    """A time, a day of the week, or a date of theirs."""

    mode = forms.ChoiceField(
        label=_("Wait"), choices=(("duration", _("so long")), ("weekday", _("until a day of the week")),
                                  ("date", _("until a date of theirs"))),
    )  # fmt: skip
    amount = forms.IntegerField(label=_("How long"), required=False, min_value=1, max_value=1_000_000)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("Days"), choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    field = forms.ChoiceField(label=_("Date"), required=False)
    days = forms.IntegerField(
        label=_("Days after it"), required=False, min_value=-730, max_value=730,
        help_text=_("A negative number is so many days before."),
    )  # fmt: skip
    at = _clock(_("At"), help_text=_("Where the person is."))


class BranchStep(forms.Form):
    """What decides which way somebody goes."""

    ask = forms.ChoiceField(label=_("Ask"), choices=ASKS)
    condition = forms.CharField(
        label=_("Filter condition"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_('Such as contact.city == "Berlin" || did.answers_30 > 2.0. An empty number counts as 0.'),
    )  # fmt: skip


class UpdateStep(forms.Form):
    """Which field becomes what."""

    field = forms.ChoiceField(label=_("Field"))
    value = forms.CharField(
        label=_("New value"), required=False, max_length=500, help_text=_("Leave it empty to empty the field.")
    )


class TaskStep(forms.Form):
    """What the owner of the record is to do."""

    subject = forms.CharField(label=_("What is to be done"), max_length=200)
    days = forms.IntegerField(label=_("Due in days"), min_value=0, max_value=365)


class CampaignStep(forms.Form):
    """Which campaign they become a member of."""

    campaign = forms.ChoiceField(label=_("Campaign"))
    status = forms.ChoiceField(label=_("Status"))


class EmptyStep(forms.Form):
    """A step that has nothing to set."""


FORMS: dict[str, type[forms.Form]] = {
    "mail": MailStep, "wait": WaitStep, "branch": BranchStep, "update": UpdateStep, "task": TaskStep,
    "campaign": CampaignStep, "goal": EmptyStep, "end": EmptyStep,
}  # fmt: skip


def step_form(step: Mapping[str, Any], data: Any, *, actor: Actor, type_key: str) -> forms.Form:
    """The form of a step, filled with what was typed or what the step holds."""
    initial = {**step, "at": clock(step.get("minute")), "weekdays": [str(one) for one in step.get("weekdays") or ()]}
    made = FORMS[str(step["kind"])](data, initial=initial)
    for name, choices in _choices(str(step["kind"]), actor, type_key).items():
        made.fields[name].choices = choices  # type: ignore[attr-defined]
    return made


def _choices(kind: str, actor: Actor, type_key: str) -> dict[str, list[tuple[str, Any]]]:
    info = catalogue().type(type_key)
    makers: dict[str, Callable[[], dict[str, list[tuple[str, Any]]]]] = {
        "mail": lambda: {
            "template": [(one.id, one.name) for one in templates.templates(actor=actor, size=200).items]
        },
        "wait": lambda: {
            "field": or_nothing(
                [(key, one.label) for key, one in info.fields.items() if one.type in {"date", "datetime"}]
            )
        },
        "update": lambda: {
            "field": [
                (key, info.fields[key].label) for key in info.fields
                if key in editable_fields(seat_of(actor), info) and info.fields[key].kind == "value"
            ]
        },
        "campaign": lambda: {
            "campaign": campaigns(actor),
            "status": [
                (one.key, one.label) for one in catalogue().type("campaign_member").fields["status"].spec.choices
            ],
        },
    }  # fmt: skip
    return makers[kind]() if kind in makers else {}


def step_values(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as a step keeps it."""
    found = {key: value for key, value in given.items() if key not in {"at", "weekdays"}}
    if kind in {"mail", "wait"}:
        found["minute"] = minutes(given.get("at"))
    if kind == "wait":
        found["weekdays"] = [int(one) for one in given.get("weekdays") or ()]
        found["days"] = given.get("days") or 0
    return found

"""Forms of mailings: what is typed, checked for its shape; what it means is checked by the services."""

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from io import StringIO
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.kit.actors import Actor
from fairboard.marketing import recipients
from fairboard.marketing.queries import consents, templates
from fairboard.marketing.services.mailings import MailingDraft, Variant

ADDRESSES = "addresses"
BASIS = (
    ("consent", _("They agreed to the topic")),
    ("customer", _("They are customers and did not object")),
    ("service", _("It is about their account itself")),
)
WINNER = (("clicks", _("Clicks")), ("opens", _("Opens")), ("replies", _("Replies")))


def _minutes(value: time | None) -> int | None:
    return value.hour * 60 + value.minute if value is not None else None


def _time(minutes: int | None) -> time | None:
    return time(minutes // 60, minutes % 60) if minutes is not None else None


class _Clock(forms.TimeInput):
    input_type = "time"


class MailingForm(forms.Form):
    """Everything a mailing is set to."""

    name = forms.CharField(label=_("Name"), max_length=120)
    template = forms.ChoiceField(label=_("Template"))
    topic = forms.ChoiceField(label=_("Topic"), help_text=_("What a recipient unsubscribes from."))
    basis = forms.ChoiceField(label=_("Why you may write"), choices=BASIS)
    audience = forms.ChoiceField(label=_("To"))
    addresses = forms.CharField(
        label=_("Addresses"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line; a name may follow after a comma."),
    )  # fmt: skip
    reply_to = forms.EmailField(
        label=_("Answers go to"), required=False,
        help_text=_("Left empty, answers appear on the timeline of who wrote them, and their owner is told by mail."),
    )  # fmt: skip
    subject_a = forms.CharField(label=_("Subject A"), max_length=200, required=False)
    subject_b = forms.CharField(label=_("Subject B"), max_length=200, required=False)
    share_a = forms.IntegerField(
        label=_("Share of A in percent"), initial=50, min_value=1, max_value=99, required=False
    )
    test_share = forms.IntegerField(
        label=_("Tried out on, in percent"), initial=20, min_value=1, max_value=100, required=False
    )
    winner_by = forms.ChoiceField(label=_("The better one has more"), choices=WINNER, required=False)
    decide_minutes = forms.IntegerField(
        label=_("Decided after, in minutes"), initial=240, min_value=5, max_value=20_160, required=False
    )
    throttle = forms.IntegerField(
        label=_("Mails a minute at most"), initial=0, min_value=0, max_value=1_000_000, required=False,
        help_text=_("0 sets no limit."),
    )  # fmt: skip
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=_Clock(format="%H:%M"))
    quiet_to = forms.TimeField(label=_("Quiet until"), required=False, widget=_Clock(format="%H:%M"))
    local_time = forms.TimeField(label=_("At this time where they are"), required=False, widget=_Clock(format="%H:%M"))
    track_opens = forms.BooleanField(label=_("Count opens"), required=False, help_text=_("The mail says so."))
    track_clicks = forms.BooleanField(label=_("Count clicks"), required=False, help_text=_("The mail says so."))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        found = templates.templates(actor=actor, size=200).items
        self._fields("template", [(one.id, one.name) for one in found])
        self._fields("topic", [(one.key, gettext(one.name)) for one in consents.topics()])
        offered = [(json.dumps(what, sort_keys=True), label) for what, label in recipients.choices(actor)]
        kept = (options.get("initial") or {}).get("audience", "")
        if kept and kept != ADDRESSES and kept not in dict(offered):
            offered.append((kept, gettext("As it is now")))
        self._fields("audience", [*offered, (ADDRESSES, gettext("These addresses"))])

    def _fields(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def draft(self) -> MailingDraft:
        """What was typed, for the service."""
        given = self.cleaned_data
        subjects = [one for one in (given["subject_a"], given["subject_b"]) if one]
        share = given["share_a"] or 50
        shares = [share, 100 - share] if len(subjects) == 2 else [100]
        return MailingDraft(
            given["name"], given["topic"], given["template"], self._audience(), given["basis"], given["reply_to"],
            [Variant(subject, part) for subject, part in zip(subjects, shares, strict=False)],
            (given["test_share"] or 0) if len(subjects) == 2 else 0, given["winner_by"] or "clicks",
            given["decide_minutes"] or 240, given["throttle"] or 0, _minutes(given["quiet_from"]),
            _minutes(given["quiet_to"]), _minutes(given["local_time"]), given["track_opens"], given["track_clicks"],
        )  # fmt: skip

    def _audience(self) -> Mapping[str, Any]:
        if self.cleaned_data["audience"] != ADDRESSES:
            chosen: dict[str, Any] = json.loads(self.cleaned_data["audience"])
            return chosen
        rows = csv.reader(StringIO(self.cleaned_data["addresses"]), skipinitialspace=True)
        made = [{"address": row[0].strip(), "name": row[1].strip() if len(row) > 1 else ""} for row in rows if row]
        return {"kind": ADDRESSES, "rows": made}


def initial_of(draft: MailingDraft) -> dict[str, Any]:
    """What the form of a mailing begins with."""
    audience = {key: one for key, one in draft.audience.items() if key != "by"}
    is_list = audience.get("kind") == ADDRESSES
    rows = audience.get("rows", []) if is_list else []
    subjects = [one.subject for one in draft.variants]
    return {
        "name": draft.name, "template": draft.template_id, "topic": draft.topic, "basis": draft.basis,
        "audience": ADDRESSES if is_list else json.dumps(audience, sort_keys=True),
        "addresses": "\n".join(", ".join(filter(None, (one["address"], one.get("name")))) for one in rows),
        "reply_to": draft.reply_to, "subject_a": subjects[0] if subjects else "",
        "subject_b": subjects[1] if len(subjects) > 1 else "",
        "share_a": draft.variants[0].share if len(subjects) > 1 else 50, "test_share": draft.test_share or 20,
        "winner_by": draft.winner_by, "decide_minutes": draft.decide_minutes, "throttle": draft.throttle,
        "quiet_from": _time(draft.quiet_from), "quiet_to": _time(draft.quiet_to),
        "local_time": _time(draft.local_minute), "track_opens": draft.track_opens, "track_clicks": draft.track_clicks,
    }  # fmt: skip


class WhenForm(forms.Form):
    """When a mailing goes out; at once when nothing is said."""

    starts_at = forms.DateTimeField(
        label=_("Goes out at (UTC)"), required=False, help_text=_("Empty: at once."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def moment(self, at: datetime) -> datetime:
        """The moment, now when none was given."""
        given: datetime | None = self.cleaned_data["starts_at"]
        return given.astimezone(UTC) if given else at


class ConsentForm(forms.Form):
    """A consent somebody gave to the staff, or took back."""

    address = forms.EmailField(label=_("Mail address"), max_length=254)
    topic = forms.ChoiceField(label=_("Topic"))
    state = forms.ChoiceField(label=_("They"), choices=(("given", _("agreed")), ("withdrawn", _("no longer agree"))))
    channel = forms.ChoiceField(
        label=_("To be reached by"),
        choices=(("mail", _("Mail")), ("phone", _("Phone")), ("sms", _("Text message")), ("post", _("Letter"))),
    )
    source = forms.CharField(label=_("Where"), max_length=80, help_text=_("Such as: trade fair, by phone."))
    note = forms.CharField(label=_("Proof"), max_length=500, required=False, help_text=_("Where it is kept."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.key, gettext(one.name)) for one in consents.topics()]


class TopicForm(forms.Form):
    """A topic and the words one agrees to."""

    key = forms.SlugField(label=_("Key"), max_length=39)
    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("What it is about"), max_length=300, required=False)
    wording = forms.CharField(label=_("What one agrees to"), widget=forms.Textarea(attrs={"rows": 3}))


class SuppressForm(forms.Form):
    """An address to be written to no more."""

    address = forms.EmailField(label=_("Mail address"), max_length=254)
    detail = forms.CharField(label=_("Why"), max_length=200, required=False)


class ListForm(forms.Form):
    """A suppression list to be brought in."""

    file = forms.FileField(label=_("File"), help_text=_("An address a line, or a list that was exported here."))
    source = forms.CharField(label=_("Where it is from"), max_length=80)


def add_problem(form: forms.Form, errors: list[dict[str, str]], detail: str) -> None:
    """Show what a service refused beside the fields it names, on top where it names none of them."""
    for error in errors or [{"field": "", "message": detail}]:
        name = {"variants": "subject_a", "local_minute": "local_time"}.get(error["field"], error["field"])
        form.add_error(name if name in form.fields else None, error["message"])

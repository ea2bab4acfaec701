"""The forms of orders; services check what they mean."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fairboard.safety import orders as kinds
from fairboard.safety.services.order_drafts import OrderDraft


class Moment(forms.DateTimeField):
    """A date and time, in UTC."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> datetime | None:
        """The moment; years outside 1900 to 2200 cannot be meant."""
        found: datetime | None = super().clean(value)
        if found and not 1900 <= found.year <= 2200:
            raise forms.ValidationError(self.error_messages["invalid"])
        return found.astimezone(UTC) if found else None


class OrderForm(forms.Form):
    """An order as it arrived."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(one.key, one.label) for one in kinds.KINDS])
    authority = forms.CharField(label=_("Authority"), max_length=200, required=False)
    country = forms.CharField(label=_("Country (two letters)"), max_length=2, required=False)
    contact = forms.CharField(label=_("Mail address of the authority"), max_length=254, required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300, required=False)
    reference = forms.CharField(label=_("Reference of the authority"), max_length=120, required=False)
    received_at = Moment(label=_("Received (UTC)"), required=False)
    received_how = forms.ChoiceField(label=_("How it came"), choices=list(kinds.WAYS.items()))
    language = forms.ChoiceField(label=_("Language of our letters"), choices=settings.LANGUAGES, required=False)
    subjects = forms.CharField(
        label=_("What it is about"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One line each: the kind and the id, such as “ad 1a2b3c…” or “member 1a2b3c…”."),
    )
    scope_from = Moment(label=_("Data from (UTC)"), required=False)
    scope_until = Moment(label=_("Data until (UTC)"), required=False)
    asked = forms.CharField(
        label=_("What is asked"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    due_at = Moment(
        label=_("Deadline (UTC)"), required=False, help_text=_("Left empty, the clock of its kind is used.")
    )
    is_confidential = forms.BooleanField(label=_("The persons concerned are not told"), required=False)
    silent_until = Moment(
        label=_("Not told until (UTC)"), required=False, help_text=_("Empty: until the authority says so.")
    )

    def draft(self) -> OrderDraft:
        """What was typed, for the service."""
        return OrderDraft(**{name: self.cleaned_data.get(name) or _EMPTY.get(name, "") for name in self.fields})


_EMPTY: dict[str, Any] = {
    "received_at": None, "scope_from": None, "scope_until": None, "due_at": None, "silent_until": None,
    "is_confidential": False,
}  # fmt: skip


class StepForm(forms.Form):
    """The words that go with a step."""

    text = forms.CharField(
        label=_("In words"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ExtendForm(forms.Form):
    """A later deadline, or a longer silence."""

    due_at = Moment(label=_("New deadline (UTC)"), required=False)
    silent_until = Moment(label=_("Not told until (UTC)"), required=False)
    text = forms.CharField(
        label=_("Who granted it, and how"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )

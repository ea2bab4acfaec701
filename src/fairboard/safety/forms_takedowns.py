"""The forms of takedown requests; services check what they mean."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fairboard.safety.services.takedowns import ELEMENTS, TakedownDraft


class TakedownForm(forms.Form):
    """What the law asks of a request, and nothing more."""

    location = forms.CharField(
        label=_("Where is it?"),
        required=False,
        max_length=500,
        help_text=_("The address of the ad or the photo, copied from your browser."),
    )
    depicted = forms.CharField(
        label=_("Who is shown?"), required=False, max_length=200,
        help_text=_("A name, or how the person can be recognised."),
    )  # fmt: skip
    is_forgery = forms.BooleanField(label=_("It is a forgery made by a computer"), required=False)
    is_child = forms.BooleanField(label=_("The person is or may be under 18"), required=False)
    statement = forms.CharField(
        label=_("How do you know that there was no consent?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    is_agent = forms.BooleanField(label=_("I act for the person shown, who authorised me"), required=False)
    contact = forms.CharField(
        label=_("Your mail address"), required=False, max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your telephone (if you wish)"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    in_good_faith = forms.BooleanField(
        label=_("I believe in good faith that it was published without consent, and what I write is true"),
        required=False,
    )
    signature = forms.CharField(
        label=_("Signature: write your full name"), required=False, max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def draft(self, language: str) -> TakedownDraft:
        """What was typed, for the service."""
        return TakedownDraft(language=language, **{name: self.cleaned_data[name] for name in self.fields})


class TakedownDecisionForm(forms.Form):
    """A decision about a request."""

    location = forms.CharField(label=_("Where it is"), required=False, max_length=500)
    missing = forms.MultipleChoiceField(
        label=_("What is missing"), required=False, widget=forms.CheckboxSelectMultiple, choices=list(ELEMENTS.items())
    )
    answer = forms.CharField(
        label=_("What the requester is told"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["missing"].choices = list(ELEMENTS.items())  # type: ignore[attr-defined]

"""The forms of traders; services check what they mean."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fairboard.safety.services.traders import TraderDraft


def _text(label: object, most: int, autocomplete: str, **more: object) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget, **more)  # type: ignore[arg-type]


class TraderForm(forms.Form):
    """What the law asks of who sells as a business or in large numbers."""

    name = _text(_("Full name of the person or the business"), 200, "organization")
    address = forms.CharField(
        label=_("Address"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )  # fmt: skip
    country = _text(_("Country (two letters)"), 2, "country")
    phone = _text(_("Telephone"), 40, "tel")
    email = _text(_("Mail address buyers may see"), 254, "email")
    account = _text(_("Account that payments go to"), 60, "off")
    tax_id = _text(_("Tax number"), 40, "off", help_text=_("Asked of high-volume sellers in the United States."))
    register = _text(_("Trade register"), 120, "off", help_text=_("If you are in one."))
    register_number = _text(_("Number in the register"), 60, "off")
    at_home = forms.BooleanField(
        label=_("I am a person without a business address: show buyers only my country"), required=False
    )
    certifies = forms.BooleanField(
        label=_("I sell only things and services that comply with the law, and these details are right"),
        required=False,
    )

    def draft(self) -> TraderDraft:
        """What was typed, for the service."""
        return TraderDraft(**{name: self.cleaned_data[name] for name in self.fields})

"""The form of a message."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fairboard.talk.services.messages import LONGEST


class MessageForm(forms.Form):
    """A message as typed."""

    text = forms.CharField(
        label=_("Your message"),
        required=False,
        max_length=LONGEST * 2,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

"""The desk's forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.screening import policies


class DecisionForm(forms.Form):
    """A decision; services check that a refusal has a policy and a reason."""

    policy = forms.ChoiceField(label=_("Policy"), required=False)
    reason_text = forms.CharField(
        label=_("What the author is told"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    days = forms.IntegerField(label=_("Days of a suspension"), required=False, min_value=1, max_value=365)
    note = forms.CharField(label=_("Note for colleagues"), required=False, max_length=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", "–"), *((one.code, gettext(one.name)) for one in policies().values())]  # type: ignore[attr-defined]


class ComfortForm(forms.Form):
    """How somebody of the desk wants to be shown what is hard to look at."""

    blurred = forms.BooleanField(label=_("Blur photos until I ask for them"), required=False)
    grey = forms.BooleanField(label=_("Show photos in grey first"), required=False)
    hard_queues = forms.BooleanField(
        label=_("Give me cases of the hard queues"), required=False,
        help_text=_("Switch it off for a day or for good; nobody asks why."),
    )  # fmt: skip
    cap = forms.IntegerField(label=_("Hard cases a day, at most"), required=False, min_value=0, max_value=200)

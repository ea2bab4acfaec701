"""The desk's forms."""

from typing import Any

from django import forms
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
    note = forms.CharField(label=_("Note for colleagues"), required=False, max_length=4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", "–"), *((one.code, one.name) for one in policies().values())]  # type: ignore[attr-defined]

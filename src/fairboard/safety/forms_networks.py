"""The form that holds a whole network."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.screening import policies


class HoldForm(forms.Form):
    """A policy and a reason, checked by the service."""

    policy = forms.ChoiceField(label=_("Policy"), required=False)
    reason = forms.CharField(
        label=_("Why they are held"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the standing of each member. Only the desk reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", "–"), *((one.code, gettext(one.name)) for one in policies().values())]  # type: ignore[attr-defined]

    def typed(self) -> dict[str, str]:
        """What was typed, whether it is complete or not; the service says what is missing."""
        return {name: str(self.data.get(name, ""))[:4000] for name in ("policy", "reason")}

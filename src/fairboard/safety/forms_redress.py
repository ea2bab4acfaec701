"""The forms of appeals, of undoing, and of reporters and trusted flaggers."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.safety.kinds import NOTICE_KINDS
from fairboard.screening import policies

_LONG = {"rows": 5}


class AppealForm(forms.Form):
    """Why a decision is wrong, in the appellant's words."""

    text = forms.CharField(label=_("Why is the decision wrong?"), max_length=8000, widget=forms.Textarea(attrs=_LONG))
    facts = forms.CharField(
        label=_("Anything we could not know?"), required=False, max_length=8000, widget=forms.Textarea(attrs=_LONG)
    )


class AppealDecisionForm(forms.Form):
    """How an appeal is decided."""

    answer = forms.CharField(label=_("Answer"), required=False, max_length=8000, widget=forms.Textarea(attrs=_LONG))
    policy = forms.ChoiceField(label=_("Policy, if something stays refused"), required=False)
    reason_text = forms.CharField(
        label=_("What the author is told"), required=False, max_length=4000, widget=forms.Textarea(attrs=_LONG)
    )
    actions = forms.MultipleChoiceField(
        label=_("What stays, if it is partly right"), required=False, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(label=_("Days of a suspension"), required=False, min_value=1, max_value=365)

    def __init__(self, actions: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", "–"), *((one.code, gettext(one.name)) for one in policies().values())]  # type: ignore[attr-defined]
        self.fields["actions"].choices = actions  # type: ignore[attr-defined]


class UndoForm(forms.Form):
    """Why a decision is undone."""

    reason = forms.CharField(label=_("Why is it undone?"), required=False, max_length=4000)


class FlaggerForm(forms.Form):
    """The entry of a trusted flagger."""

    name = forms.CharField(label=_("Organisation"), max_length=200)
    contact = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput)
    awarded_by = forms.CharField(label=_("Awarded by"), max_length=200)
    award = forms.CharField(label=_("Reference of the award"), max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("active", _("active")), ("suspended", _("suspended")), ("revoked", _("revoked"))],
    )
    areas = forms.MultipleChoiceField(
        label=_("Trusted for (all when none is chosen)"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(kind.key, kind.label) for kind in NOTICE_KINDS],
    )  # fmt: skip
    members = forms.CharField(
        label=_("Members who report for it"), required=False, max_length=2000,
        help_text=_("Their ids, separated by spaces."),
    )  # fmt: skip

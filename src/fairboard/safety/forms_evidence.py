"""Forms of evidence and reports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PURPOSES = (
    ("review", _("To judge or review the case")),
    ("report", _("For a report the law requires")),
    ("authority", _("For an order of an authority")),
    ("appeal", _("For an appeal")),
    ("audit", _("To check the evidence itself")),
)
REPORT_LABELS = {
    "draft": (_("Draft"), "neutral"),
    "sending": (_("On its way"), "warn"),
    "failed": (_("Not delivered"), "bad"),
    "finished": (_("Delivered"), "good"),
    "checked": (_("Checked only, not sent"), "warn"),
    "retracting": (_("Being taken back"), "warn"),
    "retracted": (_("Taken back"), "neutral"),
    "discarded": (_("Discarded"), "neutral"),
}
"""What people call the state of a report, and in what tone."""


class LookForm(forms.Form):
    """Why somebody looks; services check that both are given."""

    purpose = forms.ChoiceField(label=_("Why do you look?"), choices=[("", "–"), *PURPOSES], required=False)
    reason = forms.CharField(label=_("What for, in a few words"), required=False, max_length=1000)


class ReportForm(forms.Form):
    """What a person decides of a report."""

    incident_type = forms.ChoiceField(label=_("Type of incident"), required=False)
    note = forms.CharField(
        label=_("What else they should know"),
        help_text=_("Neutral words. A summary of dates, category, policy and rules is added by itself."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    high_priority = forms.CharField(
        label=_("Why it is urgent"),
        help_text=_("Only where a child is in danger now: it escalates the report."),
        required=False,
        max_length=3000,
    )
    with_photos = forms.BooleanField(label=_("Send the photos"), required=False)
    photos_viewed = forms.BooleanField(
        label=_("A person here looked at the photos"),
        help_text=_("Say so only if it is true: it decides what the police may open without a warrant."),
        required=False,
    )

    def __init__(self, *args: Any, incident_types: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["incident_type"].choices = [(one, one) for one in incident_types]  # type: ignore[attr-defined]

"""Forms of the console for forms of the public, and for rules of scores."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fairboard.kit.actors import Actor
from fairboard.marketing.forms_journeys import campaigns, or_nothing
from fairboard.marketing.models import Form
from fairboard.marketing.queries import consents
from fairboard.marketing.queries import forms as queries
from fairboard.marketing.services.forms import FormDraft
from fairboard.people import queries as people

TYPES = (("lead", _("Leads")), ("contact", _("Contacts")))


class LeadForm(forms.Form):
    """Everything a form is set to but its fields."""

    name = forms.CharField(label=_("Name"), max_length=120)
    slug = forms.SlugField(label=_("Address"), max_length=60, help_text=_("The page is /f/ and this."))
    type_key = forms.ChoiceField(label=_("Makes"), choices=TYPES)
    title = forms.CharField(label=_("Heading"), max_length=120, required=False)
    intro = forms.CharField(
        label=_("Text above"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    button = forms.CharField(label=_("Words on the button"), max_length=60, required=False)
    topic = forms.ChoiceField(label=_("Asks for consent to"), required=False)
    wording = forms.CharField(
        label=_("What is agreed to, word for word"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_("It counts once it is confirmed by a link in a mail."),
    )  # fmt: skip
    is_consent_required = forms.BooleanField(label=_("Nothing can be sent without it"), required=False)
    thanks = forms.CharField(
        label=_("Thank you, in your words"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    redirect = forms.URLField(label=_("Or a page to go to"), required=False, max_length=400, assume_scheme="https")
    owners = forms.MultipleChoiceField(
        label=_("Who gets them, in turns"), required=False, widget=forms.CheckboxSelectMultiple
    )
    campaign = forms.ChoiceField(
        label=_("Counts for the campaign"), required=False,
        help_text=_("A link's utm_campaign that is the name of a campaign goes before."),
    )  # fmt: skip
    is_advertise = forms.BooleanField(label=_("It is the page for advertisers at /advertise"), required=False)

    def __init__(self, *given: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*given, **more)
        choose = {
            "topic": or_nothing([(one.key, one.name) for one in consents.topics()]),
            "owners": list(people.colleagues("crm.use").items()), "campaign": or_nothing(campaigns(actor)),
        }  # fmt: skip
        for name, choices in choose.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def draft(self, asked: list[dict[str, Any]]) -> FormDraft:
        """What was typed, with the fields it asks for."""
        given = {key: value for key, value in self.cleaned_data.items() if key in FormDraft.__dataclass_fields__}
        return FormDraft(**given, asked=asked)


def initial_of(one: Form) -> dict[str, Any]:
    """What the form begins with."""
    return {name: getattr(one, name) for name in FormDraft.__dataclass_fields__ if name != "asked"}


def asked_rows(type_key: str, asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every field a form of a type may ask for: chosen ones first, in their order, each with its place and label."""
    known = queries.askable(type_key)
    chosen = {str(one["key"]): one for one in asked}
    keys = [key for key in chosen if key in known] + [key for key in known if key not in chosen]
    return [
        {
            "key": key, "name": known[key], "chosen": key in chosen, "place": number + 1,
            "label": chosen.get(key, {}).get("label", ""), "required": bool(chosen.get(key, {}).get("required")),
        }
        for number, key in enumerate(keys)
    ]  # fmt: skip


def read_asked(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields chosen in the editor, in the order of their places."""
    found = []
    for name in given:
        if name.startswith("ask."):
            key = name[4:]
            place = str(given.get(f"place.{key}", ""))
            number = int(place) if place.isdecimal() and len(place) < 5 else 999
            label, needed = str(given.get(f"label.{key}", "")).strip(), f"need.{key}" in given
            found.append((number, {"key": key, "label": label, "required": needed}))
    return [one for _number, one in sorted(found, key=lambda pair: pair[0])]


class RuleForm(forms.Form):
    """A rule that gives points."""

    type_key = forms.ChoiceField(label=_("Of"), choices=TYPES)
    name = forms.CharField(label=_("Name"), max_length=120)
    expression = forms.CharField(
        label=_("While this holds"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_('Such as lead.company != "" or did.mails_30 > 0.0: what did not happen lately counts no more.'),
    )  # fmt: skip
    points = forms.IntegerField(label=_("Points"), min_value=-1_000, max_value=1_000)

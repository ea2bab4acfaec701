"""The market's forms: what is typed is kept whatever is wrong with it."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.fields import FieldSpec
from fairboard.market.catalogue import CategoryRow
from fairboard.market.services.drafts import BODY_LENGTH, TITLE_LENGTH, Draft

PRICE_TYPE_LABELS = {
    "fixed": _("Fixed price"),
    "negotiable": _("Negotiable"),
    "free": _("Free"),
    "swap": _("Swap"),
    "on_request": _("On request"),
}


class MultipleFiles(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class Uploads(forms.FileField):
    """Several files; the photo service looks at each."""

    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files that were sent."""
        return [one for one in (data if isinstance(data, list | tuple) else [data]) if one]


class AdForm(forms.Form):
    """An ad as typed. The category decides which attributes are asked; services check the values."""

    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=TITLE_LENGTH[1] * 2,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What it is, in a few words people would search for."),
    )
    body = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=BODY_LENGTH[1] * 2,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Condition, size, why you part with it. Leave contact details out: answers come through the site."),
    )
    price_type = forms.ChoiceField(label=_("Kind of price"), required=False)
    price = forms.CharField(
        label=_("Price"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    place = forms.CharField(
        label=_("City"),
        required=False,
        max_length=120,
        widget=forms.TextInput(
            attrs={
                "list": "places",
                "autocomplete": "off",
                "hx-get": reverse_lazy("market:place_options"),
                "hx-trigger": "input changed delay:150ms",
                "hx-target": "#places",
            }
        ),
        help_text=_("Only the city is shown, never your address."),
    )
    upload = Uploads(
        label=_("Photos"),
        required=False,
        widget=MultipleFiles(attrs={"multiple": True, "accept": "image/*"}),
        help_text=_("Up to 12. Places and camera data hidden in photos are removed."),
    )

    def __init__(self, category: CategoryRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        kinds = category.price_types or ("fixed", "negotiable", "free")
        self.fields["price_type"].choices = [(kind, PRICE_TYPE_LABELS[kind]) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["price_type"].initial = kinds[0]
        for spec in category.specs:
            self.fields[f"attributes.{spec.key}"] = attribute_field(spec)

    @property
    def attribute_fields(self) -> list[forms.BoundField]:
        """The controls of the category's attributes, in their order."""
        return [self[f"attributes.{spec.key}"] for spec in self.category.specs]

    def draft(self, place: str, photos: list[str]) -> Draft:
        """What was typed, for the posting service to check."""
        values = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        attributes = {
            spec.key: values.get(f"attributes.{spec.key}")
            for spec in self.category.specs
            if values.get(f"attributes.{spec.key}") not in (None, "", [])
        }
        return Draft(
            title=values.get("title", ""), body=values.get("body", ""), category=self.category.slug, place=place,
            price=values.get("price"), price_type=values.get("price_type") or "fixed", attributes=attributes,
            photos=photos,
        )  # fmt: skip

    def show_errors(self, errors: list[dict[str, str]]) -> None:
        """Put each of a service's errors beside its field."""
        for error in errors:
            name = {"photos": "upload", "currency": "price"}.get(error["field"], error["field"])
            self.add_error(name if name in self.fields else None, error["message"])


def attribute_field(spec: FieldSpec) -> forms.Field:
    """The control for an attribute: choices, numbers, dates and text each in their own."""
    label = f"{gettext(spec.label)} ({spec.unit})" if spec.unit else gettext(spec.label)
    options: dict[str, Any] = {"label": label, "required": False, "help_text": spec.help and gettext(spec.help)}
    pairs = [(choice.key, gettext(choice.label)) for choice in spec.choices]
    if spec.type == "choice":
        return forms.ChoiceField(choices=[("", "–"), *pairs], **options)
    if spec.type == "multichoice":
        return forms.MultipleChoiceField(choices=pairs, widget=forms.CheckboxSelectMultiple, **options)
    if spec.type == "yesno":
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], **options)
    if spec.type == "date":
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    if spec.type in {"number", "money"}:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=40, **options)
    if spec.type == "longtext":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, **options)
    return forms.CharField(max_length=400, **options)


class ReportForm(forms.Form):
    """What is wrong with an ad, in the reporter's words (the elements of DSA article 16(2))."""

    kind = forms.ChoiceField(label=_("What is wrong?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Why is it wrong?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What breaks the law or our rules, and how you know."),
    )  # fmt: skip
    location = forms.CharField(
        label=_("Where exactly?"), required=False, max_length=500,
        help_text=_("Such as the second photo, or a sentence of the text. The ad itself is known."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Your name"), required=False, max_length=120,
        help_text=_("Not needed when somebody may be exploited or a child may be in danger."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail"), required=False, help_text=_("So that we can tell you what we decided.")
    )
    good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say is accurate and complete."), required=False
    )

    def __init__(self, kinds: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

"""The market's forms: what is typed is kept whatever is wrong with it."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.fields import FieldSpec
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow
from fairboard.market.queries.suggesting import suggested_values, suggests_by
from fairboard.market.services.drafts import BODY_LENGTH, TITLE_LENGTH, Draft

SHOWN = 6
"""Attributes of a category that are shown at once."""
PRICE_TYPES = ("fixed", "negotiable", "free", "swap", "on_request")
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
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "enterkeyhint": "next",
                "hx-get": reverse_lazy("market:suggest"),
                "hx-trigger": "input changed delay:250ms",
                "hx-target": "#suggestions",
            }
        ),
        help_text=_("What it is, in a few words people would search for."),
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        widget=forms.Select(
            attrs={
                "hx-post": reverse_lazy("market:draft_fields"),
                "hx-include": "closest form",
                "hx-target": "#details",
            }
        ),
    )
    body = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=BODY_LENGTH[1] * 2,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Condition, size, why you part with it. Leave contact details out: answers come through the site."),
    )
    price_type = forms.ChoiceField(label=_("Kind of price"), required=False, widget=forms.RadioSelect)
    price = forms.CharField(
        label=_("Price"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
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
        widget=MultipleFiles(attrs={"multiple": True, "accept": "image/*,.heic,.heif", "data-uploader": ""}),
        help_text=_("Up to 12. Places and camera data hidden in photos are removed."),
    )

    def __init__(self, category: CategoryRow | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = category
        kinds = (category.price_types if category else ()) or PRICE_TYPES
        choices: Any = {"price_type": [(kind, PRICE_TYPE_LABELS[kind]) for kind in kinds], "category": categories()}
        for name, given in choices.items():
            self.fields[name].choices = given  # type: ignore[attr-defined]
        self.fields["price_type"].initial = kinds[0]
        self.fields["price"].label = price_label(category)
        if category:
            self.initial["category"] = category.slug
        self.typed_values = {
            spec.key: self.data.get(f"attributes.{spec.key}") or self.initial.get(f"attributes.{spec.key}")
            for spec in (category.specs if category else ())
        }
        for spec in category.specs if category else ():
            self.fields[f"attributes.{spec.key}"] = attribute_field(spec, category)

    @property
    def attribute_fields(self) -> list[forms.BoundField]:
        """The controls of the category's attributes, in their order."""
        return [self[f"attributes.{spec.key}"] for spec in (self.chosen.specs if self.chosen else ())]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """The controls shown at once: those that are needed, and the first few."""
        return [field for number, field in enumerate(self.attribute_fields) if number < SHOWN or self._is_needed(field)]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The controls that wait behind "More details"."""
        shown = {field.name for field in self.main_fields}
        return [field for field in self.attribute_fields if field.name not in shown]

    @property
    def is_more_used(self) -> bool:
        """Whether something is typed, or wrong, in what waits behind "More details"."""
        return any(field.errors or field.value() for field in self.more_fields)

    @property
    def offers(self) -> list[dict[str, Any]]:
        """What to offer while an attribute is typed: its list's id and values."""
        if self.chosen is None:
            return []
        slug = self.chosen.slug
        return [
            {"id": f"offer-{spec.key}", "values": suggested_values(slug, spec.key, self.typed_values)}
            for spec in self.chosen.specs
            if suggests_by(slug, spec.key)
        ]

    def _is_needed(self, field: forms.BoundField) -> bool:
        specs = self.chosen.spec_by_key if self.chosen else {}
        spec = specs.get(field.name.removeprefix("attributes."))
        return bool(spec and spec.required)

    def draft(self, place: str, photos: list[str]) -> Draft:
        """What was typed, for the posting service to check."""
        values = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        specs = self.chosen.specs if self.chosen else ()
        attributes = {
            spec.key: values.get(f"attributes.{spec.key}")
            for spec in specs
            if values.get(f"attributes.{spec.key}") not in (None, "", [])
        }
        return Draft(
            title=values.get("title", ""), body=values.get("body", ""),
            category=self.chosen.slug if self.chosen else "", place=place, price=values.get("price"),
            price_type=values.get("price_type") or "fixed", attributes=attributes, photos=photos,
        )  # fmt: skip

    def show_errors(self, errors: list[dict[str, str]]) -> None:
        """Put each of a service's errors beside its field."""
        for error in errors:
            name = {"photos": "upload", "currency": "price"}.get(error["field"], error["field"])
            self.add_error(name if name in self.fields else None, error["message"])


def categories() -> list[tuple[str, Any]]:
    """Every category as a choice, below its section."""
    known = catalogue.current()
    grouped = [
        (gettext(section.name), [(slug, gettext(known.categories[slug].name)) for slug in section.children])
        for section in known.sections
    ]
    return [("", gettext("Choose a category")), *grouped]


def price_label(category: CategoryRow | None) -> str:
    """What the price of an ad of this category is called."""
    slug = category.slug if category else ""
    if slug in {"housing/rent", "housing/shared"}:
        return gettext("Rent a month")
    return gettext("Pay") if slug.startswith("jobs/") else gettext("Price")


def attribute_field(spec: FieldSpec, category: CategoryRow | None = None) -> forms.Field:
    """The control for an attribute: choices, numbers, dates and text each in their own."""
    label = f"{gettext(spec.label)} ({spec.unit})" if spec.unit else gettext(spec.label)
    if spec.required:
        label = f"{label} *"
    options: dict[str, Any] = {"label": label, "required": False, "help_text": spec.help and gettext(spec.help)}
    pairs = [(choice.key, gettext(choice.label)) for choice in spec.choices]
    if spec.type == "choice":
        return forms.ChoiceField(
            choices=[("", "–"), *pairs], widget=forms.Select(attrs=_asks(spec, category)), **options
        )
    if spec.type == "multichoice":
        return forms.MultipleChoiceField(choices=pairs, widget=forms.CheckboxSelectMultiple, **options)
    if spec.type == "yesno":
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], **options)
    if spec.type == "date":
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    if spec.type == "time":
        return forms.CharField(widget=forms.TimeInput(attrs={"type": "time"}), **options)
    if spec.type in {"number", "money"}:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=40, **options)
    if spec.type == "longtext":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, **options)
    listed = bool(category and suggests_by(category.slug, spec.key))
    attrs = {"list": f"offer-{spec.key}", "autocomplete": "off"} if listed else {}
    return forms.CharField(max_length=400, widget=forms.TextInput(attrs=attrs), **options)


def _asks(spec: FieldSpec, category: CategoryRow | None) -> dict[str, Any]:
    """Have a choice fetch what is offered for the attribute that depends on it."""
    if category is None:
        return {}
    for one in category.specs:
        if suggests_by(category.slug, one.key) == spec.key:
            asked = urlencode({"category": category.slug, "key": one.key, "by": spec.key})
            return {"hx-get": f"{reverse('market:draft_values')}?{asked}", "hx-target": f"#offer-{one.key}"}
    return {}


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

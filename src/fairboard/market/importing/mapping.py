"""From somebody's headings to our fields: guessed from the headings, or said in a mapping file."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from fairboard.fields import FieldError, FieldSpec, field_type
from fairboard.kit.problems import Invalid
from fairboard.market import catalogue
from fairboard.market.data import load
from fairboard.market.importing.places import place_code
from fairboard.market.queries.places import place_by_text
from fairboard.market.services.drafts import Draft
from fairboard.market.words import fold

KNOWN = ("external_id", "title", "body", "price", "currency", "price_type", "category", "place", "photos")
"""What a column of an import can be, beside the attributes of its category."""
_YEAR_IN_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_THOUSANDS = re.compile(r"(\d{1,4}(?:[.,]\d)?)\s?(?:k|tkm|t km|tsd\.?)(?:\s?(?:km|miles|mi))?")
_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_SETTINGS = {"columns", "attributes", "defaults", "categories", "places", "values", "factors"}


@dataclass(frozen=True)
class ColumnMap:
    """Which column is which field. A column may be a template: ``{Make} {Model}``."""

    columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    factors: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row as a draft, with the values that had to be left out and why."""

    draft: Draft
    external_id: str
    photos: tuple[str, ...]
    left_out: tuple[str, ...]


def read_mapping(path: Path) -> ColumnMap:
    """A mapping file (YAML); raises Invalid naming what is wrong in it."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Invalid(_("%(path)s cannot be read: %(why)s.") % {"path": path, "why": error}, field="map") from error
    if not isinstance(found, dict) or not all(isinstance(part, dict) for part in found.values()):
        raise Invalid(_("A mapping file has sections of names and values."), field="map")
    if unknown := sorted(set(found) - _SETTINGS):
        raise Invalid(
            _("A mapping file has no section %(name)s; there are %(known)s.")
            % {"name": unknown[0], "known": ", ".join(sorted(_SETTINGS))}, field="map",
        )  # fmt: skip
    texts = {
        name: {str(k): str(v) for k, v in found.get(name, {}).items()} for name in _SETTINGS - {"values", "factors"}
    }
    if unknown := sorted(set(texts["columns"]) - set(KNOWN)):
        raise Invalid(_("There is no field %(name)s; there are %(known)s.")
                      % {"name": unknown[0], "known": ", ".join(KNOWN)}, field="map")  # fmt: skip
    try:
        factors = {str(k): Decimal(str(v)) for k, v in found.get("factors", {}).items()}
    except InvalidOperation as error:
        raise Invalid(_("A factor is a number."), field="map") from error
    values = {str(k): {str(a): str(b) for a, b in (v or {}).items()} for k, v in found.get("values", {}).items()}
    return ColumnMap(**texts, values=values, factors=factors)


def apply(mapping: ColumnMap, values: Mapping[str, Any]) -> Mapped:
    """One row as a draft. Attribute values that fit no choice are left out and named, the ad stays."""

    def text(name: str) -> str:
        return _cell(mapping.columns.get(name, ""), values) or mapping.defaults.get(name, "")

    category = _category(mapping, text("category"))
    place = text("place")
    code = mapping.places.get(place, "") or place_code(place)
    attributes, left_out = _attributes(mapping, category, values)
    price = text("price")
    draft = Draft(
        title=_clean(text("title"), lines=False), body=_clean(text("body"), lines=True), category=category,
        place=code or place, price=price, price_type=text("price_type") or _price_type(price),
        attributes=attributes, currency=text("currency").upper(),
    )  # fmt: skip
    photos = tuple(part.strip() for part in re.split(r"[;|,]", text("photos")) if part.strip())
    return Mapped(draft, text("external_id").strip()[:100], photos, tuple(left_out))


def _cell(column: str, values: Mapping[str, Any]) -> str:
    if not column:
        return ""
    if "{" in column:
        return " ".join(_TEMPLATE.sub(lambda part: _written(values.get(part[1])), column).split())
    return _written(values.get(column))


def _written(value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ";".join(_written(one) for one in value)
    return str(value).strip()


def _clean(text: str, *, lines: bool) -> str:
    if "<" in text:
        text = strip_tags(re.sub(r"(?i)<br\s*/?>|</p>|</li>", "\n" if lines else " ", text))
    return html.unescape(text).strip()


def _price_type(price: str) -> str:
    return "fixed" if any(letter.isdigit() for letter in price) else "on_request"


def _category(mapping: ColumnMap, text: str) -> str:
    known = catalogue.current().categories
    wanted = mapping.categories.get(text, text)
    if wanted in known:
        return wanted
    folded = fold(wanted)
    named = (row.slug for row in known.values() if row.parent and folded in {fold(row.name), row.slug.split("/")[-1]})
    return next(named, mapping.defaults.get("category", "") or wanted)


def _attributes(mapping: ColumnMap, category: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    row = catalogue.current().categories.get(category)
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    nested = _nested(values.get("attributes"))
    for spec in row.specs if row else ():
        raw: Any = _cell(mapping.attributes.get(spec.key, ""), values)
        if not raw:
            raw = nested.get(spec.key)
        if raw in (None, "", []):
            continue
        if isinstance(raw, str):
            raw = mapping.values.get(spec.key, {}).get(raw, raw)
        try:
            kept[spec.key] = _value(spec, raw, mapping.factors.get(spec.key))
        except FieldError as error:
            if any(choice.key == "other" for choice in spec.choices) and spec.type == "choice":
                kept[spec.key] = "other"
                left_out.append(f"{spec.label}: {raw!r}. {error}")
            elif spec.required:
                kept[spec.key] = raw  # the check of the draft names it
            else:
                left_out.append(f"{spec.label}: {raw!r}. {error}")
    return kept, left_out


def _nested(raw: Any) -> Mapping[str, Any]:
    """The attributes as `fairboard export` writes them: an object, or its JSON in a CSV cell."""
    if isinstance(raw, str) and raw.startswith("{"):
        try:
            raw = json.loads(raw)
        except ValueError:
            return {}
    return raw if isinstance(raw, dict) else {}


def _value(spec: FieldSpec, raw: Any, factor: Decimal | None) -> Any:
    kind = field_type(spec.type)
    if spec.type == "choice" and isinstance(raw, str):
        raw = _nearest_choice(spec, raw)
    elif spec.type == "number" and isinstance(raw, str):
        raw = _figure(spec, raw)
    typed = kind.parse(raw, spec)
    if factor is not None:
        typed = kind.parse(str(round(Decimal(typed) * factor)), spec)
    return kind.to_json(typed)


def _figure(spec: FieldSpec, raw: str) -> str:
    """A number as dealers write it: "98k" and "150 Tkm" are thousands, "03/2016" is a year."""
    if spec.key == "year" and (year := _YEAR_IN_DATE.search(raw)):
        return year[0]
    if thousands := _THOUSANDS.fullmatch(raw.strip().lower()):
        return str(round(Decimal(thousands[1].replace(",", ".")) * 1000))
    return raw


def _nearest_choice(spec: FieldSpec, raw: str) -> str:
    """The choice a word begins or is part of, when it is one only: "Autom." is Automatic, "Benzin" is Petrol."""
    said = fold(raw).strip(" .")
    others = load.headings()["values"].get(spec.key, {})
    named = {one.key: {fold(one.key), fold(one.label), *others.get(one.key, ())} for one in spec.choices}
    exact = [key for key, names in named.items() if said in names]
    near = [
        key for key, names in named.items()
        if len(said) > 2 and any(name.startswith(said) or (len(name) > 2 and name in said) for name in names)
    ]  # fmt: skip
    return (exact or (near if len(near) == 1 else [raw]))[0]


def with_defaults(given: ColumnMap, defaults: Mapping[str, str]) -> ColumnMap:
    """A mapping with further defaults; raises Invalid for a category or city that does not exist."""
    category = defaults.get("category", "")
    if category and category not in catalogue.current().categories:
        raise Invalid(_("There is no category %(name)s.") % {"name": category}, field="category")
    if defaults.get("place") and place_by_text(defaults["place"]) is None:
        raise Invalid(_("There is no city %(name)s.") % {"name": defaults["place"]}, field="place")
    return replace(given, defaults={**given.defaults, **defaults})


def require(mapping: ColumnMap) -> None:
    """Raises Invalid when a field every ad needs has neither a column nor a default."""
    missing = [name for name in ("title", "body", "category", "place") if not
               (mapping.columns.get(name) or mapping.defaults.get(name))]  # fmt: skip
    if missing:
        errors = [
            {
                "field": name,
                "message": _("No column reads as %(name)s. Name it in a mapping file.") % {"name": name},
            }
            for name in missing
        ]
        raise Invalid(_("Some columns are missing."), errors=errors)

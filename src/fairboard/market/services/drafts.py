"""What a member typed, checked against the category: every mistake at once, each beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from fairboard.fields import FieldError, field_type
from fairboard.kit import money
from fairboard.kit.problems import Invalid
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.models import PRICE_TYPES

TITLE_LENGTH = (3, 120)
BODY_LENGTH = (10, 20_000)
HIGHEST_PRICE = Decimal("10000000000")


@dataclass(frozen=True, slots=True)
class Draft:
    """An ad as typed, sent or read from a file. ``price`` is text or a number in major units."""

    title: str
    body: str
    category: str
    place: str
    price: Any = None
    price_type: str = "fixed"
    attributes: Mapping[str, Any] = field(default_factory=dict)
    photos: Sequence[str] = ()
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """An ad whose every value has its type."""

    title: str
    body: str
    category: CategoryRow
    place: PlaceRow
    price_minor: int | None
    currency: str
    price_type: str
    attributes: dict[str, Any]
    photos: tuple[str, ...]


class BadDraft(Invalid):
    """Some of what was typed cannot be used; ``errors`` names each field."""

    code = "bad-ad"


def check(draft: Draft) -> Checked:
    """Turn a draft into checked values; raises BadDraft naming every field that is wrong."""
    errors: list[dict[str, str]] = []
    known = catalogue.current()
    category = known.categories.get(str(draft.category))
    if category is None or not category.parent:
        _add(errors, "category", _("Choose a category."))
    place = known.places.get(str(draft.place))
    if place is None or place.kind not in {"city", "district"}:
        _add(errors, "place", _("Choose a city from the list."))
    title = _text(errors, "title", draft.title, TITLE_LENGTH)
    body = _text(errors, "body", draft.body, BODY_LENGTH)
    price_type = draft.price_type or "fixed"
    if price_type not in PRICE_TYPES:
        _add(errors, "price_type", _("Choose one of the kinds of price."))
    currency = draft.currency or (place.currency if place else "USD")
    if currency not in money.SYMBOLS:
        _add(errors, "currency", _("This currency is not known here."))
        currency = "USD"
    price = _price(errors, draft.price, price_type, currency, category)
    attributes = _attributes(errors, draft.attributes, category) if category else {}
    if errors or category is None or place is None:
        raise BadDraft(_("Some fields need another look."), errors=errors)
    photos = tuple(dict.fromkeys(draft.photos))
    return Checked(title, body, category, place, price, currency, price_type, attributes, photos)


def _add(errors: list[dict[str, str]], name: str, message: str) -> None:
    errors.append({"field": name, "message": message})


def _text(errors: list[dict[str, str]], name: str, value: object, length: tuple[int, int]) -> str:
    text = str(value or "").replace("\x00", "").replace("\r\n", "\n").strip()
    if name == "title":
        text = " ".join(text.split())
    if not text:
        _add(errors, name, _("Please write something here."))
    elif len(text) < length[0]:
        _add(errors, name, _("Please write at least %(n)d characters.") % {"n": length[0]})
    elif len(text) > length[1]:
        _add(errors, name, _("Please keep it under %(n)d characters.") % {"n": length[1] + 1})
    return text


def _price(
    errors: list[dict[str, str]], raw: Any, price_type: str, currency: str, category: CategoryRow | None
) -> int | None:
    if price_type in {"free", "swap", "on_request"}:
        return 0 if price_type == "free" else None
    if raw is None or str(raw).strip() == "":
        if category and "fixed" in category.price_types:
            _add(errors, "price", _("Please give a price, or choose another kind of price."))
        return None
    try:
        amount = raw if isinstance(raw, Decimal) else parse_amount(str(raw))
    except InvalidOperation:
        _add(errors, "price", _("Write the price as a number, such as 120 or 1,250.50."))
        return None
    if not 0 <= amount <= HIGHEST_PRICE:
        _add(errors, "price", _("This price is out of range."))
        return None
    return money.to_minor(amount, currency)


def parse_amount(text: str) -> Decimal:
    """A number as people write prices: ``1,250.50``, ``1.250,50``, ``$ 1 250``; raises InvalidOperation."""
    kept = "".join(letter for letter in text.strip() if letter.isdigit() or letter in ".,-'")
    kept = kept.rstrip(".,-'").replace("'", "")
    last = max(kept.rfind("."), kept.rfind(","))
    if last >= 0:
        whole, cents = kept[:last], kept[last + 1 :]
        separators = {letter for letter in kept if letter in ".,"}
        is_decimal = len(cents) != 3 or (len(separators) == 2)
        digits = whole.replace(".", "").replace(",", "")
        kept = f"{digits}.{cents}" if is_decimal else digits + cents
    number = Decimal(kept)
    if not number.is_finite():
        raise InvalidOperation
    return number


def _attributes(errors: list[dict[str, str]], given: Mapping[str, Any], category: CategoryRow) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for spec in category.specs:
        raw = given.get(spec.key)
        if raw is None or raw == "" or raw == []:
            if spec.required:
                _add(errors, f"attributes.{spec.key}", _("%(label)s is needed.") % {"label": _(spec.label)})
            continue
        kind = field_type(spec.type)
        try:
            values[spec.key] = kind.to_json(kind.parse(raw, spec))
        except FieldError as error:
            _add(errors, f"attributes.{spec.key}", _(error.message) % error.values)
    for unknown in sorted(set(given) - set(category.spec_by_key)):
        if given[unknown] not in (None, "", []):
            _add(errors, f"attributes.{unknown}", _("This category has no such attribute."))
    return values

"""Numbers with a unit, and the bucket terms by which an index answers ranges of them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from fairboard.fields.base import FieldError, FieldSpec, term, text_of

LARGEST = Decimal(10) ** 15


class Number:
    """A decimal number, kept exactly. ``1,200``, ``1.200,50`` and ``120 000 km`` are understood."""

    name = "number"
    cel_type = "double"
    operators: tuple[str, ...] = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "in", "is_empty")

    def parse(self, raw: object, spec: FieldSpec) -> Decimal:
        """The number, rounded to the field's decimals; raises FieldError with the allowed range."""
        if isinstance(raw, bool):
            raise FieldError("Write a number here.")
        try:
            value = (
                Decimal(str(raw)) if isinstance(raw, int | float | Decimal) else read_number(text_of(raw), spec.unit)
            )
        except InvalidOperation:
            raise FieldError("Write a number here, such as 12 or 1,250.") from None
        if not value.is_finite() or abs(value) > LARGEST:
            raise FieldError("This number is out of range.")
        value = round(value, spec.decimals) if spec.decimals else round(value, 0)
        if spec.minimum is not None and value < spec.minimum:
            raise FieldError("Write a number from %(least)s on.", least=spec.minimum)
        if spec.maximum is not None and value > spec.maximum:
            raise FieldError("Write a number up to %(most)s.", most=spec.maximum)
        return value

    def format(self, value: Decimal, spec: FieldSpec) -> str:
        """The number with thousands separated and its unit; years stay as they are."""
        plain = value.normalize() if value != value.to_integral_value() else value.to_integral_value()
        is_year = not spec.unit and spec.maximum is not None and 1900 <= spec.maximum <= 2200
        text = str(plain) if is_year else f"{plain:,f}"
        return f"{text} {spec.unit}".strip()

    def to_json(self, value: Decimal) -> Any:
        """An int where it is whole, otherwise a float: JSON columns compare both as numbers."""
        return int(value) if value == value.to_integral_value() else float(value)

    def from_json(self, kept: Any, spec: FieldSpec) -> Decimal:
        """The exact number."""
        return Decimal(str(kept))

    def index_terms(self, key: str, value: Decimal, spec: FieldSpec) -> Sequence[str]:
        """Three buckets: the magnitude, with the leading digit, and with the two leading digits."""
        return buckets(key, value)


def read_number(text: str, unit: str = "") -> Decimal:
    """A number as people of any country type it; raises InvalidOperation."""
    text = text.strip()
    for part in (unit, "km", "m²", "m2", "€", "$", "£"):
        if part and text.lower().endswith(part.lower()):
            text = text[: -len(part)].strip()
    sign = "-" if text.startswith("-") else ""
    kept = text.lstrip("+-€$£ ").replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    last = max(kept.rfind("."), kept.rfind(","))
    if last >= 0:
        whole, cents = kept[:last], kept[last + 1 :]
        both = "." in kept and "," in kept
        grouped = kept.count(kept[last]) > 1 or (len(cents) == 3 and not both and len(whole) <= 3 and whole != "0")
        kept = whole + cents if grouped else f"{whole.replace('.', '').replace(',', '')}.{cents}"
        kept = kept.replace(",", "") if grouped and "." not in kept else kept
        kept = kept.replace(".", "") if grouped else kept
    if not kept or not all(letter.isdigit() or letter == "." for letter in kept):
        raise InvalidOperation
    return Decimal(sign + kept)


def _place(value: Decimal) -> tuple[str, int, int]:
    """Sign letter, decimal exponent and two leading digits of a number that is not zero."""
    digits = value.normalize().as_tuple()
    exponent = len(digits.digits) - 1 + int(digits.exponent)
    two = digits.digits[0] * 10 + (digits.digits[1] if len(digits.digits) > 1 else 0)
    return ("m" if value < 0 else "p", exponent, two)


def _magnitude(exponent: int) -> str:
    return f"{'n' if exponent < 0 else ''}{abs(exponent)}"


@lru_cache(maxsize=4_096)
def buckets(key: str, value: Decimal) -> tuple[str, ...]:
    """The bucket terms of a number, from coarse to fine."""
    if value == 0:
        return (term("n", key, "z"),)
    sign, exponent, two = _place(value)
    size = f"{sign}{_magnitude(exponent)}"
    return (term("n", key, size), term("n", key, f"{size}d{two // 10}"), term("n", key, f"{size}t{two}"))


def covering(
    key: str, low: Decimal | None, high: Decimal | None, *, decimals: int = 2
) -> tuple[tuple[str, ...], bool] | None:
    """Bucket terms that hold every number from ``low`` to ``high`` (both inside), and whether they hold
    nothing else. None when the range has no bound worth using or a negative one.
    """
    low = Decimal(0) if low is None else low
    if low < 0 or (high is not None and high < low):
        return None
    smallest = Decimal(1).scaleb(-decimals)
    terms = [term("n", key, "z")] if low == 0 else []
    exact = True
    start = max(low, smallest)
    top = high if high is not None else Decimal(10) ** 12
    for size, leading, lower, upper in _steps(start, top, smallest):
        if upper < start or lower > top:
            continue
        terms.append(term("n", key, f"p{_magnitude(size)}{leading}"))
        exact = exact and start <= lower and (upper <= top or high is None)
    return tuple(terms), exact


def _steps(start: Decimal, top: Decimal, smallest: Decimal) -> Iterator[tuple[int, str, Decimal, Decimal]]:
    """Buckets from ``start`` to ``top``: coarse ones where they fit whole, fine ones at the edges."""
    _, exponent, _ = _place(start)
    _, last, _ = _place(top) if top > 0 else ("p", exponent, 0)
    for size in range(exponent, last + 1):
        unit = Decimal(1).scaleb(size)
        fine = unit / 10
        if start <= unit and unit * 10 - smallest <= top:
            yield size, "", unit, unit * 10 - smallest
            continue
        for digit in range(1, 10):
            lower, upper = digit * unit, (digit + 1) * unit - smallest
            if upper < start or lower > top:
                continue
            if start <= lower and upper <= top:
                yield size, f"d{digit}", lower, upper
                continue
            for two in range(digit * 10, digit * 10 + 10):
                yield size, f"t{two}", two * fine, max(two * fine, (two + 1) * fine - smallest)

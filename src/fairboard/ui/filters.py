"""What templates may call: filters and globals, each a small pure function where it can be."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import orjson
from babel import numbers
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static as static_address
from django.urls import reverse
from django.utils import formats, translation
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

from fairboard.kit import clock, money

_STEPS = (
    (60, 1, "%(n)d second ago", "%(n)d seconds ago"),
    (3600, 60, "%(n)d minute ago", "%(n)d minutes ago"),
    (86_400, 3600, "%(n)d hour ago", "%(n)d hours ago"),
    (86_400 * 30, 86_400, "%(n)d day ago", "%(n)d days ago"),
)

_speaking: ContextVar[str] = ContextVar("speaking", default="")


def spoken() -> str:
    """The reader's language. While a page is made it is the one noted by `speaking`, which is quicker to find."""
    return _speaking.get() or translation.get_language() or "en"


@contextmanager
def speaking() -> Iterator[str]:
    """Note the reader's language once for all the texts of a page."""
    language = translation.get_language() or "en"
    token = _speaking.set(language)
    try:
        yield language
    finally:
        _speaking.reset(token)


def _moment(value: Any) -> datetime | None:
    """A datetime of a datetime, an ISO text or seconds since 1970; None of anything else."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return None


def ago(value: Any) -> str:
    """How long ago a moment was, in words: "5 minutes ago"; a date when it is over a month."""
    moment = _moment(value)
    if moment is None:
        return ""
    seconds = int((clock.now() - moment).total_seconds())
    if seconds < 45:
        return translated("just now")
    for until, unit, one, many in _STEPS:
        if seconds < until:
            count = max(1, seconds // unit)
            return _plural(one, many, count, spoken()) % {"n": count}
    return date_text(moment)


def date_text(value: Any) -> str:
    """A date as the reader's language writes it."""
    moment = value if isinstance(value, date) else _moment(value)
    day = moment.date() if isinstance(moment, datetime) else moment
    return _date_in(day, spoken()) if day else ""


def datetime_text(value: Any) -> str:
    """A date and time as the reader's language writes it, in UTC."""
    moment = _moment(value)
    return _datetime_in(moment.replace(microsecond=0), spoken()) if moment else ""


# The same words, moments and addresses come back on page after page; finding them again costs more than all
# else a page does (docs/performance.md), so the last few thousand are kept.
@lru_cache(maxsize=4_000)
def _date_in(day: date, language: str) -> str:
    return formats.date_format(day, "DATE_FORMAT")


@lru_cache(maxsize=20_000)
def _datetime_in(moment: datetime, language: str) -> str:
    return formats.date_format(moment, "DATETIME_FORMAT") + " UTC"


@lru_cache(maxsize=4_000)
def _said_in(text: str, language: str) -> str:
    return translation.gettext(text)


@lru_cache(maxsize=4_000)
def _plural(one: str, many: str, count: int, language: str) -> str:
    return translation.ngettext(one, many, count)


@lru_cache(maxsize=4_000)
def _address(name: str, args: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> str:
    return reverse(name, args=args, kwargs=dict(named))


def iso(value: Any) -> str:
    """A moment for machines: ISO 8601."""
    moment = _moment(value)
    return moment.isoformat(timespec="seconds") if moment else ""


def money_text(minor: Any, currency: str = "USD") -> str:
    """An amount in minor units as people read it."""
    return _money_in(int(minor), currency, spoken()) if minor not in (None, "") else ""


@lru_cache(maxsize=20_000)
def _money_in(minor: int, currency: str, language: str) -> str:
    if language.startswith("en"):
        return money.text(minor, currency)
    amount = money.to_major(minor, currency)
    whole = amount == amount.to_integral_value()
    return str(
        numbers.format_currency(amount, currency, "#,##0 ¤" if whole else None, language, currency_digits=not whole)
    )


def number_text(value: Any) -> str:
    """A number with thousands separated."""
    if not isinstance(value, int | float):
        return str(value)
    return _number_in(value, spoken())


@lru_cache(maxsize=20_000)
def _number_in(value: float, language: str) -> str:
    return str(numbers.format_decimal(value, locale=language.replace("-", "_")))


def linebreaks(value: Any) -> SafeString:
    """Plain text as paragraphs: escaped first, then blank lines and line ends become markup."""
    paragraphs = re.split(r"(?:\r?\n\s*){2,}", str(value).strip())
    return SafeString("".join(f"<p>{escape(p).replace(chr(10), '<br>')}</p>" for p in paragraphs if p))


def json_text(value: Any) -> SafeString:
    """JSON that is safe inside a ``<script type="application/ld+json">`` block or an attribute."""
    text = orjson.dumps(value, default=str).decode()
    return SafeString(
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("'", "\\u0027")
    )


def quoted(value: Any) -> str:
    """Percent-encoded for use inside an address."""
    return quote(str(value), safe="")


def translated(text: str, **values: Any) -> str:
    """The text in the reader's language, with ``%(name)s`` filled in."""
    said = _said_in(text, spoken()) if text else ""
    return said % values if values else said


def counted(one: str, many: str, count: int, **values: Any) -> str:
    """Singular or plural in the reader's language; ``%(n)s`` is the count."""
    said = _plural(one, many, count, spoken())
    return said % {"n": number_text(count), **values}


def address(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page."""
    return _address(name, args, tuple(kwargs.items()))


def widget(bound: BoundField, **attributes: Any) -> SafeString:
    """The control of a form field; ``aria_label`` and the like become ``aria-label``."""
    return SafeString(bound.as_widget(attrs={key.replace("_", "-"): value for key, value in attributes.items()}))


_static_cache: dict[str, str] = {}


def static(path: str) -> str:
    """The address of a packaged file, with the hash of its content."""
    if settings.DEBUG:
        return static_address(path)
    if path not in _static_cache:
        _static_cache[path] = static_address(path)
    return _static_cache[path]


def markup(value: Any) -> SafeString:
    """Text escaped, unless Django says it is markup; lazily translated texts are made first."""
    return conditional_escape(str(value))


FILTERS: dict[str, Callable[..., Any]] = {
    "ago": ago,
    "date": date_text,
    "datetime": datetime_text,
    "iso": iso,
    "money": money_text,
    "number": number_text,
    "linebreaks": linebreaks,
    "markup": markup,
    "json": json_text,
    "urlencode": quoted,
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "_": translated,
    "ngettext": counted,
    "url": address,
    "static": static,
    "widget": widget,
}


def offer(name: str, function: Callable[..., Any]) -> None:
    """Let every template call a room's function by a name; rooms do this once, when they start."""
    GLOBALS[name] = function

"""A mail for each recipient, as bytes: everything that does not change is encoded once, and merge fields are filled in.

The whole message, headers included, is one MiniJinja template in quoted-printable text (RFC 2045, 6.7): text that
stays the same was encoded when the template was made, with a soft line break before and after each merge field, so that
one recipient costs one rendering of a few fields, not the encoding of a page.
"""

import binascii
import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import quote

import minijinja
from django.conf import settings

from fairboard.marketing import tokens
from fairboard.marketing.compiling import Compiled, Content

FUEL = 100_000
"""Steps one rendering may take: enough for any mail, an end to a loop in a loop."""
ROOTS = ("contact", "account", "record", "member", "lead", "deal", "form", "figures")
"""What a merge field's path may begin with."""
_SOFT = "=\r\n"
_SAFE_ADDRESS = ("http://", "https://", "mailto:", "tel:")


class MissingValue(ValueError):
    """A merge field has no value and no default."""


def _said(value: Any) -> str:
    if value is None:
        raise MissingValue
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ", ".join(map(_said, value)) if isinstance(value, list | tuple) else str(value)


def quoted_printable(text: str) -> str:
    """Text as quoted-printable with CRLF line ends."""
    made = binascii.b2a_qp(text.replace("\r\n", "\n").encode(), istext=True).decode("ascii")
    return made.replace("\r\n", "\n").replace("\n", "\r\n")


def _html(value: Any) -> str:
    return quoted_printable(html.escape(_said(value)))


def _plain(value: Any) -> str:
    return quoted_printable(_said(value))


def _part(value: Any) -> str:
    return quoted_printable(quote(_said(value), safe=""))


def _address(value: Any) -> str:
    said = _said(value).strip()
    return quoted_printable(html.escape(said if said.lower().startswith(_SAFE_ADDRESS) else f"https://{said}"))


def _subject(value: Any) -> str:
    return header(_said(value))


def header(text: str) -> str:
    """A header's text: one line, folded and encoded where it is long or not ASCII (RFC 2047)."""
    line = " ".join(text.split())
    if line.isascii() and len(line) <= 900:
        return line
    return Header(line, "utf-8", maxlinelen=75).encode(linesep="\r\n")


_FILTERS: dict[str, Callable[[Any], str]] = {
    "x_html": _html, "x_plain": _plain, "x_part": _part, "x_address": _address, "x_subject": _subject,
}  # fmt: skip
_BY_MODE = {"html": "x_html", "plain": "x_plain", "part": "x_part", "address": "x_address"}


def environment() -> minijinja.Environment:
    """A closed environment: strict about what is missing, no loader, no functions."""
    made = minijinja.Environment(
        undefined_behavior="strict", keep_trailing_newline=True, auto_escape_callback=lambda name: False, fuel=FUEL,
        pycompat=False, debug=False,
    )  # fmt: skip
    for name in ("range", "dict", "debug", "namespace", "cycler", "joiner", "lipsum"):
        made.remove_global(name)
    for name, function in _FILTERS.items():
        made.add_filter(name, function)
    return made


def _encoded(parts: Sequence[Sequence[str]]) -> str:
    """Parts as quoted-printable text in which each merge field stands between two soft line breaks."""
    made: list[str] = []
    for mode, text in parts:
        if not mode:
            made.append(quoted_printable(text))
        elif mode == "statement":
            made.append(f"{_SOFT}{text}")
        else:
            made.append(f"{_SOFT}{{{{ ({text[2:-2].strip()})|{_BY_MODE[mode]} }}}}{_SOFT}")
    return "".join(made)


def _shown(parts: Sequence[Sequence[str]]) -> str:
    """Parts as a template of plain HTML or text, for looking at."""
    made = []
    for mode, text in parts:
        made.append(text if mode in {"", "statement"} else f"{{{{ ({text[2:-2].strip()})|s_{mode} }}}}")
    return "".join(made)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What all mails of a mailing share: ids, sender, and what their headers say."""

    mailing: str
    topic: str
    sender: str
    reply_to: str = ""
    takes_answers: bool = False
    """Whether answers come to us, where ``reply_to`` names nobody else."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """One mail's recipient: the row of the delivery, the address, a name for the header, the keyed hash."""

    delivery: int
    address: str
    name: str
    digest: str


def message_id(delivery: int) -> str:
    """The Message-ID of a delivery: always the same, so that a second copy is known as one."""
    return f"<m.{tokens.mail_token(tokens.BOUNCE, delivery)}@{settings.MAILING_BOUNCE_DOMAIN}>"


def return_path(delivery: int) -> str:
    """Where bounces of a delivery go (VERP): its address says which one came back."""
    return f"b-{tokens.mail_token(tokens.BOUNCE, delivery)}@{settings.MAILING_BOUNCE_DOMAIN}"


class Renderer:
    """Renders the mails of one mailing. Made once, used for each recipient."""

    def __init__(self, content: Content, envelope: Envelope, subjects: Mapping[str, str]) -> None:
        """``subjects`` are the subject of each variant; the one named "" is the language's own."""
        self.content, self.envelope, self.subjects = content, envelope, subjects
        self.environment = environment()
        self.known: set[str] = set()
        self._boundary = f"=_{tokens.ip_hash(envelope.mailing)[:24]}"
        self._base = settings.BASE_URL

    def message(self, to: Addressed, values: Mapping[str, Any], *, language: str, variant: str, date: str) -> bytes:
        """The whole message with CRLF line ends; raises MissingValue, minijinja.TemplateError."""
        name = self._template(self.language(language), variant)
        address = tokens.delivery_token(tokens.UNSUBSCRIBE, to.delivery)
        mail = tokens.mail_token(tokens.BOUNCE, to.delivery)
        links: dict[str, Any] = {
            "unsubscribe": f"{self._base}/mail/unsubscribe/{address}",
            "preferences": f"{self._base}/mail/preferences/{tokens.address_token(to.digest)}",
            "open": f"{self._base}/mail/open/{tokens.delivery_token(tokens.OPEN, to.delivery)}.gif",
        }
        if self.content.links:
            links["click"] = [
                f"{self._base}/mail/click/{tokens.delivery_token(tokens.CLICK, to.delivery, number)}"
                for number in range(len(self.content.links))
            ]
        rendered = self.environment.render_template(
            name, **nested(values), links=links, x_to=_mailbox(to.name, to.address), x_mail=mail, x_date=date
        )
        return rendered.encode("ascii")

    def language(self, wanted: str) -> str:
        """The language a recipient is written to in."""
        if wanted in self.content.languages:
            return wanted
        short = wanted.split("-", 1)[0]
        return short if short in self.content.languages else self.content.default

    def _template(self, language: str, variant: str) -> str:
        name = f"{language}/{variant}"
        if name not in self.known:
            compiled = self.content.languages[language]
            subject = self.subjects.get(variant) or compiled.subject
            self.environment.add_template(name, self._source(compiled, subject))
            self.known.add(name)
        return name

    def _source(self, compiled: Compiled, subject: str) -> str:
        host, about = settings.MAILING_BOUNCE_DOMAIN, self.envelope
        answers = about.reply_to or (f"r-{{{{ x_mail }}}}@{host}" if about.takes_answers else "")
        reply = f"Reply-To: {answers}\r\n" if answers else ""
        part = "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        return (
            f"From: {about.sender}\r\nTo: {{{{ x_to }}}}\r\n{reply}"
            f"Subject: {{% filter x_subject %}}{subject}{{% endfilter %}}\r\n"
            f"Date: {{{{ x_date }}}}\r\nMessage-ID: <m.{{{{ x_mail }}}}@{host}>\r\n"
            f"List-Id: <{about.topic}.{host}>\r\n"
            f"List-Unsubscribe: <{{{{ links.unsubscribe }}}}>,\r\n <mailto:u-{{{{ x_mail }}}}@{host}>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            f"Feedback-ID: {about.mailing}:{about.topic}:mailing:fairboard\r\n"
            f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{self._boundary}"\r\n\r\n'
            f"--{self._boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n{part}{_encoded(compiled.text)}\r\n"
            f"--{self._boundary}\r\nContent-Type: text/html; charset=utf-8\r\n{part}{_encoded(compiled.html)}\r\n"
            f"--{self._boundary}--\r\n"
        )


def _mailbox(name: str, address: str) -> str:
    plain = " ".join(name.split())[:80]
    if not plain:
        return address
    if plain.isascii() and plain.replace(" ", "").isalnum():
        return f"{plain} <{address}>"
    return formataddr((plain, address))


def date_header(at: datetime) -> str:
    """A moment as mail writes it."""
    return format_datetime(at)


def nested(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """``{"contact.name": "Anna"}`` as ``{"contact": {"name": "Anna"}, "account": {}, ...}``, the missing left out."""
    made: dict[str, dict[str, Any]] = {root: {} for root in ROOTS}
    for path, value in values.items():
        if value is None or value == "":
            continue
        root, _dot, rest = path.partition(".")
        here = made.get(root)
        while here is not None and "." in rest:
            first, _dot, rest = rest.partition(".")
            inner = here.setdefault(first, {})
            here = inner if isinstance(inner, dict) else None
        if here is not None and rest:
            here[rest] = value
    return made


def fields_of(content: Content, subjects: Mapping[str, str]) -> list[str]:
    """The paths of all values a mailing uses, such as ``contact.name``, sorted."""
    asking = environment()
    found: set[str] = set()
    texts = [*subjects.values()]
    for one in content.languages.values():
        texts += [one.subject, _shown(one.html).replace("|s_", "|x_"), _shown(one.text).replace("|s_", "|x_")]
    for text in texts:
        found |= set(asking.undeclared_variables_in_str(text, nested=True))
    return sorted(path for path in found if path.partition(".")[0] in ROOTS)


def preview(content: Content, language: str, values: Mapping[str, Any], subject: str = "") -> tuple[str, str, str]:
    """Subject, HTML and text for looking at, links leading nowhere; raises MissingValue, minijinja.TemplateError."""
    shown = environment()
    for mode in _BY_MODE:
        shown.add_filter(f"s_{mode}", _SHOWN[mode])
    one = content.languages[language if language in content.languages else content.default]
    links = {"unsubscribe": "#", "preferences": "#", "open": "", "click": content.links}
    context = {**nested(values), "links": links}
    said = shown.render_str(subject or one.subject, **context)
    return said, shown.render_str(_shown(one.html), **context), shown.render_str(_shown(one.text), **context)


_SHOWN: dict[str, Callable[[Any], str]] = {
    "html": lambda value: html.escape(_said(value)),
    "plain": _said,
    "part": lambda value: quote(_said(value), safe=""),
    "address": lambda value: html.escape(_said(value)),
}


def kept_values(fields: Sequence[str], values: Mapping[str, Any]) -> str:
    """The values of a recipient a mailing needs, as a JSON list in the order of its fields."""
    return json.dumps([values.get(one) for one in fields], ensure_ascii=False, default=str) if fields else ""


def read_values(fields: Sequence[str], kept: str) -> dict[str, Any]:
    """The values again, by path."""
    return dict(zip(fields, json.loads(kept), strict=False)) if kept else {}

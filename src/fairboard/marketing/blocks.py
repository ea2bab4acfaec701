"""The blocks of a template: checked, and written as MJML and as plain text.

A template is a list of JSON objects with a ``type``: heading, text, image, button, divider, columns, ad, mjml. Texts
know ``**bold**``, ``*slanted*``, ``[a link](https://...)`` and lists of lines that begin with ``- ``; nothing typed
there is ever taken for markup. Only a block of MJML is, and its root elements must be those of a column.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mrml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.kit.problems import Invalid
from fairboard.marketing import merging
from fairboard.marketing.merging import Slots

Block = Mapping[str, Any]
TYPES = {
    "heading": gettext_lazy("Heading"), "text": gettext_lazy("Text"), "button": gettext_lazy("Button"),
    "image": gettext_lazy("Picture"), "divider": gettext_lazy("Line"), "columns": gettext_lazy("Columns"),
    "ad": gettext_lazy("Ad"), "mjml": gettext_lazy("MJML"),
}  # fmt: skip
TEXTS: dict[str, tuple[tuple[str, int], ...]] = {
    "heading": (("text", 300),),
    "text": (("text", 20_000),),
    "button": (("text", 120), ("href", 1_000)),
    "image": (("src", 1_000), ("alt", 300), ("href", 1_000)),
    "divider": (),
    "columns": (),
    "ad": (("ad", 200),),
    "mjml": (("source", 50_000),),
}
"""The texts of each type of block, and how long each may be."""
NEEDED = {("heading", "text"), ("text", "text"), ("button", "text"), ("button", "href"), ("image", "src"), ("ad", "ad")}
MOST = 60
ALIGN = ("left", "center", "right")
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^()\s]+)\)")
_BOLD, _SLANTED = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s\"<>]+", re.IGNORECASE)
_ACTIVE = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|mj-include|link|meta|base)\b|\bon[a-z]+\s*=|javascript:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class AdCard:
    """An ad as it is shown in a mail: texts ready to read, absolute addresses."""

    title: str
    price: str
    place: str
    address: str
    photo: str = ""


def checked(blocks: Any, *, nested: bool = False, path: str = "blocks") -> list[dict[str, Any]]:
    """The blocks as they are kept: known keys only. Raises Invalid naming each block and key, ``blocks.2.href``."""
    errors: list[dict[str, str]] = []
    if not isinstance(blocks, list) or len(blocks) > MOST:
        raise Invalid(_("A template has at most %(n)s blocks.") % {"n": MOST}, field=path)
    made = [_checked(one, f"{path}.{number}", errors, nested) for number, one in enumerate(blocks)]
    if errors:
        raise Invalid(_("Some blocks need another look."), errors=errors)
    return made


def _checked(block: Any, path: str, errors: list[dict[str, str]], nested: bool) -> dict[str, Any]:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if kind not in TYPES or (nested and kind == "columns"):
        errors.append({"field": f"{path}.type", "message": _("There is no such block.")})
        return {}
    made: dict[str, Any] = {"type": kind}
    for key, longest in TEXTS[kind]:
        text = str(block.get(key) or "").replace("\x00", "").replace("\r\n", "\n").strip()
        if message := _wrong(kind, key, text, longest):
            errors.append({"field": f"{path}.{key}", "message": message})
        made[key] = text
    if kind in {"heading", "text", "button", "image"}:
        made["align"] = block.get("align") if block.get("align") in ALIGN else "left"
    if kind == "columns":
        columns = block.get("columns")
        if not isinstance(columns, list) or not 2 <= len(columns) <= 3:
            errors.append({"field": f"{path}.columns", "message": _("There are two or three columns.")})
            return made
        made["columns"] = []
        for number, column in enumerate(columns):
            try:
                made["columns"].append(checked(column, nested=True, path=f"{path}.{number}"))
            except Invalid as problem:
                errors += problem.errors
    return made


def _wrong(kind: str, key: str, text: str, longest: int) -> str:
    if len(text) > longest:
        return _("Please keep it under %(n)s characters.") % {"n": longest + 1}
    try:
        merging.check(text)
    except merging.TagError as error:
        return _("A merge field cannot be used: %(why)s.") % {"why": error}
    if not text:
        return _("This is needed.") if (kind, key) in NEEDED else ""
    if (
        key in {"href", "src"}
        and not _ADDRESS.fullmatch(re.sub(merging.TAG, "x", text))
        and not merging.TAG.match(text)
    ):
        return _("Write a whole address, such as https://example.org/.")
    if kind == "mjml":
        if _ACTIVE.search(text):
            return _("Scripts, forms and includes cannot be used in a mail.")
        try:
            mrml.to_html(document(Slots().mask(text), ""))
        except (OSError, ValueError) as error:
            return _("This is not MJML: %(why)s") % {"why": str(error)[:200]}
    return ""


def document(body: str, preheader: str, *, title: str = "", language: str = "en") -> str:
    """A whole MJML document around sections; a column's elements are put into a section of their own."""
    inner = body if "<mj-section" in body else f"<mj-section><mj-column>{body}</mj-column></mj-section>"
    fonts = "Inter, 'Segoe UI', Helvetica, Arial, sans-serif"
    preview = f"<mj-preview>{preheader}</mj-preview>" if preheader else ""
    return (
        f'<mjml lang="{language}"><mj-head><mj-title>{title}</mj-title>{preview}<mj-attributes>'
        f'<mj-all font-family="{fonts}" /><mj-text font-size="16px" line-height="1.5" color="#1b1f24" />'
        '<mj-button background-color="#1f5fbf" border-radius="6px" font-size="16px" /></mj-attributes></mj-head>'
        f'<mj-body background-color="#f4f5f7">{inner}</mj-body></mjml>'
    )


def sections(blocks: Sequence[Block], slots: Slots, cards: Mapping[str, AdCard]) -> str:
    """The blocks as sections of MJML, their merge fields set aside in ``slots``."""
    made: list[str] = []
    row: list[str] = []
    for block in blocks:
        if block["type"] == "columns":
            made += [_section(_column("".join(row)))] if row else []
            row = []
            inner = ("".join(_element(one, slots, cards) for one in column) for column in block["columns"])
            made.append(_section("".join(_column(one) for one in inner)))
        else:
            row.append(_element(block, slots, cards))
    return "".join([*made, *([_section(_column("".join(row)))] if row else [])])


def _section(inner: str) -> str:
    return f'<mj-section background-color="#ffffff" padding="12px 0">{inner}</mj-section>'


def _column(inner: str) -> str:
    return f"<mj-column>{inner}</mj-column>"


def _element(block: Block, slots: Slots, cards: Mapping[str, AdCard]) -> str:
    kind = block["type"]
    if kind == "heading":
        words = f'<h1 style="margin:0;font-size:24px">{_inline(block["text"], slots)}</h1>'
        return f'<mj-text align="{block["align"]}" font-weight="700" line-height="1.25">{words}</mj-text>'
    if kind == "text":
        return f'<mj-text align="{block["align"]}">{_paragraphs(block["text"], slots)}</mj-text>'
    if kind == "button":
        href, words = _href(block["href"], slots), _inline(block["text"], slots)
        return f'<mj-button align="{block["align"]}" href="{href}">{words}</mj-button>'
    if kind == "image":
        link = f' href="{_href(block["href"], slots)}"' if block["href"] else ""
        alt = html.escape(slots.mask(block["alt"]))
        return f'<mj-image align="{block["align"]}" src="{_href(block["src"], slots)}" alt="{alt}"{link} />'
    if kind == "divider":
        return '<mj-divider border-width="1px" border-color="#d5d9df" />'
    if kind == "ad":
        return _ad(cards.get(block["ad"]))
    return slots.mask(block["source"])


def _ad(card: AdCard | None) -> str:
    if card is None:
        return ""
    said = [html.escape(one, quote=True) for one in (card.title, card.price, card.place, card.address, card.photo)]
    title, price, place, address, photo = said
    picture = f'<mj-image src="{photo}" alt="" href="{address}" />' if photo else ""
    return (
        f'{picture}<mj-text padding-bottom="4px" font-weight="600">'
        f'<a href="{address}" style="color:#1f5fbf">{title}</a></mj-text>'
        f'<mj-text padding-top="0" font-size="14px"><strong>{price}</strong> · {place}</mj-text>'
    )


def _href(address: str, slots: Slots) -> str:
    return html.escape(slots.in_address(slots.mask(address)), quote=True)


def _inline(text: str, slots: Slots) -> str:
    masked = html.escape(slots.mask(text), quote=False)

    def link(match: "re.Match[str]") -> str:
        address = html.unescape(match.group(2))
        if not _ADDRESS.fullmatch(address) and not address.startswith("zq7"):
            return match.group()
        href = html.escape(slots.in_address(address), quote=True)
        return f'<a href="{href}" style="color:#1f5fbf">{match.group(1)}</a>'

    masked = _BOLD.sub(r"<strong>\1</strong>", _LINK.sub(link, masked))
    return _SLANTED.sub(r"<em>\1</em>", masked)


def _paragraphs(text: str, slots: Slots) -> str:
    made = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = paragraph.split("\n")
        if all(line.startswith("- ") for line in lines):
            items = "".join(f"<li>{_inline(line[2:], slots)}</li>" for line in lines)
            made.append(f'<ul style="margin:0 0 12px;padding-left:20px">{items}</ul>')
        else:
            words = "<br />".join(_inline(line, slots) for line in lines)
            made.append(f'<p style="margin:0 0 12px">{words}</p>')
    return "".join(made)


def plain(blocks: Sequence[Block], cards: Mapping[str, AdCard]) -> str:
    """The plain-text part: the same words, with addresses written out and merge fields left where they are."""
    return "\n\n".join(part for part in (_plain(one, cards) for one in blocks) if part)


def _plain(block: Block, cards: Mapping[str, AdCard]) -> str:
    kind = block["type"]
    if kind == "heading":
        return f"{_words(block['text'])}\n{'=' * min(len(block['text']), 60)}"
    if kind == "text":
        return _words(block["text"])
    if kind == "button":
        return f"{_words(block['text'])}: {block['href']}"
    if kind == "image":
        return f"[{block['alt']}] {block['href']}".strip() if block["alt"] else str(block["href"])
    if kind == "divider":
        return "-" * 40
    if kind == "columns":
        return "\n\n".join(plain(column, cards) for column in block["columns"])
    if kind == "ad":
        card = cards.get(block["ad"])
        return f"{card.title}\n{card.price} · {card.place}\n{card.address}" if card else ""
    without = re.sub(r"<[^>]+>", " ", re.sub(r"<a [^>]*href=\"([^\"]+)\"[^>]*>(.*?)</a>", r"\2 (\1)", block["source"]))
    return re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t]+", " ", html.unescape(without))).strip()


def _words(text: str) -> str:
    slots = Slots()
    shown = _LINK.sub(r"\1 (\2)", slots.mask(text))
    shown = _SLANTED.sub(r"\1", _BOLD.sub(r"\1", shown))
    return "".join(part for _mode, part in slots.parts(shown))


def ads_of(blocks: Sequence[Block]) -> list[str]:
    """The ids of the ads that are shown, those in columns as well."""
    found = []
    for block in blocks:
        if block["type"] == "ad":
            found.append(str(block["ad"]))
        elif block["type"] == "columns":
            found += [one for column in block["columns"] for one in ads_of(column)]
    return found

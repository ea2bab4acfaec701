"""A template made ready to be sent: MJML compiled once a language, footer and tracking put in, frozen as JSON."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import mrml
from django.utils import translation
from django.utils.translation import gettext as _

from fairboard.marketing import blocks
from fairboard.marketing.blocks import AdCard
from fairboard.marketing.merging import Slots, text_parts

MOST_LINKS = 200
_HREF = re.compile(r'href="(https?://[^"]+)"')
_OPTIONS = mrml.RenderOptions(disable_comments=True, fonts={})


@dataclass(frozen=True, slots=True)
class Written:
    """What a template says in one language, as it was typed."""

    subject: str
    preheader: str
    blocks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Footing:
    """What stands under every mail. ``topic`` is the name of what the recipient hears about; "" for a service mail."""

    company: str
    postal_address: str
    topic: str
    basis: str
    opens: bool = False
    clicks: bool = False


@dataclass(frozen=True, slots=True)
class Compiled:
    """One language, ready: parts are ``[mode, text]`` pairs as `merging` gives them."""

    subject: str
    html: list[list[str]]
    text: list[list[str]]


@dataclass
class Content:
    """All languages of a mailing as they were frozen; ``links`` are the addresses whose clicks are counted."""

    default: str
    languages: dict[str, Compiled]
    links: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "default": self.default, "links": self.links,
            "languages": {key: asdict(one) for key, one in self.languages.items()},
        }  # fmt: skip

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Content":
        """Read again what was kept."""
        languages = {key: Compiled(**one) for key, one in kept["languages"].items()}
        return cls(kept["default"], languages, list(kept["links"]))


def compiled(texts: Mapping[str, Written], *, default: str, footing: Footing, cards: Mapping[str, AdCard]) -> Content:
    """Every language of a template, ready to be filled in."""
    links: list[str] = []
    languages = {}
    for language, written in texts.items():
        with translation.override(language):
            languages[language] = _language(language, written, footing, cards, links)
    return Content(default if default in languages else next(iter(languages)), languages, links)


def _language(
    language: str, written: Written, footing: Footing, cards: Mapping[str, AdCard], links: list[str]
) -> Compiled:  # fmt: skip
    slots = Slots()
    body = blocks.sections(written.blocks, slots, cards) + _footer(footing, slots)
    preheader = html.escape(slots.mask(written.preheader), quote=False)
    source = blocks.document(body, preheader, title=html.escape(footing.company), language=language)
    made = mrml.to_html(source, render_options=_OPTIONS).content
    if footing.clicks:
        made = _HREF.sub(lambda match: _counted(match, slots, links), made)
    if footing.opens:
        pixel = slots.add("{{ links.open }}", "html")
        made = made.replace("</body>", f'<img src="{pixel}" width="1" height="1" alt="" /></body>')
    text = f"{blocks.plain(written.blocks, cards)}\n\n-- \n{_plain_footer(footing)}\n"
    return Compiled(
        written.subject, [list(one) for one in slots.parts(made)], [list(one) for one in text_parts(text)]
    )  # fmt: skip


def _counted(match: "re.Match[str]", slots: Slots, links: list[str]) -> str:
    address = html.unescape(match.group(1))
    if "zq7" in address:  # made of merge fields: it differs from recipient to recipient and is not counted
        return match.group()
    if address not in links:
        if len(links) >= MOST_LINKS:
            return match.group()
        links.append(address)
    return f'href="{slots.add(f"{{{{ links.click[{links.index(address)}] }}}}", "html")}"'


def _why(footing: Footing) -> str:
    if footing.basis == "service":
        return _("You get this because it is about your account at %(name)s.") % {"name": footing.company}
    if footing.basis == "customer":
        return _("You get this as a customer of %(name)s (%(topic)s).") % {
            "name": footing.company, "topic": footing.topic
        }  # fmt: skip
    return _("You get this because you asked %(name)s for: %(topic)s.") % {
        "name": footing.company, "topic": footing.topic
    }  # fmt: skip


def _notice(footing: Footing) -> str:
    if footing.opens and footing.clicks:
        return _("This mail counts whether it was opened and which links were followed. No network address is kept.")
    if footing.opens:
        return _("This mail counts whether it was opened. No network address is kept.")
    if footing.clicks:
        return _("Links in this mail count that they were followed. No network address is kept.")
    return ""


def _footer(footing: Footing, slots: Slots) -> str:
    off = slots.in_address(slots.add("{{ links.unsubscribe }}", "html"))
    choose = slots.in_address(slots.add("{{ links.preferences }}", "html"))
    lines = [html.escape(one) for one in (_why(footing), _notice(footing), footing.postal_address) if one]
    links = " · ".join(
        f'<a href="{address}" style="color:#50575f">{html.escape(words)}</a>'
        for address, words in ((off, _("Unsubscribe")), (choose, _("Choose what you get")))
    )
    words = "<br />".join([*lines, links])
    text = f'<mj-text font-size="13px" color="#50575f" align="center">{words}</mj-text>'
    return f"<mj-section><mj-column>{text}</mj-column></mj-section>"


def _plain_footer(footing: Footing) -> str:
    lines = [one for one in (_why(footing), _notice(footing), footing.postal_address) if one]
    off, choose = _("Unsubscribe"), _("Choose what you get")
    return "\n".join([*lines, f"{off}: {{{{ links.unsubscribe }}}}", f"{choose}: {{{{ links.preferences }}}}"])

"""Merge fields: ``{{ contact.name | default("there") }}`` and ``{% if %}``, found in a text, checked, set aside.

Pure text work; what they are filled with is `marketing.rendering`. A template may name fields, test and repeat them
and change them by filters. It may not call anything, set anything or reach another template.
"""

import re
from dataclasses import dataclass, field

import minijinja

TAG = re.compile(
    r"""\{\{(?P<expression>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'{}])*)\}\}"""
    r"""|\{%(?P<statement>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'{}%])*)%\}"""
)
_TOKEN = re.compile(r"zq7(\d{4})x")
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_STATEMENTS = frozenset({"if", "elif", "else", "endif", "for", "endfor"})
_FILTERS = frozenset(
    {"default", "d", "upper", "lower", "title", "capitalize", "trim", "length", "first", "last", "join", "round",
     "replace"}
)  # fmt: skip
_STRINGS = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_CALL = re.compile(r"[\w\])]\s*\(")
_FILTER = re.compile(r"\|\s*([A-Za-z_]\w*)(\s*\()?")
LONGEST_TAG = 300


class TagError(ValueError):
    """A merge field that cannot be used, with what is wrong in words for its writer."""


def check(text: str) -> None:
    """Raise TagError where a text holds something that is no merge field one may use."""
    for match in TAG.finditer(text):
        _check_tag(match)
    if left := _LEFT_OVER.search(TAG.sub("", text)):
        raise TagError(f"{left.group()} without its other half")
    try:
        minijinja.Environment(debug=False).add_template("text", text)
    except minijinja.TemplateError as error:
        raise TagError(str(error.message or error).splitlines()[0]) from error


def _check_tag(match: "re.Match[str]") -> None:
    inner = (match["expression"] if match["expression"] is not None else match["statement"]).strip().strip("-+").strip()
    if len(inner) > LONGEST_TAG:
        raise TagError("a merge field is too long")
    if not inner:
        raise TagError("a merge field is empty")
    if match["statement"] is not None and inner.split(None, 1)[0] not in _STATEMENTS:
        raise TagError(f"{{% {inner.split(None, 1)[0]} %}} cannot be used here")
    plain = _STRINGS.sub("''", inner)
    for name, _call in _FILTER.findall(plain):
        if name not in _FILTERS:
            raise TagError(f"there is no filter {name}")
    without = re.sub(r"\|\s*[A-Za-z_]\w*\s*\(", "| f [", plain)
    if _CALL.search(without) or "_" in re.findall(r"[.\[]\s*'?(_)", plain):
        raise TagError(f"{inner} calls something")


def clean(tag: str) -> str:
    """A tag without the signs that eat the white space around it."""
    return re.sub(r"^(\{[{%])[-+]|[-+]([%}]\})$", lambda found: found.group(1) or found.group(2), tag)


@dataclass
class Slots:
    """Tags set aside under names that neither MJML nor HTML touches, each with how its value is written."""

    tags: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)

    def mask(self, text: str) -> str:
        """The text with each tag replaced by its name."""
        return TAG.sub(lambda match: self.add(clean(match.group()), "html"), text)

    def add(self, tag: str, mode: str) -> str:
        """Set one tag aside; returns its name."""
        self.tags.append(tag)
        self.modes.append("statement" if tag.startswith("{%") else mode)
        return f"zq7{len(self.tags) - 1:04d}x"

    def in_address(self, masked: str) -> str:
        """Say that the names in a masked link address stand in one: values are percent-encoded there."""
        whole = _TOKEN.fullmatch(masked)
        for number in _TOKEN.findall(masked):
            if self.modes[int(number)] == "html":
                self.modes[int(number)] = "address" if whole else "part"
        return masked

    def parts(self, text: str) -> list[tuple[str, str]]:
        """A masked text as ``(mode, tag or text)``; the mode of plain text is ""."""
        found: list[tuple[str, str]] = []
        end = 0
        for match in _TOKEN.finditer(text):
            number = int(match.group(1))
            if number >= len(self.tags):
                continue
            found += [("", text[end : match.start()]), (self.modes[number], self.tags[number])]
            end = match.end()
        return [*found, ("", text[end:])]


def text_parts(text: str) -> list[tuple[str, str]]:
    """A text that was never masked, as `Slots.parts` gives one; expressions have the mode ``plain``."""
    found: list[tuple[str, str]] = []
    end = 0
    for match in TAG.finditer(text):
        mode = "plain" if match["expression"] is not None else "statement"
        found += [("", text[end : match.start()]), (mode, clean(match.group()))]
        end = match.end()
    return [*found, ("", text[end:])]

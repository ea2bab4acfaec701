"""Reading CEL source without running it: its tokens, the variables it names, its top-level parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<string>[rRbB]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<number>\d[\w.]*)
      | (?P<name>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)
      | (?P<sign>&&|\|\||[<>=!]=|.)""",
    re.VERBOSE | re.DOTALL,
)
WORDS = {"true", "false", "null", "in"}
MACROS = {"all", "exists", "exists_one", "filter", "map"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of source with where it begins (from 1)."""

    kind: str
    text: str
    start: int
    line: int
    column: int


def tokens(source: str) -> Iterator[Token]:
    """The tokens of a source, white space and comments left out."""
    for found in _TOKEN.finditer(source):
        kind = found.lastgroup or "sign"
        if kind == "space":
            continue
        before = source[: found.start()]
        line = before.count("\n") + 1
        yield Token(kind, found[0], found.start(), line, found.start() - before.rfind("\n"))


def names(source: str) -> list[Token]:
    """Every variable path in a source, functions and macro variables left out."""
    found = list(tokens(source))
    bound = {
        found[at + 2].text
        for at, token in enumerate(found[:-2])
        if token.text.rpartition(".")[2] in MACROS and found[at + 1].text == "("
    }
    paths = []
    for at, token in enumerate(found):
        if token.kind != "name" or token.text in WORDS or token.text.split(".")[0] in bound:
            continue
        if at and found[at - 1].text == ".":
            continue
        text = re.sub(r"\s", "", token.text)
        if at + 1 < len(found) and found[at + 1].text == "(":
            text = text.rpartition(".")[0]  # a method call: what it is called on remains
            if not text:
                continue
        paths.append(Token(token.kind, text, token.start, token.line, token.column))
    return paths


def parts(source: str) -> list[str]:
    """The top-level operands of ``&&`` or ``||``; the whole source when there is only one."""
    return [text for text, _start in pieces(source)]


def pieces(source: str, start: int = 0) -> list[tuple[str, int]]:
    """The top-level operands with where each begins, counted from ``start``."""
    depth, last = 0, 0
    found: list[tuple[str, int]] = []
    cuts: list[tuple[int, int]] = []
    for token in tokens(source):
        if token.text in "([{" and token.kind == "sign":
            depth += 1
        elif token.text in ")]}" and token.kind == "sign":
            depth -= 1
        elif depth == 0 and token.text in {"?", ":"} and token.kind == "sign":
            cuts = []
            last = 0
            break
        elif depth == 0 and token.text in {"&&", "||"}:
            cuts.append((last, token.start))
            last = token.start + 2
    for begin, end in [*cuts, (last, len(source))]:
        text = source[begin:end]
        found.append((text.strip(), start + begin + len(text) - len(text.lstrip())))
    return found


def leaves(source: str, start: int = 0) -> list[tuple[str, int]]:
    """Every condition of a source with where it begins: brackets and ``!`` around conditions are taken off."""
    found = []
    for text, at in pieces(source, start):
        while text.startswith("!"):
            at += len(text) - len(text[1:].lstrip())
            text = text[1:].lstrip()
        if _is_bracketed(text):
            inner = text[1:-1]
            found += leaves(inner, at + 1)
        elif len(pieces(text)) > 1:
            found += leaves(text, at)
        else:
            found.append((text, at))
    return found


def place(source: str, at: int) -> tuple[int, int]:
    """The line and the column of a position, both counted from 1."""
    before = source[:at]
    return before.count("\n") + 1, at - before.rfind("\n")


def _is_bracketed(text: str) -> bool:
    """Whether one pair of round brackets holds the whole text."""
    depth = 0
    if not text.startswith("("):
        return False
    for token in tokens(text):
        if token.kind == "sign" and token.text in "([{":
            depth += 1
        elif token.kind == "sign" and token.text in ")]}":
            depth -= 1
            if depth == 0:
                return token.start == len(text) - 1
    return False

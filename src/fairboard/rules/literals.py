"""Values as CEL writes them, and back."""

import re
from typing import Any

_SHORT = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|(.))", re.DOTALL)


def literal(value: Any, kind: str) -> str:
    """A value of a variable's type as CEL: a double always has a point, a text is escaped."""
    if kind == "double":
        text = repr(float(value))
        return f"{float(value):.17f}".rstrip("0") if "e" in text and abs(value) < 1 else text
    if kind == "int":
        return str(value)
    return quoted(value)


def quoted(text: str) -> str:
    """A text in double quotes; what would end it, or cannot be seen, is escaped."""
    return '"' + "".join(_letter(one) for one in text) + '"'


def _letter(one: str) -> str:
    if one in {'"', "\\"}:
        return f"\\{one}"
    if one.isprintable():
        return one
    return f"\\u{ord(one):04x}" if ord(one) < 0x10000 else f"\\U{ord(one):08x}"


def unquoted(source: str) -> str | None:
    """The text of a string literal, None of bytes and of what cannot be read."""
    prefix = source[: len(source) - len(source.lstrip("rRbB"))].lower()
    body = source[len(prefix) :]
    if "b" in prefix:
        return None
    quote = body[:3] if body[:3] in {'"' * 3, "'" * 3} and len(body) >= 6 else body[:1]
    inner = body[len(quote) : -len(quote)]
    if "r" in prefix:
        return inner
    try:
        return _ESCAPE.sub(_unescaped, inner)
    except (ValueError, OverflowError):
        return None


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        return chr(int(code, 16))
    if found[4]:
        return chr(int(found[4], 8))
    if found[5] in "\\\"'`?":
        return found[5]
    if found[5] not in _SHORT:
        raise ValueError(found[0])
    return _SHORT[found[5]]


def number(text: str, kind: str) -> int | float | None:
    """A number literal with its sign as a value of a variable's type, None where it does not fit."""
    try:
        if kind == "int":
            return int(text)
        return float(text) if re.fullmatch(r"-?[\d.]+(?:[eE]-?\d+)?", text) else None
    except ValueError:
        return None

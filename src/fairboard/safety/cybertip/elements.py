"""The table of elements: read from YAML, filled with facts, and what a document is checked against."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

PACKAGED = Path(__file__).parent / "elements.yaml"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class BadTable(ValueError):
    """The table of elements cannot be read; says where."""


class BadDocument(ValueError):
    """A document is not XML that can be accepted."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a document; ``key`` is what facts call it, ``attribute`` an attribute each value comes with."""

    name: str
    key: str
    required: bool = False
    many: bool = False
    longest: int = 0
    type: str = "text"
    values: tuple[str, ...] = ()
    attribute: str = ""
    children: tuple["Element", ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The documents by their root's name, and the types of incident there are."""

    documents: Mapping[str, tuple[Element, ...]]
    incident_types: tuple[str, ...]


@lru_cache(maxsize=4)
def table(path: str = "") -> Table:
    """The packaged table, or an operator's own; raises BadTable, OSError."""
    loaded = yaml.safe_load(Path(path or PACKAGED).read_text(encoding="utf-8"))
    try:
        documents = {root: tuple(_element(one) for one in found) for root, found in loaded["documents"].items()}
        missing = {"report", "fileDetails"} - documents.keys()
        if missing:
            raise BadTable(f"The table has no document {', '.join(sorted(missing))}.")
        return Table(documents, tuple(str(one) for one in loaded["incident_types"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise BadTable(f"The table of elements cannot be read: {error}.") from error


def _element(given: Mapping[str, Any]) -> Element:
    unknown = set(given) - {"name", "key", "required", "many", "longest", "type", "values", "attribute", "children"}
    if unknown:
        raise BadTable(f"{given.get('name')}: {', '.join(sorted(unknown))} is not known.")
    return Element(
        str(given["name"]), str(given.get("key", given["name"])), bool(given.get("required")), bool(given.get("many")),
        int(given.get("longest", 0)), str(given.get("type", "text")), tuple(given.get("values", ())),
        str(given.get("attribute", "")), tuple(_element(one) for one in given.get("children", ())),
    )  # fmt: skip


def build(root: str, facts: Mapping[str, Any], known: Table) -> bytes:
    """The document of these facts in the table's order, UTF-8. What is empty or not in the table is left out.

    Characters XML cannot carry become U+FFFD; a text longer than its element allows is cut and ends with ``[cut]``.
    """
    top = ElementTree.Element(root)
    _fill(top, known.documents[root], facts)
    ElementTree.indent(top)
    text: str = ElementTree.tostring(top, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _fill(parent: ElementTree.Element, elements: Sequence[Element], facts: Mapping[str, Any]) -> None:
    for element in elements:
        given = facts.get(element.key)
        for value in given if isinstance(given, list | tuple) else [given]:
            if value is None or value == "" or value == {}:
                continue
            node = ElementTree.SubElement(parent, element.name)
            if element.children:
                _fill(node, element.children, value)
                if len(node) == 0:
                    parent.remove(node)
                continue
            if element.attribute:
                attribute, value = value
                node.set(element.attribute, str(attribute))
            node.text = _text(element, value)


def _text(element: Element, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    text = _NOT_XML.sub("\ufffd", str(value))
    return text[: element.longest - 5] + "[cut]" if element.longest and len(text) > element.longest else text


def parse(document: bytes) -> ElementTree.Element:
    """A document without DOCTYPE, at most 10 MB; raises BadDocument."""
    if len(document) > 10_000_000:
        raise BadDocument("The document is larger than 10 MB.")
    if b"<!" in document.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise BadDocument("A document with a DOCTYPE is refused.")
    try:
        return ElementTree.fromstring(document)  # noqa: S314, a DOCTYPE is refused above
    except (ElementTree.ParseError, ValueError) as error:
        raise BadDocument(f"This is not XML: {error}.") from error


def faults(document: bytes, root: str, known: Table) -> list[str]:
    """What the service would refuse: elements unknown, missing, out of order, too long, with another value."""
    try:
        top = parse(document)
    except BadDocument as error:
        return [str(error)]
    if top.tag != root:
        return [f"The root is {top.tag}, not {root}."]
    return list(_faults(top, known.documents[root], root))


def _faults(node: ElementTree.Element, elements: Sequence[Element], path: str) -> Iterator[str]:
    by_name = {element.name: number for number, element in enumerate(elements)}
    last = -1
    found: dict[str, int] = {}
    for child in node:
        number = by_name.get(child.tag)
        if number is None:
            yield f"{path}/{child.tag} is not known."
            continue
        if number < last:
            yield f"{path}/{child.tag} is out of order."
        last = max(last, number)
        found[child.tag] = found.get(child.tag, 0) + 1
        yield from _value_faults(child, elements[number], f"{path}/{child.tag}")
    for element in elements:
        if element.required and element.name not in found:
            yield f"{path}/{element.name} is missing."
        if not element.many and found.get(element.name, 0) > 1:
            yield f"{path}/{element.name} is there more than once."


def _value_faults(node: ElementTree.Element, element: Element, path: str) -> Iterator[str]:
    if element.children:
        yield from _faults(node, element.children, path)
        return
    text = node.text or ""
    if element.required and not text.strip():
        yield f"{path} is empty."
    if element.longest and len(text) > element.longest:
        yield f"{path} is longer than {element.longest} characters."
    if element.values and text not in element.values:
        yield f"{path} is none of the values there are."
    if element.type == "moment" and not _MOMENT.fullmatch(text):
        yield f"{path} is not a date and time with a zone."
    if element.type == "yesno" and text not in {"true", "false"}:
        yield f"{path} is neither true nor false."

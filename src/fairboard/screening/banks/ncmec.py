"""The shape of NCMEC's hash-sharing exchange, version 2: pages of XML with images, deletions and a next address.

As python-threatexchange reads it (exchanges/clients/ncmec/hash_api.py). Parsed as a stream by expat; a document type
or an entity is refused before it is read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from fairboard.screening.banks.entries import LENGTHS, BadEntry, Entry, Kind, Report, Unsupported, checked, shown

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
KINDS = {"md5": Kind.MD5, "pdq": Kind.PDQ, "sha256": Kind.SHA256}
"""Fingerprints that are matched by; SHA-1, PhotoDNA and those of videos are counted and left out."""
_DEEPEST = 16
_LONGEST_TEXT = 20_000
_CHUNK = 65_536


class BadPage(ValueError):
    """The whole answer cannot be read; nothing of what follows may be taken for read."""


@dataclass(slots=True)
class Page:
    """What a page says beside its entries: the address of the next, empty on the last, and its newest moment."""

    next: str = ""
    newest: datetime | None = None


@dataclass(slots=True)
class _Record:
    tag: str
    line: int
    member: str = ""
    member_name: str = ""
    moment: str = ""
    id: str = ""
    classification: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    feedback: set[str] = field(default_factory=set)


def read(raw: bytes | Iterable[bytes], report: Report, page: Page, *, source: str = "ncmec") -> Iterator[Entry]:
    """Entries of one page, given whole or in pieces; fills ``page``. A bad record is noted by its line.

    A deleted image gives one entry with its ``reference`` (member-id), no kind and ``removed``. An image that is met
    again replaces all hashes of its reference. Raises BadPage for what is no such XML.
    """
    parser = _Parser(page)
    pieces = (raw[at : at + _CHUNK] for at in range(0, len(raw), _CHUNK)) if isinstance(raw, bytes) else raw

    def numbered() -> Iterator[tuple[int, Callable[[], Iterable[Entry]]]]:
        for piece in pieces:
            for record in parser.feed(piece):
                yield record.line, partial(_entries, record, source, report)
        parser.feed(b"", final=True)

    return report.read(numbered())


class _Parser:
    def __init__(self, page: Page) -> None:
        self._page = page
        self._path: list[str] = []
        self._record: _Record | None = None
        self._done: list[_Record] = []
        self._text: list[str] = []
        self._size = 0
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._expat.StartDoctypeDeclHandler = self._refuse
        self._expat.EntityDeclHandler = self._refuse
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters

    def feed(self, piece: bytes, *, final: bool = False) -> list[_Record]:
        """The records that are complete now."""
        try:
            self._expat.Parse(piece, final)
        except expat.ExpatError as error:
            raise BadPage(f"This is not XML: {error}.") from error
        done, self._done = self._done, []
        return done

    def _refuse(self, *_: object) -> None:
        raise BadPage("The XML declares a document type or an entity, which is not allowed.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if not self._path and tag != "queryResult":
            raise BadPage(f"The XML begins with {shown(tag)}, not queryResult.")
        self._path.append(tag)
        if len(self._path) > _DEEPEST:
            raise BadPage("The XML is nested too deeply.")
        self._text, self._size = [], 0
        if len(self._path) == 2 and tag in {"images", "videos"}:
            moment = _moment(attributes.get("maxTimestamp", ""))
            self._page.newest = max((one for one in (self._page.newest, moment) if one), default=None)
        elif len(self._path) == 3 and self._path[1] in {"images", "videos"}:
            self._record = _Record(tag, self._expat.CurrentLineNumber)
        elif self._record and len(self._path) == 4 and tag == "member":
            self._record.member = attributes.get("id", "")
        elif self._record and self._path[3:4] == ["feedback"] and len(self._path) == 5 and tag.endswith("Feedback"):
            self._record.feedback.add(f"{tag.removesuffix('Feedback')}-{attributes.get('type', '').lower()}")

    def _characters(self, text: str) -> None:
        self._size += len(text)
        if self._size > _LONGEST_TEXT:
            raise BadPage("An element of the XML is too long.")
        self._text.append(text)

    def _end(self, _: str) -> None:
        tag, depth = self._path.pop(), len(self._path)
        text = "".join(self._text).strip()
        self._text = []
        if depth == 2 and self._path[1] == "paging" and tag == "next":
            self._page.next = text
        record = self._record
        if record is None:
            return
        if depth == 2:
            self._done.append(record)
            self._record = None
        elif depth == 3:
            names = {"member": "member_name", "timestamp": "moment", "id": "id", "classification": "classification"}
            if tag in names:
                setattr(record, names[tag], text)
        elif depth == 4 and self._path[3] == "fingerprints" and text:
            record.fingerprints.append((tag.lower(), text))


def _entries(record: _Record, source: str, report: Report) -> list[Entry]:
    if record.tag in {"video", "deletedVideo"}:
        raise Unsupported("videos are not matched by")
    if record.tag not in {"image", "deletedImage"}:
        raise BadEntry(f"{shown(record.tag)} is neither an image nor a deleted one")
    if not record.id or not record.member:
        raise BadEntry("the image has no id or no member")
    reference, origin = f"{record.member}-{record.id}", f"{source}/{record.member}"
    moment = _moment(record.moment)
    if record.tag == "deletedImage":
        return [Entry(None, "", origin, reference, added=moment, removed=True)]
    known = [(KINDS[name], value) for name, value in record.fingerprints if name in KINDS]
    report.unsupported += len(record.fingerprints) - len(known)
    labels = tuple(sorted(record.feedback))
    return [
        Entry(kind, checked(kind, value), origin, reference, labels, record.classification, moment)
        for kind, value in known
    ]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """A moment as the exchange writes it, in UTC and whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write(entries: Iterable[Entry], file: IO[str], *, newest: datetime, next_page: str = "") -> int:
    """Write entries as one page; those of one reference (member-id) that follow each other are one image.

    Returns how many images and deletions were written.
    """
    file.write('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
    file.write(f'<queryResult xmlns="{NAMESPACE}">\n <images maxTimestamp="{stamp(newest)}">\n')
    count, group = 0, list[Entry]()
    for one in entries:
        if group and (one.reference != group[0].reference or one.removed or group[0].removed):
            count += _put(group, file, newest)
            group = []
        group.append(one)
    count += _put(group, file, newest)
    file.write(" </images>\n")
    if next_page:
        file.write(f" <paging><next>{escape(next_page)}</next></paging>\n")
    file.write("</queryResult>\n")
    return count


def _put(group: list[Entry], file: IO[str], newest: datetime) -> int:
    if not group:
        return 0
    first = group[0]
    member, _, name = first.reference.partition("-")
    tag = "deletedImage" if first.removed else "image"
    file.write(f"  <{tag}>\n   <member id={quoteattr(member)}>{escape(first.source)}</member>\n")
    file.write(f"   <timestamp>{stamp(first.added or newest)}</timestamp>\n   <id>{escape(name)}</id>\n")
    if not first.removed:
        if first.classification:
            file.write(f"   <classification>{escape(first.classification)}</classification>\n")
        prints = "".join(f"<{one.kind}>{one.value}</{one.kind}>" for one in group if one.kind in LENGTHS)
        file.write(f"   <fingerprints>{prints}</fingerprints>\n")
    file.write(f"  </{tag}>\n")
    return 1

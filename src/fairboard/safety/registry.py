"""How safety asks about things it does not know: each room registers a handler for its kinds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Description:
    """A subject in its surroundings, for the desk and for mails."""

    title: str
    url: str
    state: str
    author_id: str
    author_name: str
    thumbnails: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = field(default=())


class Handler(Protocol):
    """What a room offers for a kind of submission."""

    def describe(self, subject_id: str) -> Description | None:
        """The subject, None when there is none."""
        ...


@runtime_checkable
class ShowsPhotos(Protocol):
    """What a room also offers for a kind whose submissions show photos."""

    def photos(self, subject_id: str, revision: int | None = None) -> Iterable[tuple[str, bytes]]:
        """A name and the bytes of every photo the subject shows or showed, or those of one version.

        The name begins with the SHA-256 of the file as it was sent, where the submission names that.
        """
        ...


Record = Callable[[str, str, str, datetime], Mapping[str, Any] | None]
"""Given kind, subject id, author id and moment: what is to be kept in evidence, as JSON; None for nothing."""

_handlers: dict[str, Handler] = {}
_records: dict[str, Record] = {}


def register(kind: str, handler: Handler) -> None:
    """Have a room answer for a kind."""
    _handlers[kind] = handler


def describe(kind: str, subject_id: str) -> Description | None:
    """The subject of a submission, as its room describes it."""
    handler = _handlers.get(kind)
    return handler.describe(subject_id) if handler else None


def photos(kind: str, subject_id: str, revision: int | None = None) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the photos of a subject, or of one of its versions; none where its room has none."""
    handler = _handlers.get(kind)
    if isinstance(handler, ShowsPhotos):
        yield from handler.photos(subject_id, revision)


def register_record(name: str, record: Record) -> None:
    """Have something kept in every piece of evidence under ``name``: the account, the network as it was then."""
    _records[name] = record


def records(kind: str, subject_id: str, author_id: str, at: datetime) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What each registered record says of a submission at a moment."""
    for name, record in sorted(_records.items()):
        found = record(kind, subject_id, author_id, at)
        if found is not None:
            yield name, found


def _codes(category: str, place: str) -> tuple[str, str]:
    return category, place


_names: list[Callable[[str, str], tuple[str, str]]] = [_codes]


def register_names(names: Callable[[str, str], tuple[str, str]]) -> None:
    """Have a room say what people call a category and a place."""
    _names.append(names)


def names(category: str, place: str) -> tuple[str, str]:
    """What people call a category and a place; their codes where nobody knows."""
    return _names[-1](category, place)


_locators: list[Callable[[str], tuple[str, str] | None]] = []


def register_locator(locate: Callable[[str], tuple[str, str] | None]) -> None:
    """Have a room find what an address somebody typed is about."""
    _locators.append(locate)


def locate(text: str) -> tuple[str, str] | None:
    """Kind and id of what an address is about; None when no room knows."""
    return next((found for found in (one(text) for one in _locators) if found), None)


_samplers: dict[str, Callable[[int], Sequence[str]]] = {}


def register_sampler(kind: str, draw: Callable[[int], Sequence[str]]) -> None:
    """Have a room draw so many of its live subjects at random, each as likely as any other."""
    _samplers[kind] = draw


def sampled_kinds() -> list[str]:
    """The kinds of which samples can be drawn."""
    return sorted(_samplers)


def sample(kind: str, number: int) -> Sequence[str]:
    """Ids of live subjects, drawn at random."""
    return _samplers[kind](number)

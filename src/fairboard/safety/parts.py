"""Parts of the gate: what other files of this room know of a submission, and what they keep of it.

A part looks before the judgement (its features go to the rules) and keeps after it, in the same transaction. When one
breaks or takes longer than two seconds, what it was asked about is held and an alarm is raised: nothing passes
unchecked.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety.models import Submission
from fairboard.screening import Prepared, Result

log = logging.getLogger("fairboard.safety")
LIMIT = 2.0
"""Seconds a part may take over one submission."""
MORE = 0.1
"""Seconds more for each further one of a batch."""
Context = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be judged: texts by field exactly as written, SHA-256 of the photos.

    ``photo_hashes`` are ``(pdq, quality)`` in the order of ``photos``, empty where they are not known;
    ``photo_md5s`` likewise. ``ties`` are identifiers that are not in the text, as ``(kind, value)``: device, payment.
    ``prepared`` is set by the gate where it was not made before.
    """

    kind: str
    subject_id: str
    revision: int
    fields: Mapping[str, str]
    category: str = ""
    place: str = ""
    country: str = ""
    photos: Sequence[str] = ()
    attributes: Mapping[str, Any] | None = None
    author: Actor | None = None
    photo_hashes: Sequence[tuple[str, int]] = ()
    ties: Sequence[tuple[str, str]] = ()
    prepared: Prepared | None = None
    photo_md5s: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A request with the screening's result and the submission it was kept as."""

    request: Request
    result: Result
    submission: Submission


@dataclass(frozen=True, slots=True)
class Part:
    """``look`` answers features by group for each request; ``keep`` writes what later requests are compared with."""

    name: str
    look: Callable[[Sequence[Request], datetime], Sequence[Context]] | None = None
    keep: Callable[[Sequence[Judged], datetime], None] | None = None


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Make a part of the gate; one of the same name is replaced."""
    _parts[part.name] = part


def look(requests: Sequence[Request], at: datetime) -> tuple[list[dict[str, dict[str, Any]]], bool]:
    """The features of each request from every part, and whether all parts answered in time."""
    found: list[dict[str, dict[str, Any]]] = [{} for _ in requests]
    whole = True
    for part in _parts.values():
        if part.look is None:
            continue
        began = time.monotonic()
        try:
            with transaction.atomic():
                answers = part.look(requests, at)
        except Exception:
            log.exception("%s failed: held", part.name)
            alarm(part.name, "failed", at)
            whole = False
            continue
        if time.monotonic() - began > LIMIT + MORE * (len(requests) - 1):
            alarm(part.name, "slow", at)
            whole = False
        for one, answer in zip(found, answers, strict=True):
            for group, known in answer.items():
                one.setdefault(group, {}).update(known)
    return found, whole


def keep(judged: Sequence[Judged], at: datetime) -> None:
    """Have every part keep what it needs; one that breaks raises an alarm and loses only its own rows."""
    for part in _parts.values():
        if part.keep is None:
            continue
        try:
            with transaction.atomic():
                part.keep(judged, at)
        except Exception:
            log.exception("%s could not keep what was judged", part.name)
            alarm(part.name, "failed", at)


def alarm(name: str, trouble: str, at: datetime, **more: object) -> None:
    """Say on the ledger that a part of the gate failed, was slow or is not whole; ``more`` names what is concerned."""
    with transaction.atomic():
        record(
            kind=events.ALARM, subject=Subject("gate", name), actor=Actor.system("gate"), at=at,
            data={"trouble": trouble, **more},
        )  # fmt: skip

"""Before a mailing goes out: who would get it, who would not and why, and which recipients miss which value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from minijinja import TemplateError

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.marketing import recipients, rendering
from fairboard.marketing.compiling import Content
from fairboard.marketing.models import Mailing
from fairboard.marketing.rendering import MissingValue

EXAMPLES = 20
CHUNK = 5_000


@dataclass(slots=True)
class Missing:
    """Recipients who lack the same values that a mailing cannot do without: how many, and some of them."""

    fields: tuple[str, ...]
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found. ``faults`` are other reasons why it cannot be rendered, in the engine's words."""

    recipients: int
    missing: tuple[Missing, ...]
    faults: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether every recipient's mail can be made."""
        return not self.missing and not self.faults


def check(*, mailing_id: str, actor: Actor, frozen: Content, at: datetime) -> Check:
    """Walk the whole audience once. Recipients who lack the same values are rendered once for all of them.

    Raises Forbidden, NotFound, Invalid for an audience nobody can open.
    """
    if not actor.can("marketing.use"):
        raise Forbidden
    one = Mailing.objects.filter(public_id=mailing_id).first()
    if one is None:
        raise NotFound
    subjects = {key["key"]: key["subject"] for key in one.variants if key.get("subject")}
    fields = rendering.fields_of(frozen, subjects)
    audience, after, total = recipients.open_audience(one.audience), "", 0
    found: dict[tuple[str, frozenset[str]], Missing | str | None] = {}
    while True:
        rows, after = audience.walk(after, CHUNK)
        total += len(rows)
        for row in rows:
            values = {"contact.name": row.name, "contact.address": row.address, **row.values}
            lacking = frozenset(path for path in fields if values.get(path) in (None, ""))
            key = (row.language, lacking)
            if key not in found:
                found[key] = _tried(frozen, row.language, subjects, values, lacking)
            said = found[key]
            if isinstance(said, Missing):
                said.count += 1
                if len(said.examples) < EXAMPLES:
                    said.examples.append(row.address)
        if not after:
            break
    merged: dict[tuple[str, ...], Missing] = {}
    for said in found.values():
        if isinstance(said, Missing):
            kept = merged.setdefault(said.fields, Missing(said.fields))
            kept.count += said.count
            kept.examples = [*kept.examples, *said.examples][:EXAMPLES]
    faults = tuple(sorted({said for said in found.values() if isinstance(said, str)}))
    return Check(total, tuple(sorted(merged.values(), key=lambda one: -one.count)), faults, tuple(fields))


def _tried(
    content: Content, language: str, subjects: Mapping[str, str], values: Mapping[str, Any], lacking: frozenset[str]
) -> Missing | str | None:
    """What keeps a recipient's mail from being made: values without a default, another fault, or nothing."""
    if (fault := _fault(content, language, subjects, values)) is None:
        return None
    needed = []
    for path in sorted(lacking):  # a value is needed when all others being there does not help
        filled = {**values, **{other: "x" for other in lacking if other != path}}
        if _fault(content, language, subjects, filled) is not None:
            needed.append(path)
    return Missing(tuple(needed)) if needed else fault


def _fault(
    content: Content, language: str, subjects: Mapping[str, str], values: Mapping[str, Any]
) -> str | None:  # fmt: skip
    for subject in subjects.values() or ("",):
        try:
            rendering.preview(content, language, values, subject)
        except (MissingValue, TemplateError, ValueError) as error:
            return (str(error).splitlines() or [type(error).__name__])[0][:200]
    return None

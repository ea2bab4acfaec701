"""What the market says of an account goes with it when it is merged: members, timeline, steps, signals, holds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from fairboard.crm.models import AccountHold, KycStep, Signal, StandingSeen, Tie, TimelineEntry
from fairboard.crm.services import figures, standing
from fairboard.kit.actors import Actor

CHUNK = 500
_Key = Callable[[Any], object]
KEPT: Mapping[str, tuple[type[models.Model], str, str, _Key]] = {
    "ties": (Tie, "account_id", "pk", lambda one: one.pk),
    "entries": (TimelineEntry, "record_id", "event_id", lambda one: one.event_id),
    "steps": (KycStep, "account_id", "pk", lambda one: one.step),
    "signals": (Signal, "account_id", "pk", lambda one: one.pk),
    "holds": (AccountHold, "account_id", "pk", lambda one: ""),
    "seen": (StandingSeen, "account_id", "pk", lambda one: (one.member_id, one.day, one.standing)),
}
"""By name: the table, its column of the record, what a row is found by again (timelines are rebuilt: by the event),
and what a record may have once only."""


def move(survivor: int, losers: Sequence[int], at: datetime) -> dict[str, list[list[Any]]]:
    """Give the survivor what the others have and it has not; returns ``[loser, rows]`` by table, to undo it."""
    moved: dict[str, list[list[Any]]] = {}
    for name, (table, column, found_by, key) in KEPT.items():
        has = {key(one) for one in table._default_manager.filter(**{column: survivor})}
        for loser in losers:
            rows = []
            for one in table._default_manager.filter(**{column: loser}).order_by("pk"):
                if key(one) not in has:
                    has.add(key(one))
                    rows.append(getattr(one, found_by))
            if rows:
                _give(name, rows, loser, survivor)
                moved.setdefault(name, []).append([loser, rows])
    _follow(moved, [survivor, *losers], at)
    return moved


def back(survivor: int, kept: Mapping[str, Sequence[Sequence[Any]]], at: datetime) -> None:
    """Give it back; what came to the survivor since stays with it until timelines are rebuilt."""
    for name, given in kept.items():
        for loser, rows in given:
            _give(name, rows, survivor, loser)
    _follow(kept, [survivor, *(loser for given in kept.values() for loser, _rows in given)], at)


def _give(name: str, rows: Sequence[int], since: int, to: int) -> None:
    table, column, found_by, _key = KEPT[name]
    for start in range(0, len(rows), CHUNK):
        part = {column: since, f"{found_by}__in": rows[start : start + CHUNK]}
        table._default_manager.filter(**part).update(**{column: to})


def _follow(moved: Mapping[str, Any], accounts: Sequence[int], at: datetime) -> None:
    if "ties" in moved or "holds" in moved:
        touched = sorted(set(accounts))
        standing.follow(touched, actor=Actor.system("crm"), at=at)
        figures.refresh(touched, at=at)

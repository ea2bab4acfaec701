"""Background work: tasks are registered and enqueued by name, and run by django-tasks' worker.

A task is written to the database in the transaction that asks for it, so it exists exactly when the
change does. A task must be idempotent: it may run again after a crash.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django_tasks import task as django_task

from fairboard.kit import clock
from fairboard.kit.models import RateWindow, Schedule

Work = TypeVar("Work", bound=Callable[..., None])
_registry: dict[str, Callable[..., None]] = {}
_checked: set[str] = set()
log = logging.getLogger("fairboard.tasks")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A task that comes back by itself."""

    name: str
    every: timedelta


_repeats: dict[str, Repeat] = {}


def task(name: str) -> Callable[[Work], Work]:
    """Register a function under ``room.act``, the name services enqueue it by."""

    def register(function: Work) -> Work:
        if name in _registry:
            raise RuntimeError(f"Two tasks are named {name!r}: {_registry[name]} and {function}.")
        _registry[name] = function
        return function

    return register


def every(*, minutes: float, name: str) -> Callable[[Work], Work]:
    """Register a task that takes no arguments and runs every so many minutes."""

    def register(function: Work) -> Work:
        _repeats[name] = Repeat(name, timedelta(minutes=minutes))
        return task(name)(function)

    return register


def expect(name: str) -> str:
    """Say at import time that this name will be enqueued; `unknown_names` then checks it at start."""
    _checked.add(name)
    return name


def unknown_names() -> list[str]:
    """Names that are enqueued or subscribed somewhere but registered nowhere: a misspelling."""
    return sorted(_checked - _registry.keys())


@django_task()
def run_named(name: str, arguments: dict[str, Any]) -> None:
    """Run the registered task of this name: the one task django-tasks knows of."""
    _registry[name](**arguments)


def enqueue(name: str, **arguments: Any) -> None:
    """Ask for a task; it is stored with the current transaction and gone if that rolls back."""
    if name not in _registry:
        raise LookupError(f"No task is named {name!r}.")
    run_named.enqueue(name, arguments)


def call(name: str, **arguments: Any) -> None:
    """Run a registered task here and now, in the caller's own process."""
    _registry[name](**arguments)


def run_due(at: datetime) -> list[str]:
    """Enqueue each repeated task that is due, once over all workers; returns their names."""
    started = []
    for repeat in _repeats.values():
        if _claim(repeat, at):
            enqueue(repeat.name)
            started.append(repeat.name)
    return started


def _claim(repeat: Repeat, at: datetime) -> bool:
    """Take the turn of a repeated task: the conditional update succeeds for one worker only."""
    taken = Schedule.objects.filter(name=repeat.name, due_at__lte=at).update(due_at=at + repeat.every, last_run_at=at)
    if taken:
        return True
    if Schedule.objects.filter(name=repeat.name).exists():
        return False
    try:
        with transaction.atomic():
            Schedule.objects.create(name=repeat.name, due_at=at + repeat.every, last_run_at=at)
    except IntegrityError:
        return False
    return True


@every(minutes=60, name="kit.sweep")
def sweep() -> None:
    """Forget rate windows nobody can reach any more."""
    RateWindow.objects.filter(window_start__lt=int(clock.now().timestamp()) - 172_800).delete()

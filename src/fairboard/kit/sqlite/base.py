"""The database backend: transactions take turns by a file lock before they ask SQLite for its write lock.

SQLite's own waiting sleeps ever longer, up to 100 ms at a time, and whoever wakes first wins: under four
writers one in a hundred waits a quarter of a second (docs/performance.md). A turn is asked for every
millisecond or so instead. Whoever gets no turn in time asks SQLite all the same, which then says so.
"""

import fcntl
import os
import time
from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base

PAUSE = 0.0003
"""Seconds between two looks whether it is one's turn."""


_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions, and writes outside one, take turns with those of other connections."""

    _has_turn = False
    _files: tuple[int, ...] = ()
    """The lock files of this connection: the door, where the next in line waits, and the turn itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._written_in_turn)

    def _written_in_turn(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self._has_turn or not sql.startswith(_WRITES):
            return execute(sql, params, many, context)
        self._take_turn()
        try:
            return execute(sql, params, many, context)
        finally:
            self._end_turn()

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            for file in self._files:
                os.close(file)  # gives the turn back as well
            self._files = ()
            self._has_turn = False

    def _take_turn(self) -> None:
        if self.is_in_memory_db():
            return
        if not self._files:
            name = str(self.settings_dict["NAME"])
            flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC
            self._files = (os.open(f"{name}-door", flags, 0o600), os.open(f"{name}-turn", flags, 0o600))
        door, turn = self._files
        # Whoever is next in line holds the door and looks for the turn; the system lets the others in one by
        # one as they came. The door is not held longer than `timeout`, so nobody waits for ever.
        fcntl.flock(door, fcntl.LOCK_EX)
        _wait_for(turn, time.monotonic() + float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        fcntl.flock(door, fcntl.LOCK_UN)
        self._has_turn = True

    def _end_turn(self) -> None:
        if self._files:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._has_turn = False


def _wait_for(file: int, until: float) -> None:
    """Lock a file as soon as it is free, or give up."""
    while time.monotonic() < until:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        else:
            return

"""The database backend: transactions stand in line (see `turns`) before they ask SQLite for its write lock.

SQLite's own waiting sleeps ever longer, up to 100 ms at a time, and whoever wakes first wins: under four
writers one in a hundred waits a quarter of a second (docs/performance.md). Whoever gets no turn in time asks
SQLite all the same, which then says so.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base

from fairboard.kit.sqlite import turns

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions, and writes outside one, take turns with those of other connections."""

    _has_turn = False
    _line: turns.Line | None = None

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
            if self._line is not None:
                self._line.close()  # gives the turn back as well
            self._line = None
            self._has_turn = False

    def _take_turn(self) -> None:
        if self.is_in_memory_db():
            return
        if self._line is None:
            self._line = turns.Line(str(self.settings_dict["NAME"]))
        self._line.wait(float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        self._has_turn = True

    def _end_turn(self) -> None:
        if self._line is not None:
            self._line.leave()
        self._has_turn = False

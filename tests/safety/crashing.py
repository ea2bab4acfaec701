"""Kills itself with signal 9 at every boundary of an act, one child a boundary, then looks at what is left.

A boundary is the moment before and after: a commit, a write outside a transaction, a request to the service, a file
written to the vault (and half of it), a file of an index made, synced, put in its place or deleted. Run as a program
with an empty data folder; prints one JSON object.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from fairboard.kit import clock, startup

_left = 0
_real_send = requests.Session.send
_real_save = FileSystemStorage.save
_real_sync = os.fsync
_real_file: dict[str, Any] = {name: getattr(Path, name) for name in ("touch", "unlink", "replace", "write_text")}


def _boundary() -> None:
    global _left
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def _commit(self: BaseDatabaseWrapper) -> Any:
    _boundary()
    done = self._commit_unwatched()  # type: ignore[attr-defined]
    _boundary()
    return done


def _send(self: requests.Session, *given: Any, **options: Any) -> Any:
    _boundary()
    answer = _real_send(self, *given, **options)
    _boundary()
    return answer


def _save(self: FileSystemStorage, name: str, content: Any, *rest: Any) -> str:
    if "evidence" not in str(self.location):
        return str(_real_save(self, name, content, *rest))
    global _left
    if _left == 1:  # half a file is there when it dies
        _real_save(self, name, ContentFile(content.read()[:100]))
    _boundary()
    done = _real_save(self, name, content, *rest)
    _boundary()
    return str(done)


def _sync(descriptor: int) -> None:
    _boundary()
    _real_sync(descriptor)
    _boundary()


def _file(name: str) -> Callable[..., Any]:
    def watched(self: Path, *given: Any, **options: Any) -> Any:
        is_index = "indexes" in self.parts
        if is_index:
            _boundary()
        done = _real_file[name](self, *given, **options)
        if is_index:
            _boundary()
        return done

    return watched


def _statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    is_write = sql.lstrip().split(" ", 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}
    if not is_write or connection.in_atomic_block:
        return execute(sql, params, many, context)
    _boundary()
    done = execute(sql, params, many, context)
    _boundary()
    return done


def killed_at(number: int, act: Callable[[], object]) -> bool:
    """Do it in a child that dies at that boundary; False where it was done before it got there."""
    _forget_connections()
    child = os.fork()
    if child == 0:
        global _left
        kind: Any = type(connections["default"])
        kind._commit_unwatched, kind._commit = kind._commit, _commit
        requests.Session.send = _send  # type: ignore[method-assign]
        FileSystemStorage.save = _save  # type: ignore[method-assign]
        os.fsync = _sync
        for name in _real_file:
            setattr(Path, name, _file(name))
        _left = number
        code = 1
        try:
            with connection.execute_wrapper(_statement):
                act()
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the act failed by itself"
    return False


def _forget_connections() -> None:
    for one in connections.all(initialized_only=True):
        one.close()
        if hasattr(one, "close_pool"):
            one.close_pool()


def together(acts: list[Callable[[], object]]) -> list[int]:
    """Do all of it at once, each in a process of its own; returns their exit codes."""
    _forget_connections()
    children = []
    for act in acts:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                act()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    return [os.WEXITSTATUS(os.waitpid(child, 0)[1]) for child in children]


def main(kind: str) -> None:
    """Run one of the drills below at every boundary it has."""
    startup.start()
    startup.migrate()
    from tests.safety import crash_drills

    if kind == "together":
        keeps = [crash_drills.keep(None, clock.now())[0] for _ in range(8)]
        codes = together([*keeps, *keeps])  # each piece asked for twice, the first of all among them
        print(json.dumps({"codes": codes, "faults": crash_drills.verify().faults, "pieces": crash_drills.pieces()}))
        return
    drill = getattr(crash_drills, kind)
    found: dict[str, Any] = {"boundaries": 0, "faults": []}
    with crash_drills.service(Path(os.environ["FAIRBOARD_DATA_DIR"])) as server:
        for number in range(1, 400):
            act, recover = drill(server, clock.now())
            was_killed = killed_at(number, act)
            found["faults"] += [f"boundary {number}: {fault}" for fault in recover()]
            if not was_killed:
                found["boundaries"] = number - 1
                break
        found["faults"] += crash_drills.overall(server)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])

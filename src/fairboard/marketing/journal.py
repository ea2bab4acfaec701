"""What one process has handed over of a batch, written as it happens, so that its sudden end leaves no doubt.

A batch is claimed in the database and journalled in a file. Two short lines a mail are written with plain writes: one
before its body goes out, one when the server has answered. The operating system keeps them when the process is killed;
a reboot is told by the kernel's boot id, and then nothing is taken for certain. The file is locked for as long as the
process lives, so anybody can see whether it still does.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """The id of this run of the operating system; "" where it has none."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


@dataclass(slots=True)
class Outcome:
    """What became of one mail: sent, later, refused or unknown; code and text are the server's last answer."""

    state: str
    code: int = 0
    text: str = ""
    is_address: bool = False


class Journal:
    """The journal of one batch, open and locked."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path, self._handle = path, handle

    @classmethod
    def create(cls, folder: Path, claim: str) -> Self:
        """Begin a journal under the name of a claim: locked before anybody can see it."""
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{claim}.tmp"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(handle, f"boot {boot_id()}\n".encode())
        path = folder / f"{claim}.log"
        os.rename(draft, path)
        return cls(path, handle)

    def begin(self, delivery: int) -> None:
        """The body of a mail is about to go out: from here on it may have been taken."""
        os.write(self._handle, b"B %d\n" % delivery)

    def end(self, delivery: int, outcome: Outcome) -> None:
        """What the server answered."""
        text = outcome.text.replace("\n", " ")[:120]
        line = f"E {delivery} {outcome.state} {outcome.code} {int(outcome.is_address)} {text}\n"
        os.write(self._handle, line.encode("utf-8", "replace"))

    def release(self) -> None:
        """Leave it to whoever recovers what is left: the batch could not be settled."""
        os.close(self._handle)

    def discard(self) -> None:
        """All of it is in the database: the journal goes."""
        self.path.unlink(missing_ok=True)
        os.close(self._handle)


@dataclass(slots=True)
class Left:
    """What a dead process left behind: outcomes, and mails begun that got no answer; nothing else was begun.

    ``is_certain`` is False after a reboot: lines may be missing.
    """

    claim: str
    path: Path
    is_certain: bool
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)


def left_behind(folder: Path) -> Iterator[Left]:
    """The journals whose process is dead, each locked while it is looked at; unlink its path when done."""
    for path in sorted(folder.glob("*.log")) if folder.is_dir() else ():
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            continue
        try:
            if path.exists():
                yield _read(path)
        finally:
            os.close(handle)


def _read(path: Path) -> Left:
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    left = Left(path.stem, path, is_certain=lines[0] == f"boot {boot_id()}" and bool(boot_id()))
    for line in lines[1:-1]:  # what follows the last line end was being written
        kind, _space, rest = line.partition(" ")
        if kind == "B":
            left.begun.add(int(rest))
        elif kind == "E":
            number, state, code, is_address, text = (rest + " ").split(" ", 4)
            left.outcomes[int(number)] = Outcome(state, int(code), text.strip(), is_address == "1")
    return left

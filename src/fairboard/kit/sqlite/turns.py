"""A line of writers: whoever came first has the next turn, and whoever dies in line or in a turn leaves it.

The queue of Craig, Landin and Hagersten in file locks. Each writer takes a number and locks the byte of that number in
the file beside the database; its turn comes when the byte of the number before it is free. The locks belong to the open
file, so threads stand in line like processes, and the kernel frees them when their holder ends. Waking is not asked of
the kernel: it wakes everybody who waits for a lock at once, and whoever runs first wins.
"""

import fcntl
import os
import struct
import time

PAUSE = 0.0004
"""Seconds between two looks whether it is one's turn."""
FIRST = 4096
"""Where the bytes of the numbers begin; the number given last is kept at the beginning of the file."""
_NUMBER = struct.Struct("<q")
_LOCK = getattr(fcntl, "F_OFD_SETLK", None)
"""Without locks that belong to an open file (other systems than Linux) SQLite's own waiting is all there is."""


class Line:
    """One writer's place in the line of a database."""

    def __init__(self, database: str) -> None:
        self.file = os.open(f"{database}-line", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self.number = 0

    def wait(self, seconds: float) -> None:
        """Take a number and wait until it is one's turn, or that long."""
        if _LOCK is None:
            return
        self.number = self._take_number()
        until = time.monotonic() + seconds
        while not self._try(self.number - 1, fcntl.F_WRLCK) and time.monotonic() < until:
            time.sleep(PAUSE)
        self._try(self.number - 1, fcntl.F_UNLCK)

    def leave(self) -> None:
        """Give the turn to the next in line."""
        if self.number:
            self._try(self.number, fcntl.F_UNLCK)
            self.number = 0

    def close(self) -> None:
        """Leave for good."""
        os.close(self.file)

    def _take_number(self) -> int:
        fcntl.flock(self.file, fcntl.LOCK_EX)  # for as long as it takes to count one on
        try:
            kept = os.pread(self.file, _NUMBER.size, 0)
            number = (_NUMBER.unpack(kept)[0] if len(kept) == _NUMBER.size else 0) + 1
            self._try(number, fcntl.F_WRLCK)
            os.pwrite(self.file, _NUMBER.pack(number), 0)
        finally:
            fcntl.flock(self.file, fcntl.LOCK_UN)
        return int(number)

    def _try(self, number: int, kind: int) -> bool:
        """Lock or free the byte of a number; False when another has it."""
        assert _LOCK is not None
        try:
            fcntl.fcntl(self.file, _LOCK, struct.pack("hhqqi4x", kind, os.SEEK_SET, FIRST + number, 1, 0))
        except BlockingIOError:
            return False
        return True

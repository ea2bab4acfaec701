"""The processes of `fairboard run`: one loads everything, the others are forked from it and share its memory."""

import gc
import multiprocessing
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from fairboard.kit import startup

# Where forking is not safe (macOS), each process loads everything for itself.
if sys.platform == "linux":
    _CONTEXT = multiprocessing.get_context("fork")
else:
    _CONTEXT = multiprocessing.get_context("spawn")


def load_rooms() -> None:
    """Load settings and rooms; raises ImproperlyConfigured naming every missing setting."""
    gc.disable()  # nothing of this is thrown away, and looking for what is takes a tenth of the time
    startup.start()


def load_pages() -> None:
    """Load every address and the server, so that neither a process nor the first visitor waits for it."""
    from django.urls import get_resolver

    get_resolver().check()
    import granian  # noqa: F401


def share() -> None:
    """Make ready to fork: the application is made, no connection is open, and what is loaded stays where it is.

    A collection in a forked process would write to every object and so copy every page of it. Call after everything is
    prepared: the application looks for the static files.
    """
    from django.db import connections

    from fairboard.wsgi import application  # noqa: F401

    connections.close_all()
    gc.freeze()
    gc.enable()


def begun(name: str, work: Callable[..., int], *arguments: object) -> BaseProcess:
    """Do some work in a process of its own; what it returns is the exit code. Its name is seen in `ps` and `top`."""
    process = _CONTEXT.Process(name=name, target=_begin, args=(name, work, *arguments))
    process.start()
    return process


def _begin(name: str, work: Callable[..., int], *arguments: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.enable()
    with suppress(OSError):
        Path("/proc/self/comm").write_text(f"fairboard-{name}")
    from django.db import connections

    try:
        sys.exit(work(*arguments))
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        connections.close_all()  # SQLite puts its log away when the last one closes in order

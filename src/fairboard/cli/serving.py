"""The web server of `fairboard run`: granian over the product's WSGI application. Runs as a process."""

from typing import Any


def main(host: str, port: int, workers: int, threads: int) -> int:
    """Serve until told to stop; a web process that ends is started anew. Returns the exit code."""
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "fairboard.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=threads, websockets=False, backlog=1024, http1_settings=HTTP1Settings(),
        log_level=LogLevels.error, respawn_failed_workers=True,
    )  # fmt: skip
    server.serve(target_loader=_application, wrap_loader=False)
    return 0


def _application() -> Any:
    """The application; loaded before, where processes are forked."""
    from fairboard.wsgi import application

    return application

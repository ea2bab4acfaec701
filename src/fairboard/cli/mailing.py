"""`fairboard mail-sink` and `fairboard mailer`: a server that keeps mail, and a process that only sends mailings."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from fairboard.cli.output import err
from fairboard.kit import startup


def _until_told() -> threading.Event:
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    return stop


def mail_sink(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8026,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    folder: Annotated[
        Path | None, typer.Option(help="Where mail is kept; FAIRBOARD_MAIL_SINK_DIR unless given.")
    ] = None,
) -> None:
    """Take in any mail and keep it; nothing is delivered."""
    startup.start()
    from django.conf import settings

    from fairboard.marketing import sink

    stop = _until_told()
    server = sink.start(f"{host}:{port}", folder or settings.MAIL_SINK_DIR)
    err.print(
        f"A mail sink listens at {host}:{port} and keeps mail in {folder or settings.MAIL_SINK_DIR}.", markup=False
    )
    stop.wait()
    server.stop()


def mailer(
    once: Annotated[bool, typer.Option(help="Send what is due now, then end.")] = False,
) -> None:
    """Send mailings, beside the worker of `fairboard run` or on another machine."""
    startup.ready()
    from fairboard.kit import clock
    from fairboard.marketing import mailer as work

    stop = _until_told()
    if once:
        err.print(f"{work.run_once(clock.now, stop.is_set):,} mails went through.", markup=False)
    else:
        work.run(clock.now, stop)

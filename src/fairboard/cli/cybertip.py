"""`fairboard fake-cybertipline`: a CyberTipline on this machine, for drills and tests."""

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from fairboard.cli.output import err


def fake_cybertipline(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8025,
    folder: Annotated[Path, typer.Option(help="Where what it gets is kept.")] = Path("fake-cybertipline"),
    user: Annotated[str, typer.Option(help="User it knows.")] = "drill",
    password: Annotated[str, typer.Option(help="Password it knows.")] = "drill",  # noqa: S107
    clock_file: Annotated[
        Path | None, typer.Option(help="A file with seconds to be added to the time, to see reports expire.")
    ] = None,
) -> None:
    """Take in reports as the CyberTipline does: order, expiry, refusals; list them as JSON at `/`."""
    from fairboard.safety.cybertip.fake import FakeTipline

    server = FakeTipline(("127.0.0.1", port), folder, user=user, password=password, clock=_clock(clock_file))
    err.print(f"A fake CyberTipline listens at {server.url} and keeps what it gets in {folder}.", markup=False)
    signal.signal(signal.SIGTERM, lambda number, frame: threading.Thread(target=server.shutdown).start())
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def _clock(path: Path | None) -> Callable[[], float]:
    def now() -> float:
        try:
            return time.time() + (float(path.read_text() or 0) if path else 0)
        except (OSError, ValueError):
            return time.time()

    return now

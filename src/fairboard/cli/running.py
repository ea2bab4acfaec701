"""`fairboard run` and `fairboard worker`: the whole product in one command, or its background half."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Annotated

import typer

from fairboard.cli.output import err


def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", envvar="FAIRBOARD_PORT", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.", min=1, max=64)] = 1,
    threads: Annotated[int, typer.Option(help="Requests a web process handles at once.", min=1, max=256)] = 8,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty market with a lively demo.")] = False,
    worker: Annotated[bool, typer.Option(help="Also run the background worker.")] = True,
) -> None:
    """Bring the database up to date, then serve the site and its background worker."""
    if reason := _not_free(host, port):
        err.print(reason, style="red", markup=False)
        raise typer.Exit(1)
    os.environ["FAIRBOARD_PORT"] = str(port)
    if demo:
        os.environ["FAIRBOARD_DEMO"] = "1"
    started = time.monotonic()
    prepared = subprocess.run([sys.executable, "-m", "fairboard.cli.prepare"], check=False)
    if prepared.returncode:
        raise typer.Exit(1)
    children: list[subprocess.Popen[bytes]] = []
    if worker:
        children.append(subprocess.Popen([sys.executable, "-m", "fairboard.cli.work"]))
    try:
        _serve(host, port, workers, threads, started)
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()


def worker() -> None:
    """Run the background worker and scheduler alone."""
    # In place of this process, so that a signal to stop reaches the worker itself.
    os.execv(sys.executable, [sys.executable, "-m", "fairboard.cli.work"])  # noqa: S606


def _not_free(host: str, port: int) -> str:
    """Why nobody can listen there; empty when somebody can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return f"Port {port} on {host} cannot be used: {error.strerror}."
            return f"Port {port} on {host} is in use. Choose another one: fairboard run --port {port % 65535 + 1}"
    return ""


def _serve(host: str, port: int, workers: int, threads: int, started: float) -> None:
    """Hand over to granian in a process of its own; this one only watches, and stays small."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(threads), "--no-ws", "--backlog", "1024",
        "--log-level", "error", "--respawn-failed-workers", "fairboard.wsgi:application",
    ]  # fmt: skip
    server = subprocess.Popen(command)

    def stop(number: int, frame: FrameType | None) -> None:
        server.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    if _wait_until_up(host, port, server):
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104
        took = time.monotonic() - started
        err.print(f"[bold green]Fairboard is ready[/] at http://{shown}:{port}/ ({took:.1f} s). Ctrl+C stops it.")
    try:
        code = server.wait()
    except KeyboardInterrupt:
        code = server.wait(20)
    if code not in {0, -signal.SIGTERM, -signal.SIGINT, 130}:
        raise typer.Exit(1)


def _wait_until_up(host: str, port: int, server: subprocess.Popen[bytes]) -> bool:
    target = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    for _ in range(300):
        if server.poll() is not None:
            return False
        try:
            with socket.create_connection((target, port), timeout=0.5):
                return True
        except OSError:
            time.sleep(0.05)
    return False

"""`fairboard run` and `fairboard worker`: the whole product in one command, or its background half."""

import errno
import http.client
import os
import signal
import socket
import sys
import time
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Annotated

import typer

from fairboard.cli import prepare, processes, serving, work
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
        relay = port + 25
        if relay <= 65535 and not _not_free("127.0.0.1", relay):  # so that answers by mail can be tried
            os.environ.setdefault("FAIRBOARD_RELAY_LISTEN", f"127.0.0.1:{relay}")
        sink = port + 26
        if (
            os.environ.get("FAIRBOARD_MODE", "local") == "local" and sink <= 65535 and not _not_free("127.0.0.1", sink)
        ):  # so that mailings can be sent and looked at
            os.environ.setdefault("FAIRBOARD_MAIL_SINK_LISTEN", f"127.0.0.1:{sink}")
            os.environ.setdefault("FAIRBOARD_MAILING_SMTP_URLS", f"smtp://127.0.0.1:{sink}")
    started = time.monotonic()
    signal.signal(signal.SIGTERM, _stopped)
    children: list[BaseProcess] = []
    try:
        processes.load_rooms()
        children.append(preparing := processes.begun("prepare", prepare.main))
        processes.load_pages()
        preparing.join()
        if preparing.exitcode:
            raise typer.Exit(1)
        processes.share()
        children[:] = [web := processes.begun("web", serving.main, host, port, workers, threads)]
        _say_how_it_started(host, port, _first_answer(host, port, web), started)
        if worker:
            children.append(processes.begun("work", work.main))
        code = _watch(web)
    finally:
        _tell(children)
        _wait_for(children)
    if code not in {0, -signal.SIGTERM, -signal.SIGINT, 130}:
        raise typer.Exit(1)


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


def _stopped(number: int, frame: FrameType | None) -> None:
    """A signal to stop while everything is being prepared ends it as Ctrl+C does."""
    raise KeyboardInterrupt


def _watch(server: BaseProcess) -> int:
    """Wait for the server's end, handing on the signal to stop; its exit code."""

    def stop(number: int, frame: FrameType | None) -> None:
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    try:
        server.join()
    except KeyboardInterrupt:
        server.join(20)
    return server.exitcode or 0


def _say_how_it_started(host: str, port: int, status: int, started: float) -> None:
    if status >= 500:
        err.print("[red]The site answers with an error.[/] What is wrong is said above, or by `fairboard doctor`.")
    if not 0 < status < 500:
        return
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104
    took = time.monotonic() - started
    err.print(f"[bold green]Fairboard is ready[/] at http://{shown}:{port}/ ({took:.1f} s). Ctrl+C stops it.")


def _tell(children: list[BaseProcess]) -> None:
    for child in children:
        if child.is_alive():
            child.terminate()


def _wait_for(children: list[BaseProcess]) -> None:
    for child in children:
        child.join(15)
        if child.is_alive():
            child.kill()


def _first_answer(host: str, port: int, server: BaseProcess) -> int:
    """The status of the product's first answer; granian takes connections in before. 0 when the server ended."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while server.is_alive():
        connection = http.client.HTTPConnection(target, port, timeout=10)
        try:
            connection.request("GET", "/health", headers={"Host": "localhost"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    return 0

"""Servers under measure: each in a process of its own, all under granian with the same settings."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

THREADS = 4


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(target: str, data: Path, **settings: str) -> Iterator[int]:
    """Serve a WSGI application with one worker; gives its port."""
    port = free_port()
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(data), "FAIRBOARD_LOG_LEVEL": "ERROR", **settings}
    environment.pop("FAIRBOARD_DATABASE_URL", None)
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error", target,
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environment)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            raise RuntimeError("the server under measure did not start")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server under measure did not answer")


def fetch(port: int, path: str) -> bytes:
    """One page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=600) as answer:
        body: bytes = answer.read()
        return body


def load(port: int, paths: Sequence[str], seconds: float, connections: int = 4) -> Mapping[str, Any]:
    """Load a server for some seconds; gives rate, p50 and p99 (ms), errors."""
    command = [sys.executable, "-m", "fairboard.bench.load", str(port), str(connections), str(seconds)]
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    if figures["errors"]:
        raise RuntimeError(f"the server under measure answered {figures['errors'][0]}")
    return figures

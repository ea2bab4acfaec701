"""The product itself, running as a process of its own on a database of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.database import KIND

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Server:
    """A running product: its address and the environment its commands run in."""

    url: str
    environment: dict[str, str]
    folder: Path

    def command(self, *arguments: str) -> str:
        """What a `fairboard` command prints."""
        command = [sys.executable, "-m", "fairboard.cli.main", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def token(self, email: str, role: str = "member") -> str:
        """An API token of a member."""
        return self.command("token", "create", "--email", email, "--role", role)

    def sign_in_link(self, email: str, role: str = "member", name: str = "") -> str:
        """A path that signs a member in once."""
        made = json.loads(self.command("user", "create", "--email", email, "--role", role, "--name", name, "--json"))
        return urlsplit(made["sign_in_link"]).path

    def mails(self) -> list[str]:
        """The mails that left so far, oldest first."""
        return [path.read_text() for path in sorted((self.folder / "outbox").glob("*.eml"))]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, target: str = "", **settings: str) -> Iterator[Server]:
    """`fairboard run` on an empty market; with ``target``, another WSGI application under granian."""
    port = free_port()
    environment = {
        **os.environ, "FAIRBOARD_DATA_DIR": str(folder), "FAIRBOARD_PORT": str(port), "FAIRBOARD_LOG_LEVEL": "ERROR",
        "FAIRBOARD_BASE_URL": f"http://127.0.0.1:{port}", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **settings,
    }  # fmt: skip
    with database(folder, environment):
        program = [sys.executable, "-m", "fairboard.cli.main", "run", "--port", str(port)]
        if target:
            prepare = [sys.executable, "-m", "fairboard.cli.prepare"]
            subprocess.run(prepare, env=environment, check=True, cwd=ROOT)
            program = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), target]
        process = subprocess.Popen(program, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            _wait(port, process)
            yield Server(f"http://127.0.0.1:{port}", environment, folder)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def database(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """On PostgreSQL a database of its own on the running server; on SQLite the data folder is enough."""
    if KIND == "sqlite":
        yield
        return
    import psycopg

    admin = os.environ["FAIRBOARD_DATABASE_URL"]
    name = f"live_{os.getpid()}_{abs(hash(str(folder))) % 10**8}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    environment["FAIRBOARD_DATABASE_URL"] = admin.replace("/postgres?", f"/{name}?")
    try:
        yield
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _wait(port: int, process: "subprocess.Popen[Any]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended while starting"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer")

"""The product itself, running as a process of its own on a database of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.database import KIND, ROOT, address, copy_postgresql, copy_sqlite, copy_static, drop_postgresql


@dataclass(frozen=True)
class Server:
    """A running product: its address and the environment its commands run in."""

    url: str
    environment: dict[str, str]
    folder: Path

    def command(self, *arguments: str) -> str:
        """What a `fairboard` command prints."""
        if self._commands.poll() is not None:
            raise AssertionError("the commands' process ended")
        assert self._commands.stdin is not None
        assert self._commands.stdout is not None
        print(json.dumps(arguments), file=self._commands.stdin, flush=True)
        done = json.loads(self._commands.stdout.readline())
        assert done["code"] == 0, done["err"]
        return str(done["out"]).strip()

    @cached_property
    def _commands(self) -> "subprocess.Popen[str]":
        program = [sys.executable, "-m", "tests.commands"]
        return subprocess.Popen(
            program, env=self.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        """End the process that answers commands."""
        if "_commands" in self.__dict__:
            self._commands.communicate(timeout=30)

    def run(self, module: str) -> str:
        """Run a module of the tests with the settings of this market; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", module], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def token(self, email: str, role: str = "member") -> str:
        """An API token of a member."""
        return self.command("token", "create", "--email", email, "--role", role)

    def sign_in_link(self, email: str, role: str = "member", name: str = "", *, grant: str = "") -> str:
        """A path that signs a member in once; ``grant`` is given on top of the role."""
        more = ("--grant", grant) if grant else ()
        made = json.loads(
            self.command("user", "create", "--email", email, "--role", role, "--name", name, *more, "--json")
        )
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
        "FAIRBOARD_BASE_URL": f"http://127.0.0.1:{port}", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        **settings,
    }  # fmt: skip
    with database(folder, environment):
        copy_static(folder)
        program = [sys.executable, "-m", "fairboard.cli.main", "run", "--port", str(port)]
        if target:
            prepare = [sys.executable, "-m", "fairboard.cli.prepare"]
            subprocess.run(prepare, env=environment, check=True, cwd=ROOT)
            program = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), target]
        process = subprocess.Popen(program, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            _wait(port, process)
            server = Server(f"http://127.0.0.1:{port}", environment, folder)
            with closing(server):
                yield server
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def database(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """An empty market's database of its own: on SQLite in the data folder, on PostgreSQL on the running server."""
    if KIND == "sqlite":
        copy_sqlite(Path(environment["FAIRBOARD_DATA_DIR"]) / "fairboard.sqlite3")
        yield
        return
    name = f"live_{os.getpid()}_{abs(hash(str(folder))) % 10**8}"
    copy_postgresql(name)
    environment["FAIRBOARD_DATABASE_URL"] = address(name)
    try:
        yield
    finally:
        drop_postgresql(name)


def _wait(port: int, process: "subprocess.Popen[Any]") -> None:
    for _ in range(2400):  # two minutes: less is too little beside other work on a small machine
        assert process.poll() is None, "the server ended while starting"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer")

"""`fairboard run` and `fairboard worker`: they refuse to start in words, and stop when they are told to."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.server import ROOT, database, free_port

SECRET = "0123456789" * 4
MAIL = "smtp+tls://u:p@mail.example.org"
MISSING = ("FAIRBOARD_SECRET_KEY", "FAIRBOARD_IDENTIFIER_KEY", "FAIRBOARD_BASE_URL", "FAIRBOARD_EMAIL_URL",
           "FAIRBOARD_EVIDENCE_KEY")  # fmt: skip


@pytest.mark.parametrize("command", [("run", "--port"), ("worker",), ("verify",)])
def test_production_does_not_start_before_everything_is_set(process: Run, command: tuple[str, ...]) -> None:
    port = [str(free_port())] if command[-1] == "--port" else []
    done = process(*command, *port, FAIRBOARD_MODE="production")
    assert (done.code, done.out) == (1, "")
    assert "Fairboard cannot start with these settings" in done.err
    assert [name for name in MISSING if name not in done.err] == []
    assert "Traceback" not in done.err


def test_no_process_is_left_when_it_cannot_start(process: Run) -> None:
    port = str(free_port())
    assert process("run", "--port", port, FAIRBOARD_MODE="production").code == 1
    for _ in range(100):
        left = [one for one in Path("/proc").glob("[0-9]*/cmdline") if port.encode() in _read(one).split(b"\0")]
        if not left:
            return
        time.sleep(0.05)
    raise AssertionError(left)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def test_a_demo_does_not_start_in_production(process: Run) -> None:
    done = process(
        "run", "--demo", "--port", str(free_port()), FAIRBOARD_MODE="production", FAIRBOARD_SECRET_KEY=SECRET,
        FAIRBOARD_IDENTIFIER_KEY=SECRET, FAIRBOARD_BASE_URL="https://market.example.org", FAIRBOARD_EMAIL_URL=MAIL,
        FAIRBOARD_STAFF_SECOND_FACTOR="1", FAIRBOARD_EVIDENCE_KEY=SECRET,
    )  # fmt: skip
    assert done.code == 1
    assert [line for line in done.err.splitlines() if line.startswith("  - ")] == [
        "  - FAIRBOARD_DEMO is on: unset it, demo sign-in links do not belong in production."
    ]


def test_a_port_in_use_is_named_with_another_one(fairboard: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = fairboard("run", "--port", str(port))
    assert done.code == 1
    assert f"Port {port} on 127.0.0.1 is in use." in done.err
    assert f"--port {port + 1}" in done.err


def test_an_address_of_another_machine_is_not_called_a_port_in_use(fairboard: Run) -> None:
    done = fairboard("run", "--host", "192.0.2.1", "--port", str(free_port()))
    assert done.code == 1
    assert "cannot be used" in done.err
    assert "in use" not in done.err


@pytest.mark.parametrize("port", ["70000", "http"])
def test_a_port_that_cannot_be_is_a_mistyped_command(fairboard: Run, port: str) -> None:
    assert fairboard("run", "--port", port).code == 2


def test_a_database_that_cannot_be_opened_is_one_clear_line(process: Run, tmp_path: Path) -> None:
    done = process("verify", FAIRBOARD_DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/market.sqlite3")
    assert done.code == 1
    assert done.err.startswith("The database cannot be used:")
    assert "FAIRBOARD_DATABASE_URL" in done.err
    assert "Traceback" not in done.err


def test_the_worker_works_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """The signal goes to the process that was started, as a supervisor sends it."""
    environment = {
        **os.environ, "FAIRBOARD_DATA_DIR": str(tmp_path / "data"), "FAIRBOARD_LOG_LEVEL": "INFO",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    program = [sys.executable, "-m", "fairboard.cli.main"]
    with database(tmp_path, environment):
        subprocess.run([*program, "manage", "migrate", "-v0"], env=environment, check=True)
        worker = subprocess.Popen(
            [*program, "worker"], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert worker.stderr is not None
        try:
            done = next((line for line in worker.stderr if "state=SUCCESSFUL" in line), "")
            assert done, "no task was done"
            worker.terminate()
            worker.communicate(timeout=20)  # until nobody holds its output any more: no process is left behind
            assert worker.returncode == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)


@contextmanager
def running(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """`fairboard run` in a session of its own, from its first answer on; with its address."""
    port = free_port()
    environment = {
        **os.environ, "FAIRBOARD_DATA_DIR": str(tmp_path / "data"), "FAIRBOARD_LOG_LEVEL": "ERROR",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip
    with database(tmp_path, environment):
        program = [sys.executable, "-m", "fairboard.cli.main", "run", "--port", str(port)]
        process = subprocess.Popen(program, env=environment, start_new_session=True)
        try:
            until(lambda: answers(f"http://127.0.0.1:{port}/health") or process.poll() is not None, 120)
            until(lambda: named(process.pid, "fairboard-work"), 30)
            yield process, f"http://127.0.0.1:{port}/health"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def until(done: Callable[[], object], seconds: float) -> None:
    """Wait for something; fail when it does not come."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def named(session: int, name: str) -> list[int]:
    """The processes of a session with a name, oldest first."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        stat = _read(one / "stat").rpartition(b")")[2].split()
        if stat and stat[0] != b"Z" and int(stat[3]) == session and _read(one / "comm").strip() == name.encode():
            found.append(int(one.name))
    return sorted(found)


def test_site_and_worker_outlive_each_other_and_stop_together(tmp_path: Path) -> None:
    with running(tmp_path) as (process, url):
        server, web = named(process.pid, "fairboard-web")
        (worker,) = named(process.pid, "fairboard-work")
        os.kill(web, signal.SIGKILL)
        until(lambda: web not in (now := named(process.pid, "fairboard-web")) and len(now) == 2, 30)
        until(lambda: answers(url), 30)
        assert named(process.pid, "fairboard-web")[0] == server
        assert named(process.pid, "fairboard-work") == [worker]
        os.kill(worker, signal.SIGKILL)
        until(lambda: not named(process.pid, "fairboard-work"), 10)
        assert answers(url)
        process.terminate()
        assert process.wait(30) == 0
        assert named(process.pid, "fairboard-web") == []


def test_a_stop_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT / "src")}
    with database(tmp_path, environment):
        program = [sys.executable, "-m", "fairboard.cli.main", "run", "--port", str(free_port())]
        process = subprocess.Popen(program, env=environment, start_new_session=True)
        until(lambda: named(process.pid, "fairboard-prepa"), 60)  # the kernel keeps 15 letters of a name
        process.terminate()
        assert process.wait(30) == 130
        assert named(process.pid, "fairboard-prepa") == []

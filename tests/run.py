"""Run the whole suite on SQLite, then what touches the database on PostgreSQL too.

``python -m tests.run [pytest arguments]``
"""

import os
import subprocess
import sys
import time


def main() -> int:
    """Both runs; the exit code is the first one that is not 0."""
    codes = []
    for database in ("sqlite", "postgresql"):
        print(f"== {database}", flush=True)
        started = time.monotonic()
        environment = {**os.environ, "FAIRBOARD_TEST_DATABASE": database}
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(os.cpu_count() or 2), "--dist", "worksteal"]
        command += ["--of-databases"] * (database != "sqlite") + sys.argv[1:]
        codes.append(subprocess.run(command, env=environment, check=False).returncode)
        print(f"== {database}: {time.monotonic() - started:.0f} s", flush=True)
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())

"""Running `fairboard`: in this process on the test database, or as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairboard.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def fairboard(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command as typed, in this process."""

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["fairboard", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capfd.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Run:
    """The command as a process of its own, with an empty data folder and only these settings."""

    def run(*arguments: str, **settings: str) -> Done:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FAIRBOARD_")}
        environment |= {"FAIRBOARD_DATA_DIR": str(tmp_path / "data"), **settings}
        command = [sys.executable, "-m", "fairboard.cli.main", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        return Done(done.returncode, done.stdout, done.stderr)

    return run

"""Kill -9 at every step of deciding, keeping evidence, approving, delivering and disposing: nothing lost or doubled."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server import ROOT, database


def run(drill: str, folder: Path) -> dict[str, Any]:
    """What a drill prints, in a process and on a database of its own."""
    source = Path(sys.modules["fairboard"].__file__ or "").parents[1]
    environment = {
        **os.environ, "FAIRBOARD_DATA_DIR": str(folder / "data"), "FAIRBOARD_LOG_LEVEL": "CRITICAL",
        "PYTHONPATH": f"{ROOT}:{source}", "DJANGO_SETTINGS_MODULE": "fairboard.settings",
    }  # fmt: skip
    (folder / "data").mkdir()
    with database(folder, environment):
        done = subprocess.run(
            [sys.executable, "-m", "tests.safety.crashing", drill], env=environment, cwd=ROOT, capture_output=True,
            text=True, check=False, timeout=500,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.crash
@pytest.mark.slow
@pytest.mark.parametrize(
    ("drill", "least"),
    [("keep", 4), ("decision", 8), ("approval", 16), ("delivery", 40), ("disposal", 4), ("reindex", 20)],
)
def test_killed_at_every_step_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path, drill: str, least: int) -> None:
    found = run(drill, tmp_path)
    assert found["faults"] == []
    assert found["boundaries"] >= least


@pytest.mark.slow
def test_evidence_kept_by_many_at_once_is_one_chain(tmp_path: Path) -> None:
    assert run("together", tmp_path) == {"codes": [0] * 16, "faults": [], "pieces": 8}

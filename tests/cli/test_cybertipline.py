"""`fairboard fake-cybertipline` takes in reports, and the doctor tries the service the settings name."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from fairboard.safety.cybertip.answers import NotSent
from fairboard.safety.cybertip.client import Client
from fairboard.safety.cybertip.elements import build, table
from tests.cli.conftest import Run
from tests.safety.childcase import PASSWORD, USER, tipline
from tests.safety.test_cybertip_documents import FACTS
from tests.server import free_port


def test_it_takes_in_reports_lets_them_expire_and_stops_when_told(tmp_path: Path) -> None:
    port, moved = free_port(), tmp_path / "moved"
    command = [
        sys.executable, "-m", "fairboard.cli.main", "fake-cybertipline", "--port", str(port), "--folder",
        str(tmp_path / "got"), "--clock-file", str(moved),
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        client = Client(f"http://127.0.0.1:{port}", "drill", "drill")
        for _ in range(200):
            try:
                assert client.status().code == 0
                break
            except NotSent:
                time.sleep(0.05)
        opened = client.submit(build("report", FACTS, table())).report_id
        moved.write_text(str(25 * 3600))
        assert client.finish(opened).code == 5001
        (listed,) = requests.get(f"http://127.0.0.1:{port}/", timeout=5).json()
        assert (listed["id"], listed["state"]) == (opened, "expired")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_the_doctor_tries_the_service(db: None, fairboard: Run, settings: Any, tmp_path: Path) -> None:
    def found() -> dict[str, Any]:
        said = json.loads(fairboard("doctor", "--json").out)["findings"]
        return next(one for one in said if one["name"] == "cybertip")

    assert "not sent" in found()["found"]
    with tipline(tmp_path) as server:
        settings.CYBERTIP_URL, settings.CYBERTIP_USER, settings.CYBERTIP_PASSWORD = server.url, USER, PASSWORD
        assert found()["well"]
        settings.CYBERTIP_PASSWORD = "wrong"
        assert "2000" in found()["found"]
        assert "wrong" not in str(found())
    assert not found()["well"]

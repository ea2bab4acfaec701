"""Whatever is sent to the API, it answers as its description says and never breaks."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.test import Client

from tests.server import serving

HERE = Path(__file__).parent


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "tests.api.unlimited:application") as server:
        # The first answer loads the product, and schemathesis waits ten seconds for the description.
        assert httpx.get(f"{server.url}/api/v1/openapi.json", timeout=120).status_code == 200
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml"),
            "run", f"{server.url}/api/v1/openapi.json",
            "--header", f"Authorization: Bearer {server.token('root@example.org', 'admin')}",
            "--max-examples", "20", "--seed", "1", "--no-color", "--request-timeout", "30",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=600)
    failures = done.stdout.partition(" FAILURES ===")[2].partition(" WARNINGS ===")[0]
    assert done.returncode == 0, failures[:12_000] or done.stdout[-12_000:]


def test_every_operation_has_a_name_of_its_own(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    names = [one["operationId"] for operations in paths.values() for one in operations.values()]
    assert len(names) > 250
    assert sorted(names) == sorted(set(names))

"""A time-stamp authority for the tests of the ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.authority import Authority


@pytest.fixture
def authority(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[Authority]:
    """An authority that runs, named by the settings together with its certificate."""
    made = Authority(tmp_path / "authority")
    settings.TIMESTAMP_URL = made.url  # type: ignore[attr-defined]
    settings.TIMESTAMP_CERTIFICATES = str(made.root)  # type: ignore[attr-defined]
    yield made
    made.close()

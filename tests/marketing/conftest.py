"""What tests of mailings share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairboard.kit import clock
from fairboard.marketing.services.topics import install
from tests.marketing import made


@pytest.fixture
def sink(transactional_db: None, tmp_path: Path) -> Iterator[Path]:
    """A real sink; gives the folder of what it keeps. Topics are there again after the database was emptied."""
    install(at=clock.now())
    with made.sinking(tmp_path):
        yield tmp_path

"""Commands need no other command before them: an empty data folder is made ready, an old database is named."""

import pytest

from tests.cli.conftest import Run
from tests.database import KIND

pytestmark = pytest.mark.skipif(KIND != "sqlite", reason="works on a data folder of its own")


def test_a_token_is_made_in_an_empty_folder(process: Run) -> None:
    done = process("token", "create", "--email", "anna@example.org")
    assert done.code == 0
    assert done.out.startswith("fb_")


def test_a_database_of_an_earlier_version_is_not_touched_but_named(process: Run) -> None:
    assert process("manage", "migrate", "ledger", "-v0").code == 0
    done = process("verify")
    assert done.code == 1
    assert "fairboard manage migrate" in done.err
    assert "Traceback" not in done.err
    assert process("manage", "migrate", "-v0").code == 0
    assert process("verify").code == 0

"""`fairboard rules`: export, validate, import and back-test as typed."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.safety.models import Rule
from tests.cli.conftest import Run
from tests.safety.rulebook import written
from tests.safety.test_back_test import history
from tests.safety.test_rule_files import SOUND


def test_a_rule_goes_through_git_and_history_to_live(db: None, fairboard: Run, tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(SOUND)
    history(10, clock.now() - timedelta(days=3))
    assert fairboard("rules", "validate", str(tmp_path)).code == 0
    assert fairboard("rules", "import", str(tmp_path), "--life", "live").code == 1
    assert "many-numbers version 1: new, draft" in fairboard("rules", "import", str(tmp_path)).out
    done = fairboard("rules", "backtest", "many-numbers", "--days", "30", "--json")
    assert (done.code, json.loads(done.out)["hits"], json.loads(done.out)["states"]["allowed"]) == (0, 6, 6)
    done = fairboard("rules", "import", str(tmp_path), "--life", "live")
    assert "unchanged, live" in done.out
    assert Rule.objects.get().life == "live"


def test_a_mistake_is_named_and_exits_with_1(db: None, fairboard: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(SOUND.replace("contact.phones > 3", "contact.fones > 3"))
    for command in ("validate", "import"):
        done = fairboard("rules", command, str(tmp_path))
        assert done.code == 1
        assert "bad.yaml:6:7: There is no variable contact.fones" in done.err
    assert fairboard("rules", "validate", str(tmp_path / "none")).code == 1
    assert fairboard("rules", "backtest", "unknown").code == 1


def test_rules_are_exported(moderator: Actor, now: datetime, fairboard: Run, tmp_path: Path) -> None:
    written(moderator, now)
    assert fairboard("rules", "export", str(tmp_path / "rules")).code == 0
    assert (tmp_path / "rules" / "bicycles.yaml").is_file()

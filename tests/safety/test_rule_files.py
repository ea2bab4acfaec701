"""Rules as YAML in git: the same thing as in the editor, there and back; mistakes named by line and column."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Problem
from fairboard.safety.models import Rule, RuleVersion
from fairboard.safety.services import rule_files
from fairboard.safety.services.rules import retire
from tests.safety.rulebook import draft, live, tried, written

SYSTEM = Actor.system("tests")
SOUND = """key: many-numbers
name: Many numbers
policy: scam
action: hold
message: This ad has many telephone numbers.
when: contact.phones > 3
"""


ROWS = "rows:\n  all:\n  - variable: contact.phones\n    operator: gt\n    value: x"


def test_what_is_exported_is_brought_in_the_same(moderator: Actor, lead: Actor, now: datetime, tmp_path: Path) -> None:
    rows = {"any": [{"variable": "contact.phones", "operator": "between", "value": [2, 5]},
                    {"not": {"variable": "ad.category", "operator": "one_of", "value": ["a", "b: c #d"]}}]}  # fmt: skip
    live(moderator, lead, now)
    written(moderator, now, key="with-rows", when="", rows=rows, note='Two\nlines, "quotes" and: colons', severity=4)
    written(moderator, now, key="cel-only", when="contact.phones +\n  contact.emails > 3", owner="anna")
    written(moderator, now, key="delayed", action="reject", delay_minutes=90, source="https://example.org/#x")
    gone = written(moderator, now, key="gone")
    retire(rule_id=gone.rule_id, actor=moderator, at=now, reason="Not needed.")
    paths = rule_files.export(folder=tmp_path, actor=SYSTEM)
    assert [path.stem for path in paths] == ["bicycles", "cel-only", "delayed", "with-rows"]
    brought, mistakes = rule_files.bring_in(folder=tmp_path, actor=SYSTEM, at=now)
    assert mistakes == []
    assert {one.what for one in brought} == {"unchanged"}
    said = {one.rule.key: one for one in RuleVersion.objects.select_related("rule").exclude(rule__key="gone")}
    for path, key in zip(paths, sorted(said), strict=True):
        path.write_text(path.read_text().replace(f"key: {key}", f"key: again-{key}"))
    brought, mistakes = rule_files.bring_in(folder=tmp_path, actor=SYSTEM, at=now)
    assert (mistakes, {one.what for one in brought}, {one.life for one in brought}) == ([], {"new"}, {"draft"})
    for key, old in said.items():
        new = RuleVersion.objects.get(rule__key=f"again-{key}")
        for name in ("when", "rows", *rule_files.FIELDS):
            assert getattr(new, name) == getattr(old, name), (key, name)


def test_a_changed_file_is_a_new_draft_and_the_live_version_stays(
    moderator: Actor, lead: Actor, now: datetime, tmp_path: Path
) -> None:
    live(moderator, lead, now)
    (path,) = rule_files.export(folder=tmp_path, actor=SYSTEM)
    path.write_text(path.read_text().replace("severity: 2", "severity: 3"))
    (one,), _none = rule_files.bring_in(folder=tmp_path, actor=SYSTEM, at=now)
    assert (one.what, one.number, one.life) == ("changed", 2, "draft")
    rule = Rule.objects.get()
    assert (rule.life, rule.live.number) == ("live", 1)  # type: ignore[union-attr]


def test_a_pipeline_puts_live_what_was_tried(moderator: Actor, lead: Actor, now: datetime, tmp_path: Path) -> None:
    (tmp_path / "rule.yaml").write_text(SOUND)
    found, _none = rule_files.read_folder(tmp_path)
    assert rule_files.untried(found) == ["many-numbers"]
    with pytest.raises(Problem, match="history"):
        rule_files.bring_in(folder=tmp_path, actor=SYSTEM, at=now, life="live")
    assert not Rule.objects.exists()
    rule_files.bring_in(folder=tmp_path, actor=SYSTEM, at=now)
    kept = written_again(now)
    tried(kept, SYSTEM, now)
    assert rule_files.untried(found) == []
    (one,), _none = rule_files.bring_in(folder=tmp_path, actor=SYSTEM, at=now, life="live")
    assert (one.what, one.life) == ("unchanged", "live")


def written_again(now: datetime) -> Any:
    from fairboard.safety.services.rules import write

    same = draft(when="contact.phones > 3", message="This ad has many telephone numbers.")
    return write(key="many-numbers", name="Many numbers", draft=same, actor=SYSTEM, at=now)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        (SOUND.replace("contact.phones > 3", "contact.fones > 3"), 6, 7, "contact.phones"),
        (SOUND.replace("contact.phones > 3", "contact.phones > 3 && ad.kind > 3"), 6, 29, "overload"),
        (SOUND.replace("when: contact.phones > 3", 'when: "contact.phones > 3 && ad.kind > 3"'), 6, 30, "overload"),
        (SOUND.replace("contact.phones > 3", "|\n  contact.phones > 3\n    && ad.kind > 3"), 8, 8, "overload"),
        (SOUND.replace("action: hold", "action: delete"), 4, 9, "action"),
        (SOUND.replace("policy: scam", "policy: 5"), 3, 9, "text"),
        (SOUND + "severity: high\n", 7, 11, "whole number"),
        (SOUND + "colour: red\n", 7, 1, "colour"),
        (SOUND.replace("name: Many numbers", "name: [Many"), 3, 7, ""),
        ("- a\n- b\n", 1, 1, "mapping"),
        (SOUND.replace("message: This ad has many telephone numbers.\n", ""), 1, 1, "message"),
        (
            SOUND.replace("when: contact.phones > 3", ROWS),
            10, 12, "whole number",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_file_line_and_column(
    db: None, tmp_path: Path, text: str, line: int, column: int, said: str
) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(text)
    _found, mistakes = rule_files.read_folder(tmp_path)
    assert [(one.file, one.line, one.column) for one in mistakes] == [(str(path), line, column)]
    assert said in mistakes[0].message


def test_one_mistake_and_nothing_is_brought_in(now: datetime, db: None, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SOUND)
    (tmp_path / "b.yaml").write_text(SOUND.replace("scam", "nonsense"))
    brought, mistakes = rule_files.bring_in(folder=tmp_path, actor=SYSTEM, at=now)
    assert brought == []
    assert {Path(one.file).name for one in mistakes} == {"b.yaml"}
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", b"a: &a [*a]", b"key: !!python/object:os.system x", b"", b"when: \x00"]
)
def test_no_file_breaks_the_reader(db: None, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "rule.yaml").write_bytes(raw)
    _found, mistakes = rule_files.read_folder(tmp_path)
    assert mistakes

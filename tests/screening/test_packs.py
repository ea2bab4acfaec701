"""Packs: faults are named with line and column, their own tests are run, versions are compared."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairboard.cli.main import app
from fairboard.screening import default_packs, policies
from fairboard.screening.pack import FOLDER, PackError, load
from fairboard.screening.pack_trials import changes, failures

PACK = """id: own
version: 1
indicators:
  - id: voice.own
    group: voice
    weight: 0.4
    message: Somebody speaks for others.
    source: Our desk
    words: [blue herons]
rules:
  - id: own-rule
    policy: exploitation
    action: hold
    when: indicator.voice >= 0.4 && text.length > 3
    message: A person looks at it first.
    owner: safety
    source: Our desk
tests:
  - text: Blue herons here.
    expect: hold
    rules: [own-rule]
    indicators: [voice.own]
  - text: Grey herons here.
    expect: allow
    without: [own-rule]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "own.yaml"
    target.write_text(PACK)
    return target


def faults(path: Path, old: str, new: str) -> list[tuple[int, int, str]]:
    assert old in PACK
    path.write_text(PACK.replace(old, new))
    with pytest.raises(PackError) as error:
        load(path, policies())
    return [(one.line, one.column, one.message) for one in error.value.faults]


@pytest.mark.parametrize("pack", default_packs(), ids=lambda one: one.id)
def test_the_packaged_packs_pass_their_own_tests(pack: object) -> None:
    assert [str(one) for one in failures(pack)] == []  # type: ignore[arg-type]
    assert pack.trials  # type: ignore[attr-defined]


def test_a_pack_of_its_own_is_read_and_passes(path: Path) -> None:
    pack = load(path, policies())
    assert [one.id for one in pack.indications] == ["voice.own"]
    assert list(failures(pack)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "says"),
    [
        ("indicator.voice >= 0.4", "indicator.voce >= 0.4", 14, 11, "Did you mean indicator.voice"),
        ("&& text.length > 3", "&& text.lenght > 3", 14, 37, "Did you mean text.length"),
        ("weight: 0.4", "weight: 4", 6, 5, "between 0 and 1"),
        ("group: voice", "group: noise", 5, 5, "none of age"),
        ("policy: exploitation", "policy: nothing", 12, 5, "not declared"),
        ("action: hold", "action: burn", 13, 5, "none of allow"),
        ("    owner: safety\n", "", 11, 5, "'owner' is missing"),
        ("    words: [blue herons]\n", "", 4, 5, "looks for words"),
        ("words: [blue herons]", "wrods: [blue herons]", 9, 5, "There is no 'wrods' here"),
        ("expect: hold", "expect: maybe", 20, 5, "none of allow"),
        ("id: own\n", "id: [own\n", 2, 8, "not YAML"),
    ],
)
def test_a_fault_is_named_with_its_place(path: Path, old: str, new: str, line: int, column: int, says: str) -> None:
    found = faults(path, old, new)
    assert any((one[0], one[1]) == (line, column) and says in one[2] for one in found), found


def test_all_faults_are_named_at_once(path: Path) -> None:
    path.write_text(PACK.replace("weight: 0.4", "weight: 4").replace("action: hold", "action: burn"))
    with pytest.raises(PackError) as error:
        load(path, policies())
    assert [one.line for one in error.value.faults] == [6, 13]


def test_the_place_in_a_block_of_lines_is_told(path: Path) -> None:
    block = "when: |\n      indicator.voice >= 0.4 &&\n      text.lenght > 3"
    found = faults(path, "when: indicator.voice >= 0.4 && text.length > 3", block)
    assert (16, 7) in {(one[0], one[1]) for one in found}


def test_a_pattern_that_could_run_long_is_refused(path: Path) -> None:
    found = faults(path, "    words: [blue herons]", "    patterns: [{near: [blue], match: '(a+)+b'}]")
    assert "repeats a repetition" in found[0][2]


def test_a_test_that_fails_names_its_line(path: Path) -> None:
    path.write_text(PACK.replace("Grey herons here.", "Blue herons there."))
    (found,) = failures(load(path, policies()))
    assert found.line == 23
    assert "expected allow, the verdict is hold" in found.message
    assert "own-rule fired" in found.message


def test_versions_are_compared_part_by_part(path: Path) -> None:
    old = load(path, policies())
    path.write_text(PACK.replace("0.4\n    message", "0.5\n    message").replace("own-rule", "new-rule"))
    assert {str(one) for one in changes(old, load(path, policies()))} == {
        "removed rule own-rule", "added rule new-rule", "changed indicator voice.own",
    }  # fmt: skip


def test_the_command_checks_tries_and_compares(path: Path) -> None:
    good = CliRunner().invoke(app, ["pack", "check", str(path), "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["tests"] == 2
    path.write_text((FOLDER / "fraud.yaml").read_text().replace("weight: 0.6", "weight: 0.65", 1))
    compared = CliRunner().invoke(app, ["pack", "check", str(path)])
    assert "changed indicator payment.gift-cards" in compared.stdout
    path.write_text(PACK.replace("action: hold", "action: burn"))
    bad = CliRunner().invoke(app, ["pack", "check", str(path)])
    assert bad.exit_code == 1
    assert f"{path}:13:5:" in bad.stderr.replace("\n", "")
    assert CliRunner().invoke(app, ["pack", "check", str(path.with_name("none.yaml"))]).exit_code == 1


def test_the_command_shows_the_packaged_packs() -> None:
    listed = CliRunner().invoke(app, ["pack", "show"])
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [one.id for one in default_packs()]
    assert CliRunner().invoke(app, ["pack", "show", "base"]).stdout == (FOLDER / "base.yaml").read_text()

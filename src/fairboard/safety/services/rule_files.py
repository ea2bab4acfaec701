"""Rules as YAML in git: one file a rule, the same thing as in the editor, there and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.rules import Problem
from fairboard.rules.rows import RowError, to_cel
from fairboard.safety.models import BackTest, Rule, RuleVersion
from fairboard.safety.services import rules
from fairboard.safety.services.rules import Draft
from fairboard.screening import ENVIRONMENT

FIELDS = ("policy", "action", "severity", "message", "note", "owner", "source", "delay_minutes")
NUMBERS = {"severity", "delay_minutes"}
LIVES = ("draft", "shadow", "live")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a file, and where, both counted from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule read from a file; ``places`` are line and column of each of its values."""

    file: str
    key: str
    name: str
    draft: Draft
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file: new, changed or unchanged, and the life its version has now."""

    file: str
    key: str
    number: int
    what: str
    life: str


def export(*, folder: Path, actor: Actor) -> list[Path]:
    """Write the newest version of every rule that is not retired into a folder, one file each; raises Forbidden.

    Files of rules that are gone are left alone: git shows them.
    """
    if not actor.can("desk.view"):
        raise Forbidden
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for rule in Rule.objects.select_related("newest").exclude(life="retired").order_by("key"):
        if rule.newest is None:
            continue
        path = folder / f"{rule.key}.yaml"
        path.write_text(as_yaml(rule, rule.newest), encoding="utf-8")
        written.append(path)
    return written


def as_yaml(rule: Rule, version: RuleVersion) -> str:
    """A version as its file says it: rows where rows can say it, CEL otherwise."""
    values: dict[str, Any] = {"key": rule.key, "name": rule.name}
    values |= {name: getattr(version, name) for name in FIELDS if getattr(version, name) not in ("", 0)}
    values |= {"rows": version.rows} if version.rows is not None else {"when": version.when}
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def read_folder(folder: Path) -> tuple[list[ReadRule], list[Mistake]]:
    """Every rule of a folder (``*.yaml``, ``*.yml``), and everything wrong with any of them."""
    found: list[ReadRule] = []
    mistakes: list[Mistake] = []
    paths = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not paths:
        mistakes.append(Mistake(str(folder), 1, 1, _("There is no rule file (*.yaml) here.")))
    keys: dict[str, str] = {}
    for path in paths:
        rule, wrong = read_file(path)
        mistakes += wrong
        if rule is None:
            continue
        if rule.key in keys:
            where = rule.places.get("key", (1, 1))
            said = _("%(file)s has this key already.") % {"file": keys[rule.key]}
            mistakes.append(Mistake(str(path), *where, said))
        keys[rule.key] = path.name
        found.append(rule)
    return found, mistakes


def read_file(path: Path) -> tuple[ReadRule | None, list[Mistake]]:
    """The rule of a file and everything wrong with it; None where it is no rule at all."""
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        return None, [Mistake(file, 1, 1, _("This is not UTF-8."))]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, [Mistake(file, line, column, str(getattr(error, "problem", "") or error).splitlines()[0])]
    except RecursionError:
        return None, [Mistake(file, 1, 1, _("This is nested too deeply."))]
    if not isinstance(root, yaml.MappingNode):
        return None, [Mistake(file, 1, 1, _("A rule file is a mapping of names and values."))]
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, [Mistake(file, 1, 1, str(error).splitlines()[0])]
    places = {key.value: _place(value) for key, value in root.value if isinstance(key, yaml.ScalarNode)}
    heads = {key.value: _place(key) for key, _value in root.value if isinstance(key, yaml.ScalarNode)}
    known = {"key", "name", "when", "rows", *FIELDS}
    wrong = [Mistake(file, *heads.get(str(one), (1, 1)), _("There is no field %(name)s.") % {"name": one})
             for one in values if one not in known]  # fmt: skip
    for name in known - {"rows"}:
        kind = int if name in NUMBERS else str
        if name in values and (not isinstance(values[name], kind) or isinstance(values[name], bool)):
            needed = _("Write a whole number.") if kind is int else _("Write a text.")
            wrong.append(Mistake(file, *places[name], needed))
    if wrong:
        return None, wrong
    draft = Draft(
        when=values.get("when", ""), rows=values.get("rows"),
        **{name: values[name] for name in FIELDS if name in values},
    )  # fmt: skip
    rule = ReadRule(file, values.get("key", path.stem), values.get("name", path.stem), draft, places)
    return rule, mistakes_in(rule, root)


def mistakes_in(rule: ReadRule, root: yaml.Node) -> list[Mistake]:
    """Everything wrong with what a file says: missing or odd values, rows, and the condition itself."""
    found: list[Mistake] = []
    try:
        rules.checked(rule.key, rule.name, rule.draft)
    except Invalid as problem:
        for error in problem.errors:
            place = _inside(root, error["field"]) or rule.places.get(error["field"].split(".")[0], (1, 1))
            found.append(Mistake(rule.file, *place, f"{error['field']}: {error['message']}"))
    if found:
        return found
    try:
        source = to_cel(rule.draft.rows, ENVIRONMENT) if rule.draft.rows is not None else rule.draft.when
    except RowError:
        return found
    where = "rows" if rule.draft.rows is not None else "when"
    for one in ENVIRONMENT.check(source.strip()):
        found.append(Mistake(rule.file, *_moved(root, where, one), one.message))
    return found


def bring_in(
    *, folder: Path, actor: Actor, at: datetime, life: str = "draft"
) -> tuple[list[Brought], list[Mistake]]:  # fmt: skip
    """Bring in the rules of a folder, all or none: with a mistake anywhere nothing is written.

    New and changed ones become drafts, or go as far as ``life`` says: ``live`` needs a finished back-test of the very
    text (see `rules.promote`). Unchanged ones are skipped. Raises Forbidden, Invalid, NotReady.
    """
    if life not in LIVES:
        raise Invalid(_("A rule can be brought in as %(lives)s.") % {"lives": ", ".join(LIVES)}, field="life")
    found, mistakes = read_folder(folder)
    if mistakes:
        return [], mistakes
    with transaction.atomic():
        return [_bring(one, actor, at, life) for one in found], []


def _bring(one: ReadRule, actor: Actor, at: datetime, life: str) -> Brought:
    is_known = Rule.objects.filter(key=one.key).exists()
    kept = rules.write(key=one.key, name=one.name, draft=one.draft, actor=actor, at=at)
    rule = Rule.objects.get(public_id=kept.rule_id)
    version = RuleVersion.objects.get(pk=kept.version_pk)
    if life == "shadow" and version.pk not in {rule.live_id, rule.shadow_id}:
        rules.to_shadow(rule_id=kept.rule_id, number=kept.number, actor=actor, at=at)
    if life == "live" and rule.live_id != version.pk:
        rules.promote(rule_id=kept.rule_id, number=kept.number, actor=actor, at=at)
    rule.refresh_from_db()
    now = "live" if rule.live_id == version.pk else "shadow" if rule.shadow_id == version.pk else "draft"
    what = "unchanged" if not kept.is_new else "changed" if is_known else "new"
    return Brought(one.file, one.key, kept.number, what, now)


def untried(found: Sequence[ReadRule]) -> list[str]:
    """The keys of those whose very text has no finished back-test."""
    missing = []
    for one in found:
        values = rules.checked(one.key, one.name, one.draft)
        rule = Rule.objects.select_related("newest").filter(key=one.key).first()
        newest = rule.newest if rule else None
        is_tried = newest is not None and rules.same(newest, values)
        if not is_tried or not BackTest.objects.filter(version=newest, state="done").exists():
            missing.append(one.key)
    return missing


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _inside(root: yaml.Node, path: str) -> tuple[int, int] | None:
    """Where a path such as ``rows.all[0].value`` stands in a file; as far as it goes."""
    node: Any = root
    place = None
    for name in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if getattr(key, "value", None) == name), None)
        elif isinstance(node, yaml.SequenceNode) and name.isdigit() and int(name) < len(node.value):
            node = node.value[int(name)]
        else:
            break
        if node is None:
            break
        place = _place(node)
    return place


def _moved(root: yaml.Node, name: str, problem: Problem) -> tuple[int, int]:
    """Where in the file a problem of the condition is: exact in plain, quoted and ``|`` texts."""
    node = next((value for key, value in root.value if getattr(key, "value", None) == name), None)
    if node is None:
        return 1, 1
    line, column = _place(node)
    style = getattr(node, "style", None)
    if style in {"|", ">"} and style == "|":
        text = node.start_mark.buffer or ""
        lines = text[node.start_mark.pointer :].split("\n")[1:]
        indent = next((len(one) - len(one.lstrip(" ")) for one in lines if one.strip()), 0)
        return line + problem.line, indent + problem.column
    if name != "when" or problem.line > 1 or style == ">":
        return line, column
    return line, column + problem.column - 1 + (1 if style in {'"', "'"} else 0)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)

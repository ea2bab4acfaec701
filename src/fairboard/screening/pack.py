"""Policy packs, read and ready to run."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from fairboard.screening.environment import ENVIRONMENT
from fairboard.screening.model import Verdict
from fairboard.screening.pack_reading import read_pack
from fairboard.screening.policy import Fault, Indication, Pack, PackError, Policy, Rule, Term

__all__ = [
    "ENVIRONMENT", "FOLDER", "Fault", "Indication", "Pack", "PackError", "Policy", "Rule", "Term", "default_packs",
    "load", "policies", "rule_from",
]  # fmt: skip
FOLDER = Path(__file__).parent / "packs"
"""Where the packs that come with the product are."""


def load(path: Path, known: Mapping[str, Policy] | None = None) -> Pack:
    """Read and check a pack; raises PackError naming every fault with its line and column.

    ``known`` are policies that other packs declare and this one may name.
    """
    return read_pack(path.name, path.read_text(encoding="utf-8"), known or {})


def rule_from(entry: Mapping[str, str]) -> Rule:
    """A rule written outside a pack (id, policy, action, when, message, owner, source); raises PackError."""
    problems = ENVIRONMENT.check(entry["when"])
    if problems:
        raise PackError(entry["id"], [Fault(one.line, one.column, one.message) for one in problems])
    if entry["policy"] not in policies():
        raise PackError(entry["id"], [Fault(1, 1, f"There is no policy {entry['policy']!r}.")])
    return Rule(
        entry["id"], entry["policy"], Verdict(entry["action"]), entry["when"], entry["message"], "", entry["owner"],
        entry["source"], ENVIRONMENT.compile(entry["when"]),
    )  # fmt: skip


@lru_cache(maxsize=1)
def default_packs() -> Sequence[Pack]:
    """The packs that come with the product; base, whose policies the others name, is the first."""
    base = load(FOLDER / "base.yaml")
    others = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "base.yaml")
    return (base, *(load(path, base.policies) for path in others))


def policies() -> dict[str, Policy]:
    """Every policy of the default packs by its code."""
    return {code: policy for pack in default_packs() for code, policy in pack.policies.items()}

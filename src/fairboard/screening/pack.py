"""Policy packs, read and ready to run."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from fairboard.screening.environment import ENVIRONMENT
from fairboard.screening.model import Verdict
from fairboard.screening.pack_reading import read_pack, taken_by
from fairboard.screening.policy import Fault, Indication, Pack, PackError, Policy, Rule, Term

__all__ = [
    "ENVIRONMENT", "FOLDER", "Fault", "Indication", "Pack", "PackError", "Policy", "Rule", "Term", "default_packs",
    "faulty_packs", "load", "packaged_packs", "policies", "read_folder", "register_folder", "rule_from",
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
def packaged_packs() -> tuple[Pack, ...]:
    """The packs that come with the product; base, whose policies the others name, is the first."""
    base = load(FOLDER / "base.yaml")
    others = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "base.yaml")
    return (base, *(load(path, base.policies) for path in others))


def read_folder(folder: Path) -> tuple[list[Pack], list[PackError]]:
    """The packs of a folder (``*.yaml``) in the order of their names, and those that cannot be used, with every fault.

    They may name the policies of the packaged packs and of those before them; what another pack has, they may not
    have again. Whatever is in the folder, nothing is raised.
    """
    packs: list[Pack] = []
    faulty: list[PackError] = []
    try:
        if not folder.is_dir():
            raise NotADirectoryError("This is no folder.")
        paths = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
    except OSError as error:
        return [], [PackError(str(folder), [Fault(1, 1, error.strerror or str(error))])]
    for path in paths:
        before = (*packaged_packs(), *packs)
        known = {code: policy for pack in before for code, policy in pack.policies.items()}
        try:
            packs.append(read_pack(path.name, path.read_text(encoding="utf-8"), known, taken_by(before)))
        except PackError as error:
            faulty.append(error)
        except Exception as error:  # a file that cannot be read, or that no reader foresaw
            faulty.append(PackError(path.name, [Fault(1, 1, f"This cannot be read: {error}")]))
    return packs, faulty


_folders: list[Path] = []


def register_folder(folder: Path | None) -> tuple[PackError, ...]:
    """Have the packs of an operator's folder judge beside the packaged ones, in this process, from now on.

    Those that cannot be used are left out and answered; None goes back to the packaged ones alone.
    """
    _folders[:] = [folder] if folder else []
    _registered.cache_clear()
    return _registered()[1]


@lru_cache(maxsize=1)
def _registered() -> tuple[tuple[Pack, ...], tuple[PackError, ...]]:
    packs, faulty = read_folder(_folders[0]) if _folders else ([], [])
    return (*packaged_packs(), *packs), tuple(faulty)


def default_packs() -> Sequence[Pack]:
    """The packs that judge: those that come with the product, then those of the operator's folder."""
    return _registered()[0]


def faulty_packs() -> tuple[PackError, ...]:
    """The packs of the operator's folder that were left out, with every fault."""
    return _registered()[1]


def policies() -> dict[str, Policy]:
    """Every policy of the default packs by its code."""
    return {code: policy for pack in default_packs() for code, policy in pack.policies.items()}

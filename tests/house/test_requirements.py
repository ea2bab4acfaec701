"""What the product imports is what is installed with it; what only tests and measures need stays with them."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "fairboard"
MEASURES = SOURCE / "bench"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> set[str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return {normal(line.split("==")[0]) for line in lines if re.match(r"[A-Za-z0-9]", line) and "==" in line}


def imported(path: Path) -> Iterator[str]:
    """The top-level modules a file imports from elsewhere."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names and top != "fairboard":
                yield top


def test_everything_imported_is_locked_for_the_product() -> None:
    distributions, held = packages_distributions(), locked("runtime.txt")
    missing = {
        f"{path.relative_to(SOURCE)}: {top}"
        for path in SOURCE.rglob("*.py")
        if MEASURES not in path.parents
        for top in imported(path)
        if held.isdisjoint(normal(one) for one in distributions.get(top, ()))
    }
    assert missing == set()


def test_lock_files_name_no_place_of_one_machine() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(r"^--|https?://|file:/", path.read_text(), re.MULTILINE), path

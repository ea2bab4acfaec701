"""Which tests need a database, and in which order several workers do the tests soonest."""

from collections.abc import Sequence
from itertools import groupby

import pytest

PURE = ("fields", "filters", "house", "insight", "rules", "screening")
"""Folders about what imports no Django, and about the code itself: any test there that asks for a database has one."""
LONG = (
    "browser/test_company_accessibility", "browser/test_accessibility", "api/test_schema", "safety/test_crashes",
    "web/test_permissions", "browser/test_desk", "api/test_permissions", "market/test_import", "browser/test_thin_path",
    "browser/test_passkeys", "browser/test_crm_walk", "marketing/test_journey_crash", "marketing/test_crash",
    "safety/test_relinking",
)  # fmt: skip
"""What takes long, the longest first."""


def is_pure(item: pytest.Item) -> bool:
    """Whether a test gives the same answer whatever the database is: pytest-django lets it reach none."""
    folder = item.nodeid.split("/")[1]
    names = getattr(item, "fixturenames", [])
    has_database = item.get_closest_marker("django_db") is not None or {"db", "transactional_db"} & set(names)
    return folder in PURE and not has_database


def spread(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """In an order for so many workers, each of which begins with an equal share of it: the long ones at the front of
    the shares, a module's tests together."""
    modules = [list(found) for _module, found in groupby(items, key=lambda item: item.nodeid.split("::")[0])]
    modules.sort(key=_rank)
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    long = sum(1 for module in modules if _rank(module) < len(LONG))
    for number, module in enumerate(modules[:long]):
        shares[number % workers] += module
    rest = [item for module in modules[long:] for item in module]
    for number, share in enumerate(shares):
        wanted = len(items) * (number + 1) // workers - len(items) * number // workers - len(share)
        share += rest[: max(0, wanted)]
        del rest[: max(0, wanted)]
    return [item for share in shares for item in share] + rest


def _rank(module: Sequence[pytest.Item]) -> int:
    return next((number for number, name in enumerate(LONG) if f"/{name}" in module[0].nodeid), len(LONG))

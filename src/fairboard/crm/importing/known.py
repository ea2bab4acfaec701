"""The sets of files other CRMs export, recognised by their headings and read without help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fairboard.crm.data import importing_words


@dataclass(frozen=True, slots=True)
class Known:
    """A file of a known set: its type, its columns, columns that stand in, those that are left out."""

    source: str
    type_key: str
    columns: Mapping[str, str]
    fallback: Mapping[str, Sequence[str]] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    place: int = 0


def recognised(headings: Sequence[str]) -> Known | None:
    """Which file of which set the headings belong to, if any; the one with the most headings in common."""
    have, best, most = set(headings), None, 0
    for source in ("salesforce", "hubspot"):
        given = importing_words()["sets"][source]
        for type_key, one in given["files"].items():
            if not set(one["needs"]) <= have or have & set(one.get("not", ())):
                continue
            if one.get("any") and not have & set(one["any"]):
                continue
            score = len(have & set(one["columns"])) + len(one["needs"])
            if score > most:
                best, most = _known(source, type_key, given), score
    return best


def _known(source: str, type_key: str, given: Mapping[str, Any]) -> Known:
    one = given["files"][type_key]
    return Known(
        source, type_key, one["columns"], one.get("fallback", {}), frozenset(given["skipped"]),
        given["order"].index(type_key),
    )  # fmt: skip


def words_for(type_key: str, key: str) -> Mapping[str, str]:
    """Their words for the choices of a field, folded."""
    given = importing_words()["sets"]["choices"]
    return {**given.get(key, {}), **given.get(f"{type_key}.{key}", {})}


def is_custom(source: str, heading: str) -> bool:
    """Whether a column is a field somebody added to their CRM, as their headings tell it."""
    return source == "salesforce" and heading.endswith("__c")

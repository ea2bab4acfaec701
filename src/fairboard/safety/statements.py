"""Building the statement of reasons of a decision (DSA article 17) in the shape of the Transparency Database.

What goes to the database must hold no personal data: telephone numbers, addresses, links, names on other services and
the author's own name are taken out of what staff wrote, and a text that still holds one is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairboard.safety.schemas_statements import checked
from fairboard.safety.statement_table import EEA, OTHER, filing
from fairboard.screening import Document, policies, screen

TAKEN_OUT = "[…]"
COUNTRIES = ("US", "GB", "DE", "FR", "ES", "IT", "PL")
_DIGITS = re.compile(r"\d(?:[\s\-./()]{0,3}\d){5,}")
GOODS = ("for-sale", "vehicles")
"""Sections whose ads offer a product."""
RESTRICTIVE = frozenset({"remove", "restrict", "demonetise", "suspend", "close", "hold_account"})
"""Actions that need a statement of reasons; to watch an account restricts nobody."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a statement is made of. ``source`` is own, notice or flagger; ``until`` ends an account measure.

    ``messages`` are what the rules said of the submission, in their own words; ``names`` and ``contacts`` are texts
    that must not be in the statement.
    """

    puid: str
    policy: str
    actions: Sequence[str]
    reason_text: str
    at: datetime
    submitted_at: datetime
    kind: str = "ad"
    category: str = ""
    has_photos: bool = False
    until: datetime | None = None
    is_automatic: bool = False
    messages: Sequence[str] = ()
    source: str = "own"
    source_identity: str = ""
    language: str = ""
    country: str = ""
    terms_url: str = ""
    names: Sequence[str] = field(default=())
    contacts: Sequence[str] = field(default=())


def needed(actions: Sequence[str]) -> bool:
    """Whether actions restrict somebody, so that a statement of reasons is due."""
    return not RESTRICTIVE.isdisjoint(actions)


def build(facts: Facts) -> dict[str, Any]:
    """The statement, checked; raises ValueError when it would break the rules of the database."""
    policy = policies().get(facts.policy)
    name = policy.name if policy else facts.policy
    # An automatic refusal gives the fixed words of its rules; only what somebody typed needs reading.
    typed = facts.reason_text if facts.is_automatic else without_contacts(facts.reason_text, facts)
    explanation = typed or (policy.explanation if policy else name)
    values = {
        **_measures(facts),
        **_ground(facts, name, explanation[:2000]),
        **_kept(facts),
        "decision_facts": _told(facts, name, explanation),
        "source_type": _SOURCES[facts.source],
        "source_identity": facts.source_identity[:500] or None,
        "automated_detection": "Yes" if facts.messages and facts.source == "own" else "No",
        "automated_decision": _automation(facts),
        "puid": facts.puid,
    }
    return checked(values)


_SOURCES = {"own": "SOURCE_VOLUNTARY", "notice": "SOURCE_ARTICLE_16", "flagger": "SOURCE_TRUSTED_FLAGGER",
            "order": "SOURCE_TYPE_OTHER_NOTIFICATION"}  # fmt: skip


def _automation(facts: Facts) -> str:
    if facts.is_automatic:
        return "AUTOMATED_DECISION_FULLY"
    return "AUTOMATED_DECISION_PARTIALLY" if facts.messages else "AUTOMATED_DECISION_NOT_AUTOMATED"


def _measures(facts: Facts) -> dict[str, Any]:
    """What is restricted, and until when."""
    done = set(facts.actions)
    found: dict[str, Any] = {}
    if "remove" in done:
        found["decision_visibility"] = ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    elif "restrict" in done:
        found["decision_visibility"] = ["DECISION_VISIBILITY_CONTENT_DEMOTED"]
    if "demonetise" in done:
        found["decision_monetary"] = "DECISION_MONETARY_OTHER"
        found["decision_monetary_other"] = "Excluded from paid promotion"
    until = facts.until.date() if facts.until else None
    if "close" in done:
        found["decision_account"] = "DECISION_ACCOUNT_TERMINATED"
    elif "suspend" in done:
        found["decision_account"], found["end_date_account_restriction"] = "DECISION_ACCOUNT_SUSPENDED", until
    if "hold_account" in done:
        found["decision_provision"] = "DECISION_PROVISION_TOTAL_SUSPENSION"
        found["end_date_service_restriction"] = until
    return found


def _ground(facts: Facts, name: str, explanation: str) -> dict[str, Any]:
    filed = filing(facts.policy)
    shared = {
        "decision_ground_reference_url": facts.terms_url or None, "category": filed.category,
        "category_specification": list(filed.keywords) or None,
        "category_specification_other": (filed.other or name)[:500] if OTHER in filed.keywords else None,
    }  # fmt: skip
    if filed.legal_ground:
        return {
            **shared, "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": filed.legal_ground, "illegal_content_explanation": explanation,
        }  # fmt: skip
    return {
        **shared, "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": f"Rules of the market: {name}"[:500],
        "incompatible_content_explanation": explanation,
        "incompatible_content_illegal": "Yes" if filed.is_illegal else "No",
    }  # fmt: skip


def _kept(facts: Facts) -> dict[str, Any]:
    types = ["CONTENT_TYPE_TEXT"]
    if facts.has_photos:
        types.append("CONTENT_TYPE_IMAGE")
    if facts.kind == "ad" and facts.category.split("/")[0] in GOODS:
        types.append("CONTENT_TYPE_PRODUCT")
    language = facts.language.upper()
    return {
        "content_type": types, "content_date": facts.submitted_at.date(), "application_date": facts.at.date(),
        "territorial_scope": list(EEA), "content_language": language if len(language) == 2 else None,
    }  # fmt: skip


_HOW = {
    "own": "was found by the market's own checks",
    "notice": "was reported by a notice",
    "flagger": "was reported by a trusted flagger",
    "order": "is the subject of an order",
}


def _told(facts: Facts, name: str, explanation: str) -> str:
    what = {"ad": "An advertisement", "message": "A message"}.get(facts.kind, "Something published")
    how = _HOW[facts.source]
    seen = " ".join(dict.fromkeys(facts.messages))
    parts = (
        f"{what} {how} and judged under the rule “{name}”.",
        seen and f"Automatic checks said: {seen}",
        explanation,
    )
    return "\n".join(part for part in parts if part)[:5000]


def without_contacts(text: str, facts: Facts) -> str:
    """A text without contact details and names; raises ValueError when some cannot be taken out."""
    for known in sorted({*facts.names, *facts.contacts}, key=len, reverse=True):
        if len(known) >= 3:
            text = text.replace(known, TAKEN_OUT)
    for _round in range(4):
        found = contacts_in(text, facts.country)
        if not found:
            return text.strip()
        for start, end in sorted(found, reverse=True):
            text = text[:start] + TAKEN_OUT + text[end:]
    raise ValueError("contact details could not be taken out of the reasons")


def contacts_in(text: str, country: str = "") -> list[tuple[int, int]]:
    """Where contact details stand in a text: starts and ends that do not overlap.

    Numbers are read as those of the ad's country and of several large ones; any six digits in a row count as one.
    """
    if not text:
        return []
    spans = [match.span() for match in _DIGITS.finditer(text)]
    for one in dict.fromkeys((country or COUNTRIES[0], *COUNTRIES)):
        found = screen(Document("statement", {"text": text}, country=one), packs=()).contacts
        spans += [(span.start, span.end) for contact in found for span in contact.spans]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart

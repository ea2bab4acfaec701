"""Text and photos in; features, fingerprints, links, verdicts out. Useful without the site. Imports no Django."""

from fairboard.screening.model import Contact, Document, Indicator, Reason, Result, Span, Verdict
from fairboard.screening.pack import ENVIRONMENT, Policy, default_packs, policies
from fairboard.screening.pipeline import Prepared, prepare, screen
from fairboard.screening.stores import RefusedMatch, Stores

__all__ = [
    "ENVIRONMENT", "Contact", "Document", "Indicator", "Policy", "Prepared", "Reason", "RefusedMatch", "Result", "Span",
    "Stores", "Verdict", "default_packs", "policies", "prepare", "screen",
]  # fmt: skip

"""Who reports, and what a report counts for by how the earlier ones of the same person fared."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

PRIOR_UPHELD, PRIOR_DISMISSED = 2, 2
"""The Beta(2, 2) prior: somebody unknown is believed half, and a few reports do not yet move that far.

A report's chance to hold is ``(upheld + 2) / (upheld + dismissed + 4)``, the mean of the Beta distribution after what
is known (Gelman et al., Bayesian Data Analysis, 3rd edition, section 2.4). Its weight is twice that, rounded: 1 for
somebody unknown, 2 for who was nearly always right, 0 for who nearly never was.
"""
TRUSTED_WEIGHT = 16
"""What a trusted flagger's notice counts for: it stands a day and more before an ordinary one of the same severity."""
WARN_AT, WARN_SHARE = 5, 0.8
"""A reporter is warned when at least five reports did not hold, and those were at least this share of all."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who reports, as a reporter's record knows them; ``key`` is empty for a visitor without an address."""

    key: str
    member_id: str = ""


def identity(*, member_id: str, email: str) -> Identity:
    """A member by their id, anybody else by a keyed hash of their mail address."""
    if member_id:
        return Identity(member_id, member_id)
    address = email.strip().lower()
    if not address:
        return Identity("")
    digest = salted_hmac("fairboard.safety.reporter", address, secret=settings.IDENTIFIER_KEY, algorithm="sha256")
    return Identity(f"e:{digest.hexdigest()}")


def chance(*, upheld: int, dismissed: int) -> float:
    """How likely the next report holds, 0 to 1."""
    return (upheld + PRIOR_UPHELD) / (upheld + dismissed + PRIOR_UPHELD + PRIOR_DISMISSED)


def weight(*, upheld: int, dismissed: int) -> int:
    """What a report counts for in the reach of a case: 0, 1 or 2."""
    return round(2 * chance(upheld=upheld, dismissed=dismissed))


def is_misuse(*, upheld: int, dismissed: int) -> bool:
    """Whether a record is one of frequent reports that do not hold (DSA article 23(2)); a person judges it."""
    return dismissed >= WARN_AT and dismissed >= WARN_SHARE * (upheld + dismissed)


def state(*, warned_at: datetime | None, muted_until: datetime | None, at: datetime) -> str:
    """The misuse state of a reporter at a moment: good, warned or muted."""
    if muted_until and muted_until > at:
        return "muted"
    return "warned" if warned_at else "good"

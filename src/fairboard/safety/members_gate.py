"""What is known of the author of a submission: `member.*`, `account.*` and `history.edits` of the rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from fairboard.people.queries import joined_at
from fairboard.safety.parts import Context, Part, Request

YEAR = timedelta(days=365)
MOST_ADS = 1_000
"""Counting stops here: a dealer with more is a dealer."""
CHUNK = 400


@dataclass(frozen=True, slots=True)
class _Known:
    """What this room keeps of a member."""

    standing: str = "good"
    is_trader: bool = False
    is_verified: bool = False
    refused: int = 0
    ads: int = 0


NOBODY = _Known()


def look(requests: Sequence[Request], at: datetime) -> list[Context]:
    """For each request what is known of its author: two statements a batch."""
    authors = {one.author.id for one in requests if one.author and one.author.id}
    joined, known = joined_at(authors), _known_of(authors, at)
    ads = {author: one.ads for author, one in known.items()}
    contexts: list[Context] = []
    for one in requests:
        author = one.author.id if one.author else ""
        its = known.get(author, NOBODY)
        says = its.standing if author else ""
        contexts.append({
            "member": {
                "age_days": max(0, (at - joined[author]).days) if author in joined else 0,
                "ads": min(MOST_ADS, ads.get(author, 0)), "refused": its.refused, "standing": says,
                "verified": its.is_verified,
            },
            "account": {"standing": says, "kind": "business" if its.is_trader else ""},
            "history": {"edits": one.revision - 1},
        })  # fmt: skip
        if author in ads and one.kind == "ad" and one.revision == 1:  # the next of this batch comes after it
            ads[author] += 1
    return contexts


def _known_of(authors: Iterable[str], at: datetime) -> dict[str, _Known]:
    """What this room keeps of members, their ads counted up to `MOST_ADS` by the index of authors."""
    wanted = sorted(authors)
    found: dict[str, _Known] = {}
    since = connection.ops.adapt_datetimefield_value(at - YEAR)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                f"WITH asked(author) AS (VALUES {', '.join(['(%s)'] * len(part))}) SELECT author, "
                "coalesce((SELECT t.state FROM safety_standing t WHERE t.member_id = asked.author), 'good'), "
                "(SELECT count(*) FROM safety_traderrecord r WHERE r.member_id = asked.author), "
                "(SELECT count(r.verified_at) FROM safety_traderrecord r WHERE r.member_id = asked.author), "
                "(SELECT count(DISTINCT s.subject_id) FROM safety_submission s JOIN safety_decision d "
                "ON d.submission_id = s.id WHERE s.author_id = asked.author AND d.outcome = 'reject' "
                "AND d.at >= %s AND NOT EXISTS (SELECT 1 FROM safety_decision u WHERE u.undoes_id = d.id)), "
                "(SELECT count(DISTINCT n.subject_id) FROM (SELECT s.subject_id FROM safety_submission s "
                f"WHERE s.author_id = asked.author AND s.kind = 'ad' ORDER BY s.id DESC LIMIT {MOST_ADS}) AS n) "
                "FROM asked",
                [*part, since],
            )
            for author, standing, traders, verified, refused, ads in cursor.fetchall():
                found[author] = _Known(standing, bool(traders), bool(verified), refused, ads)
    return found


PART = Part("members", look=look)

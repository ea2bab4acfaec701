"""What is known of the author of a submission: `member.*`, `account.*` and `history.edits` of the rules."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count

from fairboard.people.queries import joined_at
from fairboard.safety.models import Decision, Standing, TraderRecord
from fairboard.safety.parts import Context, Part, Request

YEAR = timedelta(days=365)
MOST_ADS = 1_000
"""Counting stops here: a dealer with more is a dealer."""
CHUNK = 400


def look(requests: Sequence[Request], at: datetime) -> list[Context]:
    """For each request what is known of its author: five statements a batch."""
    authors = {one.author.id for one in requests if one.author and one.author.id}
    joined, standing = joined_at(authors), dict(
        Standing.objects.filter(member_id__in=authors).values_list("member_id", "state")
    )  # fmt: skip
    traders = dict(TraderRecord.objects.filter(member_id__in=authors).values_list("member_id", "verified_at"))
    refused = dict(
        Decision.objects.filter(outcome="reject", at__gte=at - YEAR, submission__author_id__in=authors, undone_by=None)
        .values_list("submission__author_id")
        .annotate(n=Count("submission__subject_id", distinct=True))
    )
    ads = _ads_of(authors)
    contexts: list[Context] = []
    for one in requests:
        author = one.author.id if one.author else ""
        says = standing.get(author, "good") if author else ""
        contexts.append({
            "member": {
                "age_days": max(0, (at - joined[author]).days) if author in joined else 0,
                "ads": min(MOST_ADS, ads.get(author, 0)), "refused": refused.get(author, 0), "standing": says,
                "verified": traders.get(author) is not None,
            },
            "account": {"standing": says, "kind": "business" if author in traders else ""},
            "history": {"edits": one.revision - 1},
        })  # fmt: skip
        if author in ads and one.kind == "ad" and one.revision == 1:  # the next of this batch comes after it
            ads[author] += 1
    return contexts


def _ads_of(authors: Iterable[str]) -> dict[str, int]:
    """How many ads members have placed, each counted up to `MOST_ADS` by the index of authors, by the database."""
    wanted = sorted(authors)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                f"WITH asked(author) AS (VALUES {', '.join(['(%s)'] * len(part))}) SELECT author, "
                "(SELECT count(DISTINCT n.subject_id) FROM (SELECT s.subject_id FROM safety_submission s "
                f"WHERE s.author_id = asked.author AND s.kind = 'ad' ORDER BY s.id DESC LIMIT {MOST_ADS}) AS n) "
                "FROM asked",
                part,
            )
            found.update(cursor.fetchall())
    return found


PART = Part("members", look=look)

"""Placing many ads at once, for imports: the same checks, gate and events as one by one, fewer statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.bulk import insert
from fairboard.kit.problems import Forbidden, Problem
from fairboard.ledger.services import Entry, Subject, record_many
from fairboard.market import events
from fairboard.market.models import Ad, Photo, Revision
from fairboard.market.services import posting, publishing
from fairboard.market.services.drafts import Checked, Draft, check
from fairboard.people.queries import member_pks
from fairboard.safety import gate
from fairboard.safety.queries.standing import blocked_among
from fairboard.safety.queries.traders import barred_among
from fairboard.safety.services.standing import check_standing


@dataclass(frozen=True, slots=True)
class Row:
    """An ad to be placed for a seller. ``source`` and ``external_id`` name it in the sender's own system."""

    draft: Draft
    seller: Actor
    external_id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: ``done`` is added, changed, unchanged or bad."""

    done: str
    ad_id: str = ""
    state: str = ""
    verdict: str = ""
    errors: tuple[dict[str, str], ...] = field(default=())


def submit_many(*, rows: Sequence[Row], at: datetime, actor: Actor) -> list[Outcome]:
    """Place or update many ads in one transaction; a bad row is reported and stops nobody else.

    A row whose source and external id are known changes that ad, or nothing when it says the same. Raises
    Forbidden for an actor who may not import.
    """
    if not actor.can("ads.import"):
        raise Forbidden(_("Only administrators import ads."))
    outcomes: list[Outcome | None] = [None] * len(rows)
    fresh: list[tuple[int, Row, Checked]] = []
    with transaction.atomic():
        known = _known(rows)
        sellers = {row.seller.id for row in rows}
        blocked, barred = blocked_among(sellers, at=at), barred_among(sellers)
        for number, row in enumerate(rows):
            try:
                if row.seller.id in blocked:
                    check_standing(member_id=row.seller.id, at=at)
                if row.seller.id in barred:
                    raise Forbidden(_("This seller may not place ads before their details as a business are verified."))
                checked = check(row.draft)
                ad = known.get((row.source, row.external_id)) if row.external_id else None
                if ad is not None:
                    outcomes[number] = _change(ad, row, checked, at)
                else:
                    fresh.append((number, row, checked))
            except Problem as problem:
                outcomes[number] = _bad(problem)
        fresh = _first_of_each(fresh, outcomes)
        for number, outcome in zip((number for number, _row, _checked in fresh), _add(fresh, actor, at), strict=True):
            outcomes[number] = outcome
    return [outcome for outcome in outcomes if outcome is not None]


def _bad(problem: Problem) -> Outcome:
    errors = problem.errors or [{"field": "", "message": problem.detail or str(problem.title)}]
    return Outcome("bad", errors=tuple(errors))


def _known(rows: Sequence[Row]) -> dict[tuple[str, str], Ad]:
    wanted: dict[str, list[str]] = {}
    for row in rows:
        if row.external_id:
            wanted.setdefault(row.source, []).append(row.external_id)
    return {
        (ad.source, ad.external_id): ad
        for source, ids in wanted.items()
        for ad in Ad.objects.select_related("current", "seller").filter(source=source, external_id__in=ids)
    }


def _first_of_each(
    fresh: list[tuple[int, Row, Checked]], outcomes: list[Outcome | None]
) -> list[tuple[int, Row, Checked]]:
    """Of rows with one external id in the same batch only the first is placed; the others are reported."""
    kept = []
    seen: set[tuple[str, str]] = set()
    for number, row, checked in fresh:
        key = (row.source, row.external_id)
        if row.external_id and key in seen:
            message = _("Another row has the same id %(id)s.") % {"id": row.external_id}
            outcomes[number] = Outcome("bad", errors=({"field": "external_id", "message": message},))
            continue
        seen.add(key)
        kept.append((number, row, checked))
    return kept


def _change(ad: Ad, row: Row, checked: Checked, at: datetime) -> Outcome:
    current = ad.current
    values = posting.revision_values(checked)
    if current is not None and all(getattr(current, name) == value for name, value in values.items()):
        return Outcome("unchanged", ad.public_id, ad.state, current.verdict)
    if ad.seller.public_id != row.seller.id:
        message = _("This id belongs to another member's ad.")
        return Outcome("bad", errors=({"field": "external_id", "message": message},))
    done = posting.resubmit(seller=row.seller, ad=ad, checked=checked, at=at)
    return Outcome("changed", done.ad_id, done.state, done.verdict)


def _add(fresh: list[tuple[int, Row, Checked]], actor: Actor, at: datetime) -> list[Outcome]:
    if not fresh:
        return []
    sellers = member_pks({row.seller.id for _number, row, _checked in fresh})
    ads = [
        Ad(seller_id=sellers[row.seller.id], source=row.source, external_id=row.external_id, created_at=at)
        for _number, row, _checked in fresh
    ]
    insert(ads)
    photos = _photos([checked for _number, _row, checked in fresh])
    reviews = gate.review_many(
        requests=[
            posting.request_of(
                ad, 1, checked, row.seller, [photos[photo] for photo in checked.photos if photo in photos]
            )
            for ad, (_number, row, checked) in zip(ads, fresh, strict=True)
        ],
        at=at,
    )
    revisions = [
        Revision(
            ad=ad, number=1, created_at=at, submission_id=review.submission_id, verdict=review.verdict,
            **posting.revision_values(checked),
        )
        for ad, review, (_number, _row, checked) in zip(ads, reviews, fresh, strict=True)
    ]  # fmt: skip
    insert(revisions)
    _publish(ads, revisions, at)
    record_many(
        entries=[
            Entry(
                events.PUBLISHED if review.verdict == "allow" else events.SUBMITTED, Subject("ad", ad.public_id),
                {"revision": 1, "verdict": review.verdict, "category": checked.category.slug,
                 "place": checked.place.code, "submission": review.submission_id, "source": row.source},
            )
            for ad, review, (_number, row, checked) in zip(ads, reviews, fresh, strict=True)
        ],
        actor=actor, at=at,
    )  # fmt: skip
    return [Outcome("added", ad.public_id, ad.state, review.verdict) for ad, review in zip(ads, reviews, strict=True)]


def _publish(ads: Sequence[Ad], revisions: Sequence[Revision], at: datetime) -> None:
    live, others = [], []
    for ad, revision in zip(ads, revisions, strict=True):
        ad.current = revision
        if revision.verdict == "allow":
            live.append((ad, revision))
        else:
            ad.state = "removed" if revision.verdict == "reject" else "in_review"
            others.append(ad)
    if live:
        publishing.put_live(pairs=live, at=at)
    publishing.save_many(others)


def _photos(checked: Sequence[Checked]) -> dict[str, Photo]:
    wanted = {photo for one in checked for photo in one.photos}
    return {photo.public_id: photo for photo in Photo.objects.filter(public_id__in=wanted)} if wanted else {}

"""Timelines: the ledger's events, placed on the records they are about. Rebuilt at will, exactly."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.models import Follower, Link, Merged, Record, TimelineEntry
from fairboard.crm.queries.standing import accounts_of_members
from fairboard.crm.services import figures
from fairboard.ledger.queries import EventRow, events_after
from fairboard.market.queries.figures import sellers_of as sellers_of_ads
from fairboard.safety.queries.notices import authors_reported
from fairboard.talk.queries.figures import sellers_of as sellers_of_conversations

NAME = "timeline"
SIZE = 2_000
OVERLAP = 500
"""Events looked at again: on PostgreSQL a lower number can be committed after a higher one."""
AD_KINDS = (
    "market.ad.published", "market.ad.expired", "market.ad.sold", "market.ad.withdrawn", "market.ad.renewed",
    "market.ad.hidden",
)  # fmt: skip
MEMBER_KINDS = ("people.member.joined", "safety.trader.step")
FOLLOWED = (
    *AD_KINDS, *MEMBER_KINDS, "market.ads.imported", "talk.conversation.started", "safety.notice.filed",
    events.MEMBER_TIED, events.MEMBER_UNTIED, events.STANDING, events.KYC, events.SIGNAL, events.SIGNAL_ANSWERED,
    events.HOLD_REFUSED,
)  # fmt: skip
"""Kinds that are placed when the follower comes by; writes of records are placed at once by `place`."""
QUIET = frozenset({"import"})
"""Where writes come from that make no entry of their own: the record says which import made it."""


@dataclass(frozen=True, slots=True)
class _Placed:
    record: int
    event: EventRow
    text: str


def place(batch: Batch) -> None:
    """Put what was just written on the timelines of the records themselves and of those they point to."""
    if batch.source in QUIET:
        return
    info = batch.type
    texts = [key for key in ("text", "subject", "name", "last_name") if key in info.fields]
    aims = _aims([row.record.pk for row in batch.rows])
    entries = []
    for row in batch.rows:
        kind = events.CREATED if row.is_new else events.CHANGED
        if "deleted" in row.changed:
            kind = events.DELETED if row.record.deleted_at else events.RESTORED
        text = next((str(row.record.data[key]) for key in texts if row.record.data.get(key)), row.record.name)
        where = {row.record.pk} | aims.get(row.record.pk, set())
        entries += [
            TimelineEntry(
                record_id=pk, event_id=row.event, kind=f"{kind}:{info.key}", at=batch.at, text=text[:300],
                source_id=row.record.public_id,
            )
            for pk in where
        ]  # fmt: skip
    _insert(entries)


def _aims(sources: Sequence[int]) -> dict[int, set[int]]:
    """The records each of these points to, and the accounts these in turn belong to."""
    near: dict[int, set[int]] = {}
    for start in range(0, len(sources), 500):
        links = Link.objects.filter(source_id__in=sources[start : start + 500])
        for source, target in links.values_list("source_id", "target_id"):
            near.setdefault(source, set()).add(target)
    fields = [
        info.fields["account"].id for info in catalogue().types.values()
        if "account" in info.fields and info.fields["account"].kind == "relation"
    ]  # fmt: skip
    targets = sorted({one for found in near.values() for one in found})
    above: dict[int, int] = {}
    for start in range(0, len(targets), 500):
        links = Link.objects.filter(source_id__in=targets[start : start + 500], field_id__in=fields)
        above.update(links.values_list("source_id", "target_id"))
    return {source: found | {above[one] for one in found if one in above} for source, found in near.items()}


def follow(*, at: datetime) -> int:
    """Place the next events of the market, talk and safety and refresh the figures of whom they are about.

    Returns how many events were read; 0 means the ledger has no further one. Run again it places nothing twice.
    """
    state, _new = Follower.objects.get_or_create(name=NAME)
    found = events_after(max(0, state.event_id - OVERLAP), kinds=FOLLOWED, size=SIZE)
    fresh = [one for one in found if one.number > state.event_id]
    with transaction.atomic():
        placed = _placed(found)
        _insert(_entries(placed))
        touched = {one.record for one in placed if one.event.number > state.event_id}
        figures.refresh(touched, at=at)
        if fresh:
            Follower.objects.filter(pk=state.pk).update(event_id=fresh[-1].number)
    return len(fresh)


def _placed(found: Sequence[EventRow]) -> list[_Placed]:
    ads = sellers_of_ads({one.subject_id for one in found if one.subject_kind == "ad"})
    talks = sellers_of_conversations({one.subject_id for one in found if one.subject_kind == "conversation"})
    reports = authors_reported({str(one.data.get("notice", "")) for one in found if one.kind == "safety.notice.filed"})
    members: dict[int, tuple[str, str]] = {}
    for one in found:
        member, text = _member(one, ads, talks, reports)
        if member:
            members[one.number] = (member, text)
    accounts = accounts_of_members({member for member, _text in members.values()})
    ids = {one.subject_id for one in found if one.subject_kind == "crm.account"}
    own = dict(Record.objects.filter(public_id__in=ids).values_list("public_id", "pk"))
    own |= dict(Merged.objects.filter(old_id__in=ids).values_list("old_id", "survivor_id"))
    placed = []
    for one in found:
        if one.subject_kind == "crm.account" and one.subject_id in own:
            placed.append(_Placed(own[one.subject_id], one, ""))
        elif one.number in members and members[one.number][0] in accounts:
            member, text = members[one.number]
            placed.append(_Placed(accounts[member], one, text))
    return placed


def _member(
    event: EventRow, ads: dict[str, tuple[str, str]], talks: dict[str, tuple[str, str]], reports: dict[str, str]
) -> tuple[str, str]:
    """Whose event it is, and what it says."""
    if event.kind == "safety.notice.filed":
        return reports.get(str(event.data.get("notice", "")), ""), ""
    if event.subject_kind == "ad":
        return ads.get(event.subject_id, ("", ""))
    if event.subject_kind == "conversation":
        return talks.get(event.subject_id, ("", ""))
    if event.kind == "market.ads.imported":
        return event.actor_id, ""
    return (event.subject_id, "") if event.kind in MEMBER_KINDS else ("", "")


def _entries(placed: Iterable[_Placed]) -> list[TimelineEntry]:
    return [
        TimelineEntry(
            record_id=one.record, event_id=one.event.number, kind=one.event.kind, at=one.event.at,
            text=one.text[:300], source_id=one.event.subject_id[:16],
        )
        for one in placed
    ]  # fmt: skip


def _insert(entries: Sequence[TimelineEntry]) -> None:
    TimelineEntry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=500)


def catch_up(*, members: Collection[str], at: datetime) -> None:
    """Place what happened with members before they were tied: their accounts' timelines begin where they did."""
    number = 0
    wanted = set(members)
    while found := events_after(number, kinds=FOLLOWED, size=SIZE):
        number = found[-1].number
        ads = sellers_of_ads({one.subject_id for one in found if one.subject_kind == "ad"})
        mine = [
            one for one in found
            if one.subject_id in wanted or one.actor_id in wanted
            or ads.get(one.subject_id, ("", ""))[0] in wanted or one.subject_kind in {"conversation", "message"}
            or one.kind == "safety.notice.filed"
        ]  # fmt: skip
        with transaction.atomic():
            _insert(_entries(_placed(mine)))


def rebuild(*, at: datetime) -> dict[str, int]:
    """Work out every figure and place every followed event anew, from nothing; returns how many of each."""
    with transaction.atomic():
        TimelineEntry.objects.filter(kind__in=FOLLOWED).delete()
        Follower.objects.filter(name=NAME).update(event_id=0)
    events_read = 0
    while read := follow(at=at):
        events_read += read
    after = 0
    while after := figures.refresh_all(at=at, after=after):
        pass
    return {"events": events_read, "entries": TimelineEntry.objects.count()}

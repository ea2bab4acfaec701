"""The queue of deliveries: taken in batches, settled when the server has answered, recovered after a sudden end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.marketing import events, journal, recipients, timing
from fairboard.marketing.journal import Left, Outcome
from fairboard.marketing.models import Delivery, Mailing
from fairboard.marketing.queries import consents, suppressions
from fairboard.marketing.queries.among import among
from fairboard.marketing.queries.rights import require_send
from fairboard.marketing.services import feedback, filling

BATCH = 200
ATTEMPTS = (5, 15, 60, 240)
"""Minutes until a mail the server put off is tried again; after the last it counts as refused."""
LEASE = timedelta(minutes=60)
"""How long a batch of another machine's process is left alone before its mails are taken to be unknown."""
SETTLE = timedelta(seconds=30)
"""How long after a sudden end one waits before asking the server's own record what it took."""


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery of a batch. ``values`` is the JSON kept of the recipient."""

    id: int
    digest: str
    address: str
    key: str
    language: str
    zone: str
    variant: str
    values: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries of one mailing that belong to one process until it settles them."""

    claim: str
    mailing: int
    mailing_id: str
    revision: int
    fields: Sequence[str]
    rows: Sequence[Row]
    left_out: Mapping[int, str] = field(default_factory=dict)
    put_off: Mapping[int, datetime] = field(default_factory=dict)


def claim(*, claim: str, at: datetime, size: int = BATCH) -> Batch | None:
    """Take the next deliveries that are due, of one mailing; None when nothing is.

    Who was suppressed, put on hold, withdrew or is over the cap since the audience was written down is in
    ``left_out``; whose quiet hours have come meanwhile in ``put_off``.
    """
    for pk in Mailing.objects.filter(state="sending").order_by("?").values_list("pk", flat=True):
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().filter(pk=pk, state="sending").first()
            wanted = _allowed(mailing, at, size) if mailing else 0
            rows = _taken(pk, claim, at, wanted) if wanted else []
            if mailing is None or not rows:
                continue
            if mailing.throttle:
                mailing.throttle_used += len(rows)
                mailing.save(update_fields=["throttle_minute", "throttle_used"])
            left_out, put_off = _looked_at(mailing, rows, at)
        return Batch(claim, pk, mailing.public_id, mailing.revision, mailing.fields, rows, left_out, put_off)
    return None


def _allowed(mailing: Mailing, at: datetime, size: int) -> int:
    if not mailing.throttle:
        return size
    minute = int(at.timestamp()) // 60
    if mailing.throttle_minute != minute:
        mailing.throttle_minute, mailing.throttle_used = minute, 0
    return max(0, min(size, mailing.throttle - mailing.throttle_used))


def _taken(mailing: int, claim: str, at: datetime, size: int) -> list[Row]:
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        # Chosen once, before the update: PostgreSQL may run a locking sub-query again for each row and take more.
        cursor.execute(
            "WITH chosen AS MATERIALIZED ("
            "SELECT id FROM marketing_delivery WHERE mailing_id = %s AND state = 'queued' AND due_at <= %s "
            f"ORDER BY due_at, id LIMIT %s{lock}) "
            "UPDATE marketing_delivery SET state = 'handing', claim = %s, attempts = attempts + 1 "
            "WHERE id IN (SELECT id FROM chosen) AND state = 'queued' "
            'RETURNING id, digest, address, key, language, zone, variant, "values", attempts',
            [mailing, connection.ops.adapt_datetimefield_value(at), size, claim],
        )
        return sorted((Row(*one) for one in cursor.fetchall()), key=lambda row: row.id)


def _looked_at(
    mailing: Mailing, rows: Sequence[Row], at: datetime
) -> tuple[dict[int, str], dict[int, datetime]]:  # fmt: skip
    digests = [one.digest for one in rows]
    listed = suppressions.suppressed(digests)
    held = recipients.held((one.key for one in rows), at)
    is_service = mailing.basis == "service"
    said = {} if is_service else consents.states(digests=digests, topic=mailing.topic)
    full = set() if is_service else filling.capped_since(digests, mailing.pk, at)
    left_out: dict[int, str] = {}
    put_off: dict[int, datetime] = {}
    for one in rows:
        if one.key and one.key in held:
            left_out[one.id] = "hold"
        elif one.digest in listed:
            left_out[one.id] = "suppressed"
        elif not is_service and not filling.may_write(mailing.basis, said.get(one.digest, "")):
            left_out[one.id] = "consent"
        elif one.digest in full:
            left_out[one.id] = "cap"
        elif timing.is_quiet(at, one.zone, mailing.quiet_from, mailing.quiet_to) and mailing.quiet_to is not None:
            put_off[one.id] = timing.next_at(at, one.zone, mailing.quiet_to)
    return left_out, put_off


def settle(*, batch: Batch, outcomes: Mapping[int, Outcome], actor: Actor, at: datetime) -> None:
    """Write down what became of a batch; a delivery without an outcome goes back into the queue."""
    with transaction.atomic():
        own = [one for one in batch.rows if one.id not in batch.left_out and one.id not in batch.put_off]
        _settle(batch.mailing, batch.mailing_id, batch.claim, own, outcomes, actor, at)
        for reason in set(batch.left_out.values()):
            gone = [pk for pk, why in batch.left_out.items() if why == reason]
            _update(batch.claim, gone, state="skipped", reason=reason, values="", claim="")
        held = [one.key for one in batch.rows if batch.left_out.get(one.id) == "hold"]
        filling.note_held(held, batch.mailing_id, actor, at)
        for moment in set(batch.put_off.values()):
            later = [pk for pk, until in batch.put_off.items() if until == moment]
            _update(batch.claim, later, state="queued", due_at=moment, claim="")


def _settle(
    mailing: int, mailing_id: str, claim: str, rows: Sequence[Row], outcomes: Mapping[int, Outcome],
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    by_state: dict[str, list[Row]] = {}
    for one in rows:
        if one.id in outcomes:
            by_state.setdefault(outcomes[one.id].state, []).append(one)
    sent = by_state.get("sent", [])
    _update(claim, [one.id for one in sent], state="sent", values="", claim="", due_at=at)
    record_many(
        entries=[Entry(events.MAIL_SENT, filling.subject(one.key), {"mailing": mailing_id}) for one in sent if one.key],
        actor=actor, at=at,
    ) if any(one.key for one in sent) else None  # fmt: skip
    _update(claim, [one.id for one in by_state.get("unknown", [])], state="unknown", due_at=at)
    for one in by_state.get("later", []):
        wait = ATTEMPTS[one.attempts - 1] if one.attempts <= len(ATTEMPTS) else 0
        said = outcomes[one.id]
        if wait:
            _update(
                claim, [one.id], state="queued", claim="", due_at=at + timedelta(minutes=wait), reason=said.text[:100]
            )
        else:
            by_state.setdefault("refused", []).append(one)
    for one in by_state.get("refused", []):
        said = outcomes[one.id]
        _update(claim, [one.id], state="refused", claim="", values="", reason=f"{said.code} {said.text}"[:100])
        feedback.note_refusal(
            delivery=one.id, mailing=mailing, mailing_id=mailing_id, digest=one.digest, key=one.key, outcome=said,
            actor=actor, at=at,
        )  # fmt: skip
    rest = [one.id for one in rows if one.id not in outcomes]
    _update(claim, rest, state="queued", claim="")


def _update(ours: str, ids: Sequence[int], **changes: Any) -> int:
    """Change deliveries that are still in this claim, and only those; an empty ``claim`` lets go of them."""
    if not ids:
        return 0
    columns = ", ".join(f'"{name}" = %s' for name in changes)
    adapt = connection.ops.adapt_datetimefield_value
    values = [adapt(value) if isinstance(value, datetime) else value for value in changes.values()]
    how, among_ids = among(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE marketing_delivery SET {columns} WHERE id {how} AND claim = %s AND state = 'handing'",
            [*values, among_ids, ours],
        )
        return int(cursor.rowcount)


def recover(*, actor: Actor, at: datetime) -> int:
    """Settle the batches of processes that ended suddenly; returns how many deliveries that were.

    What the journal says was answered is settled so; what was not begun goes back into the queue; what was begun
    without an answer is unknown, as is everything of a batch after a reboot or of a machine that is silent for
    `LEASE`. Nothing unknown is sent again by itself.
    """
    settled = 0
    for left in journal.left_behind(settings.MAILING_JOURNALS):
        settled += _recovered(left, actor, at)
        left.path.unlink(missing_ok=True)
    for claimed in (
        Delivery.objects.filter(state="handing").exclude(claim="").values_list("claim", flat=True).distinct()
    ):
        began = int(claimed.partition("-")[0])
        if (
            not (settings.MAILING_JOURNALS / f"{claimed}.log").exists()
            and at.timestamp() - began > LEASE.total_seconds()
        ):
            with transaction.atomic():
                settled += Delivery.objects.filter(claim=claimed, state="handing").update(state="unknown", due_at=at)
    return settled


def _recovered(left: Left, actor: Actor, at: datetime) -> int:
    with transaction.atomic():
        found = list(Delivery.objects.select_related("mailing").filter(claim=left.claim, state="handing"))
        rows = [
            Row(one.pk, one.digest, one.address, one.key, one.language, one.zone, one.variant, one.values, one.attempts)
            for one in found
        ]
        outcomes = dict(left.outcomes)
        for one in rows:
            if one.id not in outcomes and (one.id in left.begun or not left.is_certain):
                outcomes[one.id] = Outcome("unknown", 0, "the sending process ended")
        if found:
            mailing = found[0].mailing
            _settle(mailing.pk, mailing.public_id, left.claim, rows, outcomes, actor, at)
        return len(found)


Accepted = Callable[[Sequence[str]], set[str] | None]
"""Which of these Message-IDs a server took for certain; None when it cannot be asked."""


def reconcile(*, accepted: Accepted, ids: Callable[[int], str], actor: Actor, at: datetime) -> int:
    """Settle unknown deliveries by a server's own record: taken means sent, not taken means queued again."""
    found = list(
        Delivery.objects.filter(state="unknown", due_at__lte=at - SETTLE).values_list("pk", "mailing_id")[:5_000]
    )
    if not found:
        return 0
    taken = accepted([ids(pk) for pk, _mailing in found])
    if taken is None:
        return 0
    sent = [pk for pk, _mailing in found if ids(pk) in taken]
    again = [pk for pk, _mailing in found if ids(pk) not in taken]
    return settle_unknown(sent=sent, again=again, actor=actor, at=at)


def settle_unknown(*, sent: Iterable[int], again: Iterable[int], actor: Actor, at: datetime) -> int:
    """Say what became of unknown deliveries; returns how many were unknown."""
    settled = 0
    with transaction.atomic():
        for pks, state in ((list(sent), "sent"), (list(again), "queued")):
            rows = Delivery.objects.select_related("mailing").filter(pk__in=pks, state="unknown")
            found = [(one.pk, one.key, one.mailing.public_id) for one in rows]
            emptied = {"values": ""} if state == "sent" else {}
            Delivery.objects.filter(pk__in=[pk for pk, _key, _mailing in found], state="unknown").update(
                state=state, claim="", due_at=at, **emptied
            )
            if state == "queued":
                Mailing.objects.filter(public_id__in={one for _pk, _key, one in found}, state="done").update(
                    state="sending"
                )
            for mailing_id in {one for _pk, _key, one in found}:
                record(
                    kind=events.MAILING_RECONCILED, subject=Subject("mailing", mailing_id), actor=actor, at=at,
                    data={"as": state, "count": sum(1 for _pk, _key, one in found if one == mailing_id)},
                )  # fmt: skip
            keyed = [Entry(events.MAIL_SENT, filling.subject(key), {"mailing": one}) for _pk, key, one in found if key]
            if state == "sent" and keyed:
                record_many(entries=keyed, actor=actor, at=at)
            settled += len(found)
    return settled


def settle_mailing(*, mailing_id: str, again: bool, actor: Actor, at: datetime) -> int:
    """Count all unknown deliveries of a mailing as sent, or send them again: a person's decision. Raises Forbidden."""
    require_send(actor)
    found = list(Delivery.objects.filter(mailing__public_id=mailing_id, state="unknown").values_list("pk", flat=True))
    return settle_unknown(sent=[] if again else found, again=found if again else [], actor=actor, at=at)

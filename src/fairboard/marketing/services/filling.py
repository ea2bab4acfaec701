"""Writing down who a mailing goes to: in chunks, each with its checkpoint, so that it can stop and go on anywhere."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from fairboard.crm.services import standing
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.marketing import addresses, events, recipients, timing
from fairboard.marketing.models import Mailing
from fairboard.marketing.queries import caps, consents, suppressions
from fairboard.marketing.recipients import Recipient
from fairboard.marketing.rendering import kept_values

CHUNK = 5_000
_COLUMNS = (
    "mailing_id", "digest", "address", "key", "language", "zone", "variant", "state", "reason", '"values"', "due_at",
    "claim", "attempts",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO marketing_delivery ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))}) "
    "ON CONFLICT (digest, mailing_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A recipient on the way to a row: ``reason`` says why nothing is sent to them, "" when something is."""

    recipient: Recipient
    address: str
    digest: str
    reason: str


def fill_chunk(*, mailing_id: str, at: datetime, actor: Actor, size: int = CHUNK) -> bool:
    """Write down the next recipients of a mailing that is being filled; False when there are no more of them."""
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().filter(public_id=mailing_id, state="filling").first()
        if mailing is None:
            return False
        found, checkpoint = recipients.open_audience(mailing.audience).walk(mailing.checkpoint, size)
        kept = sifted(mailing, found, at)
        _insert(mailing, kept, at)
        _note_held(mailing, kept, actor, at)
        mailing.checkpoint = checkpoint
        mailing.audience_size += len(found)
        if not checkpoint:
            mailing.state = "sending"
            if _is_tested(mailing):
                mailing.decide_at = at + timedelta(minutes=mailing.decide_minutes)
            record(
                kind=events.MAILING_FILLED, subject=Subject("mailing", mailing.public_id), actor=actor, at=at,
                data={"audience": mailing.audience_size},
            )  # fmt: skip
        mailing.save(update_fields=["checkpoint", "audience_size", "state", "decide_at"])
        return bool(checkpoint)


def sifted(mailing: Mailing, found: Sequence[Recipient], at: datetime) -> list[Kept]:
    """Each recipient with the reason they are left out for, if there is one; the second of an address is dropped."""
    known: dict[str, tuple[Recipient, str]] = {}
    kept = []
    for one in found:
        plain = addresses.canonical(one.address)
        if not plain:
            mark = sha256(f"{one.key} {one.address}".encode()).hexdigest()[:31]
            kept.append(Kept(one, one.address[:254], f"x{mark}", "address"))
            continue
        known.setdefault(addresses.digest_of_canonical(plain), (one, plain))
    digests = list(known)
    listed = suppressions.suppressed(digests)
    held = recipients.held((one.key for one, _plain in known.values()), at)
    is_service = mailing.basis == "service"
    said = {} if is_service else consents.states(digests=digests, topic=mailing.topic)
    full = set() if is_service else capped(digests, mailing.pk, at)
    for digest, (one, plain) in known.items():
        if one.key and one.key in held:
            reason = "hold"
        elif digest in listed:
            reason = "suppressed"
        elif not is_service and not may_write(mailing.basis, said.get(digest, "")):
            reason = "consent"
        else:
            reason = "cap" if digest in full else ""
        kept.append(Kept(one, plain, digest, reason))
    return kept


def may_write(basis: str, said: str) -> bool:
    """Whether what an address said about a topic lets one write: asked is not yet given."""
    return said == "given" if basis == "consent" else said != "withdrawn"


def capped(digests: Sequence[str], mailing: int, at: datetime) -> set[str]:
    """The addresses that other mailings fill already (``FAIRBOARD_MAILING_CAP``); nobody where there is no limit."""
    if not settings.MAILING_CAP:
        return set()
    since = at - timedelta(days=settings.MAILING_CAP_DAYS)
    return caps.full(digests=digests, mailing=mailing, since=since, limit=settings.MAILING_CAP)


def capped_since(digests: Sequence[str], mailing: int, at: datetime) -> set[str]:
    """As `capped`, by what really went out: for the last look before a mail is handed over."""
    if not settings.MAILING_CAP:
        return set()
    since = at - timedelta(days=settings.MAILING_CAP_DAYS)
    return caps.full(digests=digests, mailing=mailing, since=since, limit=settings.MAILING_CAP, only_sent=True)


def _is_tested(mailing: Mailing) -> bool:
    return len(mailing.variants) > 1 and 0 < mailing.test_share < 100


def variant_of(mailing_id: str, variants: Sequence[Mapping[str, Any]], test_share: int, digest: str) -> str:
    """Which subject an address gets, always the same; "" for who waits until one has won."""
    if len(variants) < 2:
        return "a"
    drawn = zlib.crc32(f"{mailing_id}{digest}".encode())
    if drawn % 100 >= (test_share or 100):
        return ""
    place, total = drawn // 100 % sum(int(one["share"]) for one in variants), 0
    for one in variants:
        total += int(one["share"])
        if place < total:
            return str(one["key"])
    return str(variants[-1]["key"])


def _insert(mailing: Mailing, kept: Sequence[Kept], at: datetime) -> None:
    start = max(mailing.starts_at or at, at)

    @lru_cache(maxsize=700)
    def due(zone: str) -> Any:
        moment = timing.due(
            start, zone, local_minute=mailing.local_minute, quiet_from=mailing.quiet_from, quiet_to=mailing.quiet_to
        )
        return connection.ops.adapt_datetimefield_value(moment)

    rows = []
    fields, public_id, variants = mailing.fields, mailing.public_id, mailing.variants
    for one in kept:
        who = one.recipient
        variant = variant_of(public_id, variants, mailing.test_share, one.digest)
        state = "skipped" if one.reason else ("queued" if variant else "waiting")
        values = "" if one.reason else kept_values(fields, merged(who))
        rows.append(
            (mailing.pk, one.digest, one.address, who.key, who.language[:10], who.zone[:40], variant, state, one.reason,
             values, due(who.zone), "", 0)
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)


def merged(one: Recipient) -> Mapping[str, Any]:
    """What can be merged of a recipient: their values, and name and address where those do not say them."""
    if "contact.name" in one.values and "contact.address" in one.values:
        return one.values
    return {"contact.name": one.name, "contact.address": one.address, **one.values}


def _note_held(mailing: Mailing, kept: Sequence[Kept], actor: Actor, at: datetime) -> None:
    note_held([one.recipient.key for one in kept if one.reason == "hold"], mailing.public_id, actor, at)


def note_held(keys: Sequence[str], mailing_id: str, actor: Actor, at: datetime) -> None:
    """Write down whom a mailing left out because their account is on hold, and that the account was tried."""
    if not keys:
        return
    record_many(
        entries=[Entry(events.HOLD_EXCLUDED, subject(key), {"mailing": mailing_id}) for key in keys], actor=actor, at=at
    )
    accounts = sorted({one for found in recipients.held(keys, at).values() for one in found})
    standing.refuse(accounts=accounts, act="mailing", actor=actor, at=at, source=f"mailing {mailing_id}")


def subject(key: str) -> Subject:
    """The record a recipient's key names, for the ledger."""
    kind, _colon, public_id = key.partition(":")
    return Subject(kind, public_id)

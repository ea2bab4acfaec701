"""What a member asked for about their own data, and what the people room holds of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.ledger.queries import acts_of
from fairboard.people.models import DataRequest, Token
from fairboard.people.personal import File
from fairboard.people.queries import account_record
from fairboard.people.queries_mails import choices


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as its member sees it; ``size`` in bytes, ``kept`` what an erasure left and why."""

    id: str
    kind: str
    state: str
    asked_at: datetime
    due_at: datetime
    expires_at: datetime | None
    size: int
    kept: tuple[tuple[str, str], ...]


def newest_request(*, actor: Actor, kind: str) -> RequestRow | None:
    """The member's last request of a kind; None when there was none."""
    one = DataRequest.objects.filter(member__public_id=actor.id, kind=kind).order_by("-pk").first()
    return _row(one) if one else None


def file_of(*, actor: Actor, request_id: str, at: datetime) -> str:
    """Where the copy of a request lies; empty unless it is the actor's own, made, and not over."""
    found = DataRequest.objects.filter(
        public_id=request_id[:16], member__public_id=actor.id, kind="copy", state="ready", expires_at__gt=at
    )
    return found.values_list("file", flat=True).first() or ""


def copies(member_id: str) -> Iterator[File]:
    """What the people room and the ledger hold of a member, as files of a copy."""
    account = account_record(member_id) or {}
    tokens = Token.objects.filter(member__public_id=member_id).order_by("pk")
    account["mails"] = {one.key: one.is_on for one in choices(member_id)}
    account["api_tokens"] = [
        {"name": one.name, "scopes": one.scopes, "made": one.created_at, "last_used": one.last_used_at,
         "revoked": one.revoked_at}
        for one in tokens
    ]  # fmt: skip
    account["requests"] = [
        {"kind": one.kind, "state": one.state, "asked": one.asked_at}
        for one in DataRequest.objects.filter(member__public_id=member_id).order_by("pk")
    ]
    yield "account.json", as_json(account)
    yield "activity.json", as_json([
        {"at": one.at, "what": one.kind, "about": f"{one.subject_kind} {one.subject_id}"} for one in acts_of(member_id)
    ])  # fmt: skip


def as_json(value: Any) -> bytes:
    """JSON people can read: indented, in UTF-8, moments in ISO 8601."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _row(one: DataRequest) -> RequestRow:
    kept = tuple((str(what), str(why)) for what, why in one.kept)
    return RequestRow(one.public_id, one.kind, one.state, one.asked_at, one.due_at, one.expires_at, one.size, kept)

"""Records written over the API: one or an array, all or none or each by itself, once however often it is sent."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.crm import values
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Record, Reply
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of
from fairboard.crm.queries.objects import record_of_type
from fairboard.crm.services import records, writing
from fairboard.crm.services.standing import refusals_recorded
from fairboard.fields import FieldError
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from fairboard.people import queries as people

SOURCE = "api"
REPLIES_KEPT = timedelta(days=1)


class PreconditionFailed(Problem):
    """``If-Match`` names another version than the present one (RFC 9110, 13.1.1); ``version`` is the present one."""

    status: ClassVar[int] = 412
    code: ClassVar[str] = "stale"
    title = gettext_lazy("Somebody else was faster")


class PreconditionRequired(Problem):
    """A change without ``If-Match`` (RFC 6585, 3): send the version that was read, or ``*`` for any."""

    status: ClassVar[int] = 428
    code: ClassVar[str] = "if-match-needed"
    title = gettext_lazy("Say which version you change")


@dataclass(frozen=True, slots=True)
class New:
    """A record to be made: values by key, and its owner and record type where given."""

    values: Mapping[str, Any] = field(default_factory=dict)
    owner_id: str | None = None
    record_type: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: the record's id, or the problem."""

    id: str = ""
    problem: Mapping[str, Any] | None = None


def digest_of(type_key: str, body: Any) -> str:
    """What tells one request from another under the same key."""
    return hashlib.sha256(json.dumps([type_key, body], sort_keys=True, default=str).encode()).hexdigest()


def create(
    *, type_key: str, rows: Sequence[New], actor: Actor, at: datetime, partial: bool = False, override: bool = False,
    key: str = "", digest: str = "", in_array: bool = True,
) -> list[Outcome]:  # fmt: skip
    """Create records of a type: all or none, or with ``partial`` each by itself; returns an outcome a row.

    With ``key`` the outcomes are kept a day, and given again for the same request. Raises Forbidden, NotFound, Invalid
    with paths such as ``rows[3].amount``, Duplicate with its candidates, and what guards raise.
    """
    if known := _replied(actor, key, digest):
        return known
    seat, info = _may_create(actor, type_key)
    try:
        with refusals_recorded(actor=actor, at=at, source=SOURCE), transaction.atomic():
            done = (
                _each(info, seat, rows, actor, at, override) if partial else _all(info, seat, rows, actor, at, override)
            )
            _reply(actor, key, digest, done, at)
            return done
    except Problem as problem:
        if not in_array or ("errors" in problem.extra and any(x["field"].startswith("rows[") for x in problem.errors)):
            raise
        raise _placed(problem, _culprit(info, seat, rows, actor, at, override)) from problem
    except IntegrityError:  # the same request came twice at once
        if known := _replied(actor, key, digest):
            return known
        raise


def _may_create(actor: Actor, type_key: str) -> tuple[SeatInfo, TypeInfo]:
    seat, info = seat_of(actor), catalogue().type(type_key)
    if seat.on(type_key).read == "none":
        raise NotFound(_("There is no object type %(key)s.") % {"key": type_key})
    if not seat.on(type_key).create:
        raise Forbidden(_("You may not create %(type)s.") % {"type": info.plural})
    return seat, info


def _plan(info: TypeInfo, seat: SeatInfo, row: New, actor: Actor, at: datetime) -> writing.Plan:
    """A checked row; raises Invalid naming every field that is wrong."""
    if row.record_type is not None and row.record_type not in {one.key for one in info.variants}:
        raise Invalid(_("There is no record type %(key)s.") % {"key": row.record_type}, field="record_type")
    if row.owner_id and not people.is_member(row.owner_id):
        raise Invalid(_("There is no such member."), field="owner")
    parsed = values.parse(info, row.values, editable=editable_fields(seat, info), variant=row.record_type or "")
    parsed.check()
    draft = writing.Draft(parsed.values, owner_id=row.owner_id, record_type=row.record_type)
    found = writing.plan(info, draft, actor=actor, at=at)
    writing.check([found])
    return found


def _all(
    info: TypeInfo, seat: SeatInfo, rows: Sequence[New], actor: Actor, at: datetime, override: bool
) -> list[Outcome]:
    plans, errors = [], []
    for place, row in enumerate(rows):
        try:
            plans.append(_plan(info, seat, row, actor, at))
        except Invalid as problem:
            if len(rows) == 1:
                raise
            errors += _paths(problem, place)
    if errors:
        raise Invalid(_("Nothing was created: some rows cannot be used."), errors=errors)
    done = writing.write(info, plans, seat=seat, actor=actor, at=at, source=SOURCE, override=override)
    return [Outcome(one.record.public_id) for one in done]


def _each(
    info: TypeInfo, seat: SeatInfo, rows: Sequence[New], actor: Actor, at: datetime, override: bool
) -> list[Outcome]:
    done = []
    for row in rows:
        try:
            with refusals_recorded(actor=actor, at=at, source=SOURCE), transaction.atomic():
                plan = _plan(info, seat, row, actor, at)
                (one,) = writing.write(info, [plan], seat=seat, actor=actor, at=at, source=SOURCE, override=override)
            done.append(Outcome(one.record.public_id))
        except Problem as problem:
            done.append(Outcome(problem=problem.as_dict()))
    return done


def _culprit(info: TypeInfo, seat: SeatInfo, rows: Sequence[New], actor: Actor, at: datetime, override: bool) -> int:
    """Which row is refused: found by writing one after the other in a transaction that is taken back."""
    for_good = transaction.atomic()
    with for_good:
        try:
            for place, row in enumerate(rows):
                try:
                    with transaction.atomic():
                        plan = _plan(info, seat, row, actor, at)
                        writing.write(info, [plan], seat=seat, actor=actor, at=at, source=SOURCE, override=override)
                except Problem:
                    return place
        finally:
            transaction.set_rollback(True)
    return 0


def _placed(problem: Problem, place: int) -> Problem:
    """The problem with paths that say which row it is about."""
    problem.extra["errors"] = _paths(problem, place)
    return problem


def _paths(problem: Problem, place: int) -> list[dict[str, str]]:
    found = problem.errors or [{"field": "", "message": problem.detail}]
    return [{"field": f"rows[{place}].{one['field']}".rstrip("."), "message": one["message"]} for one in found]


def _replied(actor: Actor, key: str, digest: str) -> list[Outcome]:
    row = Reply.objects.filter(member_id=actor.id, key=key).first() if key else None
    if row is None:
        return []
    if row.digest != digest:
        raise Invalid(_("This Idempotency-Key was sent with another request."), field="Idempotency-Key")
    return [Outcome(one.get("id", ""), one.get("problem")) for one in row.results]


def _reply(actor: Actor, key: str, digest: str, done: Sequence[Outcome], at: datetime) -> None:
    if key:
        kept = [{"id": one.id} if one.id else {"problem": dict(one.problem or {})} for one in done]
        Reply.objects.create(member_id=actor.id, key=key, digest=digest, results=kept, at=at)


def forget_replies(*, at: datetime) -> int:
    """Forget the answers kept for a day; returns how many."""
    return Reply.objects.filter(at__lt=at - REPLIES_KEPT).delete()[0]


@contextmanager
def _held_to(record_id: str, version: int | None, actor: Actor, at: datetime) -> Iterator[None]:
    """A transaction in which the record has this version (None: any); raises PreconditionFailed."""
    with refusals_recorded(actor=actor, at=at, source=SOURCE), transaction.atomic():
        row = Record.objects.select_for_update().filter(public_id=record_id).first()
        if version is not None and row is not None and row.version != version:
            raise PreconditionFailed(_("Somebody else has changed this in the meantime."), version=row.version)
        yield


def update(*, type_key: str, record_id: str, change: New, version: int | None, actor: Actor, at: datetime) -> None:
    """Change some values of a record; raises as `records.update_record`, and PreconditionFailed."""
    record_of_type(actor=actor, type_key=type_key, record_id=record_id)
    info = catalogue().type(type_key)
    if change.record_type is not None and change.record_type not in {one.key for one in info.variants}:
        raise Invalid(_("There is no record type %(key)s.") % {"key": change.record_type}, field="record_type")
    if change.owner_id and not people.is_member(change.owner_id):
        raise Invalid(_("There is no such member."), field="owner")
    with _held_to(record_id, version, actor, at):
        records.update_records(
            record_ids=[record_id], values=change.values, actor=actor, at=at, owner_id=change.owner_id,
            record_type=change.record_type, source=SOURCE,
        )  # fmt: skip


def delete(*, type_key: str, record_id: str, version: int | None, actor: Actor, at: datetime) -> None:
    """Put a record into the bin; raises NotFound, Forbidden, PreconditionFailed."""
    record_of_type(actor=actor, type_key=type_key, record_id=record_id)
    with _held_to(record_id, version, actor, at):
        records.delete_records(record_ids=[record_id], actor=actor, at=at, source=SOURCE)


def holder_of(*, info: TypeInfo, key: str, value: Any) -> str:
    """The id of the record that has this value in a unique field, empty when none has; raises Invalid."""
    one = info.fields.get(key)
    if one is None or not one.is_unique:
        raise Invalid(_("%(key)s is no unique field of %(type)s.") % {"key": key, "type": info.label}, field="key")
    found = writing.holders(info, one, [writing.folded(one, value)])
    return next((public_id for _pk, public_id in found.values()), "")


def upsert(
    *, type_key: str, key: str, value: str, row: New, actor: Actor, at: datetime, override: bool = False
) -> tuple[str, bool]:
    """Change the record that has ``value`` in the unique field ``key``, or create it; the id, and whether it is new.

    Raises Forbidden, NotFound, Invalid, Duplicate. Two calls at once make one record.
    """
    seat, info = seat_of(actor), catalogue().type(type_key)
    if seat.on(type_key).read == "none":
        raise NotFound(_("There is no object type %(key)s.") % {"key": type_key})
    one = info.fields.get(key)
    kept = _unique_value(info, key, value) if one is not None and one.is_unique else value
    for _attempt in range(3):
        if record_id := holder_of(info=info, key=key, value=kept):
            update(type_key=type_key, record_id=record_id, change=row, version=None, actor=actor, at=at)
            return record_id, False
        try:
            given = New({**row.values, key: kept}, row.owner_id, row.record_type)
            (made,) = create(type_key=type_key, rows=[given], actor=actor, at=at, override=override, in_array=False)
            return made.id, True
        except writing.Duplicate as problem:
            if problem.field != key:
                raise
    raise Conflict(_("This record is being changed by others. Try again."))


def _unique_value(info: TypeInfo, key: str, value: str) -> Any:
    try:
        return values.value_of(info.fields[key], value)
    except FieldError as error:
        text = _(error.message) % error.values if error.values else _(error.message)
        raise Invalid(text, field=key) from error

"""A copy of one's data and the erasure of one's account (GDPR art. 15, 17 and 20).

A copy is made in the background and lies for a week where only its member gets it. An erasure waits two weeks, in which
it can be cancelled; a legal hold stops it until it is released, and what the law has us keep is said.
"""

import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import IO

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.kit.problems import Conflict, Forbidden, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.people import events, personal
from fairboard.people.models import DataRequest, MailChoice, Member, SignInLink, Token

COPY_DAYS = 7
"""How long a copy can be downloaded."""
WAIT = timedelta(days=14)
"""How long an erasure can be cancelled. It is done within the month GDPR art. 12(3) gives."""
MAKE = tasks.expect("people.make_copy")
TELL = tasks.expect("people.tell_erasure")


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: the address it was, for the last mail, and what was kept."""

    address: str
    language: str
    kept: tuple[tuple[str, str], ...]


def ask_copy(*, actor: Actor, at: datetime) -> str:
    """Have a copy of the actor's data made; returns the request's id. Raises Forbidden, Conflict while one is made."""
    with transaction.atomic():
        member = _member(actor)
        if DataRequest.objects.filter(member=member, kind="copy", state="waiting").exists():
            raise Conflict(_("A copy is being made already."))
        made = DataRequest.objects.create(member=member, kind="copy", asked_at=at, due_at=at)
        record(kind=events.COPY_ASKED, subject=Subject("member", actor.id), actor=actor, at=at)
        tasks.enqueue(MAKE, request_id=made.public_id)
    return made.public_id


def make_copy(*, request_id: str, at: datetime) -> bool:
    """Write the ZIP of a request; False when there is nothing to do. Run again after a crash, it makes it anew."""
    asked = DataRequest.objects.select_related("member").filter(public_id=request_id, state="waiting").first()
    if asked is None or asked.kind != "copy":
        return False
    member_id = asked.member.public_id
    with tempfile.TemporaryFile() as stream:
        _write(stream, member_id)
        size = stream.tell()
        stream.seek(0)
        name = default_storage.save(f"own-data/{new_id()}{new_id()}.zip", File(stream))
    with transaction.atomic():
        taken = DataRequest.objects.filter(pk=asked.pk, state="waiting").update(
            state="ready", file=name, size=size, finished_at=at, expires_at=at + timedelta(days=COPY_DAYS)
        )
        if taken:
            record(kind=events.COPY_READY, subject=Subject("member", member_id), actor=Actor.system("own data"), at=at)
    return bool(taken)


def _write(stream: IO[bytes], member_id: str) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for contributor in personal.contributors():
            for name, content in contributor.copies(member_id):
                archive.writestr(f"{contributor.room}/{name}", content)


def note_download(*, actor: Actor, at: datetime) -> None:
    """Record that a member took the copy of their data: if it was somebody else, they can see it."""
    with transaction.atomic():
        record(kind=events.COPY_TAKEN, subject=Subject("member", actor.id), actor=actor, at=at)


def drop_copies(*, at: datetime) -> int:
    """Remove copies nobody may download any more; returns how many."""
    due = list(DataRequest.objects.filter(kind="copy", state="ready", expires_at__lte=at))
    for one in due:
        default_storage.delete(one.file)
        DataRequest.objects.filter(pk=one.pk).update(state="expired", file="")
    return len(due)


def ask_erasure(*, actor: Actor, at: datetime) -> datetime:
    """Have the actor's account erased in two weeks; returns when. Raises Forbidden, Conflict when that is asked."""
    if actor.is_staff:
        raise Forbidden(_("You work here: have an administrator take your role back first."))
    with transaction.atomic():
        member = _member(actor)
        if DataRequest.objects.filter(member=member, kind="erasure", state__in=["waiting", "held"]).exists():
            raise Conflict(_("This is asked for already."))
        DataRequest.objects.create(member=member, kind="erasure", asked_at=at, due_at=at + WAIT)
        record(kind=events.ERASURE_ASKED, subject=Subject("member", actor.id), actor=actor, at=at)
        tasks.enqueue(TELL, member_id=actor.id)
    return at + WAIT


def cancel_erasure(*, actor: Actor, at: datetime) -> None:
    """Keep the account after all; raises NotFound when no erasure waits."""
    with transaction.atomic():
        found = DataRequest.objects.filter(member__public_id=actor.id, kind="erasure", state__in=["waiting", "held"])
        if not found.update(state="cancelled", finished_at=at):
            raise NotFound(_("No erasure waits."))
        record(kind=events.ERASURE_CANCELLED, subject=Subject("member", actor.id), actor=actor, at=at)


def due_erasures(*, at: datetime) -> list[str]:
    """The requests whose waiting time is over, held ones among them: their hold may be gone."""
    found = DataRequest.objects.filter(kind="erasure", state__in=["waiting", "held"], due_at__lte=at).order_by("due_at")
    return list(found.values_list("public_id", flat=True)[:200])


def erase(*, request_id: str, at: datetime) -> Erased | None:
    """Erase a member in one transaction across all rooms; None when it waits, is held, or was done before."""
    with transaction.atomic():
        asked = DataRequest.objects.select_for_update(of=("self",)).filter(public_id=request_id).first()
        if asked is None or asked.state not in {"waiting", "held"} or asked.due_at > at:
            return None
        member = Member.objects.select_for_update().get(pk=asked.member_id)
        system = Actor.system("erasure")
        subject = Subject("member", member.public_id)
        if personal.is_held(member.public_id, at):
            if asked.state != "held":
                DataRequest.objects.filter(pk=asked.pk).update(state="held")
                record(kind=events.ERASURE_HELD, subject=subject, actor=system, at=at)
            return None
        address, language = member.email, member.language
        kept = [
            (one.what, one.why)
            for contributor in reversed(personal.contributors())
            for one in contributor.erases(member.public_id, at)
        ]
        DataRequest.objects.filter(pk=asked.pk).update(state="done", finished_at=at, kept=kept)
        record(kind=events.ERASED, subject=subject, actor=system, at=at, data={"kept": len(kept)})
    return Erased(address, language, tuple(kept))


def erase_account(member_id: str, at: datetime) -> list[personal.Kept]:
    """Blank the account itself: name, address, ways to sign in, tokens, copies made before. Nobody signs in again."""
    member = Member.objects.get(public_id=member_id)
    for model in (EmailAddress, UserSession, Authenticator):
        model.objects.filter(user=member).delete()
    for model in (Token, SignInLink, MailChoice):
        model.objects.filter(member=member).delete()
    for one in DataRequest.objects.filter(member=member, kind="copy", state="ready"):
        transaction.on_commit(partial(default_storage.delete, one.file))
        DataRequest.objects.filter(pk=one.pk).update(state="expired", file="")
    member.email, member.display_name = f"erased-{member.public_id}@erased.invalid", "-"
    member.is_active, member.last_login = False, None
    member.set_unusable_password()
    member.save(update_fields=["email", "display_name", "is_active", "last_login", "password"])
    return []


def _member(actor: Actor) -> Member:
    member = Member.objects.select_for_update().filter(public_id=actor.id, is_active=True).first() if actor.id else None
    if member is None:
        raise Forbidden
    return member

"""Consent, written: asked for, confirmed by a link, given to staff, withdrawn. Nothing is overwritten."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import limits, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Gone, Invalid, NotFound
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.marketing import addresses, events, tokens
from fairboard.marketing.models import ConfirmLink, Consent, ConsentNow, Topic
from fairboard.marketing.models.consents import CHANNELS
from fairboard.marketing.queries import consents as queries
from fairboard.marketing.queries.rights import require_send
from fairboard.marketing.services import suppressions

CONFIRM_DAYS = 7
CONFIRM = tasks.expect("marketing.confirm")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
_EVENTS = {"asked": events.CONSENT_ASKED, "given": events.CONSENT_GIVEN, "withdrawn": events.CONSENT_WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing an address said: about which topic and channel, in which words."""

    topic: str
    state: str
    channel: str = "mail"
    wording: str = ""
    wording_version: int = 0


def save_topic(
    *, key: str, name: str, description: str, wording: str, position: int = 0, archived: bool = False,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Make or change a topic; another wording gets the next version. Raises Forbidden, Invalid."""
    require_send(actor)
    if not _KEY.fullmatch(key):
        raise Invalid(_("Use small letters, digits and hyphens."), field="key")
    for field, value in (("name", name), ("wording", wording)):
        if not value.strip():
            raise Invalid(_("This is needed."), field=field)
    with transaction.atomic():
        found = Topic.objects.filter(key=key).first() or Topic(key=key)
        if found.pk and found.wording != wording.strip():
            found.wording_version += 1
        found.name, found.description, found.wording = name.strip()[:80], description.strip()[:300], wording.strip()
        found.position, found.archived_at = max(position, 0), at if archived else None
        found.save()
        record(
            kind=events.TOPIC_CHANGED, subject=Subject("topic", key), actor=actor, at=at,
            data={"wording_version": found.wording_version},
        )  # fmt: skip


def write(
    *, address: str, changes: Sequence[Change], source: str, proof: Mapping[str, str], actor: Actor, at: datetime
) -> None:
    """Add what an address said to its history and bring what holds now up to date; raises Invalid."""
    plain = addresses.canonical(address)
    if not plain:
        raise Invalid(_("This is not a mail address."), field="address")
    digest = addresses.digest_of_canonical(plain)
    with transaction.atomic():
        entries = []
        for change in changes:
            made = Consent.objects.create(
                digest=digest, address=plain, topic=change.topic, channel=change.channel, state=change.state, at=at,
                source=source[:80], wording=change.wording, wording_version=change.wording_version,
                proof=dict(proof), by=actor.id,
            )  # fmt: skip
            ConsentNow.objects.update_or_create(
                digest=digest, topic=change.topic, channel=change.channel,
                defaults={"state": change.state, "consent": made},
            )  # fmt: skip
            data = {"topic": change.topic, "channel": change.channel, "source": source[:80]}
            entries.append(Entry(_EVENTS[change.state], Subject("consent", made.public_id), data))
        if entries:
            record_many(entries=entries, actor=actor, at=at)


def note_consent(
    *, address: str, topic: str, state: str, channel: str, source: str, note: str, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Write down what somebody told the staff, with where and how; raises Forbidden, Invalid."""
    if not actor.can("marketing.use"):
        raise Forbidden
    known = queries.topic(topic)
    errors = [
        {"field": field, "message": _("Choose one of the list.")}
        for field, is_wrong in (
            ("topic", known is None), ("state", state not in {"given", "withdrawn"}),
            ("channel", channel not in CHANNELS),
        )
        if is_wrong
    ]  # fmt: skip
    if not source.strip():
        errors.append({"field": "source", "message": _("Say where it was said.")})
    if errors or known is None:
        raise Invalid(_("Please check what you entered."), errors=errors)
    words = known.wording if state == "given" else ""
    change = Change(topic, state, channel, words, known.wording_version if words else 0)
    write(address=address, changes=[change], source=source.strip(), proof={"note": note[:500]}, actor=actor, at=at)


def ask(
    *, address: str, topics: Collection[str], source: str, proof: Mapping[str, str], actor: Actor, at: datetime,
    wording: str = "",
) -> None:  # fmt: skip
    """Begin a double opt-in: what was asked is kept and a mail with a one-time link is sent.

    ``wording`` is what was agreed to where it was not in the topic's own words. Nothing tells whether the address is
    known. An address that bounced, complained or was suppressed by hand gets no mail. Raises Invalid, TooMany.
    """
    plain = addresses.canonical(address)
    if not plain:
        raise Invalid(_("Please enter a mail address, such as anna@example.org."), field="address")
    known = {one.key: one for one in queries.topics()}
    chosen = [known[key] for key in dict.fromkeys(topics) if key in known]
    if not chosen:
        raise Invalid(_("Choose at least one topic."), field="topics")
    digest = addresses.digest_of_canonical(plain)
    limits.check(f"opt-in:{digest}", limit=3, per_seconds=86_400, at=at)
    if ip := proof.get("ip_hash"):
        limits.check(f"opt-in-from:{ip}", limit=30, per_seconds=3_600, at=at)
    with transaction.atomic():
        now = queries.states_of(digest)
        changes = [
            Change(one.key, "asked", "mail", wording or one.wording, 0 if wording else one.wording_version)
            for one in chosen if now.get(one.key) != "given"
        ]  # fmt: skip
        write(address=plain, changes=changes, source=source, proof=proof, actor=actor, at=at)
        link = ConfirmLink.objects.create(
            digest=digest, address=plain, source=source[:80], proof=dict(proof), asked_at=at,
            topics=[[one.key, wording or one.wording, 0 if wording else one.wording_version] for one in chosen],
            expires_at=at + timedelta(days=CONFIRM_DAYS),
        )  # fmt: skip
        if suppressions.may_be_asked(digest):
            tasks.enqueue(CONFIRM, link=link.pk)


def confirm(*, token: str, proof: Mapping[str, str], actor: Actor, at: datetime) -> str:
    """Use a one-time link: what was asked for is given. Returns the token of the address's page; raises Gone."""
    with transaction.atomic():
        link = queries.confirm_link(token, at)
        if link is None or not ConfirmLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at):
            raise Gone(_("This link was used or is too old. Ask for a new one."))
        changes = [Change(key, "given", "mail", wording, version) for key, wording, version in link.topics]
        shown = {**link.proof, "asked_at": link.asked_at.isoformat(), "confirmed_by": "link", **proof}
        write(address=link.address, changes=changes, source=link.source, proof=shown, actor=actor, at=at)
        suppressions.lift_unsubscribe(digest=link.digest, actor=actor, at=at)
        return tokens.address_token(link.digest)


def set_preferences(
    *, token: str, given: Collection[str], proof: Mapping[str, str], actor: Actor, at: datetime
) -> None:  # fmt: skip
    """What the address's own page says: exactly these topics from now on. Raises NotFound."""
    page = queries.preferences(token)
    if page is None:
        raise NotFound(_("This link is not complete. Open it from the mail again."))
    chosen, now = set(given), queries.states_of(page.digest)
    changes = []
    for topic, is_on in page.topics:
        if topic.key in chosen and not is_on:
            changes.append(Change(topic.key, "given", "mail", topic.wording, topic.wording_version))
        elif topic.key not in chosen and now.get(topic.key) != "withdrawn":
            changes.append(Change(topic.key, "withdrawn"))
    with transaction.atomic():
        if address := queries.address_of(page.digest):
            write(address=address, changes=changes, source="preferences", proof=proof, actor=actor, at=at)
        if chosen:
            suppressions.lift_unsubscribe(digest=page.digest, actor=actor, at=at)
        else:
            suppressions.suppress(
                digest=page.digest, reason="unsubscribe", source="preferences", actor=actor, at=at
            )  # fmt: skip


def withdraw(
    *, digest: str, topic: str, source: str, proof: Mapping[str, str], actor: Actor, at: datetime
) -> None:  # fmt: skip
    """An address no longer wants a topic; where its address is gone, it is suppressed for everything."""
    address = queries.address_of(digest)
    if not address:
        suppressions.suppress(digest=digest, reason="unsubscribe", source=source, actor=actor, at=at)
        return
    if queries.states(digests=[digest], topic=topic).get(digest) != "withdrawn":
        change = Change(topic, "withdrawn")
        write(address=address, changes=[change], source=source, proof=proof, actor=actor, at=at)

"""Journeys, written: made, changed, given to the gate, put live, stopped. A version that is live never changes."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fairboard.crm.queries import plain
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events, graph
from fairboard.marketing.models import (
    Delivery,
    Journey,
    JourneyMail,
    JourneyRun,
    JourneyVersion,
    Mailing,
    SegmentMember,
    Template,
)
from fairboard.marketing.queries import journey_checks as checks
from fairboard.marketing.queries import segments
from fairboard.marketing.queries.rights import require_send
from fairboard.marketing.services import journey_entries as entries
from fairboard.marketing.services import mailings
from fairboard.marketing.services.mailings import MailingDraft

EMPTY: dict[str, Any] = {
    "topic": "", "basis": "consent", "entry": {"kind": "manual"}, "reentry_days": None, "exits": list(graph.EXITS[:2]),
    "goal": "", "quiet_from": 1_260, "quiet_to": 480, "track": True, "campaign": "", "steps": [], "last": 0,
}  # fmt: skip
"""What a new journey is set to: nothing is mailed between nine in the evening and eight in the morning."""


class JourneyState(Conflict):
    """The journey is in a state in which this cannot be done."""

    code = "journey-state"


@dataclass(frozen=True, slots=True)
class Started:
    """What became of putting a journey live: whether it is, and how many mails the desk still looks at."""

    is_live: bool
    waiting: int
    refused: int


def create_journey(*, name: str, type_key: str, actor: Actor, at: datetime) -> str:
    """A new journey with nothing in it; returns its id. Raises Forbidden, Invalid."""
    _may(actor)
    if not name.strip():
        raise Invalid(_("Give it a name."), field="name")
    if type_key not in checks.TYPES:
        raise Invalid(_("Choose contacts, leads or accounts."), field="type")
    with transaction.atomic():
        made = Journey.objects.create(
            name=name.strip()[:120], type_key=type_key, draft=copy.deepcopy(EMPTY), created_by=actor.id, created_at=at,
            updated_at=at,
        )  # fmt: skip
        _event(events.JOURNEY_SAVED, made, actor, at)
        return made.public_id


def save_settings(*, journey_id: str, name: str, given: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    """Change how people come in and leave, and what all mails share. Raises Forbidden, NotFound, Invalid."""
    with _changed(journey_id, actor, at) as one:
        wanted = {key: given[key] for key in EMPTY if key in given and key not in {"steps", "last"}}
        content = {**one.draft, **wanted}
        if errors := checks.settings(content, type_key=one.type_key):
            raise Invalid(_("Please check what you entered."), errors=errors)
        if not name.strip():
            raise Invalid(_("Give it a name."), field="name")
        one.name, one.draft = name.strip()[:120], content


def add_step(*, journey_id: str, kind: str, where: str, place: int, actor: Actor, at: datetime) -> str:
    """Put a new step into the draft; returns its key. Raises Forbidden, NotFound, Invalid."""
    with _changed(journey_id, actor, at) as one:
        steps = one.draft.setdefault("steps", [])
        one.draft["last"] = max(int(one.draft.get("last", 0)), int(graph.next_key(steps)[1:]) - 1) + 1
        key = f"s{one.draft['last']}"
        if not graph.add(steps, kind, where, place, key=key):
            raise Invalid(
                _("A journey has at most %(n)s steps, and branches at most %(deep)s deep.")
                % {"n": graph.MOST_STEPS, "deep": graph.MOST_DEPTH},
                field="kind",
            )
        return key


def change_step(*, journey_id: str, key: str, given: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    """Change what a step does. Raises Forbidden, NotFound, Invalid."""
    with _changed(journey_id, actor, at) as one:
        step = graph.step_of(one.draft["steps"], key)
        if step is None:
            raise NotFound(_("There is no such step."))
        wanted = {name: value for name, value in given.items() if name not in {"key", "kind", "yes", "no"}}
        if errors := checks.of_step({**step, **wanted}, type_key=one.type_key, actor=actor):
            raise Invalid(errors[0], field="step")
        step.update(wanted)  # type: ignore[attr-defined]


def move_step(*, journey_id: str, key: str, by: int, actor: Actor, at: datetime) -> None:
    """Move a step of the draft up (-1) or down (1). Raises Forbidden, NotFound."""
    with _changed(journey_id, actor, at) as one:
        graph.move(one.draft["steps"], key, by)


def remove_step(*, journey_id: str, key: str, actor: Actor, at: datetime) -> None:
    """Take a step out of the draft, with what is in its branches. Raises Forbidden, NotFound."""
    with _changed(journey_id, actor, at) as one:
        if not graph.remove(one.draft["steps"], key):
            raise NotFound(_("There is no such step."))


def replace_draft(*, journey_id: str, content: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    """Give a journey another draft as a whole; raises Forbidden, NotFound, Invalid naming each thing that is wrong."""
    with _changed(journey_id, actor, at) as one:
        kept = {**copy.deepcopy(EMPTY), **{key: content[key] for key in EMPTY if key in content}}
        errors = _shape(kept["steps"]) or checks.problems(kept, type_key=one.type_key, actor=actor)
        if errors:
            raise Invalid(_("Please check what you entered."), errors=errors)
        numbers = [int(key[1:]) for key in graph.flat(kept["steps"]) if key[1:].isdecimal()]
        kept["last"] = max([*numbers, int(one.draft.get("last", 0))])
        one.draft = kept


def _shape(steps: Any, depth: int = 0) -> list[dict[str, str]]:
    """What is wrong with the shape of steps that came from outside."""
    if not isinstance(steps, list) or depth > graph.MOST_DEPTH:
        return [{"field": "steps", "message": _("Steps are a list of objects, branches at most five deep.")}]
    for step in steps:
        is_known = isinstance(step, dict) and step.get("kind") in graph.KINDS and isinstance(step.get("key"), str)
        if not is_known or not step["key"] or len(step["key"]) > 12 or not step["key"].isalnum():
            return [{"field": "steps", "message": _("Each step has a key and one of the kinds of step.")}]
        for way in ("yes", "no") if step["kind"] == "branch" else ():
            if found := _shape(step.get(way) or [], depth + 1):
                return found
    if depth == 0:
        keys = [one["key"] for one in graph.walked(steps)]
        if len(keys) != len(set(keys)) or len(keys) > graph.MOST_STEPS:
            return [{"field": "steps", "message": _("Each step has a key of its own, and there are at most sixty.")}]
    return []


class _changed:
    """The journey, locked, its draft to be changed and saved."""

    def __init__(self, journey_id: str, actor: Actor, at: datetime) -> None:
        _may(actor)
        self.journey_id, self.actor, self.at = journey_id, actor, at

    def __enter__(self) -> Journey:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        try:
            self.row = _locked(self.journey_id)
            if self.row.state == "ended":
                raise JourneyState(_("This journey has ended. Copy it to begin anew."))
        except BaseException as error:
            self.atomic.__exit__(type(error), error, error.__traceback__)
            raise
        return self.row

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if kind is None:
                self.row.updated_at = self.at
                self.row.save(update_fields=["name", "draft", "updated_at"])
                _event(events.JOURNEY_SAVED, self.row, self.actor, self.at)
        except BaseException as later:
            self.atomic.__exit__(type(later), later, later.__traceback__)
            raise
        self.atomic.__exit__(kind, error, trace)


def put_live(*, journey_id: str, actor: Actor, at: datetime) -> Started:
    """Give the draft's mails to the gate, and put it live once all of them passed.

    People on an earlier version stay on it. Raises Forbidden, AccountRestricted, NotFound, Invalid, JourneyState.
    """
    require_send(actor)
    with transaction.atomic():
        one = _locked(journey_id)
        if one.state == "ended":
            raise JourneyState(_("This journey has ended. Copy it to begin anew."))
        if errors := checks.problems(one.draft, type_key=one.type_key, actor=actor):
            raise Invalid(_("Something is missing before this can go live."), errors=errors)
        version = _version(one, actor, at)
        states = list(version.mails.filter(round=0).values_list("mailing__state", flat=True))
        refused = sum(1 for state in states if state == "refused")
        waiting = sum(1 for state in states if state == "in_review")
        if refused or waiting:
            return Started(False, waiting, refused)
        if one.live_id != version.pk or one.state != "live":
            _go_live(one, version, actor, at)
    return Started(True, 0, 0)


def _version(one: Journey, actor: Actor, at: datetime) -> JourneyVersion:
    """The version that says what the draft says, its mails given to the gate; made where there is none."""
    last = one.versions.order_by("-number").first()
    used = {step["template"] for step in graph.walked(one.draft["steps"]) if step["kind"] == "mail"}
    templates = dict(Template.objects.filter(public_id__in=used).values_list("public_id", "version"))
    content = {**one.draft, "templates": templates}
    if last is not None and last.content == content:
        return last
    one.revision += 1
    one.save(update_fields=["revision"])
    version = JourneyVersion.objects.create(
        journey=one, number=one.revision, content=content, made_by=actor.id, made_at=at
    )
    for step in graph.walked(one.draft["steps"]):
        if step["kind"] == "mail":
            _mail(one, version, step, actor, at)
    _event(events.JOURNEY_SUBMITTED, one, actor, at, version=version.number)
    return version


def _mail(one: Journey, version: JourneyVersion, step: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    content = version.content
    draft = MailingDraft(
        name=f"{one.name} · {version.number} · {step['key']}", topic=content["topic"], template_id=step["template"],
        audience={"kind": "journey", "journey": one.public_id}, basis=content["basis"],
        quiet_from=content["quiet_from"], quiet_to=content["quiet_to"], local_minute=step.get("minute"),
        track_opens=bool(content["track"]), track_clicks=bool(content["track"]),
    )  # fmt: skip
    made = mailings.save_mailing(draft=draft, actor=actor, at=at)
    JourneyMail.objects.create(version=version, step=step["key"], round=0, mailing=Mailing.objects.get(public_id=made))
    mailings.submit(mailing_id=made, actor=actor, at=at)


def _go_live(one: Journey, version: JourneyVersion, actor: Actor, at: datetime) -> None:
    Mailing.objects.filter(journey_mail__version=version, state="approved").update(
        state="sending", starts_at=at, started_at=at
    )
    if one.state == "paused":
        _resume_mails(one)
    version.live_at = at
    version.save(update_fields=["live_at"])
    one.live, one.state = version, "live"
    one.follows_from = plain.newest_entry()
    one.save(update_fields=["live", "state", "follows_from"])
    _event(events.JOURNEY_LIVE, one, actor, at, version=version.number)
    entry = version.content["entry"]
    if entry["kind"] == "segment" and entry.get("present"):
        found = segments.segment(actor=actor, segment_id=entry["segment"])
        pks = SegmentMember.objects.filter(segment_id=found.pk).values_list("record_id", flat=True)
        entries.enter(journey=one, pks=list(pks), source="segment", at=at)


def pause(*, journey_id: str, actor: Actor, at: datetime) -> None:
    """Stop everybody where they are, and the mails that wait. Raises Forbidden, NotFound, JourneyState."""
    require_send(actor)
    with transaction.atomic():
        one = _locked(journey_id)
        if one.state != "live":
            raise JourneyState(_("This journey is not live."))
        one.state = "paused"
        one.save(update_fields=["state"])
        Mailing.objects.filter(journey_mail__version__journey=one, state="sending").update(
            state="paused", paused_from="sending"
        )
        _event(events.JOURNEY_PAUSED, one, actor, at)


def resume(*, journey_id: str, actor: Actor, at: datetime) -> None:
    """Go on where everybody is. Raises Forbidden, NotFound, JourneyState."""
    require_send(actor)
    with transaction.atomic():
        one = _locked(journey_id)
        if one.state != "paused":
            raise JourneyState(_("This journey is not stopped."))
        one.state = "live"
        one.save(update_fields=["state"])
        _resume_mails(one)
        _event(events.JOURNEY_RESUMED, one, actor, at)


def _resume_mails(one: Journey) -> None:
    Mailing.objects.filter(journey_mail__version__journey=one, state="paused").update(
        state=F("paused_from"), paused_from="", problem=""
    )


def end(*, journey_id: str, actor: Actor, at: datetime) -> None:
    """End a journey for everybody on it; mails that wait are not sent. Raises Forbidden, NotFound, JourneyState."""
    require_send(actor)
    with transaction.atomic():
        one = _locked(journey_id)
        if one.state == "ended":
            raise JourneyState(_("This journey has ended."))
        one.state = "ended"
        one.save(update_fields=["state"])
        JourneyRun.objects.filter(journey=one, state="waiting").update(
            state="exited", reason="ended", ended_at=at, turn=F("turn") + 1
        )
        own = Mailing.objects.filter(journey_mail__version__journey=one)
        Delivery.objects.filter(mailing__in=own, state__in=["queued", "waiting"]).update(
            state="skipped", reason="cancelled", values=""
        )
        own.filter(state__in=["sending", "paused", "approved"]).update(state="cancelled", ended_at=at)
        _event(events.JOURNEY_ENDED, one, actor, at)


def copy_journey(*, journey_id: str, actor: Actor, at: datetime) -> str:
    """A new journey with the same draft; returns its id. Raises Forbidden, NotFound."""
    _may(actor)
    one = Journey.objects.filter(public_id=journey_id).first()
    if one is None:
        raise NotFound(_("There is no such journey."))
    with transaction.atomic():
        made = Journey.objects.create(
            name=(_("Copy of %(name)s") % {"name": one.name})[:120], type_key=one.type_key,
            draft=copy.deepcopy(one.draft), created_by=actor.id, created_at=at, updated_at=at,
        )  # fmt: skip
        _event(events.JOURNEY_SAVED, made, actor, at)
        return made.public_id


def add_people(*, journey_id: str, record_ids: list[str], actor: Actor, at: datetime) -> int:
    """Put people on a live journey by hand; returns how many came in. Raises Forbidden, NotFound, JourneyState."""
    require_send(actor)
    with transaction.atomic():
        one = _locked(journey_id)
        if one.state != "live":
            raise JourneyState(_("This journey is not live."))
        pks = entries.readable_pks(actor=actor, type_key=one.type_key, record_ids=record_ids)
        return entries.enter(journey=one, pks=pks, source=f"by hand {actor.id}", at=at)


def _may(actor: Actor) -> None:
    if not actor.can("marketing.use"):
        raise Forbidden


def _locked(journey_id: str) -> Journey:
    one = Journey.objects.select_for_update().filter(public_id=journey_id).first()
    if one is None:
        raise NotFound(_("There is no such journey."))
    return one


def _event(kind: str, one: Journey, actor: Actor, at: datetime, **data: Any) -> None:
    record(kind=kind, subject=Subject("journey", one.public_id), actor=actor, at=at, data={"state": one.state, **data})

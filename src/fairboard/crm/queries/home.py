"""What somebody finds when they open the CRM: their tasks, their deals, new leads, what they looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Seen
from fairboard.crm.queries.access import seat_of, visible_fields
from fairboard.crm.queries.lanes import Lane, lanes
from fairboard.crm.queries.records import RecordRow, records, records_by_id, schema_for
from fairboard.crm.queries.views import tree_of
from fairboard.filters import validate
from fairboard.filters.tree import parse
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid

TASKS, LEADS, SEEN = 12, 8, 10


@dataclass(frozen=True, slots=True)
class Home:
    """The parts of the page; one is empty for who does not see its objects."""

    tasks: Sequence[RecordRow]
    stages: Sequence[Lane]
    leads: Sequence[RecordRow]
    seen: Sequence[RecordRow]


def home(*, actor: Actor, at: datetime) -> Home:
    """The first page of the CRM for an actor."""
    mine = {"field": "owner", "op": "eq", "value": "me"}
    week = {"and": [mine, {"field": "due_on", "op": "lte", "value": "today+7"},
                    {"or": [{"field": "status", "op": "eq", "value": "open"},
                            {"field": "status", "op": "is_empty", "value": True}]}]}  # fmt: skip
    tasks = _found(actor, "task", week, "due_on", TASKS, at)
    leads = _found(actor, "lead", None, "-created", LEADS, at)
    return Home(tasks, _stages(actor, at), leads, _seen(actor))


def _found(actor: Actor, key: str, given: object, sort: str, size: int, at: datetime) -> Sequence[RecordRow]:
    seat, known = seat_of(actor), catalogue().types
    if key not in known or seat.on(key).read == "none":
        return ()
    try:
        tree = tree_of(given, seat, known[key], at=at)
        return records(actor=actor, type_key=key, tree=tree, sort=sort, size=size).items
    except Invalid:
        return ()  # a field it goes by is gone or hidden


def _stages(actor: Actor, at: datetime) -> Sequence[Lane]:
    seat, known = seat_of(actor), catalogue().types
    if "deal" not in known or seat.on("deal").read == "none" or not known["deal"].pipelines:
        return ()
    info = known["deal"]
    given = {
        "and": [{"field": "owner", "op": "eq", "value": actor.id}, {"field": "is_closed", "op": "ne", "value": True}]
    }
    way = info.pipeline("")
    try:
        tree = validate(parse(given), schema_for(seat, info))
        found = lanes(
            actor=actor, type_key="deal", field="stage", tree=tree, sort="-id", size=3, total_of="amount",
            pipeline=way.key if way and "pipeline" in visible_fields(seat, info) else "",
        )  # fmt: skip
    except (Invalid, ValueError):
        return ()
    return [one for one in found if one.key and one.outcome == "open"]


def _seen(actor: Actor) -> Sequence[RecordRow]:
    ids = list(
        Seen.objects.filter(member_id=actor.id).order_by("-at").values_list("record__public_id", flat=True)[:SEEN]
    )
    found = records_by_id(actor=actor, ids=ids)
    return [found[one] for one in ids if one in found]

"""A dry run: what would happen to somebody on a journey as it stands, step by step, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.marketing import graph, timing, waits
from fairboard.marketing.queries import consents, journey_people, suppressions
from fairboard.marketing.queries.journey_people import Person
from fairboard.marketing.queries.journeys import found


@dataclass(frozen=True, slots=True)
class Expected:
    """What would happen at a step and when; ``outcome`` as for real, ``why`` names what stands in the way."""

    step: Mapping[str, Any]
    at: datetime
    outcome: str
    why: str = ""


def dry_run(
    *, journey_id: str, record_id: str, actor: Actor, at: datetime, opens: bool = False, clicks: bool = False
) -> list[Expected]:  # fmt: skip
    """What the draft would do with somebody from now on, if nothing about them changed. Nothing is written or sent.

    ``opens`` and ``clicks`` say what to suppose about mails. Raises Forbidden, NotFound.
    """
    if not actor.can("marketing.use"):
        raise Forbidden
    journey = found(journey_id)
    person = journey_people.person(record_id=record_id, reader=actor)
    if person is None or person.row.type_key != journey.type_key:
        raise NotFound
    supposed = Person(person.row, person.account, {"opened": opens or clicks, "clicked": clicks, "replied": False})
    content = journey.draft
    nodes, key = graph.flat(content["steps"]), graph.first(content["steps"])
    expected: list[Expected] = []
    moment = at
    if journey_people.held_accounts(record_id, at):
        return [Expected({"key": "", "kind": "end"}, at, "exited", "hold")]
    if reason := journey_people.reason_to_leave(supposed, content):
        return [Expected({"key": "", "kind": "end"}, at, "exited", reason)]
    while key:
        node = nodes[key]
        one, moment, key = _taken(node, supposed, content, moment)
        expected.append(one)
    return expected


def _taken(
    node: graph.Node, person: Person, content: Mapping[str, Any], at: datetime
) -> tuple[Expected, datetime, str]:  # fmt: skip
    step = node.step
    if node.kind == "mail":
        if why := _not_mailed(person, content):
            return Expected(step, at, "skipped", why), at, node.after
        due = timing.due(
            at, person.zone, local_minute=step.get("minute"), quiet_from=content.get("quiet_from"),
            quiet_to=content.get("quiet_to"),
        )  # fmt: skip
        return Expected(step, due, "sent"), due, node.after
    if node.kind == "wait":
        over = waits.until(step, began=at, zone=person.zone, values=person.row.values)
        if over is None:
            return Expected(step, at, "skipped", "no date"), at, node.after
        return Expected(step, max(over, at), "done"), max(over, at), node.after
    if node.kind == "branch":
        ask = str(step.get("ask"))
        yes = person.holds(str(step["condition"])) if ask == "condition" else person.mails[ask]
        return Expected(step, at, "yes" if yes else "no"), at, node.yes if yes else node.no
    return Expected(step, at, "goal" if node.kind == "goal" else "done"), at, node.after


def _not_mailed(person: Person, content: Mapping[str, Any]) -> str:
    digest, basis, topic = person.digest, content.get("basis"), str(content.get("topic", ""))
    if not digest:
        return "address"
    if suppressions.suppressed([digest]):
        return "suppressed"
    said = consents.states(digests=[digest], topic=topic).get(digest, "")
    if basis == "consent" and said != "given":
        return "consent"
    return "consent" if basis == "customer" and said == "withdrawn" else ""

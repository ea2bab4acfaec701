"""Acting on a whole network: one case about it, or everything it has before the desk at once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, gate, registry
from fairboard.safety.models import Case, Network, NetworkMember, Submission
from fairboard.safety.queries.networks import visible_network
from fairboard.safety.queries.standing import standings_of
from fairboard.safety.services.standing import set_standing
from fairboard.screening import policies

POLICY = "exploitation"
SEVERITY = 4
MOST_HELD = 2_000
"""Ads of one network that can be put before the desk in one act."""


@dataclass(frozen=True, slots=True)
class Held:
    """What holding a network did: cases opened or brought up to date, members put on hold."""

    cases: int
    members: int


def open_network_case(*, network_id: str, actor: Actor, at: datetime) -> str:
    """Open one case about a network, on its newest ad; returns its id, that of the open one while there is one.

    Raises Forbidden, NotFound.
    """
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff open cases."))
    with transaction.atomic():
        network = Network.objects.select_for_update().get(pk=visible_network(network_id, actor).pk)
        if network.case_id and Case.objects.filter(public_id=network.case_id, state="open").exists():
            return network.case_id
        node = NetworkMember.objects.filter(network=network).order_by("-posted", "-pk")[0]
        case = _open(node, SEVERITY, POLICY, at)
        network.case_id, network.cased_size = case.public_id, network.size
        network.save(update_fields=["case_id", "cased_size"])
        record(
            kind=events.NETWORK_CASED, subject=Subject("network", network.public_id), actor=actor, at=at,
            data={"case": case.public_id, "size": network.size, "members": network.members,
                  "places": network.places, "risk": network.risk},
        )  # fmt: skip
    return case.public_id


def hold_network(*, network_id: str, policy: str, reason: str, actor: Actor, at: datetime) -> Held:
    """Put every live ad of a network before the desk and its members on hold, in one transaction.

    A member who is suspended or closed already stays so; one's own account is left to a colleague. Raises Forbidden,
    NotFound, Invalid, Conflict for a network larger than `MOST_HELD`.
    """
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff hold the ads of a network."))
    _check(policy, reason)
    with transaction.atomic():
        network = Network.objects.select_for_update().get(pk=visible_network(network_id, actor).pk)
        if network.size > MOST_HELD:
            raise Conflict(_("This network is too large to be held at once."))
        nodes = list(NetworkMember.objects.filter(network=network).order_by("posted", "pk"))
        cases = sum(_is_live(node) and bool(_open(node, SEVERITY, policy, at)) for node in nodes)
        members = {node.author_id for node in nodes} - {"", actor.id}
        standing = standings_of(members)
        held = sorted(one for one in members if standing.get(one, "good") in {"good", "watched"})
        for member in held:
            set_standing(member_id=member, state="on_hold", policy=policy, reason=reason, actor=actor, at=at)
        record(
            kind=events.NETWORK_HELD, subject=Subject("network", network.public_id), actor=actor, at=at,
            data={"policy": policy, "cases": cases, "members": len(held), "size": network.size},
        )  # fmt: skip
    return Held(cases, len(held))


def _check(policy: str, reason: str) -> None:
    errors = []
    if policy not in policies():
        errors.append({"field": "policy", "message": _("Choose the policy this is about.")})
    if len(reason.strip()) < 10:
        errors.append({"field": "reason", "message": _("Say why, in a sentence.")})
    if errors:
        raise Invalid(_("The hold is not complete."), errors=errors)


def _is_live(node: NetworkMember) -> bool:
    described = registry.describe(node.subject_kind, node.subject_id)
    return described is None or described.state == "live"


def _open(node: NetworkMember, severity: int, policy: str, at: datetime) -> Case:
    submission = Submission.objects.filter(kind=node.subject_kind, subject_id=node.subject_id).latest("revision")
    return gate.open_case(submission=submission, queue="screening", severity=severity, policy=policy, at=at)

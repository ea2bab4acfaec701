"""What the desk does in the drill, each step with what must come of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairboard.demo.drill.market import Market
from fairboard.demo.drill.plant import ADS, MEMBERS, wrongly_held
from fairboard.kit import tasks
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.ledger.queries import verify as verify_ledger
from fairboard.ledger.services import seal_events
from fairboard.market.queries.ads import ad_for, state_of
from fairboard.market.services.posting import submit
from fairboard.safety.cybertip.fake import FakeTipline
from fairboard.safety.queries import networks as network_queries
from fairboard.safety.queries import reports as report_queries
from fairboard.safety.queries.cases import case_page
from fairboard.safety.queries.decisions import own_decisions
from fairboard.safety.queries.evidence import verify as verify_evidence
from fairboard.safety.queries.standing import standing_of
from fairboard.safety.services import appeals, evidence, exposure, networks, queueing, reporting, second

MOST_FALSE_HOLDS = 0.005
REASON = "Ads of several members in several cities share numbers, photos and wording."


@dataclass
class Results:
    """What was looked at, in order: a sentence, what was seen, what was asked for, whether it fits."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, what: str, seen: object, asked: object, is_good: bool) -> None:
        """One more row."""
        self.rows.append({"what": what, "seen": str(seen), "asked": str(asked), "ok": "yes" if is_good else "NO"})

    @property
    def are_good(self) -> bool:
        """Whether everything fits."""
        return all(row["ok"] == "yes" for row in self.rows)


def found(market: Market, lead: Actor, at: datetime, results: Results) -> str:
    """The network stands out by itself, holds the planted ads and no other; returns its id."""
    tasks.call("safety.watch_networks")
    best, pure, size = "", 0, 0
    planted = set(market.planted.values())
    for row in network_queries.networks(actor=lead, size=100).items:
        page = network_queries.network_page(network_id=row.id, actor=lead)
        here = sum(one.subject_id in planted for one in page.ads)
        if here > pure:
            best, pure, size = row.id, here, row.size
    results.add("ads of the network that are in one network", f"{pure} of {ADS}", f"{ADS} of {ADS}", pure == ADS)
    results.add("ordinary ads drawn into it", size - pure, 0, size == pure)
    share = market.held / max(1, market.placed)
    results.add(
        "ordinary ads held or refused", f"{market.held} of {market.placed:,} ({share:.3%})", "<= 0.5 %",
        share <= MOST_FALSE_HOLDS,
    )  # fmt: skip
    early = sum(verdict != "allow" for verdict in market.verdicts)
    results.add("ads of the network the gate stopped when they were posted", f"{early} of {ADS}", "-", True)
    return best


def cased(network_id: str, market: Market, lead: Actor, at: datetime, results: Results) -> str:
    """One case about the network; all of it before the desk, its members on hold; returns the case."""
    case_id = networks.open_network_case(network_id=network_id, actor=lead, at=at)
    done = networks.hold_network(network_id=network_id, policy="exploitation", reason=REASON, actor=lead, at=at)
    on_hold = sum(standing_of(one.id) == "on_hold" for one in market.advertisers)
    results.add("accounts put on hold", f"{on_hold} of {MEMBERS}", f"{MEMBERS} of {MEMBERS}", on_hold == MEMBERS)
    shown = sum(ad_for(ad_id=one, actor=ANONYMOUS) is not None for one in market.planted.values())
    results.add("ads of the network still in sight", shown, 0, shown == 0)
    page = network_queries.network_page(network_id=network_id, actor=lead)
    cases = sum(bool(one.case_id) for one in page.ads)
    results.add("ads of the network with a case", f"{cases} of {ADS}", f"{ADS} of {ADS}", cases == ADS)
    results.add("cases opened at once when the network was held", done.cases, "-", True)
    return case_id


def evidenced(network_id: str, case_id: str, lead: Actor, at: datetime, results: Results) -> None:
    """The lead looks, says that it concerns a child, and everything is kept, the clock running."""
    queueing.escalate(case_id=case_id, actor=lead, at=at)
    exposure.looked(case_id=case_id, actor=lead, at=at)
    page = network_queries.network_page(network_id=network_id, actor=lead)
    pieces = {evidence.keep(case_id=one.case_id, actor=lead, at=at) for one in page.ads if one.case_id}
    results.add("pieces of evidence sealed", len(pieces), ADS, len(pieces) == ADS)


def reported(case_id: str, lead: Actor, at: datetime, tipline: FakeTipline, results: Results) -> None:
    """A report is built, looked at, approved and delivered once; a second run of the outbox sends nothing more."""
    report_id = reporting.create(case_id=case_id, actor=lead, at=at)
    reporting.revise(
        report_id=report_id, incident_type="Child Sex Trafficking", note="A drill: indicators only.", high_priority="",
        with_photos=True, photos_viewed=False, actor=lead, at=at,
    )  # fmt: skip
    seen = reporting.preview(report_id=report_id, actor=lead, at=at)
    reporting.approve(report_id=report_id, mark=seen.mark, actor=lead, at=at)
    for _ in range(3):
        tasks.call("safety.deliver_reports")
    page = report_queries.report_page(report_id=report_id, actor=lead)
    finished = [one for one in tipline.reports() if one.get("state") == "finished"]
    results.add("report delivered", page.report.state, "finished", page.report.state == "finished")
    results.add("reports the fake CyberTipline finished", len(finished), 1, len(finished) == 1)
    sent = len(finished[0].get("files", ())) if finished else 0
    results.add("files in it", sent, len(seen.files), sent == len(seen.files))


def mended(author: Actor, first: Actor, other: Actor, at: datetime, results: Results) -> None:
    """An honest member's ad is wrongly refused and the account held; the appeal goes to another person and holds."""
    ad = submit(actor=author, draft=wrongly_held(), at=at)
    results.add("the honest ad at the gate", ad.verdict, "hold", ad.verdict == "hold")
    case_id, seen = queueing.take_next(queue="screening", actor=first, at=at), set[str]()
    while case_id not in seen and _subject(case_id, first, at) != ad.ad_id:
        seen.add(case_id)
        case_id = queueing.take_next(queue="screening", actor=first, at=at, after=case_id)
    second.decide(
        case_id=case_id, outcome="reject", policy="contact", reason_text="Contact details do not belong in the text.",
        actions=["hold_account"], actor=first, at=at,
    )  # fmt: skip
    refused = standing_of(author.id)
    decision = own_decisions(actor=author).items[0]
    appeal_id = appeals.file_appeal(
        decision_id=decision.id, text="I hide my number from dialling robots, not from you.", actor=author, at=at
    )
    try:
        _decide(appeal_id, first, at)
        by_same = "the same person decided"
    except appeals.SamePerson:
        by_same = "refused"
    results.add("the first person deciding on the appeal", by_same, "refused", by_same == "refused")
    _decide(appeal_id, other, at)
    restored = f"{state_of(ad.ad_id)}, account {refused} > {standing_of(author.id)}"
    is_good = state_of(ad.ad_id) == "live" and standing_of(author.id) == "good"
    results.add("the ad after the appeal", restored, "live, account on_hold > good", is_good)


def _decide(appeal_id: str, actor: Actor, at: datetime) -> None:
    answer = appeals.Answer("overturn", "You are right: the ad is an honest one. It is shown again.")
    appeals.decide_appeal(appeal_id=appeal_id, answer=answer, actor=actor, at=at)


def _subject(case_id: str, actor: Actor, at: datetime) -> str:
    return str(case_page(case_id=case_id, actor=actor, at=at)["case"].subject_id)


def proven(at: datetime, results: Results) -> None:
    """The ledger and the evidence are whole."""
    tasks.call("ledger.deliver")
    seal_events(at=at)
    ledger, kept = verify_ledger(), verify_evidence()
    results.add("events verified, faults", f"{ledger.events:,}, {len(ledger.faults)}", "0 faults", not ledger.faults)
    results.add("evidence verified, faults", f"{kept.pieces}, {len(kept.faults)}", "0 faults", not kept.faults)

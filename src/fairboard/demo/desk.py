"""What gives the safety desk of a demo something to do: abstract indicators and numbers kept for fiction, no more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

from fairboard.demo.difficult import needed
from fairboard.demo.drill.plant import network
from fairboard.kit.actors import Actor
from fairboard.market.pictures import Encoded
from fairboard.market.services.bulk import Row, submit_many
from fairboard.market.services.drafts import Draft
from fairboard.market.services.photos import add_encoded
from fairboard.safety import risks as kinds_of_risk
from fairboard.safety.queries.cases import cases
from fairboard.safety.queries.reporters import reporter_list
from fairboard.safety.services import appeals, backtests, banks, rules, samples, second, takedowns, traders
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.flaggers import Entry, add_flagger
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.order_drafts import OrderDraft
from fairboard.safety.services.orders import receive, take_step
from fairboard.safety.services.queueing import escalate
from fairboard.safety.services.reporters import mute, warn
from fairboard.safety.services.reporting import create
from fairboard.safety.services.risks import adopt

NETWORK = 8
"""Ads of the planted network, by three members in several cities; half of them share a number."""
SCOOTER = ("Electric scooter", "Charged and ready. Call two one two, five five five, zero one six one.",
           "vehicles/motorcycles", "us/new-york/new-york-city", "260")  # fmt: skip
DESK = ("Desk with drawers", "Ring O2O 7946 O961, evenings only. Solid wood, as good as new.",
        "for-sale/furniture", "gb/london", "85")  # fmt: skip
COAT = ("Winter coat", "Warm, worn twice. Mail eva (at) example (dot) org.", "for-sale/clothing", "gb/london", "40")
CLOSED = ("Fast money", "Pay a small registration fee by gift card and earn from the first day.", "jobs/office",
          "us/texas/austin", "")  # fmt: skip
ABSTRACT = ("Indicator A", "Indicator B, indicator C. This text stands for a case nobody describes.",
            "community/volunteers", "us/illinois/chicago", "")  # fmt: skip
DEPOSIT = ("Garden flat", "Bright and quiet. The viewing is possible after a deposit.", "housing/rent",
           "gb/manchester", "650")  # fmt: skip
SIGNATURE = "Kim Doe"


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there: members by number, two of the desk, ads that are live (24 and more), pictures to show."""

    member: Callable[[int], Actor]
    moderator: Actor
    lead: Actor
    live: Sequence[str]
    pictures: Sequence[Encoded]
    operator: Actor


def fill(scene: Scene, now: datetime) -> None:
    """Bring every page of the desk to life; through the services, in the order in which it would happen."""
    for step in (
        _bank,
        _rule,
        _risk,
        _linked,
        _urgent,
        _abstract,
        _appeals,
        _two_people,
        _reporters,
        _duties,
        _samples,
    ):
        step(scene, now)


def _place(scene: Scene, entry: tuple[str, ...], owner: Actor, at: datetime, *, photos: int = 0) -> str:
    """An ad of this text; its id."""
    title, body, category, place, price = entry
    draft = Draft(title, body, category, place, price, "fixed" if price else "on_request", needed(category))
    return _submit(scene, draft, owner, at, f"desk-{title}", photos=photos)


def _submit(scene: Scene, draft: Draft, owner: Actor, at: datetime, key: str, *, photos: int = 0) -> str:
    digests = [sha256(f"{key}-{picture.key}".encode()).hexdigest() for picture in scene.pictures[:photos]]
    shown = [
        (owner, replace(picture, sha256=digest, pdq=digest))
        for picture, digest in zip(scene.pictures, digests, strict=False)
    ]
    kept = add_encoded(rows=shown, actor=scene.operator, at=at) if shown else []
    row = Row(replace(draft, photos=[one.id for one in kept]), owner, key, "demo")
    done = submit_many(rows=[row], at=at, actor=scene.operator)[0]
    assert done.ad_id, (key, done.errors)
    return done.ad_id


def _case_of(scene: Scene, ad_id: str) -> str:
    """The case of an ad; a demo's desk has a few dozen."""
    return next(case.id for case in cases(actor=scene.lead, tree=None, size=500).items if case.subject_id == ad_id)


def _bank(scene: Scene, now: datetime) -> None:
    bank = banks.create(
        name="Shared stolen goods", kind="pdq", policy="counterfeit", action="hold", source="example exchange",
        actor=scene.lead, at=now - timedelta(days=9),
    )  # fmt: skip
    lines = [f"{sha256(f'entry {number}'.encode()).hexdigest()},report {1200 + number}" for number in range(6)]
    banks.bring_in(bank_id=bank, lines=lines, actor=scene.lead, at=now - timedelta(days=9))


def _rule(scene: Scene, now: datetime) -> None:
    """A rule in shadow with a finished back-test of the last two weeks; what it watches for comes in after it."""
    at = now - timedelta(days=2)
    draft = rules.Draft(
        when='ad.category == "housing/rent" && ad.photos == 0 && member.ads < 20',
        policy="scam", action="hold", owner="safety", source="reports of the last month",
        message="A home is offered without any photo, so a person looks at it first.",
    )  # fmt: skip
    rule = rules.write(
        key="homes-without-photos", name="Homes without photos", draft=draft, actor=scene.moderator, at=at
    )
    rules.to_shadow(rule_id=rule.rule_id, number=rule.number, actor=scene.moderator, at=at)
    for number in range(3):
        entry = (f"{DEPOSIT[0]} {number + 1}", *DEPOSIT[1:])
        _place(scene, entry, scene.member(60 + number), now - timedelta(hours=30 - 9 * number))
    test = backtests.ask(
        rule_id=rule.rule_id, number=rule.number, actor=scene.moderator, at=now, since=now - timedelta(days=3),
        in_background=False,
    )  # fmt: skip
    while backtests.advance(test_id=test, at=now, seconds=5):
        pass


def _risk(scene: Scene, now: datetime) -> None:
    rows: list[Mapping[str, str]] = [
        {"kind": kind, "likelihood": "2", "impact": "3",
         "measures": "Every ad is screened before it is shown; people decide what the screening holds.",
         "evidence": "The figures of the desk."}
        for kind in kinds_of_risk.KINDS["eu-dsa"]
    ]  # fmt: skip
    at = now - timedelta(days=20)
    adopt(
        regime="eu-dsa", rows=rows, summary="First assessment, for the start of the market.", owner="Leo Lead",
        review_on=(at + timedelta(days=300)).date(), actor=scene.lead, at=at,
    )  # fmt: skip


def _linked(scene: Scene, now: datetime) -> None:
    """A network that grew in two waves; the last of its ads shows two photos."""
    planted = list(islice((one for one in network(7) if one.member % 4 == 0), NETWORK))
    owners = [scene.member(120 + one.member // 4) for one in planted]
    rows = [
        Row(one.draft, owner, f"linked-{one.number}", "demo")
        for one, owner in zip(planted[:-1], owners[:-1], strict=True)
    ]
    submit_many(rows=rows, at=now - timedelta(hours=20), actor=scene.operator)
    _submit(scene, planted[-1].draft, owners[-1], now - timedelta(hours=2), "linked-last", photos=2)


def _urgent(scene: Scene, now: datetime) -> None:
    """A trusted flagger reports that somebody may be exploited."""
    reporter = scene.member(140)
    add_flagger(
        entry=Entry("Aid for workers e.V.", "notices@aid.invalid", "Coordinator for Digital Services", "DSC-17",
                    ["exploitation", "child"], [reporter.id]),
        actor=scene.lead, at=now - timedelta(days=12),
    )  # fmt: skip
    file_notice(
        subject_kind="ad", subject_id=scene.live[0], reporter=reporter, reporter_email="notices@aid.invalid",
        name="Aid for workers e.V.", kind="exploitation", good_faith=True, at=now - timedelta(minutes=25),
        text="Two of our clients answered this offer and describe the same signs. We can be reached at any hour.",
    )  # fmt: skip


def _abstract(scene: Scene, now: datetime) -> None:
    """A case for those trusted with the safety of children, with evidence and a report that is not sent yet."""
    at = now - timedelta(minutes=50)
    ad_id = _place(scene, ABSTRACT, scene.member(150), at)
    file_notice(
        subject_kind="ad", subject_id=ad_id, reporter=scene.member(151), reporter_email="", kind="other",
        text="Indicator D.", at=at + timedelta(minutes=5),
    )  # fmt: skip
    case_id = _case_of(scene, ad_id)
    escalate(case_id=case_id, actor=scene.moderator, at=at + timedelta(minutes=20))
    create(case_id=case_id, actor=scene.lead, at=at + timedelta(minutes=30))


def _appeals(scene: Scene, now: datetime) -> None:
    """Two refusals of the member whose login is printed, one of them under appeal; a third with two photos waits."""
    member = scene.member(0)
    refused = []
    for number, entry in enumerate((SCOOTER, DESK)):
        at = now - timedelta(hours=28 - number)
        ad_id = _place(scene, entry, member, at, photos=1)
        done = decide(
            case_id=_case_of(scene, ad_id), outcome="reject", policy="contact",
            reason_text="A telephone number is hidden in the text. Leave it out and send the ad again.",
            actor=scene.moderator, at=at + timedelta(minutes=40),
        )  # fmt: skip
        refused.append(done.id)
    appeals.file_appeal(
        decision_id=refused[0], text="The number is the one of the shop I collected it from; anybody may ring there.",
        facts="", actor=member, at=now - timedelta(hours=3),
    )  # fmt: skip
    _place(scene, COAT, scene.member(41), now - timedelta(minutes=95), photos=2)


def _two_people(scene: Scene, now: datetime) -> None:
    """What only two people may decide: the first proposed to close the account."""
    ad_id = _place(scene, CLOSED, scene.member(33), now - timedelta(minutes=80))
    second.decide(
        case_id=_case_of(scene, ad_id), outcome="reject", policy="scam", actions=["close"],
        reason_text="Money is asked for before anything is given, for the third time.",
        note="The same text came twice before.", actor=scene.moderator, at=now - timedelta(minutes=15),
    )  # fmt: skip


def _reporters(scene: Scene, now: datetime) -> None:
    """Somebody whose reports never hold, warned and then not listened to for a while."""
    reporter = scene.member(160)
    for number, ad_id in enumerate(scene.live[5:11]):
        at = now - timedelta(days=6, hours=number)
        file_notice(
            subject_kind="ad", subject_id=ad_id, reporter=reporter, reporter_email="", kind="counterfeit",
            text="I do not like it.", at=at,
        )  # fmt: skip
        decide(
            case_id=_case_of(scene, ad_id), outcome="allow", policy="", reason_text="", actor=scene.moderator,
            at=at + timedelta(hours=1),
        )  # fmt: skip
    found = next(
        one for one in reporter_list(actor=scene.lead, tree=None, at=now).items if one.member_id == reporter.id
    )
    if found.warned_at is None:
        warn(reporter_id=found.id, actor=scene.moderator, at=now - timedelta(days=5))
    mute(
        reporter_id=found.id, days=30, actor=scene.moderator, at=now - timedelta(days=1),
        reason="Six reports about ads of one seller, none of them with a reason.",
    )  # fmt: skip


def _duties(scene: Scene, now: datetime) -> None:
    """An order of a court, a request to take down a picture, a trader who waits."""
    order = receive(
        draft=OrderDraft(
            kind="information", authority="District court of Berlin", country="DE",
            received_at=now - timedelta(hours=26), received_how="mail", subjects=f"ad {scene.live[1]}",
            asked="Who placed the ad, and from when to when it was shown.", legal_basis="Section 100j StPO",
            reference="12 Gs 345/26", contact="court@example.invalid",
        ),
        actor=scene.lead, at=now - timedelta(hours=25),
    )  # fmt: skip
    take_step(order_id=order, step="verify", text="", actor=scene.lead, at=now - timedelta(hours=24))
    takedowns.request_takedown(
        draft=takedowns.TakedownDraft(
            name=SIGNATURE, depicted=SIGNATURE, contact="kim@example.invalid", location=f"/ad/{scene.live[2]}",
            statement="I never agreed that this picture is shown.", signature=SIGNATURE, in_good_faith=True,
        ),
        actor=scene.member(170), at=now - timedelta(hours=31),
    )  # fmt: skip
    trader = scene.member(12)
    traders.declare(is_trader=True, actor=trader, at=now - timedelta(days=4))
    traders.give(
        draft=traders.TraderDraft(
            "Wheels Ltd", "1 Market Street, London", "GB", "+44 20 7946 0958", "shop@example.invalid",
            "GB33BUKB20201555555555", "GB123456789", "Companies House", "01234567", certifies=True,
        ),
        actor=trader, at=now - timedelta(days=3),
    )  # fmt: skip


def _samples(scene: Scene, now: datetime) -> None:
    samples.draw(kind="ad", subject_ids=scene.live[12:24], at=now - timedelta(minutes=30))

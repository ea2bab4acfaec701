"""Fills an empty market with a lively demo, through the same services as everybody, and prints the logins."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import StringIO
from random import Random

from django.conf import settings
from django.db import transaction
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fairboard.demo import crm, desk, events, journeys, mailing, reports
from fairboard.demo.difficult import HELD, REFUSED, TALKS, draft
from fairboard.demo.generate import MEMBERS, GeneratedAd, ads, member_name, scenes
from fairboard.demo.pictures import VARIANTS, encoded
from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.ledger.queries import timeline
from fairboard.ledger.services import Subject, record
from fairboard.market.pictures import Encoded
from fairboard.market.queries.mine import own_ads
from fairboard.market.services import lifecycle
from fairboard.market.services.bulk import Outcome, Row, submit_many
from fairboard.market.services.photos import add_encoded
from fairboard.people.queries import actor_by_id
from fairboard.people.services.links import create_sign_in_link
from fairboard.people.services.members import ensure_member, set_grants
from fairboard.safety.queries.cases import open_case_ids
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.notices import file_notice
from fairboard.talk.queries.inbox import inbox
from fairboard.talk.services import messages

SEED, ADS = 7, 2_000
BATCH, NEWEST = 100, 300
"""Ads placed at one moment; the newest, which the first pages show, come in smaller groups."""
CUSTOMERS = 20
"""Members who are the company's customers; those after them have what the desk looks at."""
OPERATOR = Actor.system("demo")
STAFF = (
    ("safety", "safety", "Sofia Safety", ()),
    ("lead", "safety", "Leo Lead", ("safety_lead", "child_safety")),
    ("admin", "admin", "Adam Admin", ()),
    ("sales", "sales", "Sandra Sales", ()),
)
"""The company's people: login, role, name, what is granted on top."""
Pictures = dict[tuple[str, int], Encoded]


def prepare_demo(count: int = ADS) -> None:
    """Fill the market unless it was filled, then print its address and one-time sign-in links."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if not timeline(actor=OPERATOR, subject_kind="demo", size=1).items:
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        with bar:
            _fill(bar, count, clock.now())
    _print_logins(console)


def _fill(bar: Progress, count: int, now: datetime) -> None:
    wanted = [(scene, variant) for scene in scenes() for variant in range(VARIANTS)]
    with ProcessPoolExecutor() as pool:  # draws while the members join
        made = pool.map(encoded, *zip(*wanted, strict=True), chunksize=4)
        people = _members(bar, now - timedelta(days=40))
        pictures = dict(zip(wanted, bar.track(made, total=len(wanted), description="Photos"), strict=True))
    placed = _ads(bar, people, pictures, count, now)
    rest = bar.add_task("Conversations, reports, decisions", total=6)
    _held(people, now)
    bar.advance(rest)
    _conversations(people, placed, now)
    bar.advance(rest)
    _desk(people, placed, now)
    bar.advance(rest)
    _safety(people, placed, pictures, now)
    bar.advance(rest)
    with transaction.atomic():
        crm.fill(sellers=[one.id for one in people[:CUSTOMERS]], sales=people[-1], now=now)
        mailing.fill(admin=people[-2], now=now)
        reports.fill(sales=people[-1], now=now)
        journeys.fill(actor=people[-2], now=now)
    bar.advance(rest)
    tasks.call("market.count_categories")
    with redirect_stderr(StringIO()):  # a line for each mail would bury the logins
        tasks.call("ledger.deliver")
    with transaction.atomic():
        record(kind=events.SEEDED, subject=Subject("demo", "market"), actor=OPERATOR, at=now, data={"ads": count})
    bar.advance(rest)


def _address(number: int) -> str:
    return f"member{number}@demo.invalid"


def _member(email: str, role: str, name: str, at: datetime) -> Actor:
    found = actor_by_id(ensure_member(actor=OPERATOR, email=email, role=role, at=at, display_name=name))
    assert found is not None
    return found


def _staff(login: str, role: str, name: str, grants: Sequence[str], at: datetime) -> Actor:
    member = _member(f"{login}@demo.invalid", role, name, at)
    set_grants(actor=OPERATOR, member_id=member.id, grants=grants, at=at)
    return replace(member, grants=frozenset(grants))


def _members(bar: Progress, at: datetime) -> list[Actor]:
    """The members, then the staff."""
    with transaction.atomic():
        people = [
            _member(_address(number), "member", member_name(number), at)
            for number in bar.track(range(MEMBERS), description="Members")
        ]
        return people + [_staff(login, role, name, grants, at) for login, role, name, grants in STAFF]


def _ads(
    bar: Progress, people: Sequence[Actor], pictures: Pictures, count: int, now: datetime
) -> list[tuple[GeneratedAd, Outcome]]:
    """Place the ads, the oldest first, a batch at a time."""
    made = sorted(ads(seed=SEED, count=count), key=lambda one: -one.age_minutes)
    task = bar.add_task("Ads", total=count)
    placed: list[tuple[GeneratedAd, Outcome]] = []
    while len(placed) < count:
        size = BATCH if count - len(placed) > NEWEST else BATCH // 5
        batch = made[len(placed) : len(placed) + size]
        at = now - timedelta(minutes=batch[-1].age_minutes + 1)
        shown = _photos(batch, people, pictures, at)
        rows = [
            Row(replace(one.draft, photos=shown[one.number]), people[one.seller], one.external_id, "demo")
            for one in batch
        ]
        placed += zip(batch, submit_many(rows=rows, at=at, actor=OPERATOR), strict=True)
        bar.advance(task, len(batch))
    return placed


def _photos(
    batch: Sequence[GeneratedAd], people: Sequence[Actor], pictures: Pictures, at: datetime
) -> dict[int, list[str]]:
    """One to three photos for nine ads of ten; each row has hashes of its own, as different photos have."""
    wanted: list[tuple[int, Actor, Encoded]] = []
    for one in batch:
        random = Random(one.number)
        shown = 0 if random.random() < 0.08 else 1 + int(3 * random.random() ** 2)
        first = random.randrange(VARIANTS)
        for number in range(min(shown, VARIANTS)):
            picture = pictures[one.scene, (first + number) % VARIANTS]
            digest = sha256(f"{one.number}-{number}-{picture.key}".encode()).hexdigest()
            wanted.append((one.number, people[one.seller], replace(picture, sha256=digest, pdq=digest)))
    rows = add_encoded(rows=[(owner, picture) for _number, owner, picture in wanted], actor=OPERATOR, at=at)
    found: dict[int, list[str]] = {one.number: [] for one in batch}
    for (number, _owner, _picture), row in zip(wanted, rows, strict=True):
        found[number].append(row.id)
    return found


def _held(people: Sequence[Actor], now: datetime) -> None:
    """Ads that wait in the queue, and some that were refused."""
    rows = [
        Row(draft(entry), people[20 + number], f"held-{number}", "demo") for number, entry in enumerate(HELD + REFUSED)
    ]
    for number, row in enumerate(rows):
        submit_many(rows=[row], at=now - timedelta(minutes=37 * (number + 1)), actor=OPERATOR)


def _conversations(people: Sequence[Actor], placed: Sequence[tuple[GeneratedAd, Outcome]], now: datetime) -> None:
    """Answers to the newest ads, most of them to the member whose login is printed."""
    live = [(one, outcome) for one, outcome in placed if outcome.state == "live"]
    first = [pair for pair in live if pair[0].seller == 0][-12:]
    random = Random(SEED)
    for number, (one, outcome) in enumerate([*first, *random.sample(live, min(28, len(live)))]):
        seller, buyer = people[one.seller], people[100 + number]
        if one.seller == 100 + number or inbox(actor=buyer).items:
            continue
        at = max(now - timedelta(minutes=one.age_minutes), now - timedelta(hours=30)) + timedelta(minutes=5)
        talk = TALKS[number % len(TALKS)]
        sent = messages.reply(actor=buyer, ad_id=outcome.ad_id, text=talk[0], at=at)
        for turn, text in enumerate(talk[1 : 1 + number % len(talk)], start=1):
            at += timedelta(minutes=11)
            messages.write(actor=seller if turn % 2 else buyer, conversation_id=sent.conversation_id, text=text, at=at)


def _desk(people: Sequence[Actor], placed: Sequence[tuple[GeneratedAd, Outcome]], now: datetime) -> None:
    """Some reports and decisions, some ads that are sold."""
    live = [(one, outcome) for one, outcome in placed if outcome.state == "live"]
    random = Random(SEED + 1)
    chosen = random.sample(live, min(40, len(live)))
    for number, (one, outcome) in enumerate(chosen):
        seller = people[one.seller]
        if number < 6:
            kind = ("scam", "counterfeit", "wrong", "prohibited", "other", "mine")[number]
            file_notice(
                subject_kind="ad", subject_id=outcome.ad_id, reporter=people[200 + number], reporter_email="",
                kind=kind, text="Please have a look at this one.", at=now - timedelta(minutes=50 * number + 20),
            )  # fmt: skip
        elif number < 26:
            lifecycle.mark_sold(actor=seller, ad_id=outcome.ad_id, at=now - timedelta(hours=number))
        elif number < 34:
            lifecycle.withdraw(actor=seller, ad_id=outcome.ad_id, at=now - timedelta(hours=number))
    moderator = people[MEMBERS]
    for number, case_id in enumerate(open_case_ids(queue="screening")[:3]):
        decide(
            case_id=case_id, outcome="allow" if number else "reject", policy="" if number else "contact",
            reason_text="" if number else "Contact details do not belong in the text. Leave them out.",
            actor=moderator, at=now - timedelta(minutes=9 - number),
        )  # fmt: skip


def _safety(
    people: Sequence[Actor], placed: Sequence[tuple[GeneratedAd, Outcome]], pictures: Pictures, now: datetime
) -> None:
    """Work of every kind for the safety desk, about the oldest ads: nothing else of the demo touches those."""
    moderator, lead = people[MEMBERS : MEMBERS + 2]
    live = [outcome.ad_id for _one, outcome in placed if outcome.state == "live"][:60]
    some = [pictures[key] for key in sorted(pictures)[:3]]
    desk.fill(desk.Scene(people.__getitem__, moderator, lead, live, some, OPERATOR), now)


def _print_logins(console: Console) -> None:
    """A one-time link for each kind of person."""
    now = clock.now()
    console.print(f"\nThe market: {settings.BASE_URL}/", markup=False)
    console.print("Sign in with one of these links; each works once, within a day:", markup=False)
    people = [("member", _member(_address(0), "member", member_name(0), now))]
    people += [(login, _staff(login, role, name, grants, now)) for login, role, name, grants in STAFF]
    for role, member in people:
        link = create_sign_in_link(actor=OPERATOR, member_id=member.id, at=now)
        count = f" ({len(own_ads(actor=member, size=99).items)} ads)" if role == "member" else ""
        console.print(f"  {role:<7} {settings.BASE_URL}{link.path}{count}", markup=False)

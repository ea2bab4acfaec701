"""A demo company's customers: accounts with history, deals in their pipelines, what was said and sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from fairboard.crm.queries.records import RecordRow
from fairboard.crm.services import due_diligence, figures, ties, timeline
from fairboard.crm.services.records import create_record, create_records, update_records
from fairboard.kit.actors import Actor

SEED, ACCOUNTS, DEALS, KNOWN = 11, 200, 160, 5
FIRST = (
    "Nordlicht",
    "Alster",
    "Hanse",
    "Linden",
    "Berg",
    "Kiez",
    "Rhein",
    "Turm",
    "Harbor",
    "Maple",
    "Union",
    "Golden",
    "Bay",
    "Summit",
    "Old Town",
    "Riverside",
    "Spree",
    "Isar",
    "Main",
    "Elbe",
)
KINDS = (
    ("Cycles", "vehicles"),
    ("Motors", "vehicles"),
    ("Autohaus", "vehicles"),
    ("Homes", "property"),
    ("Immobilien", "property"),
    ("Staffing", "jobs"),
    ("Personal", "jobs"),
    ("Furniture", "retail"),
    ("Elektronik", "retail"),
    ("Services", "services"),
)
CITIES = (
    ("Berlin", "Germany", 52.52, 13.405),
    ("Hamburg", "Germany", 53.551, 9.994),
    ("Munich", "Germany", 48.137, 11.575),
    ("Cologne", "Germany", 50.938, 6.957),
    ("Leipzig", "Germany", 51.34, 12.375),
    ("Austin", "United States", 30.267, -97.743),
    ("Boston", "United States", 42.358, -71.064),
    ("Chicago", "United States", 41.881, -87.623),
)
PEOPLE = (
    "Anna",
    "Bernd",
    "Clara",
    "David",
    "Elif",
    "Frank",
    "Grace",
    "Henry",
    "Ines",
    "Jonas",
    "Karin",
    "Liam",
    "Mina",
    "Noah",
    "Olga",
    "Paul",
    "Rosa",
    "Samir",
    "Tina",
    "Viktor",
)
NAMES = (
    "Adler",
    "Becker",
    "Carter",
    "Diaz",
    "Ebert",
    "Fischer",
    "Graham",
    "Hoffmann",
    "Ivanov",
    "Jansen",
    "Keller",
    "Lopez",
    "Meyer",
    "Novak",
    "Olsen",
    "Park",
    "Quinn",
    "Richter",
    "Schulz",
    "Turner",
)
PRODUCTS = (
    ("Ad package 50", "PACK50", 149, "monthly"),
    ("Ad package 250", "PACK250", 490, "monthly"),
    ("Top of category, a week", "TOP7", 39, "once"),
    ("Bump", "BUMP", 5, "once"),
    ("Dealer feed", "FEED", 99, "monthly"),
    ("Employer brand page", "BRAND", 1200, "yearly"),
)
CALLS = (
    "Asked how the feed is set up",
    "Happy with the replies, wants more ads",
    "Price is too high for them",
    "Wants to start after the holidays",
    "Left a message",
    "Will talk to the owner",
)
NOTES = (
    "Sells mostly from spring to autumn.",
    "Prefers to be called in the morning.",
    "Has a second shop since last year.",
    "Compares us with two other markets.",
    "Decides together with a partner.",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the demo company has: its accounts, contacts and deals."""

    accounts: tuple[RecordRow, ...]
    contacts: tuple[RecordRow, ...]
    deals: tuple[RecordRow, ...]


def fill(*, sellers: Sequence[str], sales: Actor, now: datetime) -> Filled:
    """Fill the CRM for a demo, with the given members as customers; through the services people use."""
    rng = Random(SEED)
    began = now - timedelta(days=300)
    accounts = _accounts(rng, sales, began)
    for account, member in zip(accounts, sellers, strict=False):
        ties.tie_members(account_id=account.id, member_ids=[member], actor=sales, at=began)
    contacts = _contacts(rng, accounts, sales, began)
    create_records(
        type_key="product",
        actor=sales,
        at=began,
        rows=[{"name": n, "code": c, "price": p, "billing": b, "is_active": True} for n, c, p, b in PRODUCTS],
    )
    _known(rng, accounts, sales, began)
    deals = _deals(rng, accounts, contacts, sales, now)
    _activities(rng, accounts, deals, sales, now)
    _leads(rng, sales, now)
    timeline.catch_up(members=sellers, at=now)
    while timeline.follow(at=now):
        pass
    figures.refresh([one.pk for one in accounts], at=now)
    return Filled(tuple(accounts), tuple(contacts), tuple(deals))


def _accounts(rng: Random, sales: Actor, at: datetime) -> list[RecordRow]:
    rows = []
    for number in range(ACCOUNTS):
        kind, industry = KINDS[number % len(KINDS)]
        city, country, latitude, longitude = rng.choice(CITIES)
        name = f"{FIRST[number // len(KINDS) % len(FIRST)]} {kind}"
        slug = f"{name.lower().replace(' ', '-')}.example"
        rows.append(
            {
                "name": name,
                "industry": industry,
                "city": city,
                "country": country,
                "website": f"https://{slug}",
                "latitude": round(latitude + rng.uniform(-0.06, 0.06), 5),
                "longitude": round(longitude + rng.uniform(-0.08, 0.08), 5),
                "email": f"hello@{slug}",
                "phone": f"+4930{5550000 + number}",
                "source": rng.choice(["web", "referral", "event", "call", "market"]),
                "lifecycle": rng.choice(["prospect", "customer", "customer"]),
                "language": "de" if country == "Germany" else "en",
            }
        )
    return create_records(type_key="account", rows=rows, actor=sales, at=at, record_type="organisation", source="page")


def _contacts(rng: Random, accounts: Sequence[RecordRow], sales: Actor, at: datetime) -> list[RecordRow]:
    rows = []
    for number, account in enumerate(accounts):
        for _ in range(1 + (number % 3 == 0)):
            first, last = rng.choice(PEOPLE), rng.choice(NAMES)
            rows.append(
                {
                    "first_name": first,
                    "last_name": last,
                    "account": account.id,
                    "email": f"{first}.{last}{number}@{account.values['website'].removeprefix('https://')}".lower(),
                    "title": rng.choice(["Owner", "Sales manager", "Office", "Marketing"]),
                    "city": account.values["city"],
                    "country": account.values["country"],
                    "language": account.values["language"],
                    "time_zone": "Europe/Berlin" if account.values["language"] == "de" else "America/New_York",
                }
            )
    return create_records(type_key="contact", rows=rows, actor=sales, at=at)


def _known(rng: Random, accounts: Sequence[RecordRow], sales: Actor, at: datetime) -> None:
    """One of five accounts is known well enough to win its deals."""
    for number, account in enumerate(accounts):
        if number % KNOWN:
            continue
        host = account.values["website"].removeprefix("https://")
        given = {
            "register": {"register": "Trade register", "number": f"HRB {10_000 + number}"},
            "contact": {"person": rng.choice(NAMES), "how": "Called back on the published number"},
            "traceability": {
                "legal_name": f"{account.name} GmbH",
                "address": f"{account.values['city']}, Main street {number}",
                "email": f"hello@{host}",
                "phone": account.values["phone"],
                "payment_account": f"{rng.randrange(1000, 9999)}",
            },
        }
        for step, details in given.items():
            due_diligence.take_step(
                account_id=account.id, step=step, details=details, confirmed=True, actor=sales, at=at
            )


def _deals(
    rng: Random, accounts: Sequence[RecordRow], contacts: Sequence[RecordRow], sales: Actor, now: datetime
) -> list[RecordRow]:
    known = [one for number, one in enumerate(accounts) if number % KNOWN == 0]
    people = {one.values["account"]: one.id for one in contacts}
    made: list[RecordRow] = []
    for month in range(8, -1, -1):
        at = now - timedelta(days=30 * month + 12)
        rows = []
        for _ in range(DEALS // 9):
            account = rng.choice(known)
            product, _code, price, _billing = rng.choice(PRODUCTS)
            rows.append(
                {
                    "name": f"{product} for {account.name}",
                    "account": account.id,
                    "contact": people.get(account.id),
                    "amount": price * rng.choice([3, 6, 12, 12, 24]),
                    "source": rng.choice(["web", "call", "referral", "event"]),
                    "close_date": (at + timedelta(days=rng.randrange(20, 90))).date().isoformat(),
                }
            )
        made += create_records(type_key="deal", rows=rows, actor=sales, at=at)
        _move(rng, made[-len(rows) :], sales, at, is_old=month > 1)
    return made


def _move(rng: Random, deals: Sequence[RecordRow], sales: Actor, at: datetime, *, is_old: bool) -> None:
    """Move deals on as time went by; most of the old ones are won or lost."""
    stages = ["meet", "propose", "negotiate"]
    left = list(deals)
    for number, stage in enumerate(stages):
        left = [one for one in left if rng.random() < (0.85 if is_old else 0.55)]
        if left:
            update_records(
                record_ids=[one.id for one in left],
                values={"stage": stage},
                actor=sales,
                at=at + timedelta(days=4 * number + 3),
                source="page",
            )
    if is_old:
        when = at + timedelta(days=16)
        won = [one for one in left if rng.random() < 0.7]
        lost = [one for one in deals if one not in won]
        if won:
            update_records(record_ids=[one.id for one in won], values={"stage": "won"}, actor=sales, at=when)
            _invoices(rng, won, sales, when)
        if lost:
            update_records(
                record_ids=[one.id for one in lost],
                actor=sales,
                at=when,
                values={"stage": "lost", "lost_reason": rng.choice(["price", "timing", "no_answer", "competitor"])},
            )


def _invoices(rng: Random, deals: Sequence[RecordRow], sales: Actor, at: datetime) -> None:
    rows = []
    for deal in deals:
        paid = rng.random() < 0.85
        rows.append(
            {
                "number": f"{at:%Y%m}-{deal.id[-5:]}",
                "account": deal.values["account"],
                "deal": deal.id,
                "amount": deal.values["amount"],
                "issued_on": at.date().isoformat(),
                "due_on": (at + timedelta(days=14)).date().isoformat(),
                "status": "paid" if paid else "open",
                **({"paid_on": (at + timedelta(days=9)).date().isoformat()} if paid else {}),
            }
        )
    create_records(type_key="invoice", rows=rows, actor=sales, at=at)


def _activities(
    rng: Random, accounts: Sequence[RecordRow], deals: Sequence[RecordRow], sales: Actor, now: datetime
) -> None:
    calls, notes, todo = [], [], []
    for account in rng.sample(list(accounts), 90):
        calls.append(
            {
                "subject": rng.choice(CALLS),
                "about": account.id,
                "direction": "out",
                "minutes": rng.randrange(2, 25),
                "at": (now - timedelta(days=rng.randrange(1, 120))).isoformat(),
                "outcome": rng.choice(["reached", "reached", "no_answer", "message"]),
            }
        )
        notes.append({"text": rng.choice(NOTES), "about": account.id})
    for deal in rng.sample(list(deals), 30):
        todo.append(
            {
                "subject": rng.choice(
                    ["Send the offer", "Call back", "Check the feed", "Ask for the register extract"]
                ),
                "about": deal.id,
                "status": "open",
                "priority": rng.choice(["high", "normal", "low"]),
                "due_on": (now + timedelta(days=rng.randrange(-4, 12))).date().isoformat(),
            }
        )
    create_records(type_key="call", rows=calls, actor=sales, at=now - timedelta(days=20))
    create_records(type_key="note", rows=notes, actor=sales, at=now - timedelta(days=15))
    create_records(type_key="task", rows=todo, actor=sales, at=now - timedelta(days=2))
    start = (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    for number, deal in enumerate(rng.sample(list(deals), 6)):
        begins = start + timedelta(days=number, hours=number % 3)
        create_record(
            type_key="meeting",
            actor=sales,
            at=now - timedelta(days=1),
            values={
                "subject": f"Meet about {deal.name}",
                "about": deal.id,
                "starts_at": begins.isoformat(),
                "ends_at": (begins + timedelta(hours=1)).isoformat(),
                "place": "By video",
            },
        )


def _leads(rng: Random, sales: Actor, now: datetime) -> None:
    rows = []
    for number in range(40):
        first, last = rng.choice(PEOPLE), rng.choice(NAMES)
        city, country, _latitude, _longitude = rng.choice(CITIES)
        company = f"{rng.choice(FIRST)} {rng.choice(KINDS)[0]}"
        rows.append(
            {
                "first_name": first,
                "last_name": last,
                "company": company,
                "city": city,
                "country": country,
                "email": f"{first}.{last}.{number}@lead.example".lower(),
                "source": rng.choice(["web", "event", "referral"]),
                "status": rng.choice(["new", "new", "working", "qualified", "unqualified"]),
                "rating": rng.choice(["hot", "warm", "cold"]),
                "utm_source": rng.choice(["newsletter", "search", "partner"]),
            }
        )
    create_records(type_key="lead", rows=rows, actor=sales, at=now - timedelta(days=6))

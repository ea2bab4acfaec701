"""Ads the gate does not allow at once, for the demo's queue: indicators and made-up numbers, nothing more."""

from fairboard.market.services.drafts import Draft

# (title, body, category, place, price): numbers are from the ranges reserved for fiction.
HELD = (
    ("Laptop, cheap", "Works well. Call two one two, five five five, zero one four seven.",
     "for-sale/computers", "us/new-york/new-york-city", "150"),
    ("Corner sofa", "Nearly new. Text 2 1 2 . 5 5 5 . 0 1 4 8 after six.", "for-sale/furniture",
     "us/new-york/new-york-city", "200"),
    ("Racing bicycle", "Write to anna (at) example (dot) org, I do not read the messages here.",
     "vehicles/bicycles", "gb/london", "340"),
    ("Phone 256 GB", "Fast sale. Whats app zero seven seven zero zero nine zero zero one two three.",
     "for-sale/phones", "gb/london", "220"),
    ("Games console", "Ships today. Ring O2O 7946 O958, only serious people.", "for-sale/electronics",
     "gb/london", "180"),
    ("Gitarre wie neu", "Ruf an: null drei null, zwei drei eins zwei fünf, drei eins zwei.", "for-sale/instruments",
     "de/berlin", "140"),
    ("Fahrrad 28 Zoll", "Bitte an max [at] example [punkt] org schreiben.", "vehicles/bicycles", "de/hamburg", "90"),
    ("Small city flat", "The owner is abroad. Send the deposit by wire transfer and the key comes by courier.",
     "housing/rent", "us/illinois/chicago", "700"),
    ("Room with a view", "Pay the first month with gift cards, then we meet.", "housing/shared", "ca/toronto", "400"),
    ("Work from home", "No experience needed. Pay a small registration fee to begin, you earn from the first day.",
     "jobs/office", "us/texas/austin", ""),
    ("Camera and lenses", "See more at bit.ly/3xAmpl3 and order there.", "for-sale/electronics", "au/sydney", "510"),
    ("Handbag", "A perfect copy, nobody sees the difference. Look at tinyurl.com/examp1e first.",
     "for-sale/clothing", "gb/manchester", "60"),
)  # fmt: skip
REFUSED = (
    ("Escort service", "Escort service in the evening.", "services/home", "us/illinois/chicago", ""),
    ("Massage, special", "Escort, incall and outcall, all week.", "community/events", "gb/london", ""),
)
TALKS = (
    ("Hello, is this still there?", "Yes, it is. When would you like to see it?", "Tomorrow at six, if that suits you.",
     "Six is fine. I send you the meeting point here in the morning."),
    ("Would you take a little less?", "I can go down by a tenth, not more.", "That works. Can I come on Saturday?"),
    ("Could you tell me the exact size?", "I measured it again: it is as in the description, give or take a finger."),
    ("Is delivery possible?", "Within the city, yes. I come by on Sunday with the van."),
    ("I would like to collect it today.", "Good, I am at home from five."),
)  # fmt: skip


NEEDED = {
    "community/events": {"day": "2027-05-01"}, "housing/rent": {"rooms": "2", "area": "54"},
    "housing/shared": {"area": "16"}, "vehicles/motorcycles": {"make": "Vespa", "year": "2019", "mileage": "8200"},
}  # fmt: skip


def draft(entry: tuple[str, str, str, str, str]) -> Draft:
    """An entry as a draft, with what its category asks for."""
    title, body, category, place, price = entry
    return Draft(title, body, category, place, price, "fixed" if price else "on_request", needed(category))


def needed(category: str) -> dict[str, str]:
    """Something for each attribute a category cannot do without."""
    if category.startswith("jobs/"):
        return {"kind": "part"}
    return NEEDED.get(category, {})

"""A demo company's marketing: segments of its customers, and a mailing that goes out to the sink."""

from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.marketing.services import mailings, segments, templates
from fairboard.marketing.services.mailings import MailingDraft
from fairboard.marketing.services.templates import TextDraft

SEGMENTS: tuple[tuple[str, str, Any], ...] = (
    ("Dealers in Germany", "contact", {"and": [
        {"field": "account.industry", "op": "eq", "value": "vehicles"},
        {"field": "country", "op": "eq", "value": "Germany"},
    ]}),
    ("Customers with live ads", "account", {"and": [
        {"field": "lifecycle", "op": "eq", "value": "customer"}, {"field": "ads_live", "op": "gte", "value": 1},
    ]}),
    ("Everybody who is a customer", "contact", {"field": "account.lifecycle", "op": "eq", "value": "customer"}),
    ("Hot leads", "lead", {"field": "rating", "op": "eq", "value": "hot"}),
)  # fmt: skip
BLOCKS: list[dict[str, Any]] = [
    {"type": "heading", "text": 'Hello {{ contact.first_name | default("there") }}'},
    {"type": "text", "text": "Spring is when most bicycles, cars and gardens change hands. **{{ account.name }}** can "
                             "show up to fifty ads for the price of forty until the end of the month."},
    {"type": "button", "text": "See the offer", "href": "https://example.org/spring"},
    {"type": "divider"},
    {"type": "text", "text": "Questions? Just answer this mail: it reaches Sandra, not a machine."},
]  # fmt: skip


def fill(*, admin: Actor, now: datetime) -> None:
    """Segments, a template, and a mailing to customers that goes out as soon as the product runs."""
    made = {
        name: segments.save_segment(name=name, type_key=key, tree=tree, actor=admin, at=now)
        for name, key, tree in SEGMENTS
    }
    template = templates.create_template(name="Spring offer", actor=admin, at=now)
    text = TextDraft("en", "Fifty ads for the price of forty", "Until the end of the month", BLOCKS)
    templates.save_text(template_id=template, draft=text, actor=admin, at=now)
    draft = MailingDraft(
        "Spring offer to customers", "news", template,
        {"kind": "segment", "id": made["Everybody who is a customer"]}, basis="customer",
    )  # fmt: skip
    mailing = mailings.save_mailing(draft=draft, actor=admin, at=now)
    if mailings.submit(mailing_id=mailing, actor=admin, at=now).verdict == "allow":
        mailings.schedule(mailing_id=mailing, starts_at=now, actor=admin, at=now)

"""A demo company's journeys, its form for advertisers and its rules for scores."""

from datetime import datetime, timedelta
from typing import Any

from fairboard.crm.queries.records import records
from fairboard.crm.services.records import create_record
from fairboard.kit.actors import Actor
from fairboard.marketing import form_guard
from fairboard.marketing.queries.segments import segments
from fairboard.marketing.services import form_taking, forms, journey_running, journeys, scoring, templates
from fairboard.marketing.services.form_taking import Sent
from fairboard.marketing.services.forms import FormDraft
from fairboard.marketing.services.segments import save_segment
from fairboard.marketing.services.templates import TextDraft

CAMPAIGN = "Spring for dealers"
WORDING = "Yes, send me offers for sellers by mail. I can stop this at any time by a link in every mail."
MAILS = (
    ("Welcome", "Good to have you here", "Your first ads are online within a day. **Anna** helps with the feed."),
    ("Reminder", "Three ways to more replies", "Better photos, a fair price, quick answers: that is most of it."),
    ("Offer", "A month of top places", "For {{ contact.name }}: four weeks at the top of your category."),
)
RULES = (
    ("Says which company", 'lead.company != ""', 20),
    ("Came by a link of ours", 'lead.utm_source != ""', 15),
    ("Wrote in the last 30 days", "did.mails_30 > 0.0", 30),
    ("Called hot", 'lead.rating == "hot"', 25),
    ("No longer of use", 'lead.status == "unqualified"', -50),
)
PEOPLE = (
    ("Lena", "Krause", "Radhaus Krause", "autumn"), ("Omar", "Haddad", "Haddad Motors", ""),
    ("Ivy", "Stone", "Stone Homes", "spring-for-dealers"), ("Piet", "de Boer", "", "spring-for-dealers"),
)  # fmt: skip


def fill(*, actor: Actor, now: datetime) -> None:
    """Two journeys with people on them, a form with what was sent, rules for scores; by somebody who may send."""
    began = now - timedelta(days=3)
    mails = [_template(name, subject, text, actor, began) for name, subject, text in MAILS]
    campaign = create_record(
        type_key="campaign", values={"name": CAMPAIGN, "kind": "mail", "status": "active"}, actor=actor, at=began
    )
    form = _form(campaign.id, actor, began)
    for name, expression, points in RULES:
        scoring.save_rule(type_key="lead", name=name, expression=expression, points=points, actor=actor, at=began)
    _journey(
        "Welcome new advertisers", "lead",
        {"entry": {"kind": "form", "form": form}, "goal": 'contact.status == "converted"', "campaign": campaign.id},
        [
            _mail("s1", mails[0]), _wait("s2", 2),
            {"key": "s3", "kind": "branch", "ask": "opened", "condition": "", "no": [_mail("s4", mails[1])],
             "yes": [{"key": "s5", "kind": "task", "subject": "Call: read our mail", "days": 1}]},
            {"key": "s6", "kind": "campaign", "campaign": campaign.id, "status": "sent"},
            {"key": "s7", "kind": "wait", "mode": "weekday", "weekdays": [0], "minute": 540},
            _mail("s8", mails[2]), {"key": "s9", "kind": "end"},
        ],
        actor, began,
    )  # fmt: skip
    known = {one.name: one.id for one in segments(actor=actor) if one.type_key == "contact"}
    segment = next(iter(known.values()), "") or save_segment(
        name="Contacts", type_key="contact", tree=None, actor=actor, at=began
    )
    quiet = _journey(
        "Win back who went quiet", "contact",
        {"entry": {"kind": "segment", "segment": segment}, "reentry_days": 180, "exits": ["reply", "unsubscribe"]},
        [
            {"key": "s1", "kind": "branch", "ask": "condition", "condition": "did.mails_90 > 0.0", "yes": [
                {"key": "s2", "kind": "goal"}], "no": [_mail("s3", mails[1]), _wait("s4", 7)]},
            {"key": "s5", "kind": "task", "subject": "Ask how business is going", "days": 2},
        ],
        actor, began,
    )  # fmt: skip
    _people(form, began)
    if quiet:
        chosen = [one.id for one in records(actor=actor, type_key="contact", size=12).items]
        journeys.add_people(journey_id=quiet, record_ids=chosen, actor=actor, at=began)
    journey_running.tick(at=now)
    scoring.figure_all(at=now)


def _template(name: str, subject: str, text: str, actor: Actor, at: datetime) -> str:
    made = templates.create_template(name=name, actor=actor, at=at)
    blocks = [
        {"type": "heading", "text": 'Hello {{ contact.first_name | default("there") }}'},
        {"type": "text", "text": text},
    ]
    templates.save_text(template_id=made, draft=TextDraft("en", subject, "", blocks), actor=actor, at=at)
    return made


def _mail(key: str, template: str) -> dict[str, Any]:
    return {"key": key, "kind": "mail", "template": template}


def _wait(key: str, days: int) -> dict[str, Any]:
    return {"key": key, "kind": "wait", "mode": "duration", "amount": days, "unit": "days"}


def _journey(
    name: str, type_key: str, settings: dict[str, Any], steps: list[dict[str, Any]], actor: Actor, at: datetime
) -> str:  # fmt: skip
    made = journeys.create_journey(name=name, type_key=type_key, actor=actor, at=at)
    content = {"topic": "offers", "basis": "customer", "quiet_from": 1_260, "quiet_to": 480, **settings, "steps": steps}
    journeys.replace_draft(journey_id=made, content=content, actor=actor, at=at)
    return made if journeys.put_live(journey_id=made, actor=actor, at=at).is_live else ""


def _form(campaign: str, actor: Actor, at: datetime) -> str:
    asked = [
        {"key": "first_name", "required": False}, {"key": "last_name", "required": True},
        {"key": "company", "required": False}, {"key": "email", "required": True}, {"key": "phone", "required": False},
        {"key": "description", "label": "What do you sell, and where?", "required": False},
    ]  # fmt: skip
    draft = FormDraft(
        "Advertise with us", "advertise", title="Advertise with us", button="Ask for a call", asked=asked,
        intro="Tell us what you sell. Somebody of sales answers within a working day.", topic="offers", wording=WORDING,
        thanks="We call or write within a working day.", campaign=campaign, is_advertise=True,
    )  # fmt: skip
    return forms.save_form(draft=draft, actor=actor, at=at)


def _people(form: str, at: datetime) -> None:
    for number, (first, last, company, utm) in enumerate(PEOPLE):
        moment = at + timedelta(hours=number)
        for _look in range(3):
            form_taking.count_view(form_id=form, at=moment)
        values = {
            "first_name": first,
            "last_name": last,
            "company": company,
            "email": f"{first.lower()}@customer.invalid",
        }
        sent = Sent(
            values, token=form_guard.token(form, moment - timedelta(minutes=1)), proof={"ip_hash": str(number)},
            origin={"utm_source": "fair" if utm else "", "utm_campaign": utm},
        )  # fmt: skip
        form_taking.submit(slug="advertise", sent=sent, at=moment)
    spam = {
        "last_name": "Best offers",
        "email": "x@spam.invalid",
        "description": "See http://a.invalid http://b.invalid",
    }
    form_taking.submit(slug="advertise", sent=Sent(spam, proof={"ip_hash": "9"}), at=at)

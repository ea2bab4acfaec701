"""What a campaign came to: what was sent for it, who responded, and the won deals it was the first or last touch of.

A touch is somebody becoming a member of a campaign. A deal's touches are those of its contact, of the contacts of its
account and of the leads that became either, up to the day it was won. The first brought them, the last closed it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import plain
from fairboard.crm.queries.records import record, records_by_id
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.marketing.models import CampaignMailing, Form, Journey, Mailing
from fairboard.marketing.queries.mailings import Figures, figures

MOST_DEALS = 2_000


@dataclass(frozen=True, slots=True)
class Deal:
    """A won deal and how this campaign stands to it: first, last, both or among others."""

    id: str
    name: str
    amount: float
    won_on: str
    touch: str


@dataclass(frozen=True, slots=True)
class Influence:
    """A campaign's members by status, what counts for it, and the money it was a touch of, in major units."""

    id: str
    name: str
    members: Mapping[str, int]
    mailings: Sequence[tuple[str, str, str, Figures]]
    journeys: Sequence[tuple[str, str, str]]
    forms: Sequence[tuple[str, str]]
    deals: Sequence[Deal]
    first: float = 0
    last: float = 0
    any: float = 0
    direct: float = 0
    others: Sequence[tuple[str, str]] = field(default=())


def influence(*, campaign_id: str, actor: Actor) -> Influence:
    """What a campaign came to, of what the actor may see; raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    row = record(actor=actor, record_id=campaign_id)
    if row.type_key != "campaign":
        raise NotFound
    members = _members(row.pk)
    deals, sums = _deals(row.pk, actor)
    ties = CampaignMailing.objects.filter(campaign_id=row.pk).select_related("mailing").order_by("-pk")
    own = Journey.objects.exclude(state="ended").order_by("-pk")
    free = Mailing.objects.filter(journey_mail=None, automation_mailing=None, campaign_tie=None).order_by("-pk")[:50]
    return Influence(
        row.id, row.name, members,
        [(one.mailing.public_id, one.mailing.name, one.mailing.state, figures(one.mailing)) for one in ties],
        [(one.public_id, one.name, one.state) for one in own if one.draft.get("campaign") == row.id],
        [(one.public_id, one.name) for one in Form.objects.filter(campaign=row.id, archived_at=None).order_by("name")],
        deals, sums["first"], sums["last"], sums["any"], float(row.values.get("won_amount") or 0),
        [(one.public_id, one.name) for one in free],
    )  # fmt: skip


def _members(campaign: int) -> dict[str, int]:
    info = catalogue().type("campaign_member")
    found = {choice.key: 0 for choice in info.fields["status"].spec.choices}
    for one in plain.rows_by_pk(plain.sources(info.fields["campaign"].id, [campaign]).get(campaign, [])):
        status = str(one.data.get("status", ""))
        found[status] = found.get(status, 0) + 1
    return found


def _field(type_key: str, key: str) -> int:
    return catalogue().type(type_key).fields[key].id


def _deals(campaign: int, actor: Actor) -> tuple[list[Deal], dict[str, float]]:
    member_pks = plain.sources(_field("campaign_member", "campaign"), [campaign]).get(campaign, [])
    people = set(plain.aims(_field("campaign_member", "contact"), member_pks).values())
    leads = set(plain.aims(_field("campaign_member", "lead"), member_pks).values())
    people |= set(plain.aims(_field("lead", "converted_contact"), leads).values())
    accounts = set(plain.aims(_field("contact", "account"), people).values())
    accounts |= set(plain.aims(_field("lead", "converted_account"), leads).values())
    deals = {one for found in plain.sources(_field("deal", "contact"), people).values() for one in found}
    deals |= {one for found in plain.sources(_field("deal", "account"), accounts).values() for one in found}
    won = [one for one in plain.rows_by_pk(deals) if one.data.get("is_won")][:MOST_DEALS]
    touches = _touches(won)
    seen = records_by_id(actor=actor, ids=[one.public_id for one in won])
    made, sums = [], {"first": 0.0, "last": 0.0, "any": 0.0}
    for deal in won:
        own = touches[deal.pk]
        if campaign not in {one for _at, one in own} or deal.public_id not in seen:
            continue
        is_first, is_last = own[0][1] == campaign, own[-1][1] == campaign
        amount = float(seen[deal.public_id].values.get("amount") or 0)
        sums["first"] += amount if is_first else 0
        sums["last"] += amount if is_last else 0
        sums["any"] += amount
        touch = "both" if is_first and is_last else ("first" if is_first else ("last" if is_last else "among"))
        made.append(Deal(deal.public_id, deal.name, amount, str(deal.data.get("closed_on", "")), touch))
    return sorted(made, key=lambda one: one.won_on, reverse=True), sums


def _touches(deals: Sequence[Any]) -> dict[int, list[tuple[datetime, int]]]:
    """The touches of each deal up to the day it was won, in order: when, and of which campaign."""
    pks = [one.pk for one in deals]
    contact_of, account_of = plain.aims(_field("deal", "contact"), pks), plain.aims(_field("deal", "account"), pks)
    contacts = plain.sources(_field("contact", "account"), set(account_of.values()))
    by_contact = {*contact_of.values(), *(one for found in contacts.values() for one in found)}
    leads = plain.sources(_field("lead", "converted_contact"), by_contact)
    leads_of_account = plain.sources(_field("lead", "converted_account"), set(account_of.values()))
    all_leads = {one for found in [*leads.values(), *leads_of_account.values()] for one in found}
    of_contact = plain.sources(_field("campaign_member", "contact"), by_contact)
    of_lead = plain.sources(_field("campaign_member", "lead"), all_leads)
    members = {one for found in [*of_contact.values(), *of_lead.values()] for one in found}
    campaigns = plain.aims(_field("campaign_member", "campaign"), members)
    made_at: dict[int, datetime] = {one.pk: one.created_at for one in plain.rows_by_pk(members)}
    found: dict[int, list[tuple[datetime, int]]] = {}
    for deal in deals:
        account = account_of.get(deal.pk, 0)
        people = {contact_of.get(deal.pk, 0), *contacts.get(account, [])}
        own = [one for each in people for one in of_contact.get(each, [])]
        near = {*leads_of_account.get(account, []), *(one for each in people for one in leads.get(each, []))}
        own += [one for each in near for one in of_lead.get(each, [])]
        until = _day(deal.data.get("closed_on"))
        found[deal.pk] = sorted(
            (made_at[one], campaigns[one]) for one in set(own)
            if one in campaigns and one in made_at and (until is None or made_at[one].date() <= until)
        )  # fmt: skip
    return found


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None

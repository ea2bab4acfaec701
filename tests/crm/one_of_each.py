"""One record of each kind that has pages of its own, for walks over all addresses."""

import io
from datetime import datetime, timedelta

from fairboard.crm.models import Recompute
from fairboard.crm.services.calendars import make_feed
from fairboard.crm.services.definitions import add_field
from fairboard.crm.services.files import attach_file
from fairboard.crm.services.validations import save_validation
from fairboard.kit.actors import Actor
from tests.crm import made

SETUP = ("type", "type_settings", "variants", "layouts", "pipelines", "validations", "check", "field_new")


def crm_pages(sales: Actor, admin: Actor, now: datetime) -> dict[str, dict[str, str]]:
    """The arguments of the CRM's addresses, by name."""
    account = made(sales, now, "account", name="Bikes Ltd")
    meeting = made(sales, now, "meeting", subject="Start", starts_at=(now + timedelta(days=1)).isoformat())
    task = made(sales, now, "task", subject="Call back")
    kept = attach_file(
        about=account.id, name="offer.txt", size=2, content=io.BytesIO(b"hi"), description="", actor=sales, at=now
    )
    field = add_field(
        type_key="deal", label="Kind", kind="formula", options={"expression": "record.name"}, actor=admin, at=now
    )
    own = add_field(type_key="deal", label="Colour", actor=admin, at=now)
    deal = {"key": "deal"}
    quote = {"record_id": made(sales, now, "quote", name="A year").id}
    one = {"key": "account", "record_id": account.id}
    same = ("record", "edit", "changes", "stage", "log", "share")
    return {
        **{f"crm:{name}": one for name in same},
        "crm:own": {"key": "meeting", "record_id": meeting.id}, "crm:list": {"key": "account"},
        "crm:create": {"key": "account"},
        "crm:pick": {"key": "contact", "field_key": "account"}, "crm:done": {"key": "task", "record_id": task.id},
        "crm:delete": {"key": "task", "record_id": task.id}, "crm:restore": {"key": "task", "record_id": task.id},
        "crm:feed": {"secret": make_feed(actor=sales, at=now)}, "crm:download": {"record_id": kept.id},
        "crm:meeting_file": {"record_id": meeting.id},
        **{f"crm:setup_{name}": deal for name in SETUP},
        "crm:convert": {"record_id": made(sales, now, "lead", last_name="Keller").id}, "crm:quote": quote,
        "crm:quote_pdf": quote, "crm:setup_work": {"work_id": Recompute.objects.filter(field_id=field.id)[0].public_id},
        "crm:setup_profile": {"profile": "sales"}, "crm:setup_field": {"key": "deal", "field_key": own.key},
        "crm:setup_field_end": {"key": "deal", "field_key": own.key},
        "crm:setup_field_retype": {"key": "deal", "field_key": own.key},
    }  # fmt: skip


CRM_BODIES = {
    "/crm/types": {"label": "Showroom"}, "/crm/types/{key}/pipelines": {"label": "Events"},
    "/crm/types/{key}": {"label": "Thing", "plural": "Things", "name_fields": ["name"]},
    "/crm/types/{key}/fields": {"label": "Size", "value_type": "number"},
    "/crm/types/{key}/fields/{field_key}": {"label": "Colours"},
    "/crm/types/{key}/fields/{field_key}/purge": {"confirmed": "cf_gone"},
    "/crm/types/{key}/fields/{field_key}/retype": {"value_type": "number"},
    "/crm/types/{key}/layouts": {"sections": [{"title": "All", "fields": ["name"]}]},
    "/crm/types/{key}/pipelines/{pipeline}/stages": {"label": "Talks", "probability": 20},
    "/crm/types/{key}/validations": {"name": "N", "expression": "record.name != ''", "message": "Name it."},
    "/crm/profiles": {"label": "Field", "rights": {"*": {"read": "all"}}},
    "/crm/profiles/{profile}": {"label": "Sales", "rights": {"*": {"read": "all"}}},
    "/crm/seats/{member_id}": {"profile": "sales"}, "/crm/teams": {"name": "North"},
    "/crm/leads/{lead_id}/convert": {}, "/crm/quotes/{quote_id}/lines": {"lines": [{"name": "Ad", "price": "5"}]},
}  # fmt: skip


def crm_ids(sales: Actor, admin: Actor, now: datetime) -> dict[str, str]:
    """What stands in the CRM's addresses of the API."""
    field = add_field(
        type_key="deal", label="Kind", kind="formula", options={"expression": "record.name"}, actor=admin, at=now
    )
    own = add_field(type_key="deal", label="Colour", actor=admin, at=now)
    validation = save_validation(
        type_key="deal", validation_id="", name="N", expression="record.name != ''", message="M", field_key="",
        is_active=True, actor=admin, at=now,
    )  # fmt: skip
    return {
        "key": "deal", "field_key": own.key, "pipeline": "renewal", "validation_id": validation, "profile": "sales",
        "work_id": Recompute.objects.filter(field_id=field.id)[0].public_id, "member_id": sales.id,
        "lead_id": made(sales, now, "lead", last_name="Keller").id, "quote_id": made(sales, now, "quote", name="Q").id,
    }  # fmt: skip

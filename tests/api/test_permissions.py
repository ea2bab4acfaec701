"""Every endpoint as every role: who may call it is written here once, and one that is missing fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from fairboard.api.root import api
from fairboard.crm.models import AutomationRun, WebhookDelivery
from fairboard.crm.services import automations, jobs, webhooks
from fairboard.crm.services.bulk import start
from fairboard.crm.services.due_diligence import raise_signal
from fairboard.crm.services.records import create_record
from fairboard.crm.services.ties import tie_members
from fairboard.crm.services.views import save_view
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case, Decision, Disclosure, PrevalenceSample, Reporter
from fairboard.safety.services import reporting
from fairboard.safety.services.appeals import file_appeal
from fairboard.safety.services.banks import bring_in, create
from fairboard.safety.services.evidence import keep
from fairboard.safety.services.flaggers import Entry, add_flagger
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.orders import take_step
from fairboard.safety.services.risks import adopt
from fairboard.safety.services.samples import draw
from fairboard.safety.services.takedowns import request_takedown
from fairboard.safety.services.traders import declare
from fairboard.talk.services.messages import reply
from tests.api.client import Caller
from tests.crm import made, report_walks
from tests.crm.data_made import crm_ids as data_ids
from tests.crm.one_of_each import CRM_BODIES, crm_ids
from tests.market.drafts import bicycle, hidden_number, prohibited
from tests.marketing import walks
from tests.people import OPERATOR
from tests.safety.ads import linked_network
from tests.safety.orders_made import verified
from tests.safety.rulebook import tried, written
from tests.safety.takedowns_made import asking
from tests.safety.test_risks import rows

ROLES = ("visitor", "member", "stranger", "sales", "safety", "lead", "admin")
EVERYBODY, SIGNED_IN, DESK = set(ROLES), set(ROLES) - {"visitor"}, {"safety", "lead", "admin"}
LEADS = {"lead", "admin"}
LEAD = {"lead", "admin"}
CRM, ADMIN = {"sales", "admin"}, {"admin"}
EVIDENCE, CHILD = {"lead", "admin"}, {"lead"}
ENDPOINTS: dict[tuple[str, str], set[str]] = {
    ("get", "/objects"): CRM, ("get", "/objects/{type_key}/describe"): CRM, ("get", "/objects/{type_key}"): CRM,
    ("post", "/objects/{type_key}"): CRM, ("post", "/objects/{type_key}/query"): CRM,
    ("put", "/objects/{type_key}/by/{key}/{value}"): CRM, ("get", "/objects/{type_key}/{record_id}"): CRM,
    ("patch", "/objects/{type_key}/{record_id}"): CRM, ("delete", "/objects/{type_key}/{record_id}"): CRM,
    ("post", "/objects/{type_key}/{record_id}/restore"): CRM, ("get", "/crm/changes"): CRM,
    **{
        one: {"admin"}
        for one in (
            ("get", "/crm/automations"), ("post", "/crm/automations"), ("get", "/crm/automations/{automation_id}"),
            ("patch", "/crm/automations/{automation_id}"), ("delete", "/crm/automations/{automation_id}"),
            ("post", "/crm/automations/{automation_id}/live"), ("post", "/crm/automations/{automation_id}/off"),
            ("get", "/crm/automations/{automation_id}/rehearsal"), ("get", "/crm/automations/{automation_id}/runs"),
            ("get", "/crm/runs/{run_id}"), ("post", "/crm/runs/{run_id}/retry"),
        )
    },
    ("post", "/crm/jobs"): CRM, ("get", "/crm/jobs/{job_id}"): CRM, ("put", "/crm/jobs/{job_id}/parts/{number}"): CRM,
    ("post", "/crm/jobs/{job_id}/close"): CRM, ("post", "/crm/jobs/{job_id}/abort"): CRM,
    ("get", "/crm/jobs/{job_id}/results/{kind}"): CRM,
    ("get", "/crm/event-kinds"): {"admin"}, ("get", "/crm/webhooks"): {"admin"}, ("post", "/crm/webhooks"): {"admin"},
    ("get", "/crm/webhooks/{webhook_id}"): {"admin"}, ("patch", "/crm/webhooks/{webhook_id}"): {"admin"},
    ("delete", "/crm/webhooks/{webhook_id}"): {"admin"}, ("post", "/crm/webhooks/{webhook_id}/secret"): {"admin"},
    ("post", "/crm/webhooks/{webhook_id}/ping"): {"admin"}, ("post", "/crm/webhooks/{webhook_id}/replay"): {"admin"},
    ("get", "/crm/webhooks/{webhook_id}/deliveries"): {"admin"},
    ("post", "/crm/deliveries/{delivery_id}/replay"): {"admin"},
    ("get", "/crm/accounts/{record_id}/standing"): CRM, ("put", "/crm/accounts/{record_id}/steps/{step}"): CRM,
    ("post", "/crm/accounts/{record_id}/members"): CRM,
    ("delete", "/crm/accounts/{record_id}/members/{member_id}"): CRM,
    ("post", "/crm/accounts/{record_id}/signals"): CRM, ("get", "/crm/signals"): DESK,
    ("post", "/crm/signals/{signal_id}/answer"): DESK, ("post", "/crm/accounts/{record_id}/release"): DESK,
    ("get", "/crm/accounts/{record_id}/known/{year}"): CRM, ("get", "/crm/records/{record_id}/timeline"): CRM,
    ("get", "/ads"): EVERYBODY, ("post", "/ads"): SIGNED_IN, ("get", "/ads/{ad_id}"): EVERYBODY,
    ("put", "/ads/{ad_id}"): {"member"}, ("post", "/ads/{ad_id}/renew"): {"member"},
    ("post", "/ads/{ad_id}/sold"): {"member"}, ("post", "/ads/{ad_id}/withdraw"): {"member"},
    ("get", "/ads/{ad_id}/verdict"): {"member"} | DESK, ("get", "/ads/{ad_id}/versions"): {"member"} | DESK,
    ("get", "/me/ads"): SIGNED_IN, ("post", "/photos"): SIGNED_IN, ("get", "/places"): EVERYBODY,
    ("get", "/places/{code}"): EVERYBODY, ("get", "/categories"): EVERYBODY, ("get", "/categories/{slug}"): EVERYBODY,
    ("get", "/conversations"): SIGNED_IN, ("post", "/conversations"): SIGNED_IN - {"member"},
    ("get", "/conversations/{conversation_id}"): {"member", "stranger"},
    ("post", "/conversations/{conversation_id}/messages"): {"member", "stranger"},
    ("post", "/notices"): EVERYBODY, ("get", "/notices/{receipt}"): EVERYBODY,
    ("get", "/cases"): DESK, ("get", "/cases/{case_id}"): DESK, ("post", "/cases/{case_id}/claim"): DESK,
    ("post", "/cases/{case_id}/decisions"): DESK,
    ("post", "/cases/{case_id}/release"): DESK, ("post", "/cases/{case_id}/escalate"): DESK,
    ("post", "/queues/next"): DESK,
    ("get", "/policies"): EVERYBODY, ("post", "/screen"): DESK,
    ("get", "/cases/{case_id}/evidence"): EVIDENCE, ("post", "/cases/{case_id}/evidence"): EVIDENCE,
    ("get", "/evidence/{evidence_id}"): EVIDENCE, ("post", "/evidence/{evidence_id}/package"): EVIDENCE,
    ("get", "/reports"): CHILD, ("post", "/reports"): CHILD, ("get", "/reports/{report_id}"): CHILD,
    ("put", "/reports/{report_id}"): CHILD, ("post", "/reports/{report_id}/preview"): CHILD,
    ("post", "/reports/{report_id}/send"): CHILD, ("post", "/reports/{report_id}/retry"): CHILD,
    ("post", "/reports/{report_id}/retract"): CHILD,
    ("get", "/networks"): DESK, ("get", "/networks/{network_id}"): DESK,
    ("post", "/networks/{network_id}/case"): DESK, ("post", "/networks/{network_id}/hold"): DESK,
    ("get", "/cases/{case_id}/record"): DESK, ("get", "/me/decisions"): SIGNED_IN, ("get", "/me/appeals"): SIGNED_IN,
    ("get", "/decisions/{decision_id}"): {"member"} | DESK, ("post", "/decisions/{decision_id}/undo"): DESK,
    ("post", "/appeals"): {"member"}, ("get", "/appeals"): DESK, ("get", "/appeals/overturned"): DESK,
    ("get", "/appeals/{appeal_id}"): {"member"} | DESK, ("post", "/appeals/{appeal_id}/decision"): DESK,
    ("post", "/notices/{receipt}/appeal"): EVERYBODY, ("get", "/statements"): DESK, ("get", "/reporters"): DESK,
    ("post", "/reporters/{reporter_id}/warn"): DESK, ("post", "/reporters/{reporter_id}/mute"): DESK,
    ("post", "/reporters/{reporter_id}/hear"): DESK, ("get", "/flaggers"): DESK,
    ("post", "/flaggers"): {"lead", "admin"}, ("get", "/flaggers/{flagger_id}"): DESK,
    ("put", "/flaggers/{flagger_id}"): {"lead", "admin"}, ("get", "/flaggers/{flagger_id}/figures"): DESK,
    ("get", "/events"): DESK, ("get", "/me"): SIGNED_IN, ("put", "/me/language"): SIGNED_IN,
    ("get", "/rules"): DESK, ("post", "/rules"): DESK, ("get", "/rules/variables"): DESK,
    ("post", "/rules/validate"): DESK, ("get", "/rules/packaged"): DESK,
    ("put", "/rules/packaged/{key}"): {"lead", "admin"}, ("get", "/rules/{rule_id}"): DESK,
    ("put", "/rules/{rule_id}"): DESK, ("post", "/rules/{rule_id}/backtest"): DESK,
    ("get", "/rules/{rule_id}/backtest"): DESK, ("post", "/rules/{rule_id}/shadow"): DESK,
    ("post", "/rules/{rule_id}/promote"): {"lead", "admin"}, ("post", "/rules/{rule_id}/retire"): DESK,
    ("get", "/orders"): LEADS, ("post", "/orders"): LEADS, ("get", "/orders/{order_id}"): LEADS,
    ("post", "/orders/{order_id}/steps"): LEADS, ("post", "/packages/{disclosure_id}/handed"): LEADS,
    ("post", "/orders/{order_id}/extend"): LEADS, ("post", "/packages/{disclosure_id}/open"): LEADS,
    ("post", "/cases/{case_id}/back"): CHILD, ("post", "/cases/{case_id}/photos"): DESK,
    ("post", "/takedowns"): EVERYBODY, ("get", "/takedowns"): DESK, ("get", "/takedowns/{takedown_id}"): DESK,
    ("get", "/takedowns/{receipt}/receipt"): EVERYBODY, ("post", "/takedowns/{takedown_id}/remove"): DESK,
    ("post", "/takedowns/{takedown_id}/decline"): DESK,
    ("get", "/me/trader"): SIGNED_IN, ("put", "/me/trader"): SIGNED_IN, ("put", "/me/trader/business"): SIGNED_IN,
    ("post", "/me/trader/certify"): SIGNED_IN, ("get", "/traders"): LEADS, ("get", "/traders/{member_id}"): LEADS,
    ("post", "/traders/{member_id}/verify"): LEADS, ("post", "/traders/{member_id}/refuse"): LEADS,
    ("get", "/risks"): DESK, ("post", "/risks"): LEADS, ("get", "/risks/{assessment_id}"): DESK,
    ("get", "/transparency"): EVERYBODY, ("get", "/metrics"): DESK, ("get", "/samples/next"): DESK,
    ("post", "/samples/{sample_id}/judgement"): DESK,
    ("get", "/me/wellness"): DESK, ("put", "/me/wellness"): DESK,
    ("get", "/banks"): LEAD, ("post", "/banks"): LEAD, ("get", "/banks/{bank_id}"): LEAD,
    ("put", "/banks/{bank_id}/enabled"): LEAD, ("get", "/banks/{bank_id}/entries"): LEAD,
    ("post", "/banks/{bank_id}/entries"): LEAD, ("delete", "/banks/{bank_id}/entries/{value}"): LEAD,
    ("get", "/banks/{bank_id}/matches"): LEAD, ("post", "/banks/{bank_id}/quarantine"): LEAD,
    ("post", "/banks/{bank_id}/release"): LEAD,
    **walks.ENDPOINTS,
    ("get", "/crm/types"): CRM, ("post", "/crm/types"): ADMIN, ("get", "/crm/types/{key}"): CRM,
    ("put", "/crm/types/{key}"): ADMIN, ("delete", "/crm/types/{key}"): ADMIN,
    ("post", "/crm/types/{key}/fields"): ADMIN, ("patch", "/crm/types/{key}/fields/{field_key}"): ADMIN,
    ("delete", "/crm/types/{key}/fields/{field_key}"): ADMIN,
    ("post", "/crm/types/{key}/fields/{field_key}/restore"): ADMIN,
    ("post", "/crm/types/{key}/fields/{field_key}/purge"): ADMIN,
    ("post", "/crm/types/{key}/fields/{field_key}/retype"): ADMIN, ("put", "/crm/types/{key}/layouts"): ADMIN,
    ("post", "/crm/types/{key}/pipelines"): ADMIN, ("put", "/crm/types/{key}/pipelines/{pipeline}/stages"): ADMIN,
    ("delete", "/crm/types/{key}/pipelines/{pipeline}"): ADMIN, ("post", "/crm/types/{key}/validations"): ADMIN,
    ("delete", "/crm/types/{key}/validations/{validation_id}"): ADMIN, ("get", "/crm/work/{work_id}"): ADMIN,
    ("get", "/crm/profiles"): ADMIN, ("post", "/crm/profiles"): ADMIN, ("put", "/crm/profiles/{profile}"): ADMIN,
    ("get", "/crm/seats"): ADMIN, ("put", "/crm/seats/{member_id}"): ADMIN, ("get", "/crm/teams"): ADMIN,
    ("post", "/crm/teams"): ADMIN, ("post", "/crm/leads/{lead_id}/convert"): CRM,
    ("get", "/crm/quotes/{quote_id}"): CRM, ("put", "/crm/quotes/{quote_id}/lines"): CRM,
    ("post", "/crm/quotes/{quote_id}/accept"): CRM,
    ("get", "/crm/imports"): CRM, ("post", "/crm/imports"): CRM, ("get", "/crm/imports/{import_id}"): CRM,
    ("put", "/crm/imports/{import_id}/files/{file_id}"): CRM, ("post", "/crm/imports/{import_id}/start"): CRM,
    ("post", "/crm/imports/{import_id}/stop"): CRM, ("post", "/crm/imports/{import_id}/undo"): CRM,
    ("get", "/crm/imports/{import_id}/problems"): CRM,
    ("get", "/crm/imports/{import_id}/files/{file_id}/refused"): CRM,
    ("get", "/crm/exports"): CRM, ("post", "/crm/exports"): CRM, ("get", "/crm/exports/{export_id}"): {"sales"},
    ("get", "/crm/exports/{export_id}/file"): {"sales"},
    ("get", "/crm/duplicates"): CRM, ("post", "/crm/duplicates/search"): CRM,
    ("post", "/crm/duplicates/candidates"): CRM, ("get", "/crm/duplicates/of/{record_id}"): CRM,
    ("post", "/crm/duplicates/{pair_id}/dismiss"): CRM, ("post", "/crm/merge"): CRM,
    ("post", "/crm/merges/{merge_id}/undo"): CRM,
    **report_walks.ENDPOINTS,
    ("get", "/members"): {"sales"} | DESK,
    ("put", "/members/{member_id}/role"): {"admin"}, ("put", "/members/{member_id}/grants"): {"admin"},
    ("get", "/tokens"): SIGNED_IN, ("post", "/tokens"): SIGNED_IN,
    ("delete", "/tokens/{token_id}"): SIGNED_IN,
    ("get", "/crm/views"): CRM, ("post", "/crm/views"): CRM, ("get", "/crm/views/{view_id}"): CRM,
    ("put", "/crm/views/{view_id}"): {"admin"}, ("delete", "/crm/views/{view_id}"): {"admin"},
    ("get", "/crm/views/{view_id}/records"): CRM, ("post", "/crm/bulk"): CRM, ("get", "/crm/bulk/{bulk_id}"): {"admin"},
    ("post", "/crm/bulk/{bulk_id}/undo"): {"admin"}, ("get", "/crm/search"): CRM, ("get", "/crm/groups"): CRM,
}  # fmt: skip
REFUSED = {401, 403, 404}
UNKNOWN = {"/notices/{receipt}", "/notices/{receipt}/appeal", "/takedowns/{receipt}/receipt", "/me/trader",
           "/me/trader/certify", "/crm/accounts/{record_id}/release", "/crm/types/{key}/fields/{field_key}/restore",
           "/crm/types/{key}/fields/{field_key}/purge", "/objects/{type_key}/{record_id}/restore"}  # fmt: skip
"""Where 404 is an answer: an unknown receipt, details nobody asks of the caller, what is not held or archived."""
TRADER = {
    "name": "Wheels Ltd",
    "address": "Long Street 5, 73301 Austin, Texas",
    "country": "US",
    "phone": "+1 512 474 1234",
    "email": "shop@wheels.example",
    "account": "US1234567890",
    "certifies": True,
}


def test_every_endpoint_is_declared() -> None:
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    found = {(method, path) for path, operations in paths.items() for method in operations}
    assert found == set(ENDPOINTS)


@pytest.fixture
def market(seller: Actor, buyer: Actor, make_member: Callable[..., Actor]) -> dict[str, Any]:
    """One of everything, and a caller for each role."""
    now = clock.now()
    live = submit(actor=seller, draft=bicycle(), at=now)
    submit(actor=seller, draft=hidden_number(), at=now)
    talk = reply(actor=buyer, ad_id=live.ad_id, text="Hello", at=now)
    bank = create(name="B", kind="md5", policy="scam", action="hold", actor=Actor.system("tests"), at=now)
    bring_in(bank_id=bank, lines=["0" * 32], actor=Actor.system("tests"), at=now)
    rule = written(Actor.system("tests"), now)
    tried(rule, Actor.system("tests"), now)
    submit(actor=seller, draft=prohibited(), at=now)
    decision = Decision.objects.get().public_id
    appeal = file_appeal(decision_id=decision, text="Please look at it again.", actor=seller, at=now)
    file_notice(
        subject_kind="ad", subject_id=Case.objects.get().subject_id, reporter=buyer, reporter_email="", kind="other",
        text="", at=now,
    )  # fmt: skip
    people = (
        {"member": seller, "stranger": buyer}
        | {role: make_member(f"{role}-person", role=role) for role in ("sales", "safety", "admin")}
        | {"lead": make_member("lead-person", role="safety", grants=["safety_lead", "child_safety"])}
    )
    order_id = verified(people["lead"], now, subjects=f"ad {live.ad_id}")
    take_step(order_id=order_id, step="carry_out", text="", actor=people["lead"], at=now)
    shop = make_member("shop")
    declare(is_trader=True, actor=shop, at=now)
    draw(kind="ad", subject_ids=[live.ad_id], at=now)
    asked = asking(location=f"/ad/{live.ad_id}")
    assessment = adopt(
        regime="eu-dsa", rows=rows("eu-dsa"), summary="", owner="Safety", review_on=(now + timedelta(days=30)).date(),
        actor=people["lead"], at=now,
    )  # fmt: skip
    account = made(people["sales"], now, "account", name="An account")
    tie_members(account_id=account.id, member_ids=[shop.id], actor=people["sales"], at=now)
    signal = raise_signal(account_id=account.id, kind="other", note="", actor=people["sales"], at=now)
    hook, _secret = webhooks.create(
        url="https://example.org/", kinds=["crm.record.created"], actor=people["admin"], at=now
    )
    robot = automations.create(name="Robot", actor=people["admin"], at=now)
    automations.save(
        automation_id=robot, trigger={"kind": "created", "type": "deal"}, steps=[{"do": "assign"}],
        actor=people["admin"], at=now,
    )  # fmt: skip
    automations.publish(automation_id=robot, actor=people["admin"], at=now)
    made(people["sales"], now, "deal", name="A deal")
    webhooks.ping(webhook_id=hook, actor=people["admin"], at=now)
    deal = create_record(type_key="deal", values={"name": "Ads"}, actor=people["admin"], at=now)
    view = save_view(type_key="deal", name="All", is_shared=True, actor=people["admin"], at=now)
    bulk = start(type_key="deal", act="edit", actor=people["admin"], at=now, ids=[deal.id], given={"amount": 5})
    entry = Entry("Helpline", "help@example.org", "Coordinator", "A-1")
    return {
        "account": account.id,
        "crm": crm_ids(people["sales"], people["admin"], now),
        "callers": {"visitor": Caller(), **{role: Caller(actor) for role, actor in people.items()}},
        "ids": {
            "ad_id": live.ad_id, "code": "de/berlin", "slug": "vehicles/bicycles", "receipt": "abc",
            "conversation_id": talk.conversation_id, "member_id": shop.id, "case_id": Case.objects.get().public_id,
            "decision_id": decision, "appeal_id": appeal, "reporter_id": Reporter.objects.get().public_id,
            "flagger_id": add_flagger(entry=entry, actor=people["lead"], at=now), "order_id": order_id,
            "disclosure_id": Disclosure.objects.get().public_id, "network_id": linked_network(seller, now),
            "rule_id": rule.rule_id, "bank_id": bank, "value": "0" * 32, "key": "disguised-contact",
            "takedown_id": request_takedown(draft=asked, actor=Actor.system("tests"), at=now),
            "record_id": account.id, "type_key": "account", "webhook_id": hook, "automation_id": robot,
            "job_id": jobs.create(type_key="deal", operation="insert", actor=people["sales"], at=now).public_id,
            "number": 1, "kind": "success",
            "run_id": AutomationRun.objects.order_by("pk")[0].public_id,
            "delivery_id": WebhookDelivery.objects.get().public_id, "step": "contact", "year": now.year,
            "signal_id": signal,
            "view_id": view.id, "bulk_id": bulk.public_id,
            **walks.one_of_everything(now),
            **data_ids(people["sales"], now),
            **report_walks.one_of_everything(people["sales"], now),
            "assessment_id": assessment, "sample_id": PrevalenceSample.objects.get().public_id,
        },
    }  # fmt: skip


def call(market: dict[str, Any], role: str, method: str, path: str) -> int:
    caller: Caller = market["callers"][role]
    tokens = caller.get("/tokens").json() if role != "visitor" and path == "/tokens/{token_id}" else []
    ids = dict(market["ids"])
    if "evidence_id" in path:
        ids["evidence_id"] = keep(case_id=ids["case_id"], actor=OPERATOR, at=clock.now())
    if "report_id" in path:
        ids["report_id"] = reporting.create(case_id=ids["case_id"], actor=OPERATOR, at=clock.now())
    ids |= (
        market["crm"]
        if path.startswith("/crm/") and not path.startswith("/crm/accounts/")
        else {"record_id": market["account"]}
    )
    if path == "/objects/{type_key}/by/{key}/{value}":
        ids["key"] = "external_id"
    filled = path.format(**ids, token_id=tokens[0]["id"] if tokens else "abc")
    filled += {
        "/appeals/overturned": "?since=2026-01-01&until=2026-12-31",
        "/flaggers/{flagger_id}/figures": "?year=2026",
        "/crm/views": "?type=deal",
        "/crm/groups": "?type=deal&by=stage",
        **walks.QUERIES,
    }.get(path, "")
    flagger = {"name": "Other", "contact": "other@example.org", "awarded_by": "Coordinator", "award": "A-2"}
    draft = {"title": "A good bicycle", "body": "A bicycle like many others.", "category": "vehicles/bicycles",
             "place": "de/berlin", "price": 5}  # fmt: skip
    bodies = {
        **walks.bodies(ids),
        **CRM_BODIES,
        **report_walks.BODIES,
        "/ads": draft, "/ads/{ad_id}": draft, "/conversations": {"ad_id": ids["ad_id"], "text": "Hello"},
        "/conversations/{conversation_id}/messages": {"text": "Hello"},
        "/notices": {"subject_id": ids["ad_id"], "kind": "other"},
        "/cases/{case_id}/decisions": {"outcome": "allow"},
        "/queues/next": {"queue": "notices"},
        "/screen": {"body": "x"}, "/members/{member_id}/role": {"role": "member"},
        "/members/{member_id}/grants": {"grants": []},
        "/tokens": {"name": "x"}, "/rules/packaged/{key}": {"life": "shadow", "reason": "Too many."},
        "/banks": {"name": "New", "kind": "md5", "policy": "scam", "action": "hold"},
        "/banks/{bank_id}/enabled": {"enabled": True}, "/banks/{bank_id}/entries": {"lines": []},
        "/banks/{bank_id}/quarantine": {"why": "A flood."}, "/banks/{bank_id}/release": {},
        "/rules": {"key": "new-rule", "name": "New", "when": "true", "policy": "scam", "message": "A message."},
        "/rules/{rule_id}": {"name": "New", "when": "true", "policy": "scam", "message": "A message."},
        "/rules/{rule_id}/retire": {"reason": "Enough."}, "/rules/{rule_id}/shadow": {}, "/rules/validate": {},
        "/rules/{rule_id}/promote": {}, "/rules/{rule_id}/backtest": {},
        "/orders": {"kind": "own_report", "authority": "Police", "country": "DE", "received_at": "2026-01-01T00:00:00Z",
                    "received_how": "sent", "subjects": [{"kind": "ad", "id": ids["ad_id"]}]},
        "/orders/{order_id}/steps": {"step": "note", "text": "Something to remember."},
        "/packages/{disclosure_id}/handed": {"to": "Somebody"},
        "/networks/{network_id}/hold": {"policy": "scam", "reason": "They belong together."},
        "/cases/{case_id}/evidence": {}, "/reports": {"case_id": ids["case_id"]},
        "/evidence/{evidence_id}/package": {"purpose": "audit", "reason": "to see who may"},
        "/reports/{report_id}/send": {"mark": "0" * 64},
        "/reports/{report_id}": {"incident_type": "Child Sex Trafficking"},
        "/decisions/{decision_id}/undo": {"reason": "It was a mistake."},
        "/appeals": {"decision_id": ids["decision_id"], "text": "Please look at it again."},
        "/appeals/{appeal_id}/decision": {"outcome": "uphold", "answer": "It stays as it is."},
        "/notices/{receipt}/appeal": {"text": "Please look at it again."}, "/flaggers": flagger,
        "/flaggers/{flagger_id}": flagger,
        "/reporters/{reporter_id}/mute": {"days": 3, "reason": "Most of them had no ground."},
        "/me/language": {"language": "de"}, "/crm/views": {"type": "deal", "name": "Mine"},
        "/crm/views/{view_id}": {"type": "deal", "name": "Everybody's", "shared": True},
        "/crm/bulk": {"type": "deal", "all": True, "values": {"amount": 3}},
        "/orders/{order_id}/extend": {"due_at": "2027-01-01T00:00:00Z", "text": "The court wrote to us."},
        "/packages/{disclosure_id}/open": {"purpose": "audit"},
        "/takedowns": {name: value for name, value in asdict(asking()).items() if name != "language"},
        "/takedowns/{takedown_id}/remove": {},
        "/takedowns/{takedown_id}/decline": {"missing": ["image"], "answer": "It shows a bicycle only."},
        "/me/trader": TRADER, "/me/trader/business": {"is_trader": True},
        "/traders/{member_id}/verify": {"id_outcome": "passed"},
        "/traders/{member_id}/refuse": {"reason": "The address is not complete."},
        "/risks": {"regime": "eu-dsa", "rows": rows("eu-dsa"), "owner": "Safety", "review_on": "2027-01-01"},
        "/samples/{sample_id}/judgement": {"finding": "fine"},
        "/crm/automations": {"name": "Other"}, "/crm/automations/{automation_id}": {"name": "Other"},
        "/crm/jobs": {"type": "deal", "operation": "insert"},
        "/crm/webhooks": {"url": "https://example.org/", "kinds": ["market.*"]}, "/crm/webhooks/{webhook_id}": {},
        "/crm/webhooks/{webhook_id}/replay": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"},
        "/objects/{type_key}": {"values": {"name": "Another"}}, "/objects/{type_key}/query": {},
        "/objects/{type_key}/by/{key}/{value}": {"values": {"name": "Another"}},
        "/objects/{type_key}/{record_id}": {"values": {"name": "Another"}},
        "/crm/accounts/{record_id}/steps/{step}": {"details": {"person": "A. Meier"}},
        "/crm/accounts/{record_id}/members": {"member_id": ids["member_id"]},
        "/crm/accounts/{record_id}/signals": {"kind": "cities"}, "/crm/signals/{signal_id}/answer": {"answer": "held"},
        "/crm/accounts/{record_id}/release": {},
        "/crm/imports/{import_id}/files/{file_id}": {}, "/crm/imports/{import_id}/start": {"dry_run": True},
        "/crm/exports": {"type": "account"}, "/crm/duplicates/search": {"type": "account"},
        "/crm/duplicates/candidates": {"type": "account", "values": {"name": "X"}},
        "/crm/merge": {"records": ids["merging"], "survivor": ids["merging"][0], "dry_run": True},
        "/me/wellness": {"grey": True, "blurred": True, "hard_queues": True},
    }  # fmt: skip
    send = getattr(caller, method)
    answer = send(filled, bodies.get(path)) if method in {"post", "put", "patch"} else send(filled)
    return int(answer.status_code)


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is taken back: each endpoint meets the market as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_is_declared_and_nothing_else(market: dict[str, Any], role: str) -> None:
    wrong = []
    for (method, path), allowed in sorted(ENDPOINTS.items()):
        with undone():
            status = call(market, role, method, path)
        if role in allowed:
            # An ad renewed too early and a photo that is missing are answers, not refusals.
            is_right = status < 500 and status not in {401, 403} and (status != 404 or path in UNKNOWN)
        else:
            is_right = status in REFUSED | ({409, 422} if path in {"/conversations", "/photos"} else set())
        if not is_right:
            wrong.append(f"{method} {path}: {status}, {'allowed' if role in allowed else 'not allowed'}")
    assert wrong == []

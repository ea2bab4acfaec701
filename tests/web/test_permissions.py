"""Every address as every role: who may see what is written here once, and an address that is missing fails."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fairboard.crm.models import AutomationRun, BulkEdit
from fairboard.crm.services import automations, webhooks
from fairboard.crm.services.bulk import start
from fairboard.crm.services.records import create_record
from fairboard.crm.services.views import save_view
from fairboard.kit import clock
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from fairboard.market.services.reminding import token_for
from fairboard.market.services.saving import Holder, save_draft
from fairboard.people.services.own_data import ask_copy, make_copy
from fairboard.safety.models import Case, Decision, Disclosure
from fairboard.safety.services import reporting
from fairboard.safety.services.appeals import file_appeal
from fairboard.safety.services.banks import create
from fairboard.safety.services.evidence import keep
from fairboard.safety.services.flaggers import Entry, add_flagger
from fairboard.safety.services.notices import file_notice
from fairboard.safety.services.orders import take_step
from fairboard.safety.services.risks import adopt
from fairboard.safety.services.takedowns import request_takedown
from fairboard.safety.services.traders import declare
from fairboard.talk.services.messages import reply
from tests.crm import made, report_walks
from tests.crm.data_made import crm_data
from tests.crm.one_of_each import crm_pages
from tests.market.drafts import BERLIN, bicycle, hidden_number, prohibited
from tests.market.photos import jpeg
from tests.marketing import walks
from tests.people import OPERATOR, client_of
from tests.safety.ads import linked_network
from tests.safety.orders_made import verified
from tests.safety.rulebook import tried, written
from tests.safety.takedowns_made import asking
from tests.safety.test_risks import rows

ROLES = ("visitor", "member", "stranger", "sales", "safety", "lead", "admin")
EVERYBODY = set(ROLES)
SIGNED_IN = EVERYBODY - {"visitor"}
OWNER = {"member"}
PAIR = {"member", "stranger"}  # the two who talk
DESK = {"safety", "lead", "admin"}
ADMIN = {"admin"}
LEADS = {"lead", "admin"}
CRM = {"sales", "admin"}

# Name of the address -> who gets it (200, or a redirect that is not to sign-in).
PAGES: dict[str, set[str]] = {
    "web:home": EVERYBODY, "web:safety": EVERYBODY, "web:rules": EVERYBODY, "web:privacy": EVERYBODY,
    "web:about": EVERYBODY, "web:language": EVERYBODY, "web:health": EVERYBODY,
    "market:robots": EVERYBODY, "market:sitemap": EVERYBODY, "market:sitemap_places": EVERYBODY,
    "market:sitemap_ads": EVERYBODY,
    "market:places": EVERYBODY, "market:place_options": EVERYBODY, "market:search": EVERYBODY,
    "market:browse": EVERYBODY, "market:browse_category": EVERYBODY, "market:ad": EVERYBODY,
    "market:report": EVERYBODY, "market:report_done": EVERYBODY, "market:photo": EVERYBODY,
    "market:post": EVERYBODY, "market:post_form": EVERYBODY, "market:mine": SIGNED_IN,
    "market:draft_save": EVERYBODY, "market:draft_fields": EVERYBODY, "market:suggest": EVERYBODY,
    "market:draft_values": EVERYBODY, "market:nearest": EVERYBODY, "market:draft_photo": EVERYBODY,
    "market:draft_rotate": OWNER, "market:draft_discard": OWNER, "market:several": SIGNED_IN,
    "market:seen": EVERYBODY, "market:seller": EVERYBODY, "market:copy": OWNER, "market:sold": OWNER,
    "market:renew": EVERYBODY,
    "market:edit": OWNER, "market:posted": OWNER, "market:history": OWNER | DESK,
    "market:act": OWNER,
    "talk:inbox": SIGNED_IN, "talk:reply": SIGNED_IN, "talk:conversation": PAIR,
    "safety:queue": DESK, "safety:take": DESK, "safety:wellness": DESK,
    "safety:case": DESK, "safety:rules": DESK, "safety:ledger": DESK,
    "safety:rule_new": DESK, "safety:rule_packaged": DESK, "safety:rule": DESK, "safety:rule_move": DESK,
    "safety:rule_backtest": DESK, "safety:rule_progress": DESK,
    "safety:orders": LEADS, "safety:order_new": LEADS, "safety:order": LEADS, "safety:package": LEADS,
    "safety:takedowns": DESK, "safety:takedown": DESK, "duties:take_it_down": EVERYBODY,
    "duties:takedown_receipt": EVERYBODY,
    "safety:risks": DESK, "safety:risk": DESK, "safety:risk_write": LEADS,
    "safety:traders": LEADS, "safety:trader": LEADS, "duties:trader": SIGNED_IN,
    "safety:metrics": DESK, "safety:samples": DESK,
    "duties:transparency": EVERYBODY, "duties:transparency_csv": EVERYBODY,
    "safety:case_evidence": LEADS, "safety:evidence": LEADS, "safety:reports": {"lead"}, "safety:report": {"lead"},
    "safety:networks": DESK, "safety:network": DESK,
    "safety:banks": {"lead", "admin"}, "safety:bank": {"lead", "admin"},
    "safety:appeals": DESK, "safety:appeal": DESK, "safety:decision": DESK, "safety:reporters": DESK,
    "safety:flaggers": DESK, "safety:flagger": DESK,
    "redress:decision": OWNER | DESK, "redress:mine": SIGNED_IN, "redress:receipt": EVERYBODY,
    "crm:webhooks": ADMIN, "crm:webhook": ADMIN,
    "crm:automations": ADMIN, "crm:automation": ADMIN, "crm:automation_edit": ADMIN,
    "crm:automation_rehearsal": ADMIN, "crm:automation_run": ADMIN,
    "crm:standing": CRM, "crm:knew": CRM, "crm:timeline": CRM, "crm:mail_in": CRM,
    "crm:signals": DESK,
    "crm:home": CRM, "crm:search": CRM, "crm:suggest": CRM, "crm:bin": CRM, "crm:bulk": CRM, "crm:view": CRM,
    "crm:list": CRM, "crm:filter": CRM, "crm:save_view": CRM, "crm:change_many": CRM, "crm:move": CRM, "crm:cell": CRM,
    "crm:record": CRM,
    **walks.PAGES,
    "crm:create": CRM, "crm:edit": CRM, "crm:pick": CRM, "crm:changes": CRM,
    "crm:stage": CRM, "crm:log": CRM, "crm:own": CRM, "crm:share": CRM, "crm:done": CRM, "crm:delete": CRM,
    "crm:restore": CRM, "crm:tasks": CRM, "crm:calendar": CRM, "crm:feed": EVERYBODY, "crm:download": CRM,
    "crm:meeting_file": CRM,
    "crm:convert": CRM, "crm:quote": CRM, "crm:quote_pdf": CRM,
    "crm:setup": ADMIN, "crm:setup_work": ADMIN, "crm:setup_profiles": ADMIN, "crm:setup_profile": ADMIN,
    "crm:setup_seats": ADMIN, "crm:setup_territories": ADMIN, "crm:setup_type": ADMIN,
    "crm:setup_type_settings": ADMIN, "crm:setup_variants": ADMIN, "crm:setup_layouts": ADMIN,
    "crm:setup_pipelines": ADMIN, "crm:setup_validations": ADMIN, "crm:setup_check": ADMIN,
    "crm:setup_field_new": ADMIN, "crm:setup_field": ADMIN, "crm:setup_field_end": ADMIN,
    "crm:setup_field_retype": ADMIN,
    "crm:imports": CRM, "crm:import": CRM, "crm:import_refused": CRM,
    "crm:exports": CRM, "crm:export_file": {"sales"},
    "crm:duplicates": CRM, "crm:merge": CRM, "crm:merge_undo": CRM,
    **report_walks.PAGES,
    "people_settings": SIGNED_IN, "people_own_data": SIGNED_IN, "people_ask_copy": SIGNED_IN, "people_download": OWNER,
    "people_erase": SIGNED_IN,
    "people_home": SIGNED_IN, "people_members": ADMIN, "people_link": EVERYBODY,
}  # fmt: skip
POSTED = walks.POSTED | report_walks.POSTED | {
    "market:draft_save", "market:draft_fields", "market:draft_photo", "market:draft_rotate", "market:draft_discard",
    "market:several", "market:seen", "market:copy", "people_ask_copy", "people_erase",
    "market:act", "safety:package", "safety:take", "crm:move", "crm:stage", "crm:log", "crm:own", "crm:share",
    "crm:done", "crm:delete", "crm:restore", "crm:merge_undo", "crm:setup_check",
}  # fmt: skip
LIBRARY = ("account_", "mfa_", "usersessions_", "socialaccount_", "headless:")
"""Names of django-allauth's own pages and endpoints: visitors get none of those that show an account (tested below
and in tests/api/test_sign_up.py)."""


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, inner)
        elif entry.name:
            yield f"{space}{entry.name}", entry


def names() -> list[str]:
    found = {name for name, _pattern in patterns(get_resolver())}
    return sorted(name for name in found if not name.startswith((*LIBRARY, "api-v1:")))


@pytest.fixture
def market(seller: Actor, buyer: Actor, make_member: Callable[..., Actor]) -> dict[str, Any]:
    """One of everything, and a browser for each role. The member owns the ad, the stranger answered it."""
    now = clock.now()
    photo = add_photo(actor=seller, raw=jpeg(), at=now)
    live = submit(actor=seller, draft=bicycle(photos=[photo.id]), at=now)
    submit(actor=seller, draft=hidden_number(), at=now)
    talk = reply(actor=buyer, ad_id=live.ad_id, text="Hello", at=now)
    bank = create(name="B", kind="md5", policy="scam", action="hold", actor=Actor.system("tests"), at=now)
    rule = written(Actor.system("tests"), now)
    tried(rule, Actor.system("tests"), now)
    submit(actor=seller, draft=prohibited(), at=now)
    decision = Decision.objects.get().public_id
    appeal = file_appeal(decision_id=decision, text="Please look at it again.", actor=seller, at=now)
    reported = file_notice(
        subject_kind="ad", subject_id=Case.objects.get().subject_id, reporter=buyer, reporter_email="", kind="other",
        text="", at=now,
    ).id  # fmt: skip
    people = (
        {"member": seller, "stranger": buyer}
        | {role: make_member(f"{role}-person", role=role) for role in ("sales", "safety", "admin")}
        | {"lead": make_member("lead-person", role="safety", grants=["safety_lead", "child_safety"])}
    )
    order_id = verified(people["lead"], now, subjects=f"ad {live.ad_id}")
    take_step(order_id=order_id, step="carry_out", text="", actor=people["lead"], at=now)
    risk_id = adopt(
        regime="eu-dsa", rows=rows("eu-dsa"), summary="", owner="Lea", review_on=now.date() + timedelta(days=9),
        actor=people["lead"], at=now,
    )  # fmt: skip
    declare(is_trader=True, actor=buyer, at=now)
    deal = create_record(type_key="deal", values={"name": "A year of ads"}, actor=people["sales"], at=now)
    shared = save_view(type_key="deal", name="All", is_shared=True, actor=people["sales"], at=now)
    receipt = request_takedown(draft=asking(), actor=ANONYMOUS, at=now)
    entry = Entry("Helpline", "help@example.org", "Coordinator", "A-1")
    flagger = add_flagger(entry=entry, actor=people["lead"], at=now)
    account = made(people["sales"], now, "account", name="An account")
    robot = automations.create(name="Robot", actor=people["admin"], at=now)
    trigger, steps = {"kind": "created", "type": "deal"}, [{"do": "assign"}]
    automations.save(automation_id=robot, trigger=trigger, steps=steps, actor=people["admin"], at=now)
    automations.publish(automation_id=robot, actor=people["admin"], at=now)
    made(people["sales"], now, "deal", name="A deal")

    def changed(role: str) -> BulkEdit:  # seen by who made it, and by administrators
        by = people["sales" if role == "sales" else "admin"]
        return start(type_key="deal", act="edit", actor=by, at=now, ids=[deal.id], given={"amount": 5})

    return {
        "bulk": changed,
        "clients": {"visitor": Client(), **{role: client_of(actor) for role, actor in people.items()}},
        "arguments": {
            "market:browse": {"place": BERLIN},
            "market:browse_category": {"place": BERLIN, "category": "vehicles/bicycles"},
            "market:post_form": {"category": "vehicles/bicycles"},
            "market:photo": {"photo_id": photo.id, "size": "s"},
            "market:report_done": {"ad_id": live.ad_id, "receipt": "abc"},
            "market:act": {"ad_id": live.ad_id, "action": "withdraw"},
            "market:seen": {"ad_id": live.ad_id},
            "market:copy": {"ad_id": live.ad_id},
            "market:sold": {"ad_id": live.ad_id},
            "market:seller": {"member_id": seller.id},
            "market:renew": {"token": token_for(live.ad_id)},
            "market:draft_rotate": {"photo_id": photo.id},
            "market:draft_discard": {"draft_id": save_draft(holder=Holder(seller), values={}, photos=(), at=now)},
            "people_download": {"request_id": copy_of(seller, now)},
            "talk:conversation": {"conversation_id": talk.conversation_id},
            "safety:network": {"network_id": linked_network(make_member("ring"), now)},
            "safety:case_evidence": {"case_id": Case.objects.get().public_id},
            "safety:case": {"case_id": Case.objects.get().public_id},
            "safety:order": {"order_id": order_id},
            "safety:takedown": {"takedown_id": receipt},
            "safety:risk": {"assessment_id": risk_id},
            "safety:risk_write": {"regime": "eu-dsa"},
            "safety:trader": {"member_id": buyer.id},
            "duties:takedown_receipt": {"receipt": receipt},
            "safety:package": {"disclosure_id": Disclosure.objects.get().public_id},
            "safety:appeal": {"appeal_id": appeal},
            "safety:decision": {"decision_id": decision},
            "safety:flagger": {"flagger_id": flagger},
            "redress:decision": {"decision_id": decision},
            "redress:receipt": {"receipt": reported},
            **crm_data(people["sales"], now),
            "people_link": {"token": "abc"},
            "crm:automation": {"automation_id": robot},
            "crm:automation_edit": {"automation_id": robot},
            "crm:automation_rehearsal": {"automation_id": robot},
            "crm:automation_run": {"run_id": AutomationRun.objects.order_by("pk")[0].public_id},
            "crm:webhook": {
                "webhook_id": webhooks.create(
                    url="https://example.org/", kinds=["crm.*"], actor=people["admin"], at=now
                )[0]
            },
            **walks.arguments(walks.one_of_everything(now)),
            **report_walks.arguments(report_walks.one_of_everything(people["sales"], now)),
            "crm:standing": {"record_id": account.id},
            "crm:knew": {"record_id": account.id},
            "crm:timeline": {"record_id": account.id},
            **{f"crm:{name}": {"key": "deal"} for name in ("list", "filter", "save_view", "change_many", "move")},
            "crm:record": {"key": "deal", "record_id": deal.id},
            "crm:cell": {"key": "deal", "record_id": deal.id, "field": "amount"},
            "crm:view": {"view_id": shared.id},
            "safety:rule_packaged": {"key": "disguised-contact"},
            "market:sitemap_places": {"part": 0},
            "market:sitemap_ads": {"part": 0},
            "safety:bank": {"bank_id": bank},
            "safety:rule": {"rule_id": rule.rule_id},
            "safety:rule_move": {"rule_id": rule.rule_id},
            "safety:rule_backtest": {"rule_id": rule.rule_id},
            "safety:rule_progress": {"rule_id": rule.rule_id, "number": 1},
            **crm_pages(people["sales"], people["admin"], now),
        },
        "ad": live.ad_id,
        "case": Case.objects.get().public_id,
    }


def copy_of(member: Actor, now: Any) -> str:
    """A copy of a member's data, made."""
    asked = ask_copy(actor=member, at=now)
    make_copy(request_id=asked, at=now)
    return asked


def address(name: str, market: dict[str, Any], role: str) -> str:
    given = market["arguments"].get(name, {})
    if name == "crm:bulk":
        given = {"bulk_id": market["bulk"](role).public_id}
    if name == "safety:evidence":
        given = {"evidence_id": keep(case_id=market["case"], actor=OPERATOR, at=clock.now())}
    if name == "safety:report":  # its case is of child safety from then on
        given = {"report_id": reporting.create(case_id=market["case"], actor=OPERATOR, at=clock.now())}
    if not given and name in {
        "market:ad",
        "market:history",
        "market:report",
        "market:edit",
        "market:posted",
        "talk:reply",
    }:
        given = {"ad_id": market["ad"]}
    return reverse(name, kwargs=given)


def may(client: Client, path: str, *, post: bool) -> bool:
    answer = client.post(path, {"purpose": "a walk of all pages"}) if post else client.get(path)
    if answer.status_code in {301, 302}:
        return not answer["Location"].startswith("/account/login")
    assert answer.status_code in {200, 204, 403, 404, 409, 410, 422}, f"{path}: {answer.status_code}"
    return answer.status_code in {200, 204, 422}  # a form that says what is missing was let in


def test_every_address_is_declared() -> None:
    assert set(names()) == set(PAGES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_is_declared_and_nothing_else(market: dict[str, Any], role: str) -> None:
    client = market["clients"][role]
    for name, allowed in PAGES.items():
        if name == "market:act" and role in allowed:
            continue  # it would end the ad the others look at
        got = may(client, address(name, market, role), post=name in POSTED)
        assert got == (role in allowed), f"{role} {'got' if got else 'did not get'} {name}"


@pytest.mark.parametrize("role", ["visitor", "stranger", "sales"])
def test_an_ad_that_waits_is_seen_by_its_owner_and_the_desk_only(market: dict[str, Any], role: str) -> None:
    held = Case.objects.get().subject_id
    for path in (f"/ad/{held}", f"/ad/{held}/history", f"/ad/{held}/report", f"/api/v1/ads/{held}"):
        assert market["clients"][role].get(path).status_code in {401, 404}, path
    assert market["clients"]["member"].get(f"/ad/{held}").status_code == 200
    assert market["clients"]["safety"].get(f"/ad/{held}").status_code == 200


def test_the_accounts_own_pages_are_closed_to_visitors(db: None) -> None:
    for name in ("account_email", "account_change_password", "mfa_index", "mfa_activate_totp", "usersessions_list"):
        answer = Client().get(reverse(name))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/account/login")


def test_sales_and_members_see_no_mail_address(market: dict[str, Any]) -> None:
    for role in ("member", "sales"):
        body = market["clients"][role].get("/api/v1/members").content.decode()
        assert "stranger" not in body
        assert "bea@example.org" not in body

"""What the walks of all pages and endpoints need of segments, journeys, forms and scores."""

from datetime import datetime
from typing import Any

from fairboard.crm.services.records import create_record
from fairboard.marketing.models import JourneyRun
from fairboard.marketing.services import forms, scoring, segments
from fairboard.marketing.services.forms import FormDraft
from tests.marketing import journeys_made as j
from tests.marketing.made import OPERATOR

USERS, SENDERS = {"sales", "admin"}, {"admin"}
EVERYBODY = {"visitor", "member", "stranger", "sales", "safety", "lead", "admin"}
PAGES: dict[str, set[str]] = {
    f"marketing:{name}": USERS
    for name in (
        "segments", "segment_new", "segment_count", "segment", "segment_edit", "segment_act", "segment_export",
        "journeys", "journey", "journey_settings", "journey_act", "journey_people", "journey_try", "journey_step",
        "journey_run", "forms", "form_new", "form", "form_edit", "form_act", "scoring", "score_why",
        "campaign",
    )
} | {"leads:form": EVERYBODY, "leads:advertise": EVERYBODY}  # fmt: skip
POSTED = {
    "marketing:segment_count", "marketing:segment_act", "marketing:segment_export", "marketing:journey_act",
    "marketing:form_act",
}  # fmt: skip
S, J = "/marketing/segments/{segment_id}", "/marketing/journeys/{journey_id}"
F, R = "/marketing/forms/{form_id}", "/marketing/scores/{score_rule_id}"
RULE: dict[str, Any] = {"name": "Has a company", "expression": 'lead.company != ""', "points": 5}
ENDPOINTS: dict[tuple[str, str], set[str]] = {
    ("get", "/marketing/segments"): USERS, ("post", "/marketing/segments"): USERS, ("get", S): USERS,
    ("put", S): USERS, ("delete", S): USERS, ("get", f"{S}/members"): USERS,
    ("get", f"{S}/overlap/{{other_id}}"): USERS, ("get", f"{S}/snapshots"): USERS, ("post", f"{S}/snapshots"): USERS,
    ("get", "/marketing/journeys"): USERS, ("post", "/marketing/journeys"): USERS, ("get", J): USERS, ("put", J): USERS,
    ("post", f"{J}/live"): SENDERS, ("post", f"{J}/pause"): SENDERS, ("post", f"{J}/resume"): SENDERS,
    ("post", f"{J}/end"): SENDERS, ("get", f"{J}/people"): USERS, ("post", f"{J}/people"): SENDERS,
    ("get", f"{J}/dry-run/{{person_id}}"): USERS, ("get", "/marketing/forms"): USERS,
    ("post", "/marketing/forms"): USERS, ("get", F): USERS, ("put", F): USERS, ("delete", F): USERS,
    ("get", "/marketing/scores"): USERS, ("post", "/marketing/scores"): USERS, ("get", R): USERS, ("put", R): USERS,
    ("delete", R): USERS,
}  # fmt: skip


def one_of_everything(at: datetime) -> dict[str, str]:
    """A segment, a journey with somebody on it, a form."""
    segment = segments.save_segment(name="Everybody", type_key="contact", tree=None, actor=OPERATOR, at=at)
    journey = j.live(at, [j.step("branch", "s1", ask="opened", yes=[j.wait("s2")], no=[])])
    person = j.contact(at, "Walker")
    j.add(journey, at, person)
    draft = FormDraft("Walk", "walk", asked=[{"key": "last_name", "label": "", "required": True}])
    form = forms.save_form(draft=draft, actor=OPERATOR, at=at)
    lead = create_record(actor=OPERATOR, type_key="lead", values={"last_name": "Lee"}, at=at)
    return {
        "segment_id": segment, "other_id": segment, "journey_id": journey, "form_id": form, "score_id": lead.id,
        "person_id": person.id,
        "score_rule_id": scoring.save_rule(type_key="lead", actor=OPERATOR, at=at, **RULE),
        "campaign_id": create_record(actor=OPERATOR, type_key="campaign", values={"name": "Walk"}, at=at).id,
        "journey_run_id": JourneyRun.objects.get().public_id,
    }  # fmt: skip


def arguments(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What the address of each page takes."""
    found: dict[str, dict[str, Any]] = {}
    for name in PAGES:
        for part in ("segment", "journey", "form"):
            short = name.partition(":")[2]
            if short != f"{part}s" and short.startswith(part) and short not in {f"{part}_new", "segment_count"}:
                found[name] = {f"{part}_id": ids[f"{part}_id"]}
    found["marketing:journey_step"] |= {"key": "s2"}
    found["marketing:journey_run"] |= {"run_id": ids["journey_run_id"]}
    found["marketing:score_why"] = {"record_id": ids["score_id"]}
    found["marketing:campaign"] = {"record_id": ids["campaign_id"]}
    found["leads:form"] = {"slug": "walk"}
    return found


def bodies() -> dict[str, Any]:
    """What is sent to each endpoint."""
    form = {"name": "X", "slug": "walk", "asked": [{"key": "last_name"}]}
    draft = {"draft": {"topic": "news", "steps": [{"key": "s1", "kind": "end"}]}}
    return {
        "/marketing/segments": {"name": "X"}, S: {"name": "X"}, f"{S}/snapshots": {},
        "/marketing/journeys": {"name": "X"}, J: draft, f"{J}/people": {"records": []}, f"{J}/live": {},
        f"{J}/pause": {}, f"{J}/resume": {}, f"{J}/end": {}, "/marketing/forms": form | {"slug": "other"}, F: form,
        "/marketing/scores": RULE, R: RULE,
    }  # fmt: skip

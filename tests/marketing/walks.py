"""What the walks of all pages and endpoints need of the marketing room: who may open what, and one of everything."""

from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.marketing import addresses, tokens
from fairboard.marketing.models import Suppression, Template
from fairboard.marketing.services import suppressions
from tests.marketing import growth_walks, made

ROLES = ("visitor", "member", "stranger", "sales", "safety", "lead", "admin")
EVERYBODY, USERS, SENDERS = set(ROLES), {"sales", "admin"}, {"admin"}
NOBODY: set[str] = set()
PAGES: dict[str, set[str]] = {
    "marketing:mailings": USERS, "marketing:mailing_new": USERS, "marketing:mailing": USERS,
    "marketing:mailing_edit": USERS, "marketing:mailing_act": USERS, "marketing:mailing_check": USERS,
    "marketing:mailing_recipients": USERS, "marketing:templates": USERS, "marketing:template": USERS,
    "marketing:template_archive": USERS, "marketing:template_preview": USERS, "marketing:consents": USERS,
    "marketing:topics": USERS, "marketing:suppressions": USERS, "marketing:suppressions_import": USERS,
    "marketing:suppressions_export": SENDERS, "marketing:suppression_lift": USERS, "marketing:deliverability": USERS,
    "marketing:sink": NOBODY, "marketing:sink_mail": NOBODY, "marketing:sink_body": NOBODY,
    "mail:subscribe": EVERYBODY, "mail:confirm": NOBODY, "mail:unsubscribe": EVERYBODY, "mail:preferences": EVERYBODY,
    "mail:open": EVERYBODY, "mail:click": NOBODY,
    **growth_walks.PAGES,
}  # fmt: skip
"""Nobody sees a sink where none is configured, nor uses a link that was used or is forged."""
POSTED = growth_walks.POSTED | {
    "marketing:mailing_act", "marketing:template_archive", "marketing:suppressions_import",
    "marketing:suppression_lift",
}  # fmt: skip
M, T, X = "/marketing/mailings/{mailing_id}", "/marketing/templates/{template_id}", "/marketing/suppressions"
ENDPOINTS: dict[tuple[str, str], set[str]] = {
    ("get", "/marketing/topics"): USERS, ("put", "/marketing/topics/{topic}"): SENDERS,
    ("get", "/marketing/consents"): USERS, ("post", "/marketing/consents"): USERS,
    ("get", X): USERS, ("post", X): USERS, ("post", f"{X}/import"): SENDERS,
    ("delete", f"{X}/{{suppression_id}}"): SENDERS, ("get", "/marketing/deliverability"): USERS,
    ("post", "/marketing/feedback"): NOBODY, ("get", "/marketing/templates"): USERS,
    ("post", "/marketing/templates"): USERS, ("get", T): USERS, ("put", f"{T}/texts/{{language}}"): USERS,
    ("post", f"{T}/texts/{{language}}/preview"): USERS, ("get", "/marketing/mailings"): USERS,
    ("post", "/marketing/mailings"): USERS, ("get", M): USERS, ("put", M): USERS, ("get", f"{M}/check"): USERS,
    ("post", f"{M}/submit"): USERS, ("post", f"{M}/schedule"): SENDERS, ("post", f"{M}/pause"): SENDERS,
    ("post", f"{M}/resume"): SENDERS, ("post", f"{M}/cancel"): SENDERS, ("post", f"{M}/settle"): SENDERS,
    ("get", f"{M}/recipients"): USERS,
    **growth_walks.ENDPOINTS,
}  # fmt: skip
DRAFT = {"name": "X", "topic": "news", "basis": "customer", "audience": {"kind": "addresses", "rows": made.rows(1)}}
QUERIES = {f"{X}/{{suppression_id}}": "?why=mistake"}


def one_of_everything(at: datetime) -> dict[str, str]:
    """A mailing, its template, a suppression, links; what addresses of pages and endpoints are filled with."""
    mailing = made.mailing(at, made.rows(1))
    template = Template.objects.get().public_id
    growth = growth_walks.one_of_everything(at)
    digest = addresses.digest("reader0@example.org")
    suppressions.suppress(digest="0" * 32, reason="manual", source="t", actor=Actor.system("tests"), at=at)
    return {
        "mailing_id": mailing, **growth, "template_id": template, "language": "en", "topic": "news",
        "suppression_id": Suppression.objects.get().public_id,
        "unsubscribe": tokens.delivery_token(tokens.UNSUBSCRIBE, 1), "preferences": tokens.address_token(digest),
    }  # fmt: skip


def arguments(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What the address of each page takes."""
    found: dict[str, dict[str, Any]] = {
        **growth_walks.arguments(ids),
        **{name: {"mailing_id": ids["mailing_id"]} for name in PAGES
        if name.startswith("marketing:mailing") and name not in {"marketing:mailings", "marketing:mailing_new"}},
    }  # fmt: skip
    for name in ("template", "template_archive", "template_preview"):
        found[f"marketing:{name}"] = {"template_id": ids["template_id"]}
    found["marketing:suppression_lift"] = {"suppression_id": ids["suppression_id"]}
    for name in ("sink_mail", "sink_body"):
        found[f"marketing:{name}"] = {"number": 1}
    for name in ("confirm", "open", "click"):
        found[f"mail:{name}"] = {"token": "abc"}
    for name in ("unsubscribe", "preferences"):
        found[f"mail:{name}"] = {"token": ids[name]}
    return found


def bodies(ids: dict[str, str]) -> dict[str, Any]:
    """What is sent to each endpoint."""
    draft = {**DRAFT, "template_id": ids["template_id"]}
    return {
        "/marketing/topics/{topic}": {"name": "News", "wording": "Yes."},
        "/marketing/consents": {"address": "a@example.org", "topic": "news", "source": "fair"},
        X: {"address": "a@example.org"}, f"{X}/import": {"lines": [], "source": "x"},
        "/marketing/feedback": {"events": []}, "/marketing/templates": {"name": "X"},
        f"{T}/texts/{{language}}": {"blocks": []}, f"{T}/texts/{{language}}/preview": {},
        **growth_walks.bodies(),
        "/marketing/mailings": draft, M: draft, f"{M}/submit": {}, f"{M}/schedule": {}, f"{M}/pause": {},
        f"{M}/resume": {}, f"{M}/cancel": {}, f"{M}/settle": {"as": "sent"},
    }  # fmt: skip

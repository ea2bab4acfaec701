"""The CRM's own navigation: its objects, then its tools; which of them an actor may open."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.access import seat_of
from fairboard.kit.problems import Forbidden
from fairboard.people.actors import actor_of

FIRST = ("account", "contact", "lead", "deal", "task")
"""The objects everybody works with; the others stand under their own heading."""
HIDDEN = ("quote_line", "campaign_member")
"""Objects that are only looked at from the record they belong to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: its address's name, label, icon, the permission of the role and that of the profile."""

    name: str
    label: str | Promise
    icon: str
    permission: str = "crm.use"
    profile: str = ""


GROUPS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        _("Everything"),
        (
            Entry("crm:tasks", _("My tasks"), "list-checks"),
            Entry("crm:dashboards", _("Dashboards"), "layout-dashboard"),
            Entry("crm:reports", _("Reports"), "chart-column"),
            Entry("crm:search", _("Search"), "search"),
            Entry("crm:bin", _("Bin"), "trash-2"),
        ),
    ),
    (
        _("Marketing"),
        (
            Entry("marketing:mailings", _("Mailings"), "send", "marketing.use"),
            Entry("marketing:templates", _("Templates"), "file-text", "marketing.use"),
            Entry("marketing:segments", _("Segments"), "chart-pie", "marketing.use"),
            Entry("marketing:journeys", _("Journeys"), "workflow", "marketing.use"),
            Entry("marketing:forms", _("Forms"), "clipboard-list", "marketing.use"),
            Entry("marketing:scoring", _("Scores"), "target", "marketing.use"),
            Entry("marketing:consents", _("Consents"), "check", "marketing.use"),
            Entry("marketing:topics", _("Topics"), "tag", "marketing.use"),
            Entry("marketing:suppressions", _("Suppressions"), "ban", "marketing.use"),
            Entry("marketing:deliverability", _("Deliverability"), "gauge", "marketing.use"),
        ),
    ),
    (
        _("Data"),
        (
            Entry("crm:imports", _("Import"), "upload", profile="import"),
            Entry("crm:exports", _("Exports"), "download", profile="export"),
            Entry("crm:duplicates", _("Duplicates"), "git-merge", profile="merge"),
        ),
    ),
    (
        _("Setup"),
        (
            Entry("crm:mail_in", _("Mail on timelines"), "mail-check"),
            Entry("crm:automations", _("Automations"), "workflow", profile="automations"),
            Entry("crm:webhooks", _("Webhooks"), "webhook", "crm.manage"),
            Entry("crm:setup", _("Objects and fields"), "settings", "crm.manage"),
            Entry("crm:setup_profiles", _("Profiles"), "lock", "crm.manage"),
            Entry("crm:setup_seats", _("People and teams"), "users-round", "crm.manage"),
            Entry("crm:setup_territories", _("Territories"), "map", "crm.manage"),
        ),
    ),
)


def entries(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of pages whoever asks may open, the page they are on marked."""
    actor = actor_of(request)
    try:
        seat = seat_of(actor)
    except Forbidden:
        return []
    seen = [one for one in catalogue().types.values() if seat.on(one.key).read != "none" and one.key not in HIDDEN]
    objects = [
        {"label": one.plural, "href": reverse("crm:list", args=[one.key]), "icon": one.icon, "key": one.key}
        for one in seen
    ]
    home = {"label": _now("Home"), "href": reverse("crm:home"), "icon": "house", "key": ""}
    groups = [
        {"label": _now("Work"), "entries": [home, *(one for one in objects if one["key"] in FIRST)]},
        {"label": _now("More"), "entries": [one for one in objects if one["key"] not in FIRST]},
    ]
    for label, found in GROUPS:
        allowed = [one for one in found if actor.can(one.permission) and (not one.profile or seat.may(one.profile))]
        groups.append(
            {
                "label": str(label),
                "entries": [{"label": str(one.label), "href": reverse(one.name), "icon": one.icon} for one in allowed],
            }
        )
    hrefs = [one["href"] for group in groups for one in group["entries"]]  # type: ignore[index]
    here = request.path
    fitting = [
        href for href in hrefs if here == href or (href != home["href"] and here.startswith(f"{href.rstrip('/')}/"))
    ]
    current = max(fitting, key=len, default="")
    for group in groups:
        for one in group["entries"]:
            one["current"] = one["href"] == current  # type: ignore[index]
    return [group for group in groups if group["entries"]]

"""The desk's own navigation: which of its pages an actor may open."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairboard.kit import clock
from fairboard.people.actors import actor_of
from fairboard.safety.queries.reports import Undelivered, undelivered


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the desk: its address's name, its label, an icon, and the permission that opens it."""

    name: str
    label: str | Promise
    icon: str
    permission: str


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of the desk that belong together, under one heading."""

    label: str | Promise
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        _("Work"),
        (
            Entry("safety:queue", _("Queues"), "inbox", "desk.view"),
            Entry("safety:appeals", _("Appeals"), "gavel", "desk.view"),
            Entry("safety:networks", _("Networks"), "link", "desk.view"),
            Entry("safety:samples", _("Samples"), "eye", "desk.decide"),
            Entry("safety:wellness", _("My day"), "heart", "desk.view"),
        ),
    ),
    Group(
        _("Rules"),
        (
            Entry("safety:rules", _("Rules"), "scale", "desk.view"),
            Entry("safety:banks", _("Hash banks"), "image", "banks.manage"),
        ),
    ),
    Group(
        _("Reporting"),
        (
            Entry("safety:reporters", _("Reporters"), "flag", "desk.view"),
            Entry("safety:flaggers", _("Trusted flaggers"), "megaphone", "desk.view"),
        ),
    ),
    Group(
        _("Law"),
        (
            Entry("safety:reports", _("CyberTipline"), "shield-check", "reports.send"),
            Entry("safety:takedowns", _("Intimate images"), "eye-off", "desk.decide"),
            Entry("safety:orders", _("Orders"), "file-text", "orders.manage"),
            Entry("safety:traders", _("Traders"), "store", "desk.lead"),
            Entry("safety:risks", _("Risks"), "triangle-alert", "metrics.view"),
        ),
    ),
    Group(
        _("Record"),
        (
            Entry("safety:metrics", _("Metrics"), "chart-column", "metrics.view"),
            Entry("safety:ledger", _("Ledger"), "history", "ledger.view"),
        ),
    ),
)


_added: dict[str, list[Entry]] = {}


def add(group: str, entry: Entry) -> None:
    """Have a room above put a page of its own under the group with this first page's name, such as safety:queue."""
    _added.setdefault(group, []).append(entry)


def alarm(request: HttpRequest) -> Undelivered:
    """The reports that should be delivered and are not: on top of every page of the desk until solved."""
    return undelivered(actor=actor_of(request), at=clock.now())


def entries(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of pages of the desk whoever asks may open, the page they are on marked."""
    actor, here = actor_of(request), request.path
    allowed = [
        (group, [one for one in (*group.entries, *_added.get(group.entries[0].name, ())) if actor.can(one.permission)])
        for group in GROUPS
    ]
    hrefs = [reverse(one.name) for _group, found in allowed for one in found]
    fitting = [href for href in hrefs if here == href or here.startswith(f"{href.rstrip('/')}/")]
    current = max(fitting, key=len, default="")
    return [
        {
            "label": str(group.label),
            "entries": [
                {"label": str(one.label), "href": reverse(one.name), "icon": one.icon,
                 "current": reverse(one.name) == current}
                for one in found
            ],
        }
        for group, found in allowed if found
    ]  # fmt: skip

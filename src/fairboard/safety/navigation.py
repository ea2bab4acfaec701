"""The desk's own navigation: which of its pages an actor may open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairboard.people.actors import actor_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the desk: its address's name, its label, an icon, and the permission that opens it."""

    name: str
    label: str | Promise
    icon: str
    permission: str


ENTRIES = (
    Entry("safety:queue", _("Queues"), "inbox", "desk.view"),
    Entry("safety:rules", _("Rules"), "scale", "desk.view"),
    Entry("safety:ledger", _("Ledger"), "history", "ledger.view"),
    Entry("safety:wellness", _("My day"), "heart", "desk.view"),
)


def entries(request: HttpRequest) -> list[dict[str, str | bool]]:
    """The pages of the desk whoever asks may open, the one they are on marked."""
    actor, here = actor_of(request), request.path
    found = [(one, reverse(one.name)) for one in ENTRIES if actor.can(one.permission)]
    fitting = [href for _entry, href in found if here == href or here.startswith(f"{href.rstrip('/')}/")]
    current = max(fitting, key=len, default="")
    return [
        {"label": str(one.label), "href": href, "icon": one.icon, "current": href == current} for one, href in found
    ]

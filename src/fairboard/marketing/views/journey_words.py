"""What steps, settings and states of journeys are called."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.records import names_of
from fairboard.kit.actors import Actor
from fairboard.marketing import forms_journeys as own
from fairboard.marketing import graph
from fairboard.marketing.forms import BASIS
from fairboard.marketing.queries import consents, segments, templates
from fairboard.marketing.queries.forms import forms


def names() -> dict[str, str]:
    """The states of journeys, of people on them, what a stay came to, and why somebody left."""
    return {
        "draft": _("Draft"), "live": _("Live"), "paused": _("Stopped for now"), "ended": _("Ended"),
        "waiting": _("On the way"), "done": _("Went through"), "goal": _("Reached the goal"),
        "exited": _("Dropped out"), "failed": _("Could not go on"), "sent": _("Sent"), "skipped": _("Left out"),
        "unknown": _("Not known"),
        "yes": _("Yes"), "no": _("No"), "end": _("End"), "hold": _("account on hold"), "replied": _("answered"),
        "unsubscribed": _("unsubscribed"), "segment": _("left the segment"), "deleted": _("record deleted"),
        "hand": _("taken off by hand"), "consent": _("no consent"), "cap": _("had enough mails lately"),
        "suppressed": _("on the suppression list"), "address": _("no mail address"), "no date": _("has no such date"),
        "no campaign": _("the campaign is gone"), "contact": _("Contacts"), "lead": _("Leads"),
        "account": _("Accounts"), "form": _("Form"), "created": _("New record"), "field": _("Changed field"),
        "event": _("Event"), "manual": _("By hand"),
    }  # fmt: skip


class Words:
    """The words of one journey; names of templates and the like are read once."""

    def __init__(self, actor: Actor, type_key: str, draft: Mapping[str, Any]) -> None:
        self.draft, self.info, self.actor = draft, catalogue().type(type_key), actor
        self._templates = {one.id: one.name for one in templates.templates(actor=actor, size=300).items}
        ids = {str(step.get("campaign", "")) for step in graph.walked(draft.get("steps") or [])}
        self._campaigns = names_of(actor=actor, ids={one for one in ids | {str(draft.get("campaign", ""))} if one})

    def kinds(self) -> dict[str, str]:
        """What the kinds of step are called."""
        return {
            "mail": _("Send a mail"), "wait": _("Wait"), "branch": _("Branch"), "update": _("Change a field"),
            "task": _("Task for the owner"), "campaign": _("Add to a campaign"), "goal": _("Goal reached"),
            "end": _("End"),
        }  # fmt: skip

    def step(self, step: Mapping[str, Any]) -> tuple[str, str]:
        """Title and second line of a step."""
        kind = str(step["kind"])
        if kind == "entry":
            return _("They come in"), self.entry()
        title = self.kinds()[kind]
        if kind == "mail":
            at = f", {self._time(step['minute'])}" if step.get("minute") is not None else ""
            return title, self._templates.get(str(step.get("template")), _("no template yet")) + at
        if kind == "wait":
            return title, self._wait(step)
        if kind == "branch":
            ask = str(step.get("ask"))
            return title, str(step.get("condition")) if ask == "condition" else str(dict(own.ASKS).get(ask, ""))
        if kind == "update":
            one = self.info.fields.get(str(step.get("field")))
            return title, f"{one.label}: {step.get('value') or '–'}" if one else _("no field yet")
        if kind == "task":
            return title, str(step.get("subject") or _("nothing to do yet"))
        if kind == "campaign":
            return title, self._campaigns.get(str(step.get("campaign")), _("no campaign yet"))
        return title, ""

    def _wait(self, step: Mapping[str, Any]) -> str:
        mode = step.get("mode")
        if mode == "weekday":
            week = dict(own.DAYS)
            said = ", ".join(str(week[str(one)])[:2] for one in step.get("weekdays") or ())
            return _("until %(days)s, %(time)s") % {"days": said, "time": self._time(step.get("minute"))}
        if mode == "date":
            one = self.info.fields.get(str(step.get("field")))
            label, days = one.label if one else "?", int(step.get("days") or 0)
            if not days:
                return _("until %(field)s") % {"field": label}
            text = _("%(n)d days after %(field)s") if days > 0 else _("%(n)d days before %(field)s")
            return text % {"n": abs(days), "field": label}
        count = int(step.get("amount") or 0)
        units = {
            "minutes": ngettext("%(n)d minute", "%(n)d minutes", count),
            "hours": ngettext("%(n)d hour", "%(n)d hours", count),
            "days": ngettext("%(n)d day", "%(n)d days", count), "weeks": ngettext("%(n)d week", "%(n)d weeks", count),
        }  # fmt: skip
        return units.get(str(step.get("unit")), "?") % {"n": count} if step.get("unit") in units else "?"

    def _time(self, minute: int | None) -> str:
        found = minute or 0
        return time_format(time(found // 60 % 24, found % 60), "TIME_FORMAT")

    def entry(self) -> str:
        """How people come in, in a line."""
        entry = self.draft.get("entry") or {}
        kind = str(entry.get("kind", ""))
        if kind == "segment":
            known = {one.id: one.name for one in segments.segments(actor=self.actor)}
            return known.get(str(entry.get("segment")), _("no segment yet"))
        if kind == "form":
            known = {one.id: one.name for one in forms(actor=self.actor)}
            return known.get(str(entry.get("form")), _("no form yet"))
        if kind == "field":
            one = self.info.fields.get(str(entry.get("field")))
            return f"{one.label if one else '?'} → {entry.get('value') or '…'}"
        return str(dict(own.ENTRIES).get(kind, ""))

    def settings(self) -> list[tuple[str, str]]:
        """The settings as label and value."""
        draft, exits = self.draft, dict(own.EXITS)
        topic = consents.topic(str(draft.get("topic", "")))
        days = draft.get("reentry_days")
        quiet = "–"
        if draft.get("quiet_from") is not None:
            quiet = f"{self._time(draft['quiet_from'])} – {self._time(draft['quiet_to'])}"
        again = ngettext("again after %(n)d day", "again after %(n)d days", days) % {"n": days} if days else _("once")
        leaving = ", ".join(str(exits[one]) for one in draft.get("exits") or () if one in exits)
        return [
            (_("They come in"), self.entry()), (_("How often"), again), (_("They leave when"), leaving or "–"),
            (_("Goal"), str(draft.get("goal") or "–")), (_("Topic"), topic.name if topic else "–"),
            (_("Why you may write"), str(dict(BASIS).get(str(draft.get("basis")), "–"))), (_("Quiet hours"), quiet),
            (_("Campaign"), self._campaigns.get(str(draft.get("campaign", "")), "–")),
        ]  # fmt: skip

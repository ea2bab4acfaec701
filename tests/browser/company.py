"""A company's CRM with a history and one of everything; prints the address of each of its pages as JSON.

``python -m tests.browser.company`` in the settings of a market. A page whose address nobody knows is missing in what is
printed, which the test that looks at all of them finds.
"""

import json
import time
from typing import Any

ONLY_DATA = {
    "crm:feed", "crm:download", "crm:meeting_file", "crm:quote_pdf", "crm:import_refused", "crm:export_file",
    "crm:report_file", "crm:setup_work", "crm:suggest", "crm:pick", "crm:cell", "crm:report_chart",
    "crm:dashboard_card",
    "marketing:suppressions_export", "marketing:template_preview", "marketing:sink_body", "marketing:segment_count",
    "marketing:segment_export", "mail:open", "mail:click",
}  # fmt: skip
"""Addresses that answer with a file, or with a part of a page that is looked at as a whole."""


ROOMS = ("crm:", "marketing:", "mail:", "leads:")


def names() -> list[str]:
    """The pages of the CRM and of marketing."""
    from tests.crm import report_walks
    from tests.marketing import walks
    from tests.web import test_permissions as all_of_them

    posted = all_of_them.POSTED | walks.POSTED | report_walks.POSTED | ONLY_DATA
    return [one for one in all_of_them.PAGES if one.startswith(ROOMS) and one not in posted]


def sent() -> Any:
    """A mailing that went out: the market's own worker may still be at it."""
    from fairboard.marketing.models import Mailing

    for _ in range(600):
        if found := Mailing.objects.filter(state="done").first():
            return found
        time.sleep(0.1)
    raise AssertionError("no mailing went out")


def fill() -> dict[str, str]:
    """The address of each page, by its name."""
    from django.urls import reverse

    from fairboard.crm.models import AutomationRun
    from fairboard.crm.services import automations, webhooks
    from fairboard.crm.services.bulk import start
    from fairboard.crm.services.views import save_view
    from fairboard.demo import crm, journeys, mailing, reports
    from fairboard.kit import clock
    from fairboard.marketing.models import Template
    from tests import people
    from tests.crm import made, report_walks
    from tests.crm.data_made import crm_data
    from tests.crm.one_of_each import crm_pages
    from tests.marketing import walks

    now = clock.now()
    sales, admin = people.make_member("sally", role="sales"), people.make_member("ada", role="admin")
    sellers = [people.make_member(f"seller{number}").id for number in range(5)]
    one_of_each = walks.arguments(walks.one_of_everything(now))  # before the demo's own: it looks for the only ones
    crm.fill(sellers=sellers, sales=sales, now=now)
    mailing.fill(admin=admin, now=now)
    reports.fill(sales=sales, now=now)
    journeys.fill(actor=admin, now=now)
    robot = automations.create(name="Robot", actor=admin, at=now)
    steps = [{"do": "assign"}, {"do": "task", "subject": "Call", "days": 2}]
    automations.save(automation_id=robot, trigger={"kind": "created", "type": "deal"}, steps=steps, actor=admin, at=now)
    automations.publish(automation_id=robot, actor=admin, at=now)
    deal = made(sales, now, "deal", name="A deal")
    account = made(sales, now, "account", name="An account")
    hook, _secret = webhooks.create(url="https://example.org/", kinds=["crm.*"], actor=admin, at=now)
    bulk = start(type_key="deal", act="edit", actor=admin, at=now, ids=[deal.id], given={"amount": 5})
    automation = {"automation_id": robot}
    given: dict[str, dict[str, Any]] = {
        **one_of_each, **report_walks.arguments(report_walks.one_of_everything(sales, now)),
        "crm:automation": automation, "crm:automation_edit": automation, "crm:automation_rehearsal": automation,
        "crm:automation_run": {"run_id": AutomationRun.objects.order_by("pk")[0].public_id},
        "crm:webhook": {"webhook_id": hook}, "crm:bulk": {"bulk_id": bulk.public_id},
        **{f"crm:{name}": {"record_id": account.id} for name in ("standing", "knew", "timeline")},
        **{f"crm:{name}": {"key": "deal"} for name in ("filter", "save_view", "change_many")},
        "crm:view": {"view_id": save_view(type_key="deal", name="All", actor=admin, at=now).id},
        **crm_data(admin, now), **crm_pages(sales, admin, now),
        "marketing:mailing": {"mailing_id": sent().public_id},
        "marketing:template": {"template_id": Template.objects.order_by("-pk")[0].public_id},
    }  # fmt: skip
    found = {one: reverse(one, kwargs=given.get(one)) for one in names()}
    for key in ("account", "deal", "task", "campaign"):  # each has parts of its own
        row = made(sales, now, key, **({"subject": "Call"} if key == "task" else {"name": f"One {key}"}))
        found[f"{key} record"] = reverse("crm:record", kwargs={"key": key, "record_id": row.id})
    found |= {
        "board": "/crm/deal/?show=board",
        "calendar": "/crm/meeting/?show=calendar",
        "map": "/crm/account/?show=map",
    }
    return found


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairboard.settings")
    django.setup()
    print(json.dumps(fill()))

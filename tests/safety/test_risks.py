"""Risk assessments are kept version by version; whom to turn to besides us is shown by country."""

from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.safety import risks, routes
from fairboard.safety.queries.risks import assessment, assessments
from fairboard.safety.services.risks import adopt
from tests.people import client_of


def rows(regime: str, **changes: Any) -> list[dict[str, Any]]:
    """Every kind of a regime at a low risk."""
    values = {"likelihood": 2, "impact": 2, "measures": "", "evidence": "", **changes}
    return [{"kind": kind, **values} for kind in risks.KINDS[regime]]


def test_every_save_is_a_new_version(lead: Actor, moderator: Actor, now: datetime) -> None:
    review = (now + timedelta(days=300)).date()
    given: dict[str, Any] = {"regime": "uk-osa", "summary": "", "owner": "Lea", "review_on": review, "actor": lead}
    first = adopt(rows=rows("uk-osa"), at=now, **given)
    adopt(rows=rows("uk-osa", likelihood=3, measures="Every ad is screened first."), at=now, **given)
    listed = assessments(actor=moderator, at=now)
    assert [one.version for one in listed] == [2, 1]
    kept = assessment(assessment_id=first, actor=moderator, at=now)
    assert {row.likelihood for row in kept.rows} == {2}
    late = assessments(actor=moderator, at=now + timedelta(days=301))
    assert [one.is_overdue for one in late] == [True, False]


def test_what_is_missing_is_named(lead: Actor, moderator: Actor, now: datetime) -> None:
    given: dict[str, Any] = {"regime": "eu-dsa", "summary": "", "owner": " ", "review_on": date(2030, 1, 1)}
    with pytest.raises(Invalid) as caught:
        adopt(rows=rows("eu-dsa", impact=4)[1:], actor=lead, at=now, **given)
    fields = {error["field"] for error in caught.value.errors}
    assert {"owner", "review_on", "illegal-likelihood", "illegal-impact", "rights-measures"} <= fields
    with pytest.raises(Forbidden):
        adopt(rows=rows("eu-dsa"), actor=moderator, at=now, **given)


def test_the_page_writes_it_and_gives_it_as_a_file(lead: Actor) -> None:
    client = client_of(lead)
    typed = {f"{row['kind']}-{name}": str(row[name]) for row in rows("eu-dsa") for name in ("likelihood", "impact")}
    refused = client.post("/desk/risks/new/eu-dsa", {**typed, "owner": "Lea Weiss", "review_on": "soon"})
    assert refused.status_code == 422
    assert "Lea Weiss" in refused.content.decode()
    review = (clock.now() + timedelta(days=100)).date().isoformat()
    done = client.post("/desk/risks/new/eu-dsa", {**typed, "owner": "Lea Weiss", "review_on": review})
    assert done.status_code == 302
    assert client.get(done["Location"]).status_code == 200
    file = client.get(done["Location"] + "?format=json").json()
    assert (file["version"], len(file["risks"])) == (1, 4)
    assert 'value="Lea Weiss"' in client.get("/desk/risks/new/eu-dsa").content.decode()


def test_the_safety_page_names_whom_to_turn_to(db: None) -> None:
    page = unescape(Client().get("/safety").content.decode())
    for shown in ("https://report.cybertip.org/", "https://www.inhope.org/", "Germany", "/take-it-down"):
        assert shown in page
    assert {one.kind for one in routes.routes()} <= routes.KINDS.keys()
    assert routes.by_country()[-1]["code"] == "*"

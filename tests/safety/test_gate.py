"""The gate: everything published is judged, kept as written, and fails closed."""

from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from fairboard.kit.actors import Actor
from fairboard.market.services.posting import submit
from fairboard.safety import gate, parts, ruleset
from fairboard.safety.models import Case, Submission
from fairboard.safety.queries.verdicts import verdict_for
from tests.market.drafts import bicycle, hidden_number, prohibited


def test_the_text_is_kept_exactly_as_written(seller: Actor, now: datetime) -> None:
    body = "Line one  \u200bwith   spaces\n\n  and ＦＵＬＬ width"
    done = submit(actor=seller, draft=bicycle(body=body), at=now)
    kept = Submission.objects.get(subject_id=done.ad_id)
    assert kept.fields["body"] == body


def test_a_kept_submission_can_never_be_changed(seller: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Submission.objects.filter(subject_id=done.ad_id).update(fields={"body": "harmless"})
    assert "five five five" in Submission.objects.get(subject_id=done.ad_id).fields["body"]


def test_a_held_ad_opens_one_case_however_often_it_is_changed(seller: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    submit(actor=seller, draft=hidden_number(price="130"), at=now, ad_id=done.ad_id)
    case = Case.objects.get(subject_id=done.ad_id)
    assert case.submission.revision == 2
    assert case.queue == "screening"


def test_reasons_point_into_the_original_text(seller: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    verdict = verdict_for(kind="ad", subject_id=done.ad_id, revision=1, actor=seller)
    assert verdict is not None
    marked = [part["text"] for part in verdict.parts["body"] if part["mark"]]
    assert marked
    assert marked[0].startswith("five five five")
    assert "".join(part["text"] for part in verdict.parts["body"]) == hidden_number().body


def test_only_the_author_and_the_desk_learn_the_verdict(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    asked = {"kind": "ad", "subject_id": done.ad_id, "revision": 1}
    assert verdict_for(**asked, actor=buyer) is None  # type: ignore[arg-type]
    assert verdict_for(**asked, actor=moderator) is not None  # type: ignore[arg-type]


def test_a_text_close_to_a_refused_one_is_held(seller: Actor, buyer: Actor, now: datetime) -> None:
    words = "a quiet and friendly offer for everybody who likes long walks, every day of the week from nine to five"
    refused = submit(actor=seller, draft=bicycle(title="Escort service", body=f"Escort service, {words}"), at=now)
    again = submit(actor=buyer, draft=bicycle(title="My offer", body=f"Hello! {words}"), at=now)
    assert refused.verdict == "reject"
    assert again.verdict == "hold"
    assert {reason.rule for reason in again.reasons} == {"laundering"}


def test_a_broken_screening_holds(seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(gate, "screen", breaks)
    done = submit(actor=seller, draft=bicycle(), at=now)
    assert (done.state, done.verdict) == ("in_review", "hold")
    assert Case.objects.filter(subject_id=done.ad_id, state="open").exists()


def test_prohibited_services_are_refused_in_every_category(seller: Actor, now: datetime) -> None:
    from fairboard.market import catalogue

    rules = ruleset.current()
    for row in catalogue.current().categories.values():
        asked = parts.Request(
            "ad", "x", 1, {"title": prohibited().title, "body": prohibited().body}, row.slug, author=seller
        )
        assert gate._screened(asked, gate.refused.STORES, {}, rules, now).verdict == "reject", row.slug


def test_a_year_of_birth_is_read_as_of_the_day_the_gate_judges(
    seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[parts.Judged] = []
    watching = parts.Part("watching", keep=lambda found, at: judged.extend(found))
    monkeypatch.setitem(parts._parts, "watching", watching)
    submit(actor=seller, draft=bicycle(body="A bicycle of a student born 2007, serviced last month."), at=now)
    assert [one.result.features["text"]["youngest"] for one in judged] == [now.year - 2007]

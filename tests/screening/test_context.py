"""Features known from outside reach the rules; those that are missing have a default."""

import pytest

from fairboard.screening import Document, screen


def test_what_is_missing_has_a_default() -> None:
    features = screen(Document("x", {"body": "Hello"})).features
    assert features["member"] == {"age_days": 0, "ads": 0, "verified": False, "refused": 0, "standing": ""}
    assert features["match"]["bank_distance"] == 256
    assert features["network"]["risk"] == 0.0


def test_what_is_known_is_merged() -> None:
    context = {"member": {"ads": 7, "verified": True}, "network": {"risk": 1}, "match": {"bank": 1, "bank_distance": 4}}
    features = screen(Document("x", {"body": "Hello"}, context=context)).features
    assert features["member"]["ads"] == 7
    assert features["member"]["verified"] is True
    assert features["network"]["risk"] == 1.0
    assert features["match"]["bank_distance"] == 4
    assert features["match"]["refused_photos"] == 0


def test_what_comes_from_outside_decides_with_a_weak_sign() -> None:
    text = {"body": "New in town."}
    alone = screen(Document("x", text, "services/home"))
    tied = screen(Document("x", text, "services/home", context={"network": {"members": 4, "places": 5}}))
    assert alone.verdict == "allow"
    assert "network-with-signs" in {one.rule for one in tied.reasons}


@pytest.mark.parametrize(
    "context",
    [{"ad": {"kind": "x"}}, {"member": {"shoes": 1}}, {"member": {"ads": "many"}}, {"member": {"verified": 1}}],
)
def test_a_context_that_fits_no_variable_is_refused(context: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ValueError, match=r"group|variable|type"):
        screen(Document("x", {"body": "Hello"}, context=context))

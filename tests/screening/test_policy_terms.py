"""The policies of the packaged pack: what is refused is refused in every category, language and disguise."""

from pathlib import Path

import pytest
import yaml

from fairboard.market.data import load
from fairboard.screening import Document, Verdict, default_packs, policies, screen
from fairboard.screening.pack import PackError
from fairboard.screening.pack import load as load_pack

SLUGS = [entry["slug"] for section in load.categories() for entry in section["categories"]]
SEXUAL_SERVICES = [
    term for pack in default_packs() for term in pack.terms if term.policy == "sexual-services" and not term.categories
]
ALWAYS_REFUSED = [term for term in SEXUAL_SERVICES if term.action == Verdict.REJECT]
ORDINARY = [
    "Red bicycle, hardly used, 28 inch, with lock.",
    "Massage chair in good condition, leather, works on 230 volts.",
    "Ford Escort 1.6, two owners, full history.",
    "Helles Zimmer in ruhiger WG, ab sofort, 14 m².",
    "Guitar lessons for children and adults, at your home.",
    "Teen fantasy novels, twelve books, like new.",
    "Call centre desk chairs, ten of them.",
]


def verdict(text: str, category: str = "for-sale/furniture") -> Verdict:
    return screen(Document("x", {"title": "An offer", "body": text}, category)).verdict


def test_there_are_terms_in_several_languages() -> None:
    assert len({term.text for term in ALWAYS_REFUSED}) >= 20


@pytest.mark.parametrize("category", SLUGS)
def test_sexual_services_are_refused_in_every_category(category: str) -> None:
    kept = [term.text for term in ALWAYS_REFUSED if verdict(f"I offer {term.text} today.", category) != "reject"]
    assert kept == []


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.upper(),
        lambda text: text.replace("e", "е").replace("o", "о"),
        lambda text: text.replace("o", "0").replace("i", "1"),
        lambda text: "\u200b".join(text),
        lambda text: "".join(chr(ord(letter) + 0xFEE0) if "a" <= letter <= "z" else letter for letter in text),
    ],
    ids=["capitals", "cyrillic", "leet", "zero-width", "full-width"],
)
def test_a_disguised_term_is_still_refused(disguise: object) -> None:
    assert callable(disguise)
    assert verdict(f"I offer {disguise('escort service')} today.") is Verdict.REJECT


def test_a_spaced_out_term_is_still_refused() -> None:
    assert verdict("e s c o r t  s e r v i c e") is Verdict.REJECT
    assert verdict("e-s-c-o-r-t service") is Verdict.REJECT


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_ads_are_allowed(text: str) -> None:
    category = "vehicles/cars" if "Ford" in text else "for-sale/furniture"
    assert verdict(text, category) is Verdict.ALLOW


def test_a_term_that_may_be_harmless_beside_another_word_is_looked_at_not_refused() -> None:
    assert verdict("Ford Escort with full escort service manual", "vehicles/cars") is Verdict.HOLD
    assert verdict("Full escort service, day and night", "vehicles/cars") is Verdict.REJECT


def test_every_rule_has_an_owner_a_source_and_a_policy() -> None:
    for pack in default_packs():
        for rule in pack.rules:
            assert rule.owner
            assert rule.source
            assert rule.policy in policies()


def test_a_pack_without_a_needed_part_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_text(yaml.safe_dump({"id": "x", "version": "1", "policies": [], "rules": []}))
    with pytest.raises(PackError, match=r"pack\.yaml.*'terms' is missing"):
        load_pack(path)


def test_a_pack_with_a_misspelt_variable_is_refused(tmp_path: Path) -> None:
    given = {
        "id": "x", "version": "1", "policies": [{"code": "p", "name": "P", "explanation": "E"}], "terms": [],
        "rules": [{"id": "r", "policy": "p", "action": "hold", "when": "contact.fones > 0", "message": "m",
                   "owner": "o", "source": "s"}],
    }  # fmt: skip
    path = tmp_path / "pack.yaml"
    path.write_text(yaml.safe_dump(given))
    with pytest.raises(PackError, match=r"contact\.phones"):
        load_pack(path)

"""The languages of a text are made out by script and common words."""

import pytest

from fairboard.demo.generate import ads
from fairboard.screening import Document, screen

TEXTS = [
    ("The table is in good order and can be seen in the evening.", "en"),
    ("Der Tisch ist in gutem Zustand und kann am Abend besichtigt werden.", "de"),
    ("La mesa está en buen estado y se puede ver por la tarde, solo en efectivo.", "es"),
    ("La table est en bon état et vous pouvez la voir le soir avec nous.", "fr"),
    ("Il tavolo è in buono stato e si può vedere la sera con il mio vicino.", "it"),
    ("A mesa está em bom estado e não tem riscos, pode ver com os donos.", "pt"),
    ("De tafel is in goede staat en is met de stoelen te koop voor een lage prijs.", "nl"),
    ("Stół jest w dobrym stanie i nie ma rys, odbiór tylko w Warszawie.", "pl"),
    ("Masa iyi durumda ve çok az kullanıldı, sadece elden teslim için.", "tr"),
    ("Стол в хорошем состоянии и не поцарапан, только для самовывоза.", "ru"),
    ("桌子状况良好，可以晚上来看。", "zh"),
    ("テーブルは良い状態です。夕方に見られます。", "ja"),
    ("الطاولة في حالة جيدة ويمكن رؤيتها مساء", "ar"),
    ("Το τραπέζι είναι σε καλή κατάσταση.", "el"),
    ("12345", ""),
]


def features(text: str) -> dict[str, object]:
    return dict(screen(Document("x", {"title": "", "body": text})).features["text"])


@pytest.mark.parametrize(("text", "language"), TEXTS)
def test_the_main_language_is_made_out(text: str, language: str) -> None:
    assert features(text)["language"] == language


def test_a_text_in_two_languages_has_both() -> None:
    found = features(f"{TEXTS[0][0]} {TEXTS[1][0]}")["languages"]
    assert isinstance(found, list)
    assert set(found) == {"en", "de"}


def test_the_ads_of_the_demo_are_in_the_language_of_their_place() -> None:
    drafts = [one.draft for one in ads(seed=3, count=600)]
    right = sum(
        features(one.body)["language"] == ("de" if one.place.startswith("de") else "en")
        for one in drafts
        if len(one.body) > 80
    )
    assert right >= 0.97 * sum(len(one.body) > 80 for one in drafts)

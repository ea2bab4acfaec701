"""Which languages a text is written in: by its script, and for Latin and Cyrillic letters by common words.

The common words are the most frequent function words of each language that hardly stand in another's;
the idea is that of Grefenstette (1995), Comparing two language identification schemes.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from math import lcm

from fairboard.screening.text import fold

_COMMON = {
    "en": "the and is it with for you are this that have was not from your our will they she he can all has "
          "been were of to we my at be or as i would there please only very more",
    "de": "der die das und ist nicht ich ein eine mit auf fur von zu dem den im sie wir auch sich es wird sind "
          "bei oder nur noch nach aus hat sehr kann bitte mein unser wurde als zum zur",
    "es": "el los las una que con por para del muy mas esta tiene sin son pero como su mi hay todo desde sobre "
          "nuestro y lo se estado buen solo",
    "fr": "le les des une est et avec pour dans sur pas nous vous je tres qui plus ce cette sont aux ou mon "
          "notre du au bien tout etre etat ont mais",
    "it": "il lo gli una che con per del della sono non piu molto anche nel alla dei questo questa mio nostro "
          "si ed ho solo ottimo dal stato di sul",
    "pt": "os as uma que com por para do da nao muito mais em no na dos das esta tem sao meu nosso voce e bom "
          "foi seu pelo ao estado apenas",
    "nl": "de het een en van voor met niet ik wij zijn op aan bij ook naar maar dit die wordt is te nog goed "
          "heeft mijn onze geen alleen uit",
    "pl": "i w na z do nie jest sie to o od za po dla oraz jak bardzo tylko ma sa przez mam moj nasz stan dobry "
          "lub ale",
    "tr": "ve bir bu icin ile cok var de da olarak daha olan gibi en ama sadece benim iyi durumda yok mi ne "
          "kadar satilik",
    "sv": "och att det som en pa ar av for med den till inte har jag vi ett om fran mycket kan eller mitt",
    "da": "og at det som en pa er af for med den til ikke har jeg vi et om fra meget kan eller mit",
    "ro": "si este cu pentru din care nu la sunt mai foarte un o de pe ca fost sau nostru",
    "cs": "a je se na v s pro za ale jako jsem jsou velmi nebo od po dobry pouze",
    "ru": "и в не на что с по это для от как мы вы есть или за из очень можно только мой наш так но к у",
    "uk": "і в не на що з по це для від як ми ви є або за дуже можна тільки мій наш так але та",
}  # fmt: skip
_OF: dict[str, tuple[str, ...]] = {}
for _language, _words in _COMMON.items():
    for _word in fold(_words).text.split():
        _OF[_word] = (*_OF.get(_word, ()), _language)
_KNOWN = frozenset(_OF)
_WHOLE = lcm(6, *map(len, _OF.values()))
"""The weight of a word of one language alone; one of several shares it among them. Whole, so that no order matters."""
_SHARES = {of: _WHOLE // len(of) for of in _OF.values()}
_PLACE = {language: at for at, language in enumerate(_COMMON)}
_SCRIPTS = {
    "ARABIC": "ar", "HEBREW": "he", "GREEK": "el", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh",
    "THAI": "th", "DEVANAGARI": "hi", "GEORGIAN": "ka", "ARMENIAN": "hy", "BENGALI": "bn", "TAMIL": "ta",
}  # fmt: skip
FEWEST = 2
"""How many different common words make a language out."""
SHARE = 0.4
"""How much of the main language's weight a further language needs."""
_LEAST_LETTERS = 4


def languages(plains: Iterable[str], originals: Iterable[str]) -> tuple[str, ...]:
    """The languages of the fields of a text, as two-letter codes, the main one first; empty when none is made out."""
    weights: dict[str, int] = {}
    words: list[str] = []
    for plain in plains:
        words += _KNOWN.intersection(plain.split())
    for of, count in Counter(map(_OF.__getitem__, words)).items():
        weight = _SHARES[of] * count
        for language in of:
            weights[language] = weights.get(language, 0) + weight
    for original in originals:
        if not original.isascii():
            _by_script(original, weights)
    if not weights:
        return ()
    least = max(FEWEST * _WHOLE, max(weights.values()) * SHARE)
    enough = [(-weight, _PLACE.get(one, len(_PLACE)), one) for one, weight in weights.items() if weight >= least]
    return tuple([one for _weight, _place, one in sorted(enough)])


def _by_script(original: str, weights: dict[str, int]) -> None:
    letters = Counter(one for one in original if one > "\u036f" and one.isalpha())
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        scripts[unicodedata.name(letter, "").split(" ")[0].split("-")[0]] += count
    if scripts["HIRAGANA"] or scripts["KATAKANA"]:
        scripts["HIRAGANA"] += scripts.pop("CJK", 0)
    for script, count in scripts.items():
        language = _SCRIPTS.get(script)
        if language and count >= _LEAST_LETTERS:
            weights[language] = weights.get(language, 0) + count * _WHOLE // 3
    if scripts["CYRILLIC"] >= _LEAST_LETTERS and not {"ru", "uk"} & weights.keys():
        weights["ru"] = scripts["CYRILLIC"] * _WHOLE // 6

"""What rules may use: every variable with its type and a sentence; the rule author's reference is made from this."""

from collections.abc import Mapping
from typing import Any

from fairboard.rules import Environment, Variable
from fairboard.screening.features.indicators import GROUPS

ENVIRONMENT = Environment(
    [
        Variable("ad.kind", "string", "What is judged: ad, message or profile."),
        Variable("ad.category", "string", "The slug of the category, such as vehicles/cars."),
        Variable("ad.place", "string", "The code of the place, such as us/texas/austin."),
        Variable("ad.country", "string", "The country, in two capital letters."),
        Variable("ad.photos", "int", "How many photos there are."),
        Variable("text.length", "int", "How many characters were written in all fields."),
        Variable("text.obfuscation", "double", "How disguised the letters are, 0 to 1."),
        Variable("text.ages", "int", "How many ages are claimed."),
        Variable("text.youngest", "int", "The youngest age claimed, 0 when none is."),
        Variable("text.language", "string", "The main language as a two-letter code, empty when none is made out."),
        Variable("text.languages", "list", "Every language made out, the main one first."),
        Variable("contact.phones", "int", "How many telephone numbers were found."),
        Variable("contact.emails", "int", "How many mail addresses were found."),
        Variable("contact.urls", "int", "How many links were found."),
        Variable("contact.handles", "int", "How many names on other services were found."),
        Variable("contact.cryptos", "int", "How many crypto addresses were found."),
        Variable("contact.shorteners", "int", "How many links hide where they lead."),
        Variable("contact.disguise", "double", "How disguised the most disguised contact is, 0 to 1."),
        Variable("indicator.count", "int", "How many indicators of the packs were found."),
        Variable("indicator.score", "double", "All indicators together, 0 to 1: 1 - product of (1 - weight)."),
        *(Variable(f"indicator.{name}", "double", f"{said}, 0 to 1.") for name, said in GROUPS.items()),
        Variable("indicator.exploitation", "double", "Age, voice, movement, control and recruitment together, 0 to 1."),
        Variable("indicator.exploitation_groups", "int", "How many of those five kinds were found."),
        Variable("indicator.fraud", "double", "Payment and scam together, 0 to 1."),
        Variable("match.refused_similarity", "double", "How close the nearest refused text is, 0 to 1."),
        Variable("match.refused_photos", "int", "How many photos were part of something refused."),
        Variable("match.terms", "int", "How many terms of the packs were found."),
        Variable("match.bank", "int", "How many photos are in a hash bank."),
        Variable("match.banks", "list", "The ids of the hash banks its photos are in."),
        Variable("match.bank_entries", "list", "Each match in a bank: the entry, the photo and the distance."),
        Variable("match.banks_set_aside", "list", "The ids of banks set aside that still ask for a person."),
        Variable("match.bank_distance", "int", "How far the nearest photo of a hash bank is, 0 to 256 bits."),
        Variable("match.takedown", "int", "How many photos were taken down at the wish of somebody shown."),
        Variable(
            "match.photo_originals", "list", "Each photo that resembles an earlier one, with the key of their tie."
        ),
        Variable("match.resembles", "string", "The id of the ad whose text is nearest, empty when none is near."),
        Variable("match.template_similarity", "double", "How close the nearest known template is, 0 to 1."),
        Variable("member.age_days", "int", "How many days ago the member joined."),
        Variable("member.ads", "int", "How many ads the member has placed."),
        Variable("member.verified", "bool", "Whether it was verified who the member is: traders are."),
        Variable("member.refused", "int", "How many submissions of the member were refused in the last 365 days."),
        Variable("member.standing", "string", "What safety says: good, watched, on_hold, suspended, closed."),
        Variable("account.standing", "string", "What safety says of the advertiser's account."),
        Variable("account.kind", "string", "business for a trader, empty for a private person."),
        Variable("network.size", "int", "How many ads are tied to this one by shared evidence."),
        Variable("network.members", "int", "How many members placed the ads of the network."),
        Variable("network.places", "int", "In how many places the ads of the network stand."),
        Variable("network.growth", "int", "How many ads joined the network in the last 7 days."),
        Variable("network.refused", "int", "How many ads of the network were refused."),
        Variable("network.risk", "double", "The risk of the network, 0 to 1."),
        Variable("network.rhythm", "double", "How regularly the network posts, 0 to 1."),
        Variable("network.stands_out", "bool", "Whether it grew past what households and shops do, or was refused."),
        Variable("history.similar", "int", "How many near-copies by others are live or held."),
        Variable("history.similar_members", "int", "How many other members wrote them."),
        Variable("history.similar_places", "int", "In how many places they stand."),
        Variable("history.edits", "int", "How often this text was changed."),
    ]
)
"""What rules may use; the rule author's reference is made from this."""

_UNLIKE_ZERO: dict[str, dict[str, Any]] = {"match": {"bank_distance": 256}}
OUTSIDE = ("member", "account", "network", "history", "match")
"""The groups a document may bring along in its context."""
_DEFAULTS: dict[str, dict[str, Any]] = {
    group: {**ENVIRONMENT.filled({})[group], **_UNLIKE_ZERO.get(group, {})} for group in OUTSIDE
}
_TYPES: dict[str, type] = {"int": int, "double": float, "string": str, "bool": bool, "list": list}
_TYPE_OF: dict[str, dict[str, type]] = {
    group: {name: _TYPES[ENVIRONMENT.variables[f"{group}.{name}"].type] for name in known}
    for group, known in _DEFAULTS.items()
}


def outside(context: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The features known from outside, a default for each that is missing.

    Raises ValueError for a group or name that is no variable, or a value that does not fit its type.
    """
    found = {group: values.copy() for group, values in _DEFAULTS.items()}
    for group, values in context.items():
        types = _TYPE_OF.get(group)
        if types is None:
            raise ValueError(f"The context has no group {group!r}: {', '.join(OUTSIDE)}.")
        for name, value in values.items():
            wanted = types.get(name)
            if wanted is None:
                raise ValueError(f"There is no variable {group}.{name}.")
            if wanted is float and type(value) is int:
                value = float(value)
            if type(value) is not wanted:
                said = ENVIRONMENT.variables[f"{group}.{name}"].type
                raise ValueError(f"{group}.{name} is of type {said}, not {type(value).__name__}.")
            found[group][name] = value
    return found

"""What a risk assessment is about: regimes, kinds of illegal content, levels. Plain data."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Regime:
    """A law that asks for a written assessment; ``review`` is how long one may stand at most."""

    key: str
    label: str | Promise
    law: str
    review: timedelta


REGIMES = (
    Regime("uk-osa", _("Illegal content (United Kingdom)"), "Online Safety Act 2023, s. 9, 23", timedelta(days=365)),
    Regime("eu-dsa", _("Systemic risks (European Union)"), "DSA art. 34", timedelta(days=365)),
)
"""DSA art. 34 binds very large platforms only; others may use the record for their own order."""
BY_KEY = {regime.key: regime for regime in REGIMES}

KINDS: dict[str, dict[str, str | Promise]] = {
    "uk-osa": {
        "terrorism": _("Terrorism"),
        "csea": _("Child sexual exploitation and abuse"),
        "hate": _("Hate"),
        "harassment": _("Harassment, stalking, threats and abuse"),
        "coercion": _("Controlling or coercive behaviour"),
        "intimate": _("Intimate image abuse"),
        "extreme": _("Extreme pornography"),
        "exploitation": _("Sexual exploitation of adults"),
        "trafficking": _("Human trafficking"),
        "immigration": _("Unlawful immigration"),
        "fraud": _("Fraud and financial offences"),
        "proceeds": _("Proceeds of crime"),
        "drugs": _("Drugs and psychoactive substances"),
        "weapons": _("Firearms, knives and other weapons"),
        "suicide": _("Encouraging or assisting suicide or self-harm"),
        "interference": _("Foreign interference"),
        "animals": _("Animal cruelty"),
    },
    "eu-dsa": {
        "illegal": _("Dissemination of illegal content"),
        "rights": _("Effects on fundamental rights"),
        "discourse": _("Effects on civic discourse, elections and public security"),
        "wellbeing": _("Gender-based violence, public health, minors, well-being"),
    },
}
"""The 17 kinds of priority illegal content of Ofcom's Register of Risks (2024); the four risks of DSA art. 34(1)."""

LEVELS = {1: _("Negligible"), 2: _("Low"), 3: _("Medium"), 4: _("High")}

"""Whom to turn to besides us, by country: read from `data/routes.yaml`."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fairboard.safety.orders import countries

KINDS: dict[str, str | Promise] = {
    "emergency": _("In danger"),
    "child": _("Abuse of children"),
    "trafficking": _("Trafficking and exploitation"),
    "images": _("Intimate images"),
    "fraud": _("Fraud"),
    "illegal": _("Other illegal content"),
}


@dataclass(frozen=True, slots=True)
class Route:
    """An authority or a hotline; ``country`` is ``*`` where it serves every country that is not listed."""

    country: str
    kind: str
    name: str
    phone: str
    url: str


@lru_cache(maxsize=1)
def routes() -> tuple[Route, ...]:
    """Every route, in the order of the file; raises ValueError naming a line that cannot be used."""
    found = []
    for line in yaml.safe_load((Path(__file__).parent / "data" / "routes.yaml").read_text(encoding="utf-8")):
        one = Route(**line)
        if one.kind not in KINDS or (one.country != "*" and one.country not in countries()):
            raise ValueError(f"routes.yaml: {one.name} has an unknown kind or country")
        if not (one.phone or one.url.startswith("https://")):
            raise ValueError(f"routes.yaml: {one.name} names no telephone and no https address")
        found.append(one)
    return tuple(found)


def by_country(language: str = "en") -> list[dict[str, object]]:
    """``[{"code", "name", "routes": [{"kind", "name", "phone", "url"}]}]`` by the name of the country, ``*`` last."""
    names = countries(language)
    known: dict[str, list[Route]] = {}
    for one in routes():
        known.setdefault(one.country, []).append(one)
    listed = sorted((code for code in known if code != "*"), key=lambda code: names[code])
    return [
        {
            "code": code,
            "name": names.get(code, ""),
            "routes": [
                {"kind": str(KINDS[one.kind]), "name": gettext(one.name), "phone": one.phone, "url": one.url}
                for one in known[code]
            ],
        }
        for code in [*listed, "*"]
    ]

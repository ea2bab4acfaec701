"""What search engines are told of an ad, a list and the site, in the words of schema.org (release 29)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from fairboard.fields import field_type
from fairboard.kit import money
from fairboard.market.queries.ads import AdRow

Thing = dict[str, Any]
"""A node of JSON-LD."""

CONTEXT = "https://schema.org"
DESCRIPTION = 5_000
"""So many characters of an ad's text are told."""
AVAILABILITY = {"live": "https://schema.org/InStock", "sold": "https://schema.org/SoldOut"}
CONDITIONS = {
    "new": "https://schema.org/NewCondition",
    "like_new": "https://schema.org/UsedCondition",
    "good": "https://schema.org/UsedCondition",
    "worn": "https://schema.org/UsedCondition",
    "defect": "https://schema.org/DamagedCondition",
}
EMPLOYMENT = {"full": "FULL_TIME", "part": "PART_TIME", "temporary": "TEMPORARY", "apprentice": "INTERN"}
"""Kinds of work as Google's reference of JobPosting names them."""
PERIODS = {"hour": "HOUR", "day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}


def ad_node(row: AdRow) -> Thing:
    """An ad as the type its category says; what is not known is left out."""
    kind = row.category.schema_type or "Product"
    node: Thing = {
        "@context": CONTEXT,
        "@type": kind,
        "name": row.title,
        "description": row.body[:DESCRIPTION],
        "url": settings.BASE_URL + row.path,
        "image": [settings.BASE_URL + photo.large for photo in row.photos],
    }
    return _filled(node | _KINDS.get(kind, _product)(row))


def breadcrumb_node(line: Sequence[dict[str, str]]) -> Thing:
    """Where a page stands: ``label`` and ``href`` of each step, the widest first."""
    items = []
    for number, step in enumerate(line, 1):
        name = step["label"]
        item = _absolute(step.get("href", ""))
        items.append(_filled({"@type": "ListItem", "position": number, "name": _(name), "item": item}))
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def site_nodes(*, logo: str, search: str) -> list[Thing]:
    """Who runs the site and how it is searched; ``logo`` and ``search`` are paths."""
    base = settings.BASE_URL
    return [
        {
            "@context": CONTEXT, "@type": "Organization", "name": settings.SITE_NAME, "url": f"{base}/",
            "logo": base + logo,
        },
        {
            "@context": CONTEXT, "@type": "WebSite", "name": settings.SITE_NAME, "url": f"{base}/",
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": f"{base}{search}?q={{search_term_string}}"},
                "query-input": "required name=search_term_string",
            },
        },
    ]  # fmt: skip


def _absolute(path: str) -> str:
    return settings.BASE_URL + path if path else ""


def _filled(node: Thing) -> Thing:
    """The node without what is not known."""
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}


def _value(row: AdRow, key: str) -> Any:
    """An attribute as JSON-LD writes it: a word, a number, a yes or no, or a day; None where it is not said."""
    spec = row.category.spec_by_key.get(key)
    kept = row.attributes.get(key)
    if spec is None or kept in (None, "", []):
        return None
    kind = field_type(spec.type)
    typed = kind.from_json(kept, spec)
    if spec.type == "yesno":
        return bool(typed)
    if isinstance(typed, Decimal):
        return int(typed) if typed == typed.to_integral_value() else float(typed)
    if isinstance(typed, int | float):
        return typed
    return str(kind.format(typed, spec)) if spec.type != "date" else str(kept)


def _amount(row: AdRow, key: str, unit: str) -> Thing | None:
    """A measure with its UN/CEFACT unit."""
    value = _value(row, key)
    return {"@type": "QuantitativeValue", "value": value, "unitCode": unit} if value is not None else None


def _offer(row: AdRow) -> Thing | None:
    if row.price_minor is None and row.price_type != "free":
        return None
    return _filled(
        {
            "@type": "Offer",
            "url": settings.BASE_URL + row.path,
            "price": str(money.to_major(row.price_minor or 0, row.currency)),
            "priceCurrency": row.currency,
            "availability": AVAILABILITY.get(row.state, "https://schema.org/Discontinued"),
            "itemCondition": CONDITIONS.get(str(row.attributes.get("condition", ""))),
            "areaServed": row.place.name,
        }
    )


def _address(row: AdRow) -> Thing:
    return {
        "@type": "PostalAddress",
        "addressLocality": row.place.name,
        "addressCountry": row.place.country,
    }


def _where(row: AdRow, name: str = "") -> Thing:
    return {"@type": "Place", "name": name or row.place.name, "address": _address(row)}


def _product(row: AdRow) -> Thing:
    brand = _value(row, "brand") or _value(row, "make")
    return {
        "category": _(row.category.name),
        "brand": {"@type": "Brand", "name": brand} if brand else None,
        "model": _value(row, "model"),
        "color": _value(row, "colour"),
        "material": _value(row, "material"),
        "size": _value(row, "size"),
        "itemCondition": CONDITIONS.get(str(row.attributes.get("condition", ""))),
        "offers": _offer(row),
    }


def _vehicle(row: AdRow) -> Thing:
    engine = _amount(row, "engine", "CMQ")
    year = _value(row, "year")
    return _product(row) | {
        "vehicleModelDate": str(year) if year else None,
        "mileageFromOdometer": _amount(row, "mileage", "KMT"),
        "fuelType": _value(row, "fuel"),
        "vehicleTransmission": _value(row, "gearbox"),
        "numberOfDoors": _value(row, "doors"),
        "vehicleEngine": {"@type": "EngineSpecification", "engineDisplacement": engine} if engine else None,
    }


def _home(row: AdRow) -> Thing:
    kind = {"housing/shared": "Room", "housing/land": "Place"}.get(row.category.slug, "Accommodation")
    home: Thing = {"@type": kind, "name": row.title, "address": _address(row)}
    if kind != "Place":
        home |= {
            "floorSize": _amount(row, "area", "MTK"),
            "petsAllowed": _value(row, "pets"),
            "numberOfRooms": _value(row, "rooms"),
        }
        built = _value(row, "built")
        home["yearBuilt"] = built
    return {
        "datePosted": _day(row),
        "about": _filled(home),
        "offers": _offer(row),
    }


def _job(row: AdRow) -> Thing:
    kind = str(row.attributes.get("kind", ""))
    hours = _value(row, "hours")
    return {
        "title": row.title,
        "datePosted": _day(row),
        "validThrough": row.expires_at.isoformat() if row.expires_at else None,
        "employmentType": EMPLOYMENT.get(kind, "OTHER") if kind else None,
        "hiringOrganization": {"@type": "Organization", "name": _value(row, "employer") or row.seller_name},
        "jobLocation": _where(row),
        "jobLocationType": "TELECOMMUTE" if _value(row, "remote") else None,
        "workHours": _("%(n)s hours a week") % {"n": hours} if hours else None,
        "baseSalary": _salary(row),
    }


def _salary(row: AdRow) -> Thing | None:
    if not row.price_minor:
        return None
    amount = money.to_major(row.price_minor, row.currency)
    value = _filled(
        {
            "@type": "QuantitativeValue",
            "value": float(amount),
            "unitText": PERIODS.get(str(row.attributes.get("pay_period", ""))),
        }
    )
    return {"@type": "MonetaryAmount", "currency": row.currency, "value": value}


def _service(row: AdRow) -> Thing:
    return {
        "serviceType": _(row.category.name),
        "areaServed": row.place.name,
        "provider": {"@type": "Person", "name": row.seller_name},
        "offers": _offer(row),
    }


def _event(row: AdRow) -> Thing:
    return {
        "startDate": _value(row, "day"),
        "endDate": _value(row, "until"),
        "location": _where(row, _value(row, "venue") or ""),
        "offers": _offer(row),
    }


def _day(row: AdRow) -> str:
    return (row.published_at or row.created_at).date().isoformat()


_KINDS: dict[str, Callable[[AdRow], Thing]] = {
    "Product": _product,
    "Vehicle": _vehicle,
    "RealEstateListing": _home,
    "JobPosting": _job,
    "Service": _service,
    "Event": _event,
}

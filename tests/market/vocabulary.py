"""The part of schema.org (release 29) the market uses: which type has which property, and what it may hold."""

import re
from typing import Any

TEXT, URL, NUMBER, DAY, BOOLEAN = "Text", "URL", "Number", "Date", "Boolean"
PARENTS = {
    "Product": "Thing", "Vehicle": "Product", "RealEstateListing": "WebPage", "WebPage": "CreativeWork",
    "CreativeWork": "Thing", "WebSite": "CreativeWork", "JobPosting": "Intangible", "Service": "Intangible",
    "Offer": "Intangible", "Brand": "Intangible", "Event": "Thing", "Place": "Thing", "Accommodation": "Place",
    "Room": "Accommodation", "Organization": "Thing", "Person": "Thing", "QuantitativeValue": "Intangible",
    "MonetaryAmount": "Intangible", "PostalAddress": "Intangible", "EngineSpecification": "Intangible",
    "BreadcrumbList": "ItemList", "ItemList": "Intangible", "ListItem": "Intangible", "SearchAction": "Action",
    "Action": "Thing", "EntryPoint": "Intangible", "Intangible": "Thing", "Thing": "",
}  # fmt: skip
PROPERTIES: dict[str, dict[str, set[str]]] = {
    "Thing": {"name": {TEXT}, "description": {TEXT}, "url": {URL}, "image": {URL}, "potentialAction": {"Action"}},
    "Product": {
        "category": {TEXT}, "brand": {"Brand", "Organization"}, "model": {TEXT}, "color": {TEXT}, "material": {TEXT},
        "size": {TEXT}, "itemCondition": {"OfferItemCondition"}, "offers": {"Offer"},
    },
    "Vehicle": {
        "vehicleModelDate": {DAY}, "mileageFromOdometer": {"QuantitativeValue"}, "fuelType": {TEXT},
        "vehicleTransmission": {TEXT}, "numberOfDoors": {NUMBER}, "vehicleEngine": {"EngineSpecification"},
    },
    "EngineSpecification": {"engineDisplacement": {"QuantitativeValue"}},
    "CreativeWork": {"about": {"Thing"}, "offers": {"Offer"}},
    "RealEstateListing": {"datePosted": {DAY}},
    "Place": {"address": {"PostalAddress"}},
    "Accommodation": {
        "floorSize": {"QuantitativeValue"}, "petsAllowed": {BOOLEAN}, "numberOfRooms": {NUMBER}, "yearBuilt": {NUMBER},
    },
    "JobPosting": {
        "title": {TEXT}, "datePosted": {DAY}, "validThrough": {DAY}, "employmentType": {TEXT},
        "hiringOrganization": {"Organization", "Person"}, "jobLocation": {"Place"}, "jobLocationType": {TEXT},
        "workHours": {TEXT}, "baseSalary": {"MonetaryAmount", NUMBER},
    },
    "Service": {
        "serviceType": {TEXT}, "areaServed": {TEXT}, "provider": {"Organization", "Person"}, "offers": {"Offer"},
    },
    "Event": {"startDate": {DAY}, "endDate": {DAY}, "location": {"Place"}, "offers": {"Offer"}},
    "Offer": {
        "price": {TEXT, NUMBER}, "priceCurrency": {TEXT}, "availability": {"ItemAvailability"},
        "itemCondition": {"OfferItemCondition"}, "areaServed": {TEXT},
    },
    "QuantitativeValue": {"value": {NUMBER, TEXT}, "unitCode": {TEXT}, "unitText": {TEXT}},
    "MonetaryAmount": {"currency": {TEXT}, "value": {"QuantitativeValue", NUMBER}},
    "PostalAddress": {"addressLocality": {TEXT}, "addressCountry": {TEXT}},
    "ItemList": {"itemListElement": {"ListItem"}},
    "ListItem": {"position": {NUMBER}, "item": {URL}},
    "Organization": {"logo": {URL}},
    "Action": {"target": {"EntryPoint"}},
    "SearchAction": {"query-input": {TEXT}},
    "EntryPoint": {"urlTemplate": {TEXT}},
}  # fmt: skip
MEMBERS = {
    "OfferItemCondition": {"NewCondition", "UsedCondition", "DamagedCondition", "RefurbishedCondition"},
    "ItemAvailability": {"InStock", "SoldOut", "Discontinued", "OutOfStock"},
}


def line_of(kind: str) -> list[str]:
    """A type and all types above it."""
    found = []
    while kind:
        found.append(kind)
        kind = PARENTS[kind]
    return found


def mistakes(node: dict[str, Any], path: str = "") -> list[str]:
    """What of a node is not schema.org's: an unknown type or property, or a value of another type."""
    kind = node.get("@type", "")
    if kind not in PARENTS:
        return [f"{path}: no type {kind!r}"]
    found: list[str] = []
    for key, value in node.items():
        if key.startswith("@"):
            continue
        expected = next((PROPERTIES[one][key] for one in line_of(kind) if key in PROPERTIES.get(one, {})), None)
        here = f"{path}/{kind}.{key}"
        if expected is None:
            found.append(f"{here}: no such property")
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                found += mistakes(one, here)
            if not any(_fits(one, kind) for kind in expected):
                found.append(f"{here}: {one!r} is none of {sorted(expected)}")
    return found


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, dict):
        return kind in PARENTS and kind in line_of(value.get("@type", ""))
    if kind in MEMBERS:
        return value in {f"https://schema.org/{one}" for one in MEMBERS[kind]}
    if kind == BOOLEAN or isinstance(value, bool):
        return kind == BOOLEAN and isinstance(value, bool)
    if kind == NUMBER:
        return isinstance(value, int | float)
    if kind == URL:
        return isinstance(value, str) and bool(re.match(r"https?://[^\s]+$", value))
    if kind == DAY:
        return isinstance(value, str) and bool(re.match(r"\d{4}(-\d\d-\d\d(T.*)?)?$", value))
    return kind == TEXT and isinstance(value, str) and bool(value.strip())

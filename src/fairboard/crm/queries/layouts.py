"""Which sections a record's page and form show, by record type and profile."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, LayoutInfo, TypeInfo

ADDRESS = ("street", "postal_code", "city", "country", "latitude", "longitude")
SOURCE = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "page")


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a page with its fields in order."""

    title: str
    fields: tuple[FieldInfo, ...]


def sections_of(info: TypeInfo, *, record_type: str, profile: str, visible: Collection[str]) -> list[Section]:
    """The sections for a record type and a profile, of the fields that are visible; never an empty one."""
    layout = chosen(info, record_type=record_type, profile=profile)
    parts = layout.sections if layout else default_sections(info)
    seen = set(visible)
    found = [
        Section(title, tuple(info.fields[key] for key in keys if key in info.fields and key in seen))
        for title, keys in parts
    ]
    return [one for one in found if one.fields]


def chosen(info: TypeInfo, *, record_type: str, profile: str) -> LayoutInfo | None:
    """The layout that fits best: for both, for the record type, for the profile, for all; None without any."""
    for kind, who in ((record_type, profile), (record_type, ""), ("", profile), ("", "")):
        for one in info.layouts:
            if one.record_type == kind and one.profile == who:
                return one
    return None


def default_sections(info: TypeInfo) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sections made of the fields themselves, for a type nobody laid out."""
    groups: dict[str, list[str]] = {"main": [], "address": [], "source": [], "text": [], "worked": []}
    for key, one in info.fields.items():
        if one.type == "longtext":
            groups["text"].append(key)
        elif key in ADDRESS:
            groups["address"].append(key)
        elif key in SOURCE:
            groups["source"].append(key)
        else:
            groups["main" if one.is_written else "worked"].append(key)
    titles = {
        "main": _("Details"), "address": _("Address"), "source": _("Where it came from"), "text": _("Text"),
        "worked": _("Figures"),
    }  # fmt: skip
    return tuple((titles[name], tuple(keys)) for name, keys in groups.items() if keys)

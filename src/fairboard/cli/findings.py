"""What the doctor says of one part."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the doctor looked at; ``advice`` says what to do when it is not well."""

    name: str
    well: bool
    found: str
    advice: str = ""

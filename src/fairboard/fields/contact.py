"""Addresses people are reached at: ``link``, ``email`` and ``phone``."""

import re
from urllib.parse import urlsplit

import phonenumbers

from fairboard.fields.base import FieldError, FieldSpec
from fairboard.fields.text import Text

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+\Z")


class Link(Text):
    """A web address."""

    name = "link"

    def parse(self, raw: object, spec: FieldSpec) -> str:
        """An http or https address; raises FieldError."""
        text = super().parse(raw, spec)
        try:
            parts = urlsplit(text if "://" in text else f"https://{text}")
        except ValueError:
            raise FieldError("Write a web address such as https://example.org.") from None
        if parts.scheme not in {"http", "https"} or "." not in parts.netloc or " " in text:
            raise FieldError("Write a web address such as https://example.org.")
        return parts.geturl()


class Email(Text):
    """A mail address."""

    name = "email"

    def parse(self, raw: object, spec: FieldSpec) -> str:
        """The address in lower case; raises FieldError."""
        text = super().parse(raw, spec).lower()
        if not _EMAIL.match(text):
            raise FieldError("Write a mail address such as name@example.org.")
        return text


class Phone(Text):
    """A telephone number, kept as E.164; ``unit`` may name the country it is dialled from."""

    name = "phone"

    def parse(self, raw: object, spec: FieldSpec) -> str:
        """The number as ``+15550100``; raises FieldError."""
        text = super().parse(raw, spec)
        try:
            number = phonenumbers.parse(text, spec.unit or None)
        except phonenumbers.NumberParseException:
            raise FieldError("Write a phone number with its country code, such as +49 30 123456.") from None
        if not phonenumbers.is_possible_number(number):
            raise FieldError("This phone number has too few or too many digits.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

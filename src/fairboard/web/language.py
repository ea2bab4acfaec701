"""The language of a page: the one its address names, else the visitor's own choice."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class AddressLanguageMiddleware(LocaleMiddleware):
    """Django's choice by cookie and browser, before which ``?lang=`` goes: search engines know no cookies."""

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of this request."""
        asked = request.GET.get("lang", "")
        if asked not in dict(settings.LANGUAGES):
            super().process_request(request)
            return
        translation.activate(asked)
        request.LANGUAGE_CODE = translation.get_language()

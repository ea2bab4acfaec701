"""The template engine of every page: MiniJinja behind Django's template backend interface.

Chosen by measure (docs/performance.md): a list of ads renders several times faster than with Django's
own templates. Templates are looked for in each room's ``templates`` folder.
"""

from functools import partial
from pathlib import Path
from typing import Any

import minijinja
from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from fairboard.ui import filters


class MiniJinjaTemplates(BaseEngine):
    """Finds and renders MiniJinja templates; anything it does not have is left to the next engine."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params = dict(params)
        params.pop("OPTIONS", None)
        super().__init__(params)
        self.found: dict[str, MiniJinjaTemplate] = {}

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """The template folders of our own rooms, in the order they are installed."""
        rooms = (Path(config.path) for config in apps.get_app_configs() if config.name.startswith("fairboard."))
        return tuple(room / "templates" for room in rooms if (room / "templates").is_dir())

    @cached_property
    def environment(self) -> minijinja.Environment:
        """One environment for the process; each template is parsed once."""
        return minijinja.Environment(
            loader=minijinja.load_from_path(list(self.folders)),
            filters=filters.FILTERS,
            globals=filters.GLOBALS,
            undefined_behavior="lenient",
            auto_escape_callback=_autoescape,
            trim_blocks=True,
            lstrip_blocks=True,
            reload_before_render=settings.DEBUG,
            debug=settings.DEBUG,
        )

    def get_template(self, template_name: str) -> "MiniJinjaTemplate":
        """The template of this name; raises TemplateDoesNotExist for Django's loader to go on."""
        found = self.found.get(template_name)
        if found is None:
            if not any((folder / template_name).is_file() for folder in self.folders):
                raise TemplateDoesNotExist(template_name, backend=self)
            found = self.found[template_name] = MiniJinjaTemplate(self, template_name)
        return found

    def from_string(self, template_code: str) -> Any:
        """Templates are files; a string cannot be extended or translated."""
        raise NotImplementedError


def _autoescape(name: str) -> str | bool:
    return "html" if name.endswith((".html", ".svg", ".xml")) else False


class MiniJinjaTemplate:
    """One template, as ``django.shortcuts.render`` calls it."""

    def __init__(self, engine: MiniJinjaTemplates, name: str) -> None:
        self.engine = engine
        self.name = name

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        """The page as text; what every page may use is added to the context."""
        values = {**base_context(request), **(context or {})}
        with filters.speaking():
            return SafeString(self.engine.environment.render_template(self.name, **values))


def base_context(request: HttpRequest | None) -> dict[str, Any]:
    """What every template may use. Nothing here touches the session of a visitor who has none."""
    values: dict[str, Any] = {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "language": get_language() or "en",
        "member": None,
        "messages": (),
    }
    if request is None:
        return values
    values["request"] = request
    values["path"] = request.get_full_path()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        user = getattr(request, "user", None)
        values["member"] = user if user is not None and user.is_authenticated else None
    if hasattr(request, "_messages"):
        values["messages"] = [
            {"level_tag": item.level_tag, "message": str(item.message)} for item in _messages(request)
        ]
    values["csrf_input"] = partial(_csrf_input, request)
    return values


def _messages(request: HttpRequest) -> Any:
    has_any = settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES
    return get_messages(request) if has_any or request._messages._queued_messages else ()  # type: ignore[attr-defined]


def _csrf_input(request: HttpRequest) -> SafeString:
    """The hidden CSRF input, made only when a form asks for it, so that plain pages set no cookie."""
    return SafeString(f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape(get_token(request))}">')

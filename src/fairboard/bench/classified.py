"""django-classified on the same rows: its own models, views and templates, in its own SQLite file."""

import os
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

BATCH = 5_000


def configure(data: Path) -> None:
    """Settings as its documentation gives them."""
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF="fairboard.bench.classified", USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", STATIC_URL="/static/", MEDIA_ROOT=str(data / "files"),
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.sites", "django.contrib.sitemaps",
            "django.contrib.staticfiles", "django.contrib.humanize", "sorl.thumbnail", "django_classified",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(data / "classified.sqlite3")}},
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django_classified.context_processors.common_values",
            ]},
        }],
        SITE_ID=1, LOGIN_URL="/login/",
    )  # fmt: skip
    import django

    django.setup()


def build(data: Path) -> None:
    """Copy the rows of the market into its tables; once."""
    configure(data)
    from django.core.management import call_command
    from django.db import connection

    if (data / "classified-complete").exists():
        return
    call_command("migrate", verbosity=0, interactive=False)
    source = sqlite3.connect(data / "fairboard.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_classified_item")
        cursor.execute("INSERT OR IGNORE INTO auth_user (id, password, is_superuser, username, first_name, last_name, "
                       "email, is_staff, is_active, date_joined) VALUES (1, '', 0, 'bench', '', '', '', 0, 1, "
                       "'2026-01-01')")  # fmt: skip
        groups = _groups(cursor, source)
        areas = _areas(cursor, source)
        rows = source.execute(
            "SELECT c.title, r.body, c.price, c.category, c.place, c.posted_at FROM market_card c "
            "JOIN market_revision r ON r.id = c.revision_id ORDER BY c.position"
        )
        while part := rows.fetchmany(BATCH):
            cursor.executemany(
                "INSERT INTO django_classified_item (slug, user_id, group_id, area_id, title, description, price, "
                "is_active, updated, posted) VALUES ('ad', 1, %s, %s, %s, %s, %s, 1, %s, %s)",
                [(groups[row[3]], areas[row[4]], row[0][:100], row[1], row[2] or 0, row[5], row[5]) for row in part],
            )
    (data / "classified-complete").touch()


def _groups(cursor: Any, source: sqlite3.Connection) -> dict[str, int]:
    found = {}
    sections: dict[str, int] = {}
    for (slug,) in source.execute("SELECT DISTINCT category FROM market_card").fetchall():
        section = slug.split("/")[0]
        if section not in sections:
            cursor.execute("INSERT INTO django_classified_section (title) VALUES (%s)", [section])
            sections[section] = cursor.lastrowid
        cursor.execute(
            "INSERT INTO django_classified_group (slug, title, section_id) VALUES (%s, %s, %s)",
            [slug.replace("/", "-"), slug, sections[section]],
        )
        found[slug] = cursor.lastrowid
    return found


def _areas(cursor: Any, source: sqlite3.Connection) -> dict[str, int]:
    found = {}
    for (place,) in source.execute("SELECT DISTINCT place FROM market_card").fetchall():
        cursor.execute(
            "INSERT INTO django_classified_area (slug, title) VALUES (%s, %s)", [place.replace("/", "-"), place]
        )
        found[place] = cursor.lastrowid
    return found


def addresses(data: Path, words: list[str]) -> dict[str, list[str]]:
    """Its pages for the same four uses: list of a category, search in an area, an ad, home."""
    source = sqlite3.connect(data / "classified.sqlite3")
    groups = source.execute("SELECT id, slug FROM django_classified_group ORDER BY id LIMIT 12").fetchall()
    areas = [row[0] for row in source.execute("SELECT id FROM django_classified_area ORDER BY id LIMIT 6")]
    items = source.execute("SELECT id, slug FROM django_classified_item ORDER BY id DESC LIMIT 40").fetchall()
    return {
        "newest of place and category": [f"/group/{pk}-{slug}/" for pk, slug in groups],
        "two words in a place": [f"/search/?q={word}&area={area}" for word in words for area in areas],
        "ad": [f"/{pk}-{slug}/" for pk, slug in items],
        "home": ["/"],
    }


_made: list[Any] = []
_making = threading.Lock()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """What the server calls."""
    with _making:
        if not _made:
            from django.core.handlers.wsgi import WSGIHandler

            configure(Path(os.environ["FAIRBOARD_DATA_DIR"]))
            _made.append(WSGIHandler())
    return _made[0](environ, start_response)


def _patterns() -> list[Any]:
    from django.http import HttpResponse
    from django.urls import include, path

    return [path("", include("django_classified.urls")), path("login/", lambda request: HttpResponse(), name="login")]


def __getattr__(name: str) -> Any:
    if name == "urlpatterns":
        return _patterns()
    raise AttributeError(name)


if __name__ == "__main__":
    build(Path(sys.argv[1]))

"""All settings, read from the environment (``FAIRBOARD_*``) and nowhere else.

Every name is described in docs/configure.md; a test fails when one is missing there.
In ``local`` mode nothing needs to be set. In ``production`` mode the program refuses to start until
every problem below is gone, and names each of them at once.
"""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

from fairboard.kit import local_secrets, mail_url, mailing_settings, security

env = Env()
_problems: list[str] = []


def _text(name: str, default: str) -> str:
    """A text; one that is set to nothing counts as not set."""
    return env.str(name, "") or default


def _switch(name: str, default: bool) -> bool:
    """A yes or no; anything else is named as a problem."""
    try:
        return env.bool(name, default) if os.environ.get(name) else default
    except EnvError:
        _problems.append(f"{name} is {os.environ[name]!r}: set it to 1 or 0.")
        return default


def _number(name: str, default: float) -> float:
    """A number; anything else is named as a problem."""
    try:
        return env.float(name, default) if os.environ.get(name) else default
    except EnvError:
        _problems.append(f"{name} is {os.environ[name]!r}: set it to a number.")
        return default


MODE = env.str("FAIRBOARD_MODE", "local")  # set to nothing it is a mistake, not a choice of local mode
if MODE not in {"local", "production"}:
    _problems.append(f"FAIRBOARD_MODE is {MODE!r}: set it to 'local' or 'production'.")
PRODUCTION = MODE == "production"
DEMO = _switch("FAIRBOARD_DEMO", False)
DEBUG = _switch("FAIRBOARD_DEBUG", False)
if PRODUCTION and DEBUG:
    _problems.append("FAIRBOARD_DEBUG is on: unset it, a production site never shows its internals.")
if PRODUCTION and DEMO:
    _problems.append("FAIRBOARD_DEMO is on: unset it, demo sign-in links do not belong in production.")

DATA_DIR = Path(_text("FAIRBOARD_DATA_DIR", "fairboard-data")).expanduser().resolve()
BASE_URL = _text("FAIRBOARD_BASE_URL", f"http://localhost:{_text('FAIRBOARD_PORT', '8000')}").rstrip("/")
SITE_NAME = _text("FAIRBOARD_SITE_NAME", "Fairboard")
CURRENCY = _text("FAIRBOARD_CURRENCY", "EUR").upper()
if len(CURRENCY) != 3 or not CURRENCY.isalpha():
    _problems.append(f"FAIRBOARD_CURRENCY is {CURRENCY!r}: write a currency such as EUR or USD.")

SECRET_KEY = _text("FAIRBOARD_SECRET_KEY", "")
IDENTIFIER_KEY = _text("FAIRBOARD_IDENTIFIER_KEY", "")
# The first key encrypts, all of them decrypt: a new one is put in front, old ones stay while evidence needs them.
EVIDENCE_KEYS = [one.strip() for one in _text("FAIRBOARD_EVIDENCE_KEY", "").split(",") if one.strip()]
if any(len(one) < 32 for one in EVIDENCE_KEYS):
    _problems.append("FAIRBOARD_EVIDENCE_KEY has a key shorter than 32 characters: make it as docs/evidence.md says.")
if PRODUCTION:
    if not EVIDENCE_KEYS:
        _problems.append("FAIRBOARD_EVIDENCE_KEY is missing: make it as docs/evidence.md says.")
    for _name, _value in (("FAIRBOARD_SECRET_KEY", SECRET_KEY), ("FAIRBOARD_IDENTIFIER_KEY", IDENTIFIER_KEY)):
        if len(_value) < 32:
            _problems.append(
                f"{_name} is missing or shorter than 32 characters: set it to the output of "
                "`python -c 'import secrets; print(secrets.token_urlsafe(48))'` and keep it safe."
            )
    if not _text("FAIRBOARD_EMAIL_URL", ""):
        _problems.append("FAIRBOARD_EMAIL_URL is missing: set it, for example smtp+tls://user:pass@host:587.")
else:
    try:
        _kept = local_secrets.kept(
            DATA_DIR / "secrets.json",
            {"secret_key": secrets.token_urlsafe(48), "identifier_key": secrets.token_hex(32)},
        ) | local_secrets.kept(DATA_DIR / "evidence-key.json", {"evidence_key": secrets.token_urlsafe(48)})
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {DATA_DIR} cannot be used ({error.strerror}): set FAIRBOARD_DATA_DIR to a "
            "folder that can be written."
        ) from error
    SECRET_KEY = SECRET_KEY or _kept["secret_key"]
    IDENTIFIER_KEY = IDENTIFIER_KEY or _kept["identifier_key"]
    EVIDENCE_KEYS = EVIDENCE_KEYS or [_kept["evidence_key"]]

_base = urlsplit(BASE_URL)
if PRODUCTION and _base.scheme != "https":
    _problems.append("FAIRBOARD_BASE_URL is not an https:// address: set it to the address visitors use.")
elif _base.scheme not in {"http", "https"} or not _base.hostname:
    _problems.append(f"FAIRBOARD_BASE_URL is {BASE_URL!r}: write it as https://market.example.org.")
_more_hosts = _text("FAIRBOARD_ALLOWED_HOSTS", "").split(",")
ALLOWED_HOSTS = [_base.hostname or "localhost", *(host.strip() for host in _more_hosts if host.strip())]
if not PRODUCTION:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
RELAY_DOMAIN = _text("FAIRBOARD_RELAY_DOMAIN", f"relay.{_base.hostname or 'localhost'}")
RELAY_LISTEN = _text("FAIRBOARD_RELAY_LISTEN", "")
CRM_MAIL_DOMAIN = _text("FAIRBOARD_CRM_MAIL_DOMAIN", f"crm.{RELAY_DOMAIN}")
CRM_MAILBOXES = _text("FAIRBOARD_CRM_MAILBOXES", "").split()
REPORT_PHONE = _text("FAIRBOARD_REPORT_PHONE", "")
PACKS_DIR = Path(_packs).expanduser().resolve() if (_packs := _text("FAIRBOARD_PACKS", "")) else None
TRUSTED_PROXIES = int(_number("FAIRBOARD_TRUSTED_PROXIES", 0))

# -- Data ---------------------------------------------------------------------------------------------
DATABASE_URL = env.str("FAIRBOARD_DATABASE_URL", f"sqlite:///{DATA_DIR / 'fairboard.sqlite3'}")
try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600)}
except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
    _problems.append(f"FAIRBOARD_DATABASE_URL cannot be read ({error}): write postgresql://user:pass@host/name.")
    DATABASES = {"default": dj_database_url.parse("sqlite://:memory:")}
if DATABASES["default"]["ENGINE"] not in {f"django.db.backends.{name}" for name in ("sqlite3", "postgresql")}:
    _problems.append("FAIRBOARD_DATABASE_URL is neither PostgreSQL nor SQLite: write postgresql://user:pass@host/name.")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "fairboard.kit.sqlite"
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        # A transaction takes the write lock when it begins: a deferred one that reads first and writes
        # later fails at once under contention, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=1073741824; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
            "PRAGMA journal_size_limit=67108864;"
        ),
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),  # sslmode and the like from the address
        "pool": {"min_size": 1, "max_size": 8},
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Member"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if _redis := _text("FAIRBOARD_CACHE_URL", ""):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# -- Files --------------------------------------------------------------------------------------------
MEDIA_ROOT = DATA_DIR / "files"
CRM_DIR = DATA_DIR / "crm"  # files of imports and exports, never served as they are
INDEX_DIR = DATA_DIR / "indexes"
CRM_DIR = DATA_DIR / "crm"  # files of imports and exports, never served as they are
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "/static/"
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if _bucket := _text("FAIRBOARD_S3_BUCKET", ""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _bucket,
            "endpoint_url": _text("FAIRBOARD_S3_ENDPOINT", "") or None,
            "default_acl": None,
            "querystring_auth": True,
        },
    }
# Evidence: encrypted, in a folder or bucket of its own that no address of the site leads to.
EVIDENCE_DAYS = int(_number("FAIRBOARD_EVIDENCE_DAYS", 400))
if EVIDENCE_DAYS < 366:
    _problems.append("FAIRBOARD_EVIDENCE_DAYS is less than 366: evidence is kept for a year at least.")
STORAGES["evidence"] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {
        "location": DATA_DIR / "evidence", "base_url": None,
        "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700,
    },
}  # fmt: skip
if _evidence_bucket := _text("FAIRBOARD_EVIDENCE_S3_BUCKET", ""):
    STORAGES["evidence"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _evidence_bucket, "endpoint_url": _text("FAIRBOARD_S3_ENDPOINT", "") or None,
            "default_acl": "private", "querystring_auth": True, "file_overwrite": False,
        },
    }  # fmt: skip
TIMESTAMP_URL = _text("FAIRBOARD_TIMESTAMP_URL", "")
TIMESTAMP_CERTIFICATES = _text("FAIRBOARD_TIMESTAMP_CERTIFICATES", "")

# -- CyberTipline -------------------------------------------------------------------------------------
CYBERTIP_URL = _text("FAIRBOARD_CYBERTIP_URL", "").rstrip("/")
CYBERTIP_USER = _text("FAIRBOARD_CYBERTIP_USER", "")
CYBERTIP_PASSWORD = _text("FAIRBOARD_CYBERTIP_PASSWORD", "")
CYBERTIP_CONTACT = _text("FAIRBOARD_CYBERTIP_CONTACT", "")
CYBERTIP_ELEMENTS = _text("FAIRBOARD_CYBERTIP_ELEMENTS", "")
if CYBERTIP_URL and not (CYBERTIP_USER and CYBERTIP_PASSWORD):
    _problems.append("FAIRBOARD_CYBERTIP_URL is set without FAIRBOARD_CYBERTIP_USER and FAIRBOARD_CYBERTIP_PASSWORD.")
if PRODUCTION and CYBERTIP_URL and not CYBERTIP_URL.startswith("https://"):
    _problems.append("FAIRBOARD_CYBERTIP_URL is not an https:// address.")

# -- Mail ---------------------------------------------------------------------------------------------
EMAIL_FROM = _text("FAIRBOARD_EMAIL_FROM", f"{SITE_NAME} <no-reply@{_base.hostname or 'localhost'}>")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM
EMAIL_TIMEOUT = 20
EMAIL_URL = _text("FAIRBOARD_EMAIL_URL", "")
if EMAIL_URL:
    try:
        _mail = mail_url.parse(EMAIL_URL)
        EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
        EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
        EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_tls, _mail.use_ssl
    except ValueError as error:
        _problems.append(f"FAIRBOARD_EMAIL_URL cannot be read ({error}): write smtp+tls://user:pass@host:587.")
else:
    EMAIL_BACKEND = "fairboard.kit.outbox.OutboxBackend"
OUTBOX_DIR = DATA_DIR / "outbox"

globals().update(mailing_settings.read(
    _text, _number, _switch, _problems, email_url=EMAIL_URL, sender=EMAIL_FROM, host=_base.hostname or "localhost",
    data_dir=DATA_DIR, production=PRODUCTION,
))  # fmt: skip

# -- Payment ------------------------------------------------------------------------------------------
STRIPE_SECRET_KEY = _text("FAIRBOARD_STRIPE_SECRET_KEY", "")
STRIPE_ADDRESS = "https://api.stripe.com"
STRIPE_WEBHOOK_SECRET = _text("FAIRBOARD_STRIPE_WEBHOOK_SECRET", "")

# -- Applications -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "fairboard.kit",
    "fairboard.ui",
    "fairboard.ledger",
    "fairboard.people",
    "fairboard.safety",
    "fairboard.market",
    "fairboard.talk",
    "fairboard.crm",
    "fairboard.marketing",
    "fairboard.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "fairboard.web.pagecache.PageCacheMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fairboard.web.csp.OnePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fairboard.web.language.AddressLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "fairboard.people.middleware.StaffSecondFactorMiddleware",
    "fairboard.web.errors.ProblemMiddleware",
]
ROOT_URLCONF = "fairboard.urls"
WSGI_APPLICATION = "fairboard.wsgi.application"
TEMPLATES = [
    {"BACKEND": "fairboard.ui.engine.MiniJinjaTemplates", "APP_DIRS": False, "DIRS": [], "OPTIONS": {}},
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# -- Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- Security -----------------------------------------------------------------------------------------
_secure = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "fairboard_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_SSL_REDIRECT = _secure and TRUSTED_PROXIES > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES > 0 else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = security.CONTENT_SECURITY_POLICY
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # more than an ad can show: what is too many is said beside the field
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
STAFF_SECOND_FACTOR = _switch("FAIRBOARD_STAFF_SECOND_FACTOR", not DEMO)
RULES_FOUR_EYES = _switch("FAIRBOARD_RULES_FOUR_EYES", not DEMO)
if PRODUCTION and not STAFF_SECOND_FACTOR:
    _problems.append("FAIRBOARD_STAFF_SECOND_FACTOR is off: unset it, staff sign in with a second factor.")

# -- The desk -------------------------------------------------------------------------------------------
EXPOSURE_CAP = int(_number("FAIRBOARD_EXPOSURE_CAP", 40))

# -- Sign-in (django-allauth) -------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "fairboard.people.forms.JoinForm"}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_ADAPTER = "fairboard.people.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers themselves allow it on localhost only
MFA_TOTP_ISSUER = SITE_NAME
USERSESSIONS_TRACK_ACTIVITY = False
HEADLESS_CLIENTS = ("app",)  # signing up and in over the API; browsers use the pages
HEADLESS_SERVE_SPECIFICATION = True
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None

# -- Redress --------------------------------------------------------------------------------------------
APPEAL_DAYS = _number("FAIRBOARD_APPEAL_DAYS", 7)
if not 0 < APPEAL_DAYS <= 60:
    _problems.append(f"FAIRBOARD_APPEAL_DAYS is {APPEAL_DAYS:g}: set it to 1 to 60 days.")
DISPUTE_URL = _text(
    "FAIRBOARD_DISPUTE_URL",
    "https://digital-strategy.ec.europa.eu/en/policies/dsa-out-court-dispute-settlement",
)

# -- Logging: one line an event, never a secret or a message's text -------------------------------------
WEBHOOKS_PRIVATE = _switch("FAIRBOARD_WEBHOOKS_PRIVATE", False)
LOG_LEVEL = _text("FAIRBOARD_LOG_LEVEL", "WARNING").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    _problems.append(f"FAIRBOARD_LOG_LEVEL is {LOG_LEVEL!r}: set it to DEBUG, INFO, WARNING or ERROR.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django.request": {"level": "ERROR"}},  # a page somebody mistyped is nobody's warning
}
# A member's address is unique whatever its case: a constraint on lower(email), which W004 does not see.
SILENCED_SYSTEM_CHECKS: list[str] = ["security.W005", "security.W021", "auth.W004"]
CSRF_FAILURE_VIEW = "fairboard.web.errors.csrf_failed"
MARKET_PAGE_CACHE_SECONDS = _number("FAIRBOARD_PAGE_CACHE_SECONDS", 5.0)

if _problems:
    raise ImproperlyConfigured("\n".join(_problems))

"""One settings module; behaviour differs only by the variables that `portal.env` reads."""

import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from portal import env
from portal.logs import LOGGING

__all__ = ["LOGGING", "NONCE"]

env.refuse_unknown()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("CONCORDAT_VAR") or BASE_DIR / "var")
VAR.mkdir(parents=True, exist_ok=True)


def _own_key(name: str) -> str:
    """A key made on the first start, readable by its owner alone."""
    path = VAR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


DEBUG = env.flag("CONCORDAT_DEBUG")
SECRET_KEY = env.text("CONCORDAT_SECRET_KEY") or _own_key("secret.key")
FIRM = env.text("CONCORDAT_FIRM", "Concordat")
ALLOWED_HOSTS = env.words("CONCORDAT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CONCORDAT_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "portal",
    "portal.accounts",
    "governance",
    "integrations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_celery_beat",
    "django_cotton",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "heroicons",
    "rest_framework",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
DATABASES: dict[str, dict[str, Any]] = {"default": env.database(env.text("DATABASE_URL"), var=VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.shell.context.shell",
            ],
        },
    }
]
COTTON_DIR = "components"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.access.backend.GrantBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
CSRF_FAILURE_VIEW = "portal.web.shell.errors.form_expired"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "portal.accounts.adapter.ClosedSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
HTTPS = env.flag("CONCORDAT_HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "concordat_session"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

KEK = env.text("CONCORDAT_KEK")
LOCAL_HOSTS = env.words("CONCORDAT_LOCAL_HOSTS")
"""`host:port` pairs that connectors may reach although they are local; for development."""

CELERY_BROKER_URL = env.broker(env.text("CELERY_BROKER_URL"))
EMBEDDED = env.embedded(broker_url=CELERY_BROKER_URL)
PORT = env.number("PORT", 8000)
PUBLIC_URL = env.own_address(env.text("CONCORDAT_URL"), port=PORT)
"""Links in notices begin with it."""
PLACES = {
    "case": "/queue/cases/{}/",
    "problem": "/queue/problems/{}/",
    "change": "/changes/{}/",
}
"""Where a notice leads, by the kind of what it is about."""
MAIL = env.mail(env.text("CONCORDAT_EMAIL"))
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starttls, MAIL.tls
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = env.mail_from(env.text("CONCORDAT_EMAIL_FROM"), sends=bool(MAIL.host))
CLOCK_OFFSET = env.signed_number("CONCORDAT_CLOCK_OFFSET", 0)
DEMO_SIGN_INS = env.demo_sign_ins(VAR / "sign-ins.json")
"""What the sign-in page of the sample firm offers: `{username, password, name, does}`."""
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_DEFAULT_QUEUE = "concordat"
CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum" if "amqp" in CELERY_BROKER_URL else "classic"
CELERY_WORKER_DETECT_QUORUM_QUEUES = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "integrations.sync.beat:LeasedScheduler"
DJANGO_CELERY_BEAT_TZ_AWARE = True
BROKER_TRANSPORTS: dict[str, dict[str, Any]] = {
    "memory": {"polling_interval": 0.02},
    "redis": {
        "visibility_timeout": 120,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    },
    "amqp": {"confirm_publish": True},
}
CELERY_BROKER_TRANSPORT_OPTIONS = next(
    options for name, options in BROKER_TRANSPORTS.items() if name in CELERY_BROKER_URL
)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.api.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.auth.ScopeRequired"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.errors.problem",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concordat",
    "DESCRIPTION": "Registry, change requests, flow agreements, runs and cases.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}

GATES = [
    "governance.approvals.gates.Lint",
    "governance.approvals.gates.References",
    "governance.approvals.gates.Compatibility",
    "governance.approvals.gates.AuthorityOverlap",
    "integrations.replay.gate.ShadowReplay",
    "governance.approvals.freezes.Freeze",
]
"""Dotted paths of the gates that every change request passes, in the order shown."""

SILENCED_SYSTEM_CHECKS: list[str] = []

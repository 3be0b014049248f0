"""The only place where environment variables are read; an unusable value stops the start."""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

KNOWN = {
    "CONCORDAT_SECRET_KEY",
    "CONCORDAT_DEBUG",
    "CONCORDAT_ALLOWED_HOSTS",
    "CONCORDAT_VAR",
    "CONCORDAT_FIRM",
    "CONCORDAT_TRUSTED_ORIGINS",
    "CONCORDAT_HTTPS",
    "CONCORDAT_KEK",
    "CONCORDAT_LOCAL_HOSTS",
    "CONCORDAT_LOG",
    "CONCORDAT_EMBEDDED",
    "CONCORDAT_DEMO",
    "CONCORDAT_CLOCK_OFFSET",
    "CONCORDAT_EMAIL",
    "CONCORDAT_EMAIL_FROM",
    "CONCORDAT_URL",
}


def text(name: str, default: str = "") -> str:
    """A string; `NAME_FILE` names a file that holds it instead."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """`1 true yes on` or `0 false no off`."""
    raw = text(name).lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither on nor off; set it to 1 or 0")


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """A whole number."""
    raw = text(name, str(default))
    if not raw.isdigit():
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number")
    return int(raw)


def signed_number(name: str, default: float) -> float:
    """A finite number, perhaps negative."""
    raw = text(name, str(default))
    try:
        value = float(raw)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ImproperlyConfigured(f"{name}={raw!r} is no number of seconds, such as -86400")
    return value


def database(url: str, *, var: Path) -> dict[str, object]:
    """Django's database settings from `sqlite:///path` or `postgresql://user:pw@host:port/name`."""
    parts = urlsplit(url or f"sqlite:///{var / 'concordat.sqlite3'}")
    if parts.scheme == "sqlite":
        return _sqlite(parts.path)
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 30}},
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL starts with {parts.scheme}://; use sqlite:///FILE or postgresql://…"
    )


def _sqlite(path: str) -> dict[str, object]:
    """One writer at a time, told at BEGIN: a loser waits instead of failing half-way."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;",
        },
    }


def broker(url: str) -> str:
    """`memory://` (embedded), `amqp://…` or `redis://…`."""
    if not url:
        return "memory://localhost/"
    if url.split("://")[0] not in {"memory", "amqp", "amqps", "pyamqp", "redis", "rediss"}:
        raise ImproperlyConfigured(
            f"CELERY_BROKER_URL={url!r}: use amqp://…, redis://… or leave it empty for embedded"
        )
    return url


BACKENDS = "django.core.mail.backends."


@dataclass(frozen=True)
class Mail:
    """How e-mail leaves; what is empty is not used."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def mail(url: str) -> Mail:
    """Empty: to the terminal. `file`: into `var/mail`. `smtp://…` with STARTTLS, `smtps://…` with
    TLS from the first byte, `smtp+plain://…` for a relay that is spoken to in the open."""
    parts = urlsplit(url)
    if url in {"", "console"}:
        return Mail(f"{BACKENDS}console.EmailBackend")
    if url == "file":
        return Mail(f"{BACKENDS}filebased.EmailBackend")
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    if parts.scheme not in ports or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(
            "CONCORDAT_EMAIL is not usable: write smtp://user:password@host:587 (STARTTLS), "
            "smtps://user:password@host:465, smtp+plain://host:25, file, or leave it empty"
        )
    if parts.scheme == "smtp+plain" and parts.password:
        raise ImproperlyConfigured(
            "CONCORDAT_EMAIL would send a password in the open: use smtp:// or smtps://"
        )
    return Mail(
        backend=f"{BACKENDS}smtp.EmailBackend",
        host=parts.hostname,
        port=_port(parts.netloc) or ports[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp",
        tls=parts.scheme == "smtps",
    )


def _port(netloc: str) -> int | None:
    try:
        return urlsplit(f"//{netloc}").port
    except ValueError as error:
        raise ImproperlyConfigured(
            "CONCORDAT_EMAIL: what follows the last colon is no port; write smtp://host:587"
        ) from error


def mail_from(address: str, *, sends: bool) -> str:
    """From whom notices come; needed once they leave the house."""
    if not address and not sends:
        return "concordat@localhost"
    try:
        validate_email(address)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"CONCORDAT_EMAIL_FROM={address!r} is no address; set one such as "
            "concordat@example.com, from which the mail server lets you send"
        ) from error
    return address


def own_address(url: str, *, port: int) -> str:
    """Where people reach the portal: links in notices begin with it."""
    parts = urlsplit(url or f"http://127.0.0.1:{port}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"CONCORDAT_URL={url!r} is no address of this portal; write https://concordat.example"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def embedded(*, broker_url: str) -> bool:
    """Whether the serving process runs worker and beat itself; only possible without a broker."""
    wanted = flag("CONCORDAT_EMBEDDED")
    if wanted and not broker_url.startswith("memory://"):
        raise ImproperlyConfigured(
            "CONCORDAT_EMBEDDED=1 needs no broker: leave CELERY_BROKER_URL empty, "
            "or unset CONCORDAT_EMBEDDED and start `celery worker` and `celery beat`"
        )
    return wanted


def demo_sign_ins(path: Path) -> list[dict[str, str]]:
    """Sign-ins that a portal with invented data offers to everybody; none elsewhere."""
    if not flag("CONCORDAT_DEMO"):
        return []
    offered: list[dict[str, str]] = json.loads(path.read_text())
    return offered


def refuse_unknown() -> None:
    """A mistyped variable is an error, not a silent default."""
    for name in os.environ:
        base = name.removesuffix("_FILE")
        if name.startswith("CONCORDAT_") and base not in KNOWN:
            raise ImproperlyConfigured(
                f"{name} is not a setting; known: {', '.join(sorted(KNOWN))}"
            )

"""Where the sample firm lives: folder, ports, keys and one password, made on the first start."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.demo.documents import people

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(os.environ.get("CONCORDAT_VAR") or ROOT / "var" / "demo")
FIRM = "Meridian Consulting"


@dataclass(frozen=True)
class Places:
    """Kept in a file, since the approved connections name the ports."""

    psa_port: int
    billing_port: int
    psa_key: str
    billing_client: str
    password: str

    @property
    def psa(self) -> str:
        return f"http://127.0.0.1:{self.psa_port}"

    @property
    def billing(self) -> str:
        return f"http://127.0.0.1:{self.billing_port}"

    def environment(self, *, port: int) -> dict[str, str]:
        """Of the portal's own processes; a broker or database of the caller's shell is not used."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
        }
        return kept | {
            "CONCORDAT_VAR": str(FOLDER),
            "CONCORDAT_FIRM": FIRM,
            "CONCORDAT_DEMO": "1",
            "CONCORDAT_LOG": os.environ.get("CONCORDAT_LOG", "quiet"),
            "CONCORDAT_LOCAL_HOSTS": f"127.0.0.1:{self.psa_port},127.0.0.1:{self.billing_port}",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORT": str(port),
        }


def load(*, port: int) -> Places:
    """The firm's places; `port` only suggests those of a first start."""
    path = FOLDER / "places.json"
    if path.exists():
        return Places(**json.loads(path.read_text()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    places = Places(
        psa_port=_free(port + 1),
        billing_port=_free(port + 2),
        psa_key=secrets.token_hex(16),
        billing_client=f"meridian:{secrets.token_hex(16)}",
        password=secrets.token_hex(6),
    )
    _write(path, json.dumps(asdict(places)))
    _write(FOLDER / "sign-ins.json", json.dumps(sign_ins(places.password), ensure_ascii=False))
    return places


def sign_ins(password: str) -> list[dict[str, str]]:
    """What the sign-in page offers."""
    return [
        {
            "username": one.username,
            "password": password,
            "name": one.name,
            "does": one.does,
        }
        for one in people()
    ]


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free(wanted: int) -> int:
    if is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)

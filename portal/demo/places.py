"""Where the sample firm lives: folder, ports, keys and one password, made on the first start."""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.demo.charter import people
from portal.demo.firm.calendar import NOW

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(os.environ.get("CONCORDAT_VAR") or ROOT / "var" / "demo")
FIRM = "Meridian Consulting"
SYSTEMS = {"crm": "Harbour CRM", "psa": "Workplan PSA", "billing": "Ledgerline", "erp": "Northbook"}


@dataclass(frozen=True)
class Places:
    """Kept in a file, since the approved connections name the ports.

    `ports` and `keys` are by system; `born` is the moment of the first start, in seconds of this
    machine's clock: the firm then lived through its fixed present, and its clock has run since.
    """

    ports: dict[str, int]
    keys: dict[str, str]
    control: str
    webhook: str
    password: str
    born: float

    @property
    def offset(self) -> float:
        """Seconds from this machine's clock to the firm's."""
        return NOW.timestamp() - self.born

    def url(self, system: str) -> str:
        return f"http://127.0.0.1:{self.ports[system]}"

    @property
    def urls(self) -> dict[str, str]:
        return {name: self.url(name) for name in SYSTEMS}

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
            "CONCORDAT_LOCAL_HOSTS": ",".join(f"127.0.0.1:{n}" for n in self.ports.values()),
            "CONCORDAT_CLOCK_OFFSET": str(self.offset),
            "CONCORDAT_EMAIL": os.environ.get("CONCORDAT_EMAIL", "file"),
            "CONCORDAT_URL": f"http://127.0.0.1:{port}",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORT": str(port),
        }

    def systems(self, *, port: int, every: float, quiet: bool) -> list[str]:
        """Arguments of `portal.demo.systems`."""
        words = ["--folder", str(FOLDER), "--offset", str(self.offset), "--every", str(every)]
        for name in SYSTEMS:
            words += [f"--{name}-port", str(self.ports[name])]
            words += [f"--{name}-secret", self.keys[name]]
        words += ["--webhook", f"http://127.0.0.1:{port}/hooks/billing"]
        words += ["--webhook-secret", self.webhook, "--control", self.control]
        return [*words, "--quiet"] if quiet else words


def load(*, port: int) -> Places:
    """The firm's places; `port` only suggests those of a first start."""
    path = FOLDER / "places.json"
    if path.exists():
        return Places(**json.loads(path.read_text()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    places = Places(
        ports={name: _free(port + place) for place, name in enumerate(SYSTEMS, start=1)},
        keys={name: f"meridian:{secrets.token_hex(16)}" for name in SYSTEMS},
        control=secrets.token_hex(16),
        webhook=secrets.token_hex(24),
        password=secrets.token_hex(6),
        born=time.time(),
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

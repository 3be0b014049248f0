"""Two real systems on this machine: where they live, how a fresh copy starts, how it stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("PEERS_HOME") or HERE.parents[1] / "var" / "peers").resolve()
LOOPBACK = "127.0.0.1"
DATABASE = "firm"
FIXED_PORTS = {"erp": 18700, "billing": 18710}
BILLING_KEY = "sk_test_concordat_peers"

ERP_CONFIG = """[database]
uri = sqlite://
path = {data}
[web]
listen = 127.0.0.1:{port}
[session]
timeout = 86400
"""


class PeerFailed(Exception):
    """A real system could not be built or did not start; the text says where its log is."""


def pristine() -> Path:
    """The seeded ERP that nothing ever runs on: every start works on a copy of it."""
    return HOME / "pristine"


def python_of(system: str) -> Path:
    return HOME / f"{system}-venv" / "bin" / "python"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0


def erp_config(folder: Path, port: int) -> Path:
    config = folder / "trytond.conf"
    config.write_text(ERP_CONFIG.format(data=folder, port=port))
    return config


@dataclass
class Peer:
    """One running server: its folder of state, its port, and the process that we started."""

    system: str
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.system}.log"

    @property
    def pid_file(self) -> Path:
        return self.folder / f"{self.system}.pid"

    def command(self) -> list[str]:
        python = python_of(self.system)
        if self.system == "erp":
            config = erp_config(self.folder, self.port)
            return [str(python.with_name("trytond")), "-c", str(config), "-d", DATABASE]
        state = self.folder / "billing.pickle"
        return [str(python), str(HERE / "serve_billing.py"), str(self.port), str(state)]

    def start(self, *, patience: float = 60) -> Peer:
        """Start and wait until it accepts connections; `patience` is in seconds."""
        if answers(self.port):
            raise PeerFailed(f"port {self.port} is taken: stop what listens there first")
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, start_new_session=True
            )
        self.pid_file.write_text(str(self.process.pid))
        deadline = time.monotonic() + patience
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PeerFailed(f"the {self.system} server did not start, see {self.log}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """End the process that `start` made, also when an earlier command made it."""
        pid = self.process.pid if self.process else recorded_pid(self.pid_file)
        if pid:
            end(pid, self.process)
        self.process = None
        self.pid_file.unlink(missing_ok=True)


def recorded_pid(pid_file: Path) -> int | None:
    """The recorded process, unless the number now belongs to another program."""
    try:
        pid = int(pid_file.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except (OSError, ValueError):
        return None
    return pid if str(pid_file.parent) in command else None


def end(pid: int, process: subprocess.Popen[bytes] | None) -> None:
    for kind, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, kind)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if process is not None and process.poll() is not None:
                return
            if process is None and not Path(f"/proc/{pid}").exists():
                return
            time.sleep(0.05)


@dataclass(frozen=True)
class ErpFacts:
    """What the seeding wrote down: keys of the integration user and the ids of standing data."""

    rest_key: str = field(repr=False)
    login: str
    password: str = field(repr=False)
    company: int
    payment_method: int
    customers: int
    employees: int
    projects: int
    tasks: int
    lines: int

    @classmethod
    def load(cls) -> ErpFacts:
        return cls(**json.loads((pristine() / "facts.json").read_text()))


def fresh_erp(folder: Path, port: int = 0) -> Peer:
    """An ERP on its own copy of the seeded firm."""
    if not (pristine() / "facts.json").exists():
        raise PeerFailed("the ERP is not built: run `python tests/peers/setup.py` first")
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(f"{DATABASE}.sqlite*"):
        leftover.unlink()
    shutil.copyfile(pristine() / f"{DATABASE}.sqlite", folder / f"{DATABASE}.sqlite")
    return Peer("erp", folder, port or free_port())


def fresh_billing(folder: Path, port: int = 0) -> Peer:
    """An empty billing platform."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "billing.pickle").unlink(missing_ok=True)
    return Peer("billing", folder, port or free_port())

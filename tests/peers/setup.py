"""Build the two real systems under var/peers; what is built already stays.

Usage: python tests/peers/setup.py
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.peers.rig import DATABASE, FIXED_PORTS, HERE, HOME, erp_config, pristine, python_of

ERP_MODULES = ["ir", "res", "party", "product", "company", "currency", "account"]
ERP_MODULES += ["account_product", "account_invoice", "project", "project_invoice", "timesheet"]


def digest(*files: Path) -> str:
    total = hashlib.sha256(sys.version.encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def built(stamp: Path, expected: str) -> bool:
    return stamp.exists() and stamp.read_text() == expected


def environment(system: str) -> None:
    wanted = HERE / f"requirements-{system}.txt"
    folder = HOME / f"{system}-venv"
    stamp = folder / "built-from"
    if built(stamp, digest(wanted)):
        return
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(python_of(system)), "-m", "pip", "install", "-q", "-r", str(wanted)]
    subprocess.run(pip, check=True)
    stamp.write_text(digest(wanted))


def seeded_firm() -> None:
    """The database is made in a folder of its own and moved into place when it is complete."""
    stamp = pristine() / "built-from"
    expected = digest(HERE / "requirements-erp.txt", HERE / "seed_erp.py", Path(__file__))
    if built(stamp, expected):
        return
    making = HOME / "pristine.new"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    create_database(making)
    shutil.rmtree(pristine(), ignore_errors=True)
    (making / "built-from").write_text(expected)
    making.rename(pristine())


def create_database(folder: Path) -> None:
    """An SQLite file must exist before the ERP's own administration command fills it."""
    (folder / f"{DATABASE}.sqlite").touch()
    config = erp_config(folder, FIXED_PORTS["erp"])
    password = secrets.token_urlsafe(12)
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    python = python_of("erp")
    administer = [str(python.with_name("trytond-admin")), "-c", str(config), "-d", DATABASE]
    administer += ["-u", *ERP_MODULES, "--activate-dependencies"]
    administer += ["--email", "admin@firm.example", "--language", "en"]
    surroundings = {**os.environ, "TRYTONPASSFILE": str(password_file)}
    subprocess.run(administer, check=True, env=surroundings)
    seed = [str(python), "-W", "ignore", str(HERE / "seed_erp.py"), str(config), DATABASE]
    facts = folder / "facts.json"
    facts.touch(mode=0o600)
    subprocess.run([*seed, password, str(facts)], check=True)
    password_file.unlink()


def main() -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    for system in ("erp", "billing"):
        environment(system)
    seeded_firm()
    print(f"peers: both systems are built ({time.monotonic() - started:.1f} s)")


if __name__ == "__main__":
    main()

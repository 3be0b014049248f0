"""Builds the peers under var/compared, each in an environment of its own; what is built stays."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HOME = Path(__file__).resolve().parents[4] / "var" / "compared"
NODE = {"api-smart-diff": "1.0.6", "openapi-diff": "0.24.1"}
PYTHON = {"jsonsubschema": "0.0.8", "datacontract-cli": "1.2.8"}


class Peers(NamedTuple):
    """Where the peers are; None where one cannot be installed."""

    node: Path | None
    python: dict[str, Path | None]


def built() -> Peers:
    HOME.mkdir(parents=True, exist_ok=True)
    return Peers(_node(), {name: _python(name, version) for name, version in PYTHON.items()})


def _node() -> Path | None:
    folder = HOME / "node"
    folder.mkdir(exist_ok=True)
    wanted = {"private": True, "dependencies": NODE}
    if not (folder / "node_modules").exists():
        (folder / "package.json").write_text(json.dumps(wanted))
        command = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
        if not _done(command, folder):
            return None
    return folder


def _python(name: str, version: str) -> Path | None:
    folder = HOME / name
    python, stamp = folder / "bin" / "python", folder / "built"
    if stamp.exists() and stamp.read_text() == version:
        return python
    install = [str(python), "-m", "pip", "install", "--quiet", f"{name}=={version}"]
    if not _done([sys.executable, "-m", "venv", str(folder)], HOME) or not _done(install, HOME):
        return None
    stamp.write_text(version)
    return python


def _done(command: list[str], folder: Path) -> bool:
    """Did a command end well? What it says goes where errors go."""
    try:
        return subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False).returncode == 0
    except FileNotFoundError:
        return False

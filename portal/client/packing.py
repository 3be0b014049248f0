"""The command line as one file: `python3 concordat.pyz` needs nothing but Python 3.11."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

MAIN = "import sys\nfrom portal.client.main import main\n\nsys.exit(main())\n"
ALWAYS = (1980, 1, 1, 0, 0, 0)
"""Equal sources make equal bytes."""


@cache
def packed() -> bytes:
    """A zip file that Python runs."""
    files = {"__main__.py": MAIN.encode(), "portal/__init__.py": b""}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        files[f"portal/client/{path.name}"] = path.read_bytes()
    held = io.BytesIO(b"")
    held.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, ALWAYS), content)
    return held.getvalue()

"""A sample firm that stands in CONCORDAT_VAR. Import it before anything of Django."""

from __future__ import annotations

import os

import django

from portal.demo.places import FIRM, FOLDER, load

__all__ = ["FIRM"]

if not (FOLDER / "places.json").exists():
    raise SystemExit(f"CONCORDAT_VAR={FOLDER} holds no sample firm: copy the folder of one")
os.environ.update(load(port=8000).environment(port=8000))
django.setup()

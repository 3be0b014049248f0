"""A fresh database for a measurement, dropped afterwards. Import it before anything of Django.

A SQLite file, or what DATABASE_URL names.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
_scratch = tempfile.TemporaryDirectory()
_on_file = "DATABASE_URL" not in os.environ
if _on_file:
    os.environ["DATABASE_URL"] = f"sqlite:///{_scratch.name}/bench.sqlite3"
django.setup()


@contextmanager
def database() -> Iterator[str]:
    """Migrated and empty; the vendor's name."""
    connection = django.db.connection
    if _on_file:
        connection.settings_dict["TEST"]["NAME"] = f"{_scratch.name}/test.sqlite3"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield connection.vendor
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        _scratch.cleanup()

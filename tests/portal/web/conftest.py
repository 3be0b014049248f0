"""Pages are measured without what another page left in the cache."""

import pytest


@pytest.fixture(autouse=True)
def _cold(settings) -> None:
    """The frame keeps its health line for some seconds; a page that finds it asks less."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

"""WSGI entry point for the server; embedded, the serving process also runs worker and beat."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

if settings.EMBEDDED:
    from portal import embedded

    embedded.start()

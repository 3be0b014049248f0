"""How people and machines reach Concordat."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]

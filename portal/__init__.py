"""The project, and what every app may lean on."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]

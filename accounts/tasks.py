"""Housekeeping of accounts."""

from celery import shared_task

from accounts import signup


@shared_task
def remove_pending():
    """Forget sign-ups that were never finished."""
    return signup.remove_pending()

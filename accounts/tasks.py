"""Housekeeping of accounts."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from accounts import disputes, otp, recovery, sessions, signup, trusted
from accounts.disputes import drafts


@shared_task
def remove_pending():
    """Forget sign-ups that were never finished."""
    return signup.remove_pending()


@shared_task
def remove_old_sessions():
    """Forget sessions that ended: what was typed at sign-up lies in them too."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return sessions.remove_ended()


@shared_task
def remove_old_devices():
    """Forget browsers no longer remembered, and the codes of sessions that ended."""
    return trusted.remove_expired() + otp.remove_old()


@shared_task
def remove_old_recoveries():
    """Forget the ways back into accounts that ended."""
    return recovery.remove_old()


@shared_task
def tidy_disputes():
    """Forget claims never sent, close those never completed, and delete photographs no longer needed."""
    return drafts.remove_old() + disputes.expire() + disputes.remove_old_photos()

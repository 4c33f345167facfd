"""“Nhớ thiết bị này 30 ngày”: which browser needs no code at sign-in.

The browser keeps a random key for each account that asked for it, we keep the digests. Every
remembering makes a new key: one that somebody planted in the browser never becomes a right one.
"""

import hashlib
import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import TrustedDevice

COOKIE = "trusted"
# A family or a service centre shares a browser; the oldest key gives way.
MOST_KEYS = 5
KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def remember(request, response, user, at=None):
    """Ask this browser for no code of `user` for so many days."""
    at = at or timezone.now()
    key = secrets.token_urlsafe(32)
    TrustedDevice.objects.create(
        user=user,
        digest=_digest(key),
        user_agent=request.headers.get("User-Agent", "").replace("\0", "")[:200],
        used_at=at,
        expires_at=at + timedelta(days=settings.TRUSTED_DEVICE_DAYS),
    )
    response.set_cookie(
        COOKIE,
        ".".join([key, *_keys(request)][:MOST_KEYS]),
        max_age=timedelta(days=settings.TRUSTED_DEVICE_DAYS),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_trusted(request, user, at=None) -> bool:
    """Whether `user` asked this browser to be remembered; never where each sign-in needs a code."""
    if settings.SIGNIN_OTP == "always":
        return False
    return bool(here(request, user, at).update(used_at=at or timezone.now()))


def here(request, user, at=None):
    """The living entries of `user` that this browser holds a key of."""
    return TrustedDevice.objects.living(at).filter(user=user, digest__in=[_digest(key) for key in _keys(request)])


def forget(user):
    """Ask every browser of `user` for a code again: a password or a phone changed."""
    TrustedDevice.objects.filter(user=user).delete()


def remove_expired(at=None) -> int:
    return TrustedDevice.objects.filter(expires_at__lte=at or timezone.now()).delete()[0]


def _keys(request) -> list[str]:
    """What the browser sent, as far as it looks like keys of ours."""
    return [key for key in request.COOKIES.get(COOKIE, "").split(".")[:MOST_KEYS] if KEY.fullmatch(key)]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

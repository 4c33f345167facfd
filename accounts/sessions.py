"""Where an account is signed in: listed for its owner, and ended from afar.

A row is made at sign-in, whichever door it was. When a session was last used stands in the cache and
costs no row a write: while Redis is away the list shows a little less, and nothing else changes.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import browsers
from portal import net

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - no address is bound to


@dataclass(frozen=True)
class Place:
    """One browser in which the account is signed in."""

    pk: int
    name: str
    ip: str
    since: datetime
    last_seen: datetime
    is_here: bool


class SeenMiddleware:
    """Notes when a signed-in session was last used."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # Only where the view asked who is there: nothing is looked up for this.
        session = getattr(request, "session", None)
        if session is not None and session.accessed and session.session_key and SESSION_KEY in session:
            cache.set(_seen(session.session_key), int(time.time()), settings.SESSION_COOKIE_AGE)
        return response


def signed_in(sender, request, user, **_signal):
    """Keep a row of the session that begins."""
    if request.session.session_key is None:
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": net.client_address(request) or NO_ADDRESS,
            "user_agent": request.headers.get("User-Agent", "").replace("\0", "")[:200],
        },
    )


def places(request) -> list[Place]:
    """Where the account is signed in, this browser first, then the last used; so many queries, however many there are."""
    rows = {row.session_key: row for row in _living(request.user)}
    seen = cache.get_many([_seen(key) for key in rows])
    here = request.session.session_key
    found = [
        Place(
            pk=row.pk,
            name=browsers.name(row.user_agent),
            ip="" if row.ip == NO_ADDRESS else row.ip,
            since=row.created_at,
            last_seen=_moment(seen.get(_seen(key))) or row.last_seen_at,
            is_here=key == here,
        )
        for key, row in rows.items()
    ]
    return sorted(found, key=lambda place: (place.is_here, place.last_seen), reverse=True)


def end(user, pk) -> bool:
    """Sign one browser out; False where it is none of this account."""
    return bool(_end(UserSession.objects.filter(user=user, pk=pk)))


def end_others(request) -> int:
    """Sign out everywhere but here."""
    return _end(UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key))


def end_all(user) -> int:
    """Sign out everywhere."""
    return _end(UserSession.objects.filter(user=user))


def keep(request):
    """The password changed: this session goes on under a new key, and every other one ends."""
    old = request.session.session_key
    update_session_auth_hash(request, request.user)
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
    end_others(request)


def remove_ended() -> int:
    """Forget rows whose session is gone."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return UserSession.objects.filter(~Exists(alive)).delete()[0]


@transaction.atomic
def _end(rows) -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.model.objects.filter(session_key__in=keys).delete()
    cache.delete_many([_seen(key) for key in keys])
    return len(keys)


def _living(user):
    """Rows whose session has neither ended nor lost its right to the account, as by a changed password."""
    rows = list(UserSession.objects.filter(user=user))
    stored = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now())
    decode = import_module(settings.SESSION_ENGINE).SessionStore().decode
    hashes = {session.session_key: decode(session.session_data).get(HASH_SESSION_KEY) for session in stored}
    right = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return [row for row in rows if hashes.get(row.session_key) in right]


def _seen(session_key):
    return f"seen:{session_key}"


def _moment(seconds):
    return datetime.fromtimestamp(seconds, UTC) if seconds else None

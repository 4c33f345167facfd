"""Is the owner at the keyboard, or somebody who found an open session? Asked before what cannot be taken back.

A few minutes' proof: the password; a code to the proven phone where the account has no password; and
where it has neither, a sign-in of just now at the national portal.
"""

import functools
import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.shortcuts import redirect

PROVEN_AT, LEADS_TO = "owner_proven_at", "owner_leads_to"
SECONDS = 600


def ways(user) -> str:
    """How this owner proves it: password, phone, or national."""
    if user.has_usable_password():
        return "password"
    return "phone" if user.phone and user.phone_verified_at else "national"


def give(request):
    """The owner was just proven in this session."""
    request.session[PROVEN_AT] = int(time.time())


def is_fresh(request) -> bool:
    """Whether the owner was proven in this session minutes ago."""
    if time.time() - request.session.get(PROVEN_AT, 0) < SECONDS:
        return True
    return ways(request.user) == "national" and _signed_in_just_now(request)


def leads_to(request) -> str:
    """The page that asked for the proof, of which only its view ever writes the address."""
    return request.session.get(LEADS_TO, "")


def required(view):
    """Show the page to an owner proven minutes ago, and lead everybody else through the proof to it."""

    @functools.wraps(view)
    def asked_first(request, *args, **kwargs):
        if is_fresh(request):
            return view(request, *args, **kwargs)
        request.session[LEADS_TO] = request.path
        return redirect("accounts:prove")

    return asked_first


def _signed_in_just_now(request):
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "socialaccount" and time.time() - record["at"] < SECONDS for record in records)


def can_sign_in_again() -> bool:
    """Whether the national portal is connected."""
    return bool(settings.OIDC_ISSUER)

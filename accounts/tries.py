"""Wrong passwords, counted per account whichever name was typed, and per address; each round waits longer."""

import hashlib

from portal import callers, throttle
from portal.text import folded

MINUTE, HOUR, DAY = 60, 3600, 86400
# How many tries within how many seconds. A refused try climbs no further rung.
LADDER = ((5, 15 * MINUTE), (15, 6 * HOUR), (40, DAY))
# Many citizens share the address of a commune's office, so it is given more than one account.
WRONG_PER_ADDRESS = (60, 15 * MINUTE)
ADDRESS = "sign-in-address"


def check(user, typed, request=None):
    """Count a try before it is judged, so that forty at once are forty; raises TooMany.

    An unknown name is counted under what was typed: the page must not tell it from a known one.
    """
    if request is not None:
        limit, seconds = WRONG_PER_ADDRESS
        callers.refuse(request, ADDRESS, limit=limit, seconds=seconds)
    for limit, seconds in LADDER:
        throttle.check(f"sign-in-{seconds}", key_of(user, typed), limit=limit, seconds=seconds)


def wrong(request=None):
    """The try was wrong: it counts against the address as well."""
    if request is not None:
        limit, seconds = WRONG_PER_ADDRESS
        callers.count(request, ADDRESS, limit=limit, seconds=seconds)


def forget(user):
    """The owner proved who they are, by a right password or by recovery."""
    for _limit, seconds in LADDER:
        throttle.forget(f"sign-in-{seconds}", key_of(user, ""))


def key_of(user, typed):
    """Under which name tries are counted: the account where there is one, else a digest of what was typed."""
    if user is not None:
        return f"user:{user.pk}"
    return "typed:" + hashlib.sha256(folded(typed).encode()).hexdigest()

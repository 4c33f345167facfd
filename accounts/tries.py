"""Wrong passwords, counted per typed name, per account whichever name was typed, and per address; each round waits longer."""

import hashlib

from portal import callers, throttle
from portal.identity import digits_of
from portal.text import e164, folded

MINUTE, HOUR, DAY = 60, 3600, 86400
# How many tries within how many seconds. A refused try climbs no further rung.
LADDER = ((5, 15 * MINUTE), (15, 6 * HOUR), (40, DAY))
# Many citizens share the address of a commune's office, so it is given more than one account.
WRONG_PER_ADDRESS = (60, 15 * MINUTE)
ADDRESS = "sign-in-address"


def check(user, typed, request=None) -> bool:
    """Count a try before it is judged, so that forty at once are forty; raises TooMany where this name was tried too often.

    False where the account was, under other names of its owner: that must be answered like a wrong password.
    Saying more would tell a stranger that two names belong to one account, and so that there is one.
    """
    if request is not None:
        limit, seconds = WRONG_PER_ADDRESS
        callers.refuse(request, ADDRESS, limit=limit, seconds=seconds)
    for limit, seconds in LADDER:
        throttle.check(f"sign-in-{seconds}", key_of(None, typed), limit=limit, seconds=seconds)
    return user is None or all(
        throttle.count(f"sign-in-{seconds}", key_of(user, ""), seconds=seconds) <= limit for limit, seconds in LADDER
    )


def wrong(request=None):
    """The try was wrong: it counts against the address as well."""
    if request is not None:
        limit, seconds = WRONG_PER_ADDRESS
        callers.count(request, ADDRESS, limit=limit, seconds=seconds)


def forget(user):
    """The owner proved who they are, by a right password or by recovery: whichever name they type is free again."""
    names = (user.username, user.national_id, user.email, user.phone if user.phone_verified_at else "")
    keys = {key_of(user, ""), *(key_of(None, name) for name in names if name)}
    for _limit, seconds in LADDER:
        for key in keys:
            throttle.forget(f"sign-in-{seconds}", key)


def key_of(user, typed):
    """Under which name tries are counted: the account where there is one, else a digest of what was typed."""
    if user is not None:
        return f"user:{user.pk}"
    return "typed:" + hashlib.sha256(_one_spelling(typed).encode(errors="replace")).hexdigest()


def _one_spelling(typed):
    """“0912 345 678” and “+84912345678” are one name, and so are “0660 8000 1234” and the same without spaces."""
    if "@" in typed:
        return folded(typed)
    digits = digits_of(typed)
    try:
        return e164(digits)
    except ValueError:
        return digits if digits.isdigit() else folded(typed)

"""Limits per caller: by address; where many people share one address, by browser session, with a captcha and a total.

A commune's office or a carrier's NAT is one address with a hundred honest people behind it
(`SHARED_NETWORKS`). There each browser session has the ordinary limit, a form asks for a confirmation
code once the address as a whole has used it up (`needs_captcha`), and the address gets
`SHARED_NETWORK_TIMES` that limit in all, however many sessions it opens.
"""

import ipaddress

from django.conf import settings
from django.utils.crypto import get_random_string

from portal import net, throttle

VISITOR = "visitor"


def check(request, scope: str, *, limit: int, seconds: int) -> None:
    """Count one event of this caller; raises TooMany when it is one more than allowed."""
    for name, key, most in _counters(request, scope, limit):
        throttle.check(name, key, limit=most, seconds=seconds)


def check_distinct(request, scope: str, value: str, *, limit: int, seconds: int) -> None:
    """Like check, but a `value` seen before within the window counts nothing."""
    for name, key, most in _counters(request, scope, limit):
        throttle.check_distinct(name, key, value, limit=most, seconds=seconds)


def count(request, scope: str, *, limit: int, seconds: int) -> None:
    """Remember one event, to be judged by `refuse`."""
    for name, key, _most in _counters(request, scope, limit):
        throttle.count(name, key, seconds=seconds)


def refuse(request, scope: str, *, limit: int, seconds: int) -> None:
    """Raise TooMany where the caller has already used up the limit; counts nothing."""
    for name, key, most in _counters(request, scope, limit):
        if throttle.used(name, key) >= most:
            raise throttle.TooMany(seconds)


def needs_captcha(request, scope: str, *, limit: int) -> bool:
    """Whether a form must ask for a confirmation code: the shared address has used up what one caller may."""
    return is_shared(request) and throttle.used(scope, net.counted_address(request)) >= limit


def visitor(request) -> str:
    """A name for this browser session; a new session is a new name."""
    return request.session.setdefault(VISITOR, get_random_string(22))


def next_visitor(request) -> None:
    """The next person at the same machine is counted anew, for whom one machine in a shared network serves many."""
    if is_shared(request):
        request.session.pop(VISITOR, None)


def is_shared(request) -> bool:
    """Whether the caller's address is one that many people share."""
    try:
        address = ipaddress.ip_address(net.client_address(request))
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in settings.SHARED_NETWORKS)


def _counters(request, scope, limit):
    address = net.counted_address(request)
    if is_shared(request):
        yield f"{scope}-session", visitor(request), limit
        yield scope, address, limit * settings.SHARED_NETWORK_TIMES
    else:
        yield scope, address, limit

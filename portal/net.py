"""Who asks: the address a request came from, believing as many proxies as the settings say."""

import ipaddress

from django.conf import settings


def client_address(request) -> str:
    """The caller's address; behind n trusted proxies the n-th entry from the right of X-Forwarded-For."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXY_COUNT
    if trusted and len(hops) >= trusted:
        forwarded = _address(hops[-trusted])
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR", "")


def counted_address(request) -> str:
    """What limits per address count: of IPv6 the /64, because whoever has one address there has them all."""
    address = client_address(request)
    if ":" not in address:
        return address
    version6 = ipaddress.ip_address(address.partition("%")[0])
    return str(version6.ipv4_mapped or ipaddress.ip_network(f"{version6}/64", strict=False))


def is_internal(request) -> bool:
    """Asked from this machine or network itself, not passed on by a proxy."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers or "X-Real-Ip" in request.headers:
        return False
    address = _address(request.META.get("REMOTE_ADDR", ""))
    return bool(address) and ipaddress.ip_address(address).is_private


def _address(text: str) -> str:
    """The address in one hop, as written by proxies that add a port or brackets; empty if it is none."""
    for candidate in (text, text.rpartition(":")[0], text.partition("]")[0].lstrip("[")):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return ""

"""Who asks: the address a request came from, believing as many proxies as the settings say."""

from django.conf import settings


def client_address(request) -> str:
    """The caller's address; behind n trusted proxies the n-th entry from the right of X-Forwarded-For."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXY_COUNT
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")

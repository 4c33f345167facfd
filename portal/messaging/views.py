"""The provider's door: GET /sms/mo/."""

import hashlib
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from portal.messaging import inbound
from portal.net import client_address


@csrf_exempt
@login_not_required
@never_cache
@require_GET
def incoming(request):
    """Store an SMS and acknowledge it with an empty 200; the answer goes out as a message of its own."""
    if not inbound.is_open():
        raise Http404
    fields = _fields(request)
    if not (constant_time_compare(fields.get("secret", ""), settings.SMS_MO_SECRET) and inbound.is_allowed(client_address(request))):
        raise PermissionDenied
    if not fields.get("from"):
        return HttpResponseBadRequest()
    provider_id = fields.get("msgid") or _digest(fields)
    inbound.answer_soon(inbound.store(provider_id, fields["from"], fields.get("text", "")))
    return HttpResponse()


def _fields(request) -> dict[str, str]:
    """The query as text. `text` comes in the charset that `charset` names; Django would read it as UTF-8."""
    raw = {
        name: value.encode("latin-1") for name, value in parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True, encoding="latin-1")
    }
    charset = raw.get("charset", b"").decode("ascii", "replace") or "utf-8"
    return {name: _decoded(value, charset if name == "text" else "utf-8") for name, value in raw.items()}


def _decoded(value: bytes, charset: str) -> str:
    try:
        return value.decode(charset)
    except (LookupError, UnicodeError):
        return value.decode("utf-8", "replace")


def _digest(fields: dict[str, str]) -> str:
    """A name for an SMS whose provider gives none: the same text at the same moment is the same SMS."""
    said = "\0".join(fields.get(name, "") for name in ("from", "ts", "text"))
    return "digest:" + hashlib.sha256(said.encode()).hexdigest()

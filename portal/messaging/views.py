"""The provider's door: GET /sms/mo/."""

import hashlib
import logging
import time
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from portal.messaging import charsets, inbound, parts
from portal.net import client_address

logger = logging.getLogger(__name__)

# Kannel's number for the letters of a phone with an accented keyboard.
CODING_UCS2 = b"2"
# Of texts that come without a name and without a time: the same one within so long is the same SMS.
SAME_SECONDS = 600


@csrf_exempt
@login_not_required
@never_cache
@require_GET
def incoming(request):
    """Store an SMS, or a part of one, and acknowledge it with an empty 200; the answer goes out as a message of its own."""
    if not inbound.is_open():
        raise Http404
    query = _query(request)
    known, allowed = _knows_secret(query), inbound.is_allowed(client_address(request))
    if not (known and allowed):
        raise PermissionDenied
    if any(len(values) > 1 for values in query.values()):
        # A gateway that hands on “&from=…” unescaped would let a text choose its sender.
        return _refused("a field twice")
    fields = {name: values[0] for name, values in query.items()}
    sender = _plain(fields, "from")
    if not sender.strip():
        return _refused("no sender")
    text, place = _text(fields), parts.place(fields.get("udh", b""))
    name = _plain(fields, "msgid") or _digest(fields)
    sms = inbound.store_part(name, sender, place, text) if place else inbound.store(name, sender, text)
    if sms:
        inbound.answer_soon(sms)
    return HttpResponse()


def _query(request) -> dict[str, list[bytes]]:
    """The query as bytes: `text` comes in the charset that `charset` names, and Django would read it as UTF-8."""
    query = {}
    for name, value in parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True, encoding="latin-1"):
        query.setdefault(name, []).append(value.encode("latin-1"))
    return query


def _knows_secret(query: dict[str, list[bytes]]) -> bool:
    given = query.get("secret", [])
    return constant_time_compare(b"".join(given[:1]), settings.SMS_MO_SECRET) and len(given) == 1


def _refused(why: str) -> HttpResponse:
    logger.warning("incoming SMS refused: %s", why)
    return HttpResponseBadRequest()


def _plain(fields: dict[str, bytes], name: str) -> str:
    return fields.get(name, b"").decode("utf-8", "replace")


def _text(fields: dict[str, bytes]) -> str:
    charset = _plain(fields, "charset") or ("UTF-16BE" if fields.get("coding") == CODING_UCS2 else "UTF-8")
    return charsets.decoded(fields.get("text", b""), charset)


def _digest(fields: dict[str, bytes]) -> str:
    """A name for an SMS whose provider gives none: the same text at the same moment is the same SMS."""
    moment = fields.get("ts") or str(int(time.time() // SAME_SECONDS)).encode()
    said = b"\0".join([fields["from"], moment, fields.get("udh", b""), fields.get("text", b"")])
    return "digest:" + hashlib.sha256(said).hexdigest()

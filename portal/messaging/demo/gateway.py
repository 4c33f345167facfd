"""The demo's SMS provider at /dev/sendsms, with DEMO=1 only: what is handed in lies in the development inbox.

It speaks the `sendsms` interface of Kannel, and takes texts only from programs that know the portal's secret.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.derived import derived
from portal.messaging.models import Channel, InboxCopy
from portal.text import e164

PURPOSE = "dev-gateway"
LONGEST_TEXT, LONGEST_SENDER = 1600, 20


@login_not_required
@never_cache
@transaction.non_atomic_requests
@require_GET
def sendsms(request):
    """GET username, password, from, to, text; the answers are Kannel's."""
    if not settings.DEMO:
        raise Http404
    if not constant_time_compare(request.GET.get("password", ""), derived(settings.SECRET_KEY, PURPOSE)):
        return _answer(403, "Authorization failed for sendsms")
    text = request.GET.get("text", "")[:LONGEST_TEXT].replace("\0", "")
    try:
        recipient = e164(request.GET.get("to", ""))
    except ValueError:
        return _answer(400, "Invalid destination number, rejected")
    if not text:
        return _answer(400, "Empty text not allowed, rejected")
    sender = request.GET.get("from", "").replace("\0", "")[:LONGEST_SENDER]
    InboxCopy.objects.create(channel=Channel.SMS, recipient=recipient, sender=sender, body=text)
    return _answer(202, "0: Accepted for delivery")


def _answer(status: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain")

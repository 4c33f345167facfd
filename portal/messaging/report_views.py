"""The providers' door for delivery reports: /sms/bao-cao/<signed token>/, by GET or POST."""

import json

from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.messaging import reports


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def report(request, token):
    """Take a `status` from the query, a form or JSON. The token is the key: a forged one finds nothing."""
    try:
        reports.check(token)  # before anything else of a stranger's request is read
        reports.note(token, _status(request))
    except BadSignature:
        raise Http404 from None
    return HttpResponse()


def _status(request) -> str:
    if "status" in request.GET or request.method == "GET":
        return request.GET.get("status", "")
    if request.content_type != "application/json":
        return request.POST.get("status", "")
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("status", "")) if isinstance(said, dict) else ""

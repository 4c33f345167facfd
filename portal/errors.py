"""The pages of refusal: what happened, what to do, and where help is."""

import math
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import get_language, gettext


def refuse(request, name, status, **context):
    context["request_id"] = getattr(request, "id", "")
    return render(request, f"errors/{name}.html", context, status=status)


def bad_request(request, exception=None):
    """Django answers a body that is too large with 400 as well; the citizen must hear which it was."""
    if isinstance(exception, (RequestDataTooBig, TooManyFilesSent)):
        return too_large(request)
    return refuse(request, "400", 400)


def forbidden(request, exception=None):
    return refuse(request, "403", 403)


def csrf_failure(request, reason=""):
    return refuse(request, "csrf", 403)


def not_found(request, exception=None):
    return refuse(request, "404", 404)


def too_large(request):
    return refuse(request, "413", 413, limit=settings.UPLOAD_FILE_MB)


def too_many_requests(request, retry_after):
    """`retry_after` in seconds; people are told whole minutes."""
    response = refuse(request, "429", 429, minutes=math.ceil(retry_after / 60))
    response["Retry-After"] = str(math.ceil(retry_after))
    response["Cache-Control"] = "no-store"
    return response


def server_error(request):
    """500, or 503 when the database is away. Nothing here may lean on what may just have broken."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if away else 500
    facts = {
        "LANGUAGE": get_language(),
        "HOTLINE": settings.HOTLINE,
        "PROVINCE_NAME": gettext(settings.PROVINCE_NAME),
        "request_id": getattr(request, "id", ""),
    }
    try:
        response = HttpResponse(loader.get_template(f"errors/{status}.html").render(facts), status=status)
    except Exception:  # even the templates or the static files may be what is broken
        response = HttpResponse("Hệ thống đang gặp lỗi. Thử lại sau ít phút.", status=status, content_type="text/plain; charset=utf-8")
    if away:
        response["Retry-After"] = "60"
    return response

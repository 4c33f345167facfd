"""What happens to every request before and after its view."""

import re
import uuid

from django.conf import settings
from django.contrib.auth import middleware
from django.http import JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from portal import errors, kept, logs
from portal.throttle import TooMany

# What a proxy may call a request: enough to be unique, nothing that could break a log line.
SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


class RequestIdMiddleware:
    """Gives each request a name that its log lines and its answer carry."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if SANE_ID.fullmatch(given) and not given.isdigit() else uuid.uuid4().hex
        token = logs.request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response


class BodyLimitMiddleware:
    """Refuses what is larger than all papers of a dossier: Django would write it to disk first, a guest's too."""

    MORE_THAN_FILES = 5 * 2**20

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.UPLOAD_DOSSIER_MB * 2**20 + self.MORE_THAN_FILES
        if length.isdecimal() and (len(length) > 15 or int(length) > most):
            return errors.too_large(request)
        return self.get_response(request)


class SmallPagesMiddleware(GZipMiddleware):
    """Sends pages compressed: a list of procedures is a sixth of its size on a slow line.

    Papers and pictures stay as they are, they would hardly shrink. Django adds a random length to each
    page, so that its size tells nothing of what it holds.
    """

    def process_response(self, request, response):
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Private unless marked public; a public page does not even ask who is there."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        """To sign-in and back; a script hears it in JSON, and what was typed too late is kept."""
        if not request.accepts("text/html") and request.accepts("application/json"):
            # A script must not take the sign-in page for an answer.
            return JsonResponse({"error": _("Phiên làm việc đã hết hạn."), "sign_in": resolve_url(settings.LOGIN_URL)}, status=401)
        if request.method == "POST" and hasattr(view_func, "keeps_typed"):
            kept.keep(request, view_func)
        return super().handle_no_permission(request, view_func)


class TooManyRequestsMiddleware:
    """Turns TooMany, raised anywhere in a view, into the page that says when to come back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return errors.too_many_requests(request, exception.retry_after) if isinstance(exception, TooMany) else None

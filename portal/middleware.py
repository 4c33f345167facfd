"""What happens to every request before and after its view."""

import re
import uuid

from django.contrib.auth import middleware

from portal import errors, logs
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


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Private unless marked public; a public page does not even ask who is there."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class TooManyRequestsMiddleware:
    """Turns TooMany, raised anywhere in a view, into the page that says when to come back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return errors.too_many_requests(request, exception.retry_after) if isinstance(exception, TooMany) else None

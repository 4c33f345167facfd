"""Whether the process lives, and whether it can work."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse


@login_not_required
def alive(request):
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def ready(request):
    return HttpResponse("ok", content_type="text/plain")

"""“Thiết bị và phiên đăng nhập”: where I am signed in, which browsers need no code, and ending either."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import browsers, sessions, trusted


@never_cache
@require_safe
def show(request):
    here = set(trusted.here(request, request.user).values_list("pk", flat=True))
    remembered = [
        {"device": device, "name": browsers.name(device.user_agent), "is_here": device.pk in here}
        for device in request.user.trusted_devices.living().order_by("-used_at")
    ]
    return render(request, "accounts/sessions.html", {"places": sessions.places(request), "remembered": remembered})


@require_POST
def end(request, pk):
    """Sign one browser out."""
    if not sessions.end(request.user, pk):
        raise Http404
    messages.success(request, _("Đã đăng xuất thiết bị đó."))
    return redirect("accounts:sessions")


@require_POST
def forget(request, pk):
    """Have one remembered browser asked for a code again."""
    gone, _rows = request.user.trusted_devices.filter(pk=pk).delete()
    if not gone:
        raise Http404
    messages.success(request, _("Đã quên thiết bị đó. Lần đăng nhập sau, thiết bị phải nhập mã OTP."))
    return redirect("accounts:sessions")


@require_POST
def end_others(request):
    """Sign out everywhere but here, where other browsers are asked for a code again."""
    here = trusted.here(request, request.user).values("pk")
    request.user.trusted_devices.exclude(pk__in=here).delete()
    sessions.end_others(request)
    messages.success(request, _("Đã đăng xuất khỏi mọi thiết bị khác."))
    return redirect("accounts:sessions")


@require_POST
def end_all(request):
    """Sign out everywhere, here too."""
    user = request.user
    trusted.forget(user)
    sessions.end_all(user)
    get_adapter().logout(request)
    messages.success(request, _("Đã đăng xuất khỏi mọi thiết bị."))
    return redirect("account_login")

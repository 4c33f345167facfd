"""“Xóa tài khoản”: what goes, what stays and why; the request, and taking it back."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import closing, proof
from accounts.models import ClosingRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request):
    """Where the request stands; taking it back needs no proof, asking does."""
    if request.POST.get("action") == "withdraw":
        if closing.withdraw(request.user):
            messages.success(request, _("Đã rút lại yêu cầu. Tài khoản được giữ nguyên."))
        return redirect("accounts:close")
    if waiting := closing.waiting(request.user):
        return render(request, "accounts/close_waiting.html", {"closing": waiting})
    return _ask(request)


@proof.required
def _ask(request):
    if request.method == "POST":
        try:
            closing.ask(request.user)
        except closing.NotPossible as why_not:
            messages.warning(request, str(why_not))
            return redirect("accounts:profile")
        return redirect("accounts:close")
    context = {
        "days": settings.CLOSING_DAYS,
        "warnings": closing.warnings(request.user),
        "last": ClosingRequest.objects.filter(user=request.user).last(),
    }
    return render(request, "accounts/close.html", context)

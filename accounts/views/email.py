"""The e-mail of the account: asked for here, confirmed behind the mailed link."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import emails, proof
from accounts.forms.email import ChangeEmailForm
from portal import callers


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@proof.required
def change(request):
    """Ask for a link to another address; send it again, or think better of it, while it waits."""
    waiting = emails.waiting(request.user)
    action = request.POST.get("action")
    if action == "drop":
        emails.drop_waiting(request.user)
        messages.success(request, _("Đã bỏ yêu cầu đổi thư điện tử."))
        return redirect("accounts:email")
    if action == "resend" and waiting:
        _mail(request, waiting.email)
        return redirect("accounts:email")
    form = ChangeEmailForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        _mail(request, form.cleaned_data["email"])
        return redirect("accounts:email")
    hours = 24 * settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS
    return render(request, "accounts/email.html", {"form": form, "waiting": waiting, "hours": hours})


def _mail(request, email):
    callers.check(request, "mail-from", limit=settings.MAIL_SENDS_PER_ADDRESS, seconds=3600)
    if emails.ask_to_confirm(request.user, email):
        messages.success(request, _("Đã gửi đường dẫn xác nhận. Mở thư mới nhất và nhấn “Xác nhận địa chỉ”."))
    else:
        messages.warning(request, _("Đã gửi nhiều thư trong giờ này. Chờ một giờ rồi nhấn “Gửi lại thư”."))


def confirm(request, address):
    """Behind the link of an account in use: a button, because scanners of mail open links too."""
    if request.method != "POST":
        return render(request, "accounts/email_confirm.html", {"address": address})
    try:
        user = emails.confirm(address)
    except emails.AddressTaken:
        return render(request, "accounts/email_taken.html", {"address": address})
    if user is None:
        return dead_link(request)
    return render(request, "accounts/email_done.html", {"address": address})


def dead_link(request):
    """A link that is too old, or whose address is confirmed or no longer wanted."""
    return render(request, "accounts/email_dead_link.html")

"""Sign-up by e-mail: choose a door, fill in, read the mail, confirm."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import allauth_compat, signup
from accounts.forms.signup import EmailSignUpForm
from accounts.views import email as email_views
from portal import callers, doors, throttle

# What was typed, so that “Đổi địa chỉ” need not ask for all of it again; gone once the mail is confirmed.
TYPED = "signup_typed"


@login_not_required
def choose(request):
    """For whom, and by which door."""
    whom = "organisation" if request.GET.get("doi-tuong") == "to-chuc" else "citizen"
    return render(request, "accounts/signup.html", {"whom": whom})


@login_not_required
@never_cache
def by_email(request):
    """The form of the e-mail door."""
    doors.require("email")
    if request.method == "POST":
        form = EmailSignUpForm(request.POST, request=request)
        if form.is_valid():
            _count_mail(request)
            form.begin()
            callers.next_visitor(request)
            request.session[TYPED] = form.typed()
            return redirect("account_email_verification_sent")
    else:
        form = EmailSignUpForm(request=request, initial=request.session.get(TYPED))
    return render(request, "accounts/signup_email.html", {"form": form})


@login_not_required
def by_sms(request):
    """How to register by a text: nothing is typed here."""
    doors.require("sms")
    return render(request, "accounts/signup_sms.html")


@login_not_required
@never_cache
def check_inbox(request):
    """Where the mail went, and what to do when it does not come."""
    doors.require("email")
    typed = request.session.get(TYPED)
    if not typed:
        return redirect("accounts:signup_email")
    return render(request, "account/verification_sent.html", {"email": typed["email"].strip().lower()})


@login_not_required
@require_POST
def resend(request):
    """The mail once more, to the address of this sign-up or to the one an old link was made for."""
    doors.require("email")
    address = allauth_compat.address_behind(request.POST.get("key", ""))
    typed = request.session.get(TYPED, {})
    email = address.email if address else typed.get("email", "").strip().lower()
    if not email:
        return redirect("accounts:signup_email")
    request.session[TYPED] = typed | {"email": email}
    try:
        _count_mail(request)
        signup.send_again(email)
    except throttle.TooMany as limit:
        messages.warning(request, _waiting(limit.retry_after))
    else:
        messages.success(request, _("Đã gửi lại thư. Dùng mật khẩu và đường dẫn trong thư mới nhất."))
    return redirect("account_email_verification_sent")


@login_not_required
@never_cache
def confirm(request, key):
    """What the mailed link opens. A scanner that opens links must finish nothing, so a button does."""
    confirmation = allauth_compat.EmailConfirmationHMAC.from_key(key)
    if confirmation is None:
        return _dead_link(request, key)
    if confirmation.email_address.user.activated_at:
        return email_views.confirm(request, confirmation.email_address)
    doors.require("email")
    if request.method != "POST":
        return render(request, "account/email_confirm.html", {"email": confirmation.email_address.email})
    try:
        user = signup.confirm(confirmation, request)
    except signup.IdentityTaken:
        return render(request, "accounts/identity_taken.html")
    if user is None:
        return _dead_link(request, key)
    request.session.pop(TYPED, None)
    return redirect("account_login")


def _count_mail(request):
    callers.check(request, "mail-from", limit=settings.MAIL_SENDS_PER_ADDRESS, seconds=3600)


def _dead_link(request, key):
    address = allauth_compat.address_behind(key)
    if request.user.is_authenticated or (address and address.user.activated_at and not address.verified):
        return email_views.dead_link(request)
    context = {"key": key if address and not address.verified else "", "used": bool(address and address.verified)}
    # Not an error status: those are logged with their address, and a link's key belongs in no log.
    return render(request, "accounts/dead_link.html", context)


def _waiting(seconds):
    if seconds <= 120:
        return _("Ông/Bà vừa yêu cầu thư. Chờ {n} giây rồi nhấn lại.").format(n=seconds)
    return _("Đã gửi nhiều thư tới địa chỉ này. Chờ {n} phút rồi nhấn lại.").format(n=-(-seconds // 60))

"""Sign-up by mobile: fill in, prove the phone, choose a password, done."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import mobile, signin
from accounts.forms.mobile import MobileSignUpForm
from accounts.forms.passwords import NewPasswordForm
from accounts.views.code import CodePage
from portal import doors, second_factor


@login_not_required
@never_cache
def fill_in(request):
    """The form of the mobile door; its button sends the code."""
    doors.require("mobile")
    if request.user.is_authenticated:
        return redirect("accounts:profile")
    if request.method != "POST":
        form = MobileSignUpForm(request=request, initial=mobile.typed(request))
    else:
        form = MobileSignUpForm(request.POST, request=request)
        if form.is_valid():
            refusal = _send_code(request, form.begin())
            if not refusal:
                return redirect("accounts:signup_mobile_code")
            form.add_error("phone", refusal)
    return render(request, "accounts/signup_mobile.html", {"form": form})


@method_decorator(login_not_required, name="dispatch")
class Code(CodePage):
    """The phone is proven by the code sent to it."""

    above_url = reverse_lazy("accounts:signup")
    wrong_number_url = reverse_lazy("accounts:signup_mobile")

    def dispatch(self, request, *args, **kwargs):
        doors.require("mobile")
        return super().dispatch(request, *args, **kwargs)

    def device(self):
        user = mobile.pending(self.request)
        return mobile.device(self.request, user) if user and not mobile.is_proven(self.request) else None

    def lost(self):
        return redirect("accounts:signup_mobile_password" if mobile.is_proven(self.request) else "accounts:signup_mobile")

    def accepted(self, device, form):
        return redirect("accounts:signup_mobile_password") if mobile.prove_phone(self.request, device) else self.lost()


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
def choose_password(request):
    """The phone is proven: with an own password the sign-up becomes an account, and is signed in."""
    doors.require("mobile")
    if request.user.is_authenticated:
        # The button was pressed twice: the first press did it.
        return redirect("accounts:signup_done")
    user = mobile.pending(request)
    if user is None or not mobile.is_proven(request):
        return redirect("accounts:signup_mobile_code" if user else "accounts:signup_mobile")
    if mobile.is_late(request):
        return _late(request)
    try:
        mobile.refuse_taken(user)
        form = NewPasswordForm(request.POST or None, user=user)
        if request.method != "POST" or not form.is_valid():
            return render(request, "accounts/signup_mobile_password.html", {"form": form, "user_name": user.national_id})
        account = mobile.finish(request, user, form.cleaned_data["password1"])
    except mobile.IdentityTaken:
        return render(request, "accounts/identity_taken.html")
    except mobile.PhoneTaken:
        return render(request, "accounts/phone_taken.html", {"phone": user.phone})
    if account is None:
        return redirect("account_login")
    return signin.enter(request, account, proven_phone=True, next_url=reverse("accounts:signup_done"))


@never_cache
def done(request):
    """“Đăng ký thành công”, and where to go on."""
    return render(request, "accounts/signup_done.html")


def _send_code(request, user):
    """Send the code; why not, in words. Pressed again while one is on its way, it need not be sent."""
    device = mobile.device(request, user)
    if device.code_lives and device.seconds_to_resend:
        return ""
    return second_factor.send(request, device)


def _late(request):
    mobile.forget_proof(request)
    messages.warning(
        request,
        _("Đã quá {n} phút từ lúc xác nhận số điện thoại. Nhấn “Đăng ký” để nhận mã mới.").format(n=settings.SIGNUP_PASSWORD_MINUTES),
    )
    return redirect("accounts:signup_mobile")

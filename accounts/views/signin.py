"""Sign-in, sign-out, and the page between a temporary password and an own one."""

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as otp_login

from accounts import trusted
from accounts.allauth_compat import login_stage_required
from accounts.forms.passwords import NewPasswordForm
from accounts.models import User
from accounts.stages import ChoosePasswordStage, SmsCodeStage
from accounts.views.code import CodePage
from accounts.views.signup import TYPED


class SignIn(LoginView):
    """allauth's page with our form; who typed a pending account's password may have the mail again."""

    template_name = "account/login.html"

    def form_invalid(self, form):
        if form.has_error("__all__", "pending"):
            self.request.session[TYPED] = {"email": form.cleaned_data["login"].lower()}
        return super().form_invalid(form)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"pending": context["form"].has_error("__all__", "pending") if context["form"].is_bound else False}


sign_in = SignIn.as_view()


class SignOut(LogoutView):
    template_name = "account/logout.html"


sign_out = SignOut.as_view()


@method_decorator(login_stage_required(stage=SmsCodeStage.key, redirect_urlname="account_login"), name="dispatch")
class Code(CodePage):
    """The password was right: now the code sent to the account's phone."""

    above = ""  # the sign-in page leads here as long as a code is waited for
    other_account = True

    @property
    def remember(self):
        return settings.SIGNIN_OTP == "new-device"

    def device(self):
        stage = self.request._login_stage
        user = stage.user()
        if user is None:
            return None
        stage.login.user = user
        return stage.device()

    def lost(self):
        messages.warning(self.request, _("Tài khoản vừa có thay đổi. Đăng nhập lại."))
        return self.request._login_stage.abort()

    def accepted(self, device, form):
        user = self.request._login_stage.login.user
        response = self.request._login_stage.exit()
        if self.request.user.is_authenticated:
            otp_login(self.request, device)
        if form.cleaned_data.get("remember"):
            trusted.remember(self.request, response, user)
        return response


sign_in_code = Code.as_view()


@never_cache
@sensitive_post_parameters("password1", "password2")
@login_stage_required(stage=ChoosePasswordStage.key, redirect_urlname="account_login")
def choose_password(request):
    """The temporary password was right: now an own one, and only then is the session signed in."""
    stage = request._login_stage
    with transaction.atomic():
        # Two tabs: the second finds the password already chosen and must sign in with it.
        user = User.objects.select_for_update().filter(pk=stage.login.user.pk).first()
        if user is None or not user.is_active or not user.has_temporary_password:
            return stage.abort()
        form = NewPasswordForm(request.POST or None, user=user)
        if request.method != "POST" or not form.is_valid():
            return render(request, "accounts/choose_password.html", {"form": form})
        form.save()
    stage.login.user = user
    messages.success(request, _("Đã đặt mật khẩu mới."))
    return stage.exit()

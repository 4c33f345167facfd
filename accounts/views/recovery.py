"""“Quên mật khẩu”: ask for a code or a link, prove it, choose a new password."""

from allauth.account.views import PasswordResetFromKeyView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import recovery
from accounts.forms.passwords import NewPasswordForm
from accounts.forms.recovery import SMS, RecoveryForm
from accounts.views.code import CodePage
from portal import callers


@login_not_required
@never_cache
def ask(request):
    """One name, one of two ways; the same answer whatever was typed."""
    form = RecoveryForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["by"] == SMS:
            recovery.ask_by_sms(request, form.cleaned_data["login"])
            return redirect("accounts:recovery_code")
        callers.check(request, "mail-from", limit=settings.MAIL_SENDS_PER_ADDRESS, seconds=recovery.HOUR)
        recovery.send_link(form.cleaned_data["login"])
        return redirect("account_reset_password_done")
    return render(request, "account/password_reset.html", {"form": form})


@login_not_required
def asked(request):
    return render(request, "account/password_reset_done.html", {"minutes": settings.PASSWORD_RESET_TIMEOUT // 60})


@method_decorator(login_not_required, name="dispatch")
class Code(CodePage):
    """The code that was sent, if there is a phone to send it to: the page is the same for every name."""

    template_name = "accounts/recovery_code.html"
    above = gettext_lazy("Quên mật khẩu")
    above_url = reverse_lazy("account_reset_password")

    def dispatch(self, request):
        asked = recovery.current(request)
        if asked and asked.opens:
            return redirect("accounts:recovery_password")  # “Xác nhận” was pressed twice
        return super().dispatch(request)

    def device(self):
        asked = recovery.current(self.request)
        return None if asked is None or asked.used_at else asked

    def lost(self):
        return redirect("account_reset_password")

    def verify(self, device, code):
        return recovery.guess(device, code)

    def send(self, device):
        return recovery.send_again(self.request, device)

    def accepted(self, device, form):
        self.request.session.cycle_key()  # one that somebody planted here before opens nothing
        return redirect("accounts:recovery_password")


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
def choose_after_code(request):
    """The code was right: now the new password, once. Of two tabs the second waits, and finds it chosen."""
    held = recovery.hold(recovery.current(request))
    if held is None:
        messages.warning(request, _("Chưa đặt được mật khẩu: mã xác nhận đã dùng rồi hoặc đã quá hạn. Yêu cầu mã mới."))
        return redirect("account_reset_password")
    form = NewPasswordForm(request.POST or None, user=held.device.user)
    if request.method == "POST" and form.is_valid():
        recovery.choose(held, form.cleaned_data["password1"])
        return redirect("account_reset_password_from_key_done")
    return render(request, "accounts/recovery_password.html", {"form": form})


class ChooseNew(PasswordResetFromKeyView):
    """Behind the mailed link; its key moves into the session, so that it is in no Referer and no history."""

    template_name = "account/password_reset_from_key.html"

    def get_form(self, form_class=None):
        # Behind a dead link there is nobody whose password a form could judge.
        return super().get_form(form_class) if self.reset_user else None


choose_new = ChooseNew.as_view()


@login_not_required
def done(request):
    return render(request, "account/password_reset_from_key_done.html")

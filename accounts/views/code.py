"""“Nhập mã xác nhận”: the one page on which a code is typed, whatever it opens."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.forms.code import CodeForm
from portal import second_factor


@method_decorator(never_cache, name="dispatch")
class CodePage(View):
    """One door's code: it says which device waits for one, and what a right code opens.

    The first code is sent by the page before, with `second_factor.send`; this one only sends again.
    """

    template_name = "accounts/code.html"
    above = gettext_lazy("Đăng ký")
    above_url = ""
    # Where to correct a mistyped number; empty where it cannot be changed here.
    wrong_number_url = ""
    remember = False
    # Whether somebody else may want to sign in instead.
    other_account = False

    def device(self):
        """The device that waits for a code, or None where there is nothing to confirm."""
        raise NotImplementedError

    def lost(self):
        """The answer where there is nothing to confirm: back to where the door begins."""
        raise NotImplementedError

    def accepted(self, device, form):
        """The answer to the right code."""
        raise NotImplementedError

    def verify(self, device, code) -> str:
        """Judge a guess; the reason in words where it is refused."""
        proven, refusal = second_factor.verify(device.user, device, code)
        return "" if proven else refusal

    def send(self, device) -> str:
        """Send the code once more; the reason in words where it was not."""
        return second_factor.send(self.request, device)

    def get(self, request):
        device = self.device()
        return self.lost() if device is None else self._show(device, CodeForm(remember=self.remember))

    def post(self, request):
        device = self.device()
        if device is None:
            return self.lost()
        if request.POST.get("action") == "resend":
            return self._resend(device)
        form = CodeForm(request.POST, remember=self.remember)
        if form.is_valid():
            refusal = self.verify(device, form.cleaned_data["code"])
            if not refusal:
                return self.accepted(device, form)
            form.add_error("code", refusal)
            device = self.device() or device
        return self._show(device, form)

    def _resend(self, device):
        if refusal := self.send(device):
            messages.warning(self.request, refusal)
        else:
            messages.success(self.request, _("Đã gửi lại mã. Nhập mã trong tin nhắn mới nhất."))
        return redirect(self.request.path)

    def _show(self, device, form):
        context = {
            "form": form,
            "phone": device.phone,
            # Refused, for one reason or another, it was not.
            "sent": form.is_bound or device.code_lives,
            "minutes": settings.OTP_VALID_SECONDS // 60,
            "seconds_to_resend": device.seconds_to_resend,
            "above": self.above,
            "above_url": self.above_url,
            "wrong_number_url": self.wrong_number_url,
            "other_account": self.other_account,
        }
        return render(self.request, self.template_name, context)

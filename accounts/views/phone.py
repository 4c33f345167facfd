"""The phone of the account: the number, then the code sent to it."""

import functools

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import otp, phones, proof
from accounts.forms.phone import PhoneForm
from accounts.models import SmsDevice
from accounts.views.code import CodePage
from portal import second_factor

# The number that waits for its code.
PENDING = "phone_to_prove"


def own_to_change(view):
    """Send those away whose number others vouch for."""

    @functools.wraps(view)
    def judged(request, *args, **kwargs):
        if phones.may_change(request.user):
            return view(request, *args, **kwargs)
        messages.warning(request, _("Số điện thoại của cán bộ do người quản trị hệ thống đổi. Mã vào trang quản trị gửi tới số này."))
        return redirect("accounts:profile")

    return judged


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@own_to_change
@proof.required
def change(request):
    """A new number, or the one that was typed at sign-up and never proven."""
    user = request.user
    typed = "" if user.phone_verified_at else user.phone
    form = PhoneForm(request.POST or None, user=user, initial={"phone": request.session.get(PENDING) or typed})
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        request.session[PENDING] = phone
        if refusal := second_factor.send(request, _device(request, phone)):
            messages.warning(request, refusal)
        return redirect("accounts:phone_code")
    return render(request, "accounts/phone.html", {"form": form})


@method_decorator([own_to_change, proof.required], name="dispatch")
class Code(CodePage):
    """The code sent to the new number."""

    above = gettext_lazy("Tài khoản")
    above_url = reverse_lazy("accounts:profile")
    wrong_number_url = reverse_lazy("accounts:phone")

    def device(self):
        phone = self.request.session.get(PENDING)
        return _device(self.request, phone) if phone else None

    def lost(self):
        return redirect("accounts:phone")

    def accepted(self, device, form):
        del self.request.session[PENDING]
        try:
            if phones.change(self.request.user, device.phone) is None:
                return redirect("account_login")
        except phones.PhoneTaken:
            return render(self.request, "accounts/phone_not_changed.html", {"phone": device.phone})
        messages.success(self.request, _("Đã xác minh số điện thoại. Thiết bị được nhớ phải nhập mã OTP ở lần đăng nhập sau."))
        return redirect("accounts:profile")


code = Code.as_view()


def _device(request, phone):
    return otp.device_for(request, request.user, SmsDevice.Purpose.PHONE, phone)

"""“Xác nhận đây là Ông/Bà”: the proof that some pages of the account ask for first."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import otp, proof
from accounts.forms.passwords import PresentPasswordForm
from accounts.models import SmsDevice
from accounts.views.code import CodePage
from portal import second_factor


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request):
    """The present password; or a code to the phone; or, where there is neither, the way to sign in again."""
    way = proof.ways(request.user)
    if proof.is_fresh(request):
        return _onward(request)
    if way == "phone" and request.method == "POST":
        if refusal := second_factor.send(request, _device(request)):
            messages.warning(request, refusal)
        return redirect("accounts:prove_code")
    form = PresentPasswordForm(request.POST or None, user=request.user) if way == "password" else None
    if form and request.method == "POST" and form.is_valid():
        proof.give(request)
        return _onward(request)
    context = {"form": form, "way": way, "minutes": proof.SECONDS // 60, "national": proof.can_sign_in_again()}
    return render(request, "accounts/prove.html", context)


class Code(CodePage):
    """The code sent to the account's own phone."""

    above = gettext_lazy("Tài khoản")
    above_url = reverse_lazy("accounts:profile")

    def device(self):
        return _device(self.request) if proof.ways(self.request.user) == "phone" else None

    def lost(self):
        return redirect("accounts:prove")

    def accepted(self, device, form):
        proof.give(self.request)
        return _onward(self.request)


code = Code.as_view()


def _device(request):
    return otp.device_for(request, request.user, SmsDevice.Purpose.SIGN_IN, request.user.phone)


def _onward(request):
    return redirect(proof.leads_to(request) or "accounts:profile")

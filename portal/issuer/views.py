"""The steps of the guide: ID number and password, the code, back to the portal."""

import time

from allauth.idp.oidc.views import AuthorizationView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View
from django.views.decorators.cache import never_cache

from portal.issuer import asked, codes
from portal.issuer.forms import CodeForm, SignInForm
from portal.issuer.models import Person
from portal.text import masked_phone

WAITING = "waiting"
WAITING_SECONDS = 600


def start(request):
    """Whoever comes without a portal's request is told where to begin."""
    return render(request, "issuer/start.html")


@method_decorator(never_cache, name="dispatch")
class Authorize(AuthorizationView):
    """Where the portal sends a citizen, and from where they go back with a code."""

    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        if asked.from_query(request.GET) is None:
            return render(request, "issuer/refused.html", status=400)
        known = request.user.is_authenticated
        response = super().get(request, *args, **kwargs)
        if known:
            # One sign-in is for one portal and one time: the next citizen may sit at the same computer.
            logout(request)
        return response


@method_decorator(never_cache, name="dispatch")
class SignIn(View):
    """“CMT hoặc CCCD” and “Mật khẩu”."""

    def get(self, request):
        return self._show(SignInForm(request)) if self._asked() else redirect("start")

    def post(self, request):
        if not self._asked():
            return redirect("start")
        form = SignInForm(request, request.POST)
        if not form.is_valid():
            return self._show(form)
        request.session.cycle_key()
        request.session[WAITING] = {
            "person": form.person.pk,
            "hash": form.person.get_session_auth_hash(),
            "next": self._next(),
            "at": int(time.time()),
        }
        if refusal := codes.send(request, form.person):
            messages.warning(request, refusal)
        return redirect("code")

    def _next(self) -> str:
        return self.request.GET.get("next", "")

    def _asked(self):
        return asked.from_address(self._next())

    def _show(self, form):
        return render(self.request, "issuer/signin.html", {"form": form, "cancel_query": urlencode({"next": self._next()})})


@method_decorator(never_cache, name="dispatch")
class Code(View):
    """“Mã OTP”, “Xác nhận”, “Gửi lại OTP”."""

    def dispatch(self, request, *args, **kwargs):
        self.person, self.next = _waiting(request)
        return super().dispatch(request, *args, **kwargs) if self.person else redirect("start")

    def get(self, request):
        return self._show(CodeForm())

    def post(self, request):
        if request.POST.get("action") == "resend":
            refusal = codes.send(request, self.person)
            messages.add_message(
                request, messages.WARNING if refusal else messages.SUCCESS, refusal or "Đã gửi lại mã. Nhập mã trong tin nhắn mới nhất."
            )
            return redirect("code")
        form = CodeForm(request.POST)
        if form.is_valid():
            refusal = codes.judge(self.person, form.cleaned_data["code"])
            if not refusal:
                login(request, self.person)
                request.session.pop(WAITING, None)
                return HttpResponseRedirect(self.next)
            form.add_error("code", refusal)
        return self._show(form)

    def _show(self, form):
        context = {
            "form": form,
            "phone": masked_phone(self.person.phone),
            "minutes": settings.OTP_VALID_SECONDS // 60,
            "cancel_query": urlencode({"next": self.next}),
        }
        return render(self.request, "issuer/code.html", context)


@never_cache
def cancel(request):
    """Back to the portal without signing in."""
    wanted = asked.from_address(request.GET.get("next", ""))
    request.session.flush()
    return HttpResponseRedirect(wanted.refusal()) if wanted else redirect("start")


def not_served(request):
    raise Http404


def _waiting(request) -> tuple[Person | None, str]:
    """Whose code is waited for, and where they go after it; nobody once ten minutes passed or the password changed."""
    kept = request.session.get(WAITING)
    if not kept or time.time() - kept["at"] > WAITING_SECONDS:
        return None, ""
    person = Person.objects.filter(pk=kept["person"]).first()
    if person is None or not constant_time_compare(person.get_session_auth_hash(), kept["hash"]):
        return None, ""
    return person, kept["next"]

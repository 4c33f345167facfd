"""“Quên mật khẩu”: ask for the link, open it, choose a new password."""

from allauth.account.views import PasswordResetFromKeyView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts import recovery
from accounts.forms.recovery import RecoveryForm
from portal import callers


@login_not_required
@never_cache
def ask(request):
    """One field; the same answer whatever was typed."""
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        callers.check(request, "mail-from", limit=settings.MAIL_SENDS_PER_ADDRESS, seconds=3600)
        recovery.send_link(form.cleaned_data["login"])
        return redirect("account_reset_password_done")
    return render(request, "account/password_reset.html", {"form": form})


@login_not_required
def asked(request):
    return render(request, "account/password_reset_done.html", {"minutes": settings.PASSWORD_RESET_TIMEOUT // 60})


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

"""The doors in, and the account page."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render


def _page(template):
    def view(request, **kwargs):
        return render(request, template)

    return view


signup = login_not_required(_page("accounts/signup.html"))
signup_email = login_not_required(_page("accounts/signup_email.html"))
check_inbox = login_not_required(_page("account/verification_sent.html"))
confirm = login_not_required(_page("account/email_confirm.html"))
dispute = login_not_required(_page("accounts/dispute.html"))
sign_in = login_not_required(_page("account/login.html"))
sign_out = login_not_required(_page("account/logout.html"))
forgot_password = login_not_required(_page("account/password_reset.html"))
choose_password = login_not_required(_page("accounts/choose_password.html"))
profile = _page("accounts/profile.html")

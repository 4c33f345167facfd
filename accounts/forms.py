"""Forms of sign-up and sign-in."""

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    pass

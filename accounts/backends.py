"""One field signs in: account name, ID number, phone or e-mail."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts import tries
from accounts.models import User


class CitizenBackend(AuthenticationBackend):
    """Finds whom the typed name means and judges one password, with equal work for unknown names."""

    def _authenticate(self, request, username="", email="", password="", **credentials):
        typed = username or email or ""
        user = User.objects.named(typed)
        if not tries.check(user, typed, request) or user is None:
            tries.wrong(request)
            return None  # the caller hashes once, so that the time does not tell
        self._did_check_password = True
        if not user.check_password(password):
            tries.wrong(request)
            return None
        tries.forget(user)
        if self.user_can_authenticate(user):
            return user
        # allauth's way of saying: the right person, but not now. The form tells why.
        self._stash_user(user)
        return None

    def user_can_authenticate(self, user):
        return user.is_active and user.activated_at is not None and not user.temporary_password_expired()

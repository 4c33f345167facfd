"""Steps between a right password and a signed-in session."""

from django.shortcuts import redirect

from accounts.allauth_compat import LoginStage


class ChoosePasswordStage(LoginStage):
    """A temporary password opens the door to one page only: the one where it is replaced."""

    key = "choose_password"
    urlname = "accounts:choose_password"

    def handle(self):
        if self.login.user.has_temporary_password:
            return redirect(self.urlname), True
        return None, True

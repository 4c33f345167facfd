"""Steps between a right password and a signed-in session."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from accounts import otp, trusted
from accounts.allauth_compat import LoginStage, last_method
from accounts.models import SmsDevice, User
from portal import second_factor


class Stage(LoginStage):
    """A step with a page of its own: until it is passed the session holds only who is expected."""

    def wait(self):
        """Lead to the page; under a new session key, which nobody can have planted in this browser."""
        self.request.session.cycle_key()
        return redirect(self.urlname), True


class SmsCodeStage(Stage):
    """A code to the account's proven phone, unless this browser is remembered or the phone was proven a moment ago."""

    key = "sms_code"
    urlname = "accounts:sign_in_code"

    def handle(self):
        user = self.login.user
        if not self.is_needed():
            return None, True
        self.state["hash"] = user.get_session_auth_hash()
        device = self.device()
        # Who comes back within the minute has the code already.
        if not (device.code_lives and device.seconds_to_resend) and (refusal := second_factor.send(self.request, device)):
            messages.warning(self.request, refusal)
        return self.wait()

    def is_needed(self):
        user = self.login.user
        if settings.SIGNIN_OTP == "off" or user.phone_verified_at is None or not user.phone:
            return False
        # The national portal has asked for a code of its own.
        return last_method(self.request, user) != "socialaccount" and not trusted.is_trusted(self.request, user)

    def user(self):
        """Whom the code signs in; None where the account, its phone or its password changed since the password was typed."""
        user = User.objects.active_citizens().filter(pk=self.login.user.pk, phone_verified_at__isnull=False).first()
        unchanged = user is not None and constant_time_compare(user.get_session_auth_hash(), self.state.get("hash", ""))
        return user if unchanged else None

    def device(self):
        user = self.login.user
        return otp.device_for(self.request, user, SmsDevice.Purpose.SIGN_IN, user.phone)


class ChoosePasswordStage(Stage):
    """A temporary password opens the door to one page only: the one where it is replaced."""

    key = "choose_password"
    urlname = "accounts:choose_password"

    def handle(self):
        if self.login.user.has_temporary_password:
            return self.wait()
        return None, True

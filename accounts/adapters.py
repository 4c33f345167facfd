"""Where our rules enter allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from accounts import notices, tries, trusted
from portal import kept, net


class AccountAdapter(DefaultAccountAdapter):
    """Our login stages, our passwords, our wording; every mail through the outbox."""

    def get_login_stages(self):
        return ["accounts.stages.SmsCodeStage", "accounts.stages.ChoosePasswordStage"]

    def post_login(self, request, user, **facts):
        response = super().post_login(request, user, **facts)
        kept.signed_in(request, response, user)
        return response

    def is_safe_url(self, url):
        """Where to go after signing in: pages of this very host, not of every host that may be ours."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())

    def get_client_ip(self, request):
        """What a session's entry shows; behind a socket without an address nobody is turned away for it."""
        return net.client_address(request) or "0.0.0.0"  # noqa: S104 - no address is bound to

    def set_password(self, user, password):
        """A password the citizen chose: the temporary one ends, and wrong guesses no longer hold the owner up.

        Every other session ends by itself, as its hash is of the old one; remembered browsers are asked for a code again.
        """
        user.choose_password(password)
        tries.forget(user)
        trusted.forget(user)
        if user.activated_at:
            # Whoever knew the old password may have asked for a link to an address of theirs.
            user.emailaddress_set.filter(verified=False).delete()

    def get_email_confirmation_url(self, request, emailconfirmation):
        return settings.PUBLIC_BASE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        """Each mail of a sign-up carries a password of its own, because only the hash of an earlier one is left."""
        user = emailconfirmation.email_address.user
        if user.activated_at:
            notices.confirm_address(
                user, emailconfirmation.email_address.email, self.get_email_confirmation_url(request, emailconfirmation)
            )
            return
        password = user.give_temporary_password()
        user.save(update_fields=["password", "temporary_password_until"])
        notices.confirm(user, password, self.get_email_confirmation_url(request, emailconfirmation))

    def send_account_already_exists_mail(self, email):
        notices.address_taken(email)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """allauth tells the owner of a change; of the password is the only kind we let it make."""
        notices.changed(user, gettext("Mật khẩu"))

    def send_mail(self, template_prefix, email, context):
        raise NotImplementedError(f"{template_prefix}: mail without a text of ours under templates/messages/accounts/")

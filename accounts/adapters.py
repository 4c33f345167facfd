"""Where our rules enter allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts import notices, tries, trusted


class AccountAdapter(DefaultAccountAdapter):
    """Our login stages, our passwords, our wording; every mail through the outbox."""

    def get_login_stages(self):
        return ["accounts.stages.SmsCodeStage", "accounts.stages.ChoosePasswordStage"]

    def set_password(self, user, password):
        """A password the citizen chose: the temporary one ends, and wrong guesses no longer hold the owner up.

        Every other session ends by itself, as its hash is of the old one; remembered browsers are asked for a code again.
        """
        user.choose_password(password)
        tries.forget(user)
        trusted.forget(user)

    def get_email_confirmation_url(self, request, emailconfirmation):
        return settings.PUBLIC_BASE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        """Each mail carries a password of its own, because only the hash of an earlier one is left."""
        user = emailconfirmation.email_address.user
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

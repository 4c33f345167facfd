"""“Quên mật khẩu” by mail: a link for whoever owns the account's proven address."""

from contextlib import suppress

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import notices, signup, tries
from accounts.allauth_compat import default_token_generator, user_pk_to_url_str
from accounts.models import User
from portal import throttle

# A name nobody has: the work done for it makes known and unknown names take the same time.
NOBODY = User(pk=0, username="nobody", full_name="Không ai", email="nobody@example.invalid")
NOBODY.set_unusable_password()


def send_link(typed):
    """Mail the link where there is an address to mail it to; tells the caller nothing. Raises TooMany."""
    user = User.objects.named(typed)
    throttle.check("recovery", tries.key_of(None, typed), limit=settings.MAIL_SENDS_PER_HOUR, seconds=3600)
    # Counted in silence: a refusal would tell that two names belong to one account.
    if user and throttle.count("recovery", tries.key_of(user, typed), seconds=3600) > settings.MAIL_SENDS_PER_HOUR:
        user = None
    if user and user.activated_at is None:
        # One refusal more than for an unknown name would tell them apart.
        with suppress(throttle.TooMany):
            signup.send_again(user.email)
        return
    email = proven_address(user) if user and user.is_active else None
    if email:
        notices.reset(user, email, link_for(user))
        return
    with transaction.atomic():
        notices.reset(NOBODY, NOBODY.email, link_for(NOBODY))
        transaction.set_rollback(True)


def proven_address(user):
    """The confirmed e-mail of an account, or None."""
    return EmailAddress.objects.filter(user=user, verified=True).order_by("-primary").values_list("email", flat=True).first()


def link_for(user):
    """An address that lets its reader choose a new password, once."""
    key = default_token_generator.make_token(user)
    return settings.PUBLIC_BASE_URL + reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])

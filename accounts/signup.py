"""The e-mail door: from a filled form to an activated account.

Whether an address has an account is told to its owner by mail, never to whoever typed it: each
step answers alike and works about as long either way.
"""

import hashlib
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import notices, passwords
from accounts.allauth_compat import EmailConfirmationHMAC
from accounts.models import User
from portal import throttle


class IdentityTaken(Exception):
    """Somebody finished a sign-up with the same ID number or address first."""


def begin(*, email, **person):
    """Keep a pending sign-up and mail its link; an earlier one of the same address gives way."""
    email = email.lower()
    form = _same_form(email, person)
    if throttle.used("sign-up-form", form):
        return  # the button was pressed twice: the mail is on its way
    count_mail(email)
    throttle.count("sign-up-form", form, seconds=settings.MAIL_RESEND_SECONDS)
    if _owned(email):
        _tell_owner(email)
        return
    # Locked before it is judged pending: one that is being confirmed at this moment stays.
    for pending in User.objects.pending().filter(username=email).select_for_update():
        pending.delete()
    user = User(username=email, email=email, door=User.Door.EMAIL, **person)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        return  # two at once: the mail of the other one is on its way
    address = EmailAddress.objects.create(user=user, email=email, primary=True)
    address.user = user
    address.send_confirmation(signup=True)


def send_again(email):
    """The mail once more, with a fresh password; raises TooMany."""
    email = email.lower()
    throttle.check("mail-again", email, limit=1, seconds=settings.MAIL_RESEND_SECONDS)
    count_mail(email)
    address = EmailAddress.objects.filter(email=email, user__in=User.objects.pending()).select_related("user").first()
    if address:
        address.send_confirmation(signup=True)
    elif _owned(email):
        _tell_owner(email)
    else:
        make_password(passwords.temporary())


def confirm(confirmation: EmailConfirmationHMAC, request, at=None):
    """Finish the sign-up; None where it was finished before. Raises IdentityTaken."""
    try:
        with transaction.atomic():
            user = User.objects.pending().filter(pk=confirmation.email_address.user_id).select_for_update().first()
            if user is None:
                return None
            user.activated_at = at or timezone.now()
            user.save(update_fields=["activated_at"])
            if not confirmation.confirm(request):
                raise IdentityTaken
            notices.registered(user)
            return user
    except IntegrityError as taken:
        raise IdentityTaken from taken


def remove_pending(at=None):
    """Delete what was begun and never confirmed; returns how many accounts went."""
    long_ago = (at or timezone.now()) - timedelta(days=settings.PENDING_SIGNUP_DAYS)
    with transaction.atomic():
        forgotten = list(
            User.objects.pending().filter(date_joined__lt=long_ago, dispute=None).select_for_update(skip_locked=True, of=("self",))
        )
        for user in forgotten:
            user.delete()
    return len(forgotten)


def count_mail(email):
    """So many mails an hour to one address; raises TooMany."""
    throttle.check("mail-to", email, limit=settings.MAIL_SENDS_PER_HOUR, seconds=3600)


def _owned(email):
    return User.objects.with_email(email) or User.objects.activated().filter(username=email).first()


def _tell_owner(email):
    make_password(passwords.temporary())
    notices.address_taken(email)


def _same_form(email, person):
    """A name for this filled form, which tells nothing about what was filled in."""
    return hashlib.sha256(repr((email, sorted(person.items()))).encode()).hexdigest()

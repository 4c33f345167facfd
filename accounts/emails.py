"""The e-mail of an account that is in use: added or changed once its owner opened the link mailed to it.

`User.email` and a verified EmailAddress are what was proven; what was only typed is an unverified
EmailAddress, which receives nothing but the link and opens nothing. Whether an address belongs to
another account is told to whoever can read its mail, never to whoever typed it.
"""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import notices, signup
from accounts.models import User
from portal import throttle


class AddressTaken(Exception):
    """The address belongs to another account by now."""


def ask_to_confirm(user, email) -> bool:
    """Mail a link that makes `email` the address of an activated account; False where too many were mailed.

    The wish is kept either way, and can be sent again. Raises nothing: whoever finishes a sign-up
    with an address on the way must not fail for a mail.
    """
    email = email.lower()
    with transaction.atomic():
        # A link names its row, so each new wish is a new row: an old link never proves another address.
        user.emailaddress_set.filter(verified=False).exclude(email=email).delete()
        address, _made = EmailAddress.objects.get_or_create(user=user, email=email)
    if address.verified:
        return True
    try:
        signup.count_mail(email)
        throttle.check("mail-confirm", str(user.pk), limit=settings.MAIL_SENDS_PER_HOUR, seconds=3600)
    except throttle.TooMany:
        return False
    address.user = user
    address.send_confirmation()
    return True


def waiting(user) -> EmailAddress | None:
    """The address whose link was mailed and not opened yet."""
    return user.emailaddress_set.filter(verified=False).order_by("-pk").first()


def drop_waiting(user):
    """Forget what was typed and not proven: links on their way to it open nothing from now on."""
    user.emailaddress_set.filter(verified=False).delete()


def confirm(address) -> User | None:
    """The link was opened: the address is the account's from now on; None where it is none to confirm any more.

    The address before goes, and both are told. Raises AddressTaken.
    """
    try:
        with transaction.atomic():
            return _confirm(address)
    except IntegrityError as taken:
        raise AddressTaken from taken


def _confirm(address):
    user = User.objects.active_citizens().select_for_update().filter(pk=address.user_id).first()
    held = EmailAddress.objects.select_for_update().filter(pk=address.pk, verified=False).first()
    if user is None or held is None:
        return None
    if EmailAddress.objects.filter(email=held.email, verified=True).exists():
        raise AddressTaken
    old = user.email
    user.emailaddress_set.exclude(pk=held.pk).delete()
    held.verified = held.primary = True
    held.save(update_fields=["verified", "primary"])
    user.email = held.email
    if "@" in user.username:
        # Whoever registers with the old address one day needs its name; a sign-up begun with the new one gives way.
        for pending in User.objects.pending().filter(username=held.email).select_for_update():
            pending.delete()
        user.username = held.email
    user.save(update_fields=["email", "username"])
    notices.changed(user, _("Thư điện tử"), old)
    return user

"""Another phone for an account in use: proven by a code sent to it, told on the one before."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import notices, trusted
from accounts.models import SmsDevice, User


class PhoneTaken(Exception):
    """The number belongs to another account."""


def may_change(user) -> bool:
    """An official's phone is the second factor of the officials' site: with the password alone nobody may put another in its place."""
    return not user.is_staff


def change(user, phone, at=None) -> User | None:
    """The code was right: the phone is the account's own from now on; None where the account was frozen meanwhile.

    Codes on their way to the number before open nothing any more, and every remembered browser is asked again.
    Raises PhoneTaken.
    """
    try:
        with transaction.atomic():
            held = User.objects.active_citizens().select_for_update().filter(pk=user.pk).first()
            if held is None:
                return None
            old = held.phone if held.phone_verified_at and held.phone != phone else ""
            held.phone, held.phone_verified_at = phone, at or timezone.now()
            held.save(update_fields=["phone", "phone_verified_at"])
            SmsDevice.objects.filter(user=held).delete()
            trusted.forget(held)
            notices.changed(held, _("Số điện thoại"), old_phone=old)
            return held
    except IntegrityError as taken:
        raise PhoneTaken from taken

"""Which phone receives which codes: an official's second factor, and a citizen's codes for one browser session."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import SmsDevice

SESSION_KEY = "codes"


def sms_device_for(user) -> SmsDevice | None:
    """The device behind the account's proven phone, made where there is none; None without such a phone."""
    devices = SmsDevice.objects.filter(user=user, purpose=SmsDevice.Purpose.SIGN_IN, session="")
    if not user.phone or user.phone_verified_at is None:
        devices.delete()
        return None
    device, made = devices.get_or_create(
        user=user,
        purpose=SmsDevice.Purpose.SIGN_IN,
        session="",
        defaults={"phone": user.phone, "name": "SMS"},
    )
    return device if made else _moved(device, user.phone)


def device_for(request, user, purpose: SmsDevice.Purpose, phone: str) -> SmsDevice:
    """The device whose codes this browser session asked for: the same code typed in another session opens nothing."""
    session = request.session.setdefault(SESSION_KEY, get_random_string(32))
    device, made = SmsDevice.objects.get_or_create(user=user, purpose=purpose, session=session, defaults={"phone": phone, "name": "SMS"})
    return device if made else _moved(device, phone)


def remove_old(at=None) -> int:
    """Delete what was made for browser sessions that have ended; returns how many devices went."""
    long_ago = (at or timezone.now()) - timedelta(days=1)
    return (
        SmsDevice.objects.exclude(session="")
        .filter(Q(last_generated_timestamp__lt=long_ago) | Q(created_at__lt=long_ago, last_generated_timestamp=None))
        .delete()[0]
    )


def _moved(device, phone):
    if device.phone != phone:
        # A code on its way to the old number must not open the door of the new one.
        device.phone, device.token, device.last_generated_timestamp = phone, None, None
        device.save(update_fields=["phone", "token", "last_generated_timestamp"])
    return device

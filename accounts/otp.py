"""Which phone receives an account's codes."""

from accounts.models import SmsDevice


def sms_device_for(user) -> SmsDevice | None:
    """The device behind the account's proven phone, made where there is none; None without such a phone."""
    devices = SmsDevice.objects.filter(user=user, purpose=SmsDevice.Purpose.SIGN_IN)
    if not user.phone or user.phone_verified_at is None:
        devices.delete()
        return None
    device, made = devices.get_or_create(
        user=user,
        purpose=SmsDevice.Purpose.SIGN_IN,
        defaults={"phone": user.phone, "name": "SMS"},
    )
    if not made and device.phone != user.phone:
        # A code on its way to the old number must not open the door of the new one.
        device.phone, device.token = user.phone, None
        device.save(update_fields=["phone", "token"])
    return device

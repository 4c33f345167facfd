"""An official between the two steps of signing in: known by password, not yet by device.

Until the second step the session holds only who is expected; nobody is signed in.
"""

import base64
import time
from dataclasses import dataclass

import segno
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_otp import devices_for_user
from django_otp import login as otp_login
from django_otp.models import Device, SideChannelDevice
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal import callers, throttle
from portal.text import masked_phone

KEY = "official_pending"
SECONDS = 600


@dataclass(frozen=True)
class Pending:
    """Who passed the first step, by which backend, and where to go after the second."""

    user: object
    backend: str
    next: str


def devices_of(user) -> list[Device]:
    """The official's devices: those that are sent a code first, paper codes last."""
    phone = import_string(settings.PHONE_DEVICE_OF)(user) if settings.PHONE_DEVICE_OF else None

    def preference(device):
        return (not is_sent(device), isinstance(device, StaticDevice), device.pk)

    # A phone may hold codes for other purposes too; only those for signing in open this door.
    found = [device for device in devices_for_user(user, confirmed=True) if type(device) is not type(phone) or device == phone]
    return sorted(found, key=preference)


def is_sent(device: Device) -> bool:
    """Whether the code comes to the official, so that it can be sent again."""
    return isinstance(device, SideChannelDevice)


def begin(request, user, next_url: str) -> None:
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "backend": user.backend,
        "hash": user.get_session_auth_hash(),
        "next": next_url,
        "at": int(time.time()),
    }


def pending(request) -> Pending | None:
    """Whom the second step waits for; None once ten minutes passed or the password changed meanwhile."""
    kept = request.session.get(KEY)
    if not kept or time.time() - kept["at"] > SECONDS:
        request.session.pop(KEY, None)
        return None
    user = get_user_model().objects.filter(pk=kept["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["hash"]):
        request.session.pop(KEY, None)
        return None
    return Pending(user, kept["backend"], kept["next"])


def finish(request, waiting: Pending, device: Device) -> None:
    """Sign in, with a new session key, and remember which device proved it."""
    request.session.pop(KEY, None)
    login(request, waiting.user, backend=waiting.backend)
    otp_login(request, device)


def send(request, device: Device) -> str:
    """Have the device receive a code; returns why not, in words, or nothing."""
    if not is_sent(device):
        return ""
    allowed, why = device.generate_is_allowed()
    if not allowed:
        return _("Ông/Bà vừa yêu cầu mã. Chờ {n} giây rồi nhấn lại.").format(n=_seconds_until(why.get("next_generation_at")))
    try:
        callers.check(request, "otp-send-from", limit=settings.OTP_SENDS_PER_ADDRESS, seconds=3600)
        device.generate_challenge()
    except throttle.TooMany as limit:
        return too_many(limit)
    return ""


def verify(user, device: Device, token: str) -> tuple[Device | None, str]:
    """The device that took the code, or None and the reason in words.

    The row is locked, so that two guesses at once are two guesses counted.
    """
    if throttle.used("otp-wrong", str(user.pk)) >= settings.OTP_WRONG_PER_HOUR:
        return None, _("Đã nhập sai nhiều lần. Thử lại sau một giờ.")
    with transaction.atomic():
        held = Device.from_persistent_id(device.persistent_id, for_verify=True)
        if held is None:
            return None, _("Cách xác nhận này không còn dùng được. Đăng nhập lại.")
        allowed, why = held.verify_is_allowed()
        if held.verify_token(token):
            return held, ""
    if not is_sent(held):
        # Devices that are sent a code count for themselves; a shared hourly cap ends the guessing of all.
        throttle.count("otp-wrong", str(user.pk), seconds=3600)
    left = getattr(held, "tries_left", None)
    waiting = why.get("locked_until") if not allowed else None
    # A guess during the wait is not compared but counts; where it was the last one, waiting would help nobody.
    if waiting and left != 0:
        return None, _("Mã vừa nhập chưa được xem vì nhập quá nhanh. Chờ {n} giây rồi nhập lại mã.").format(n=_seconds_until(waiting))
    if not allowed and not waiting:
        return None, why["error_message"]
    if not is_sent(held):
        return None, _("Mã chưa đúng. Xem lại rồi nhập mã khác.")
    if left == 0:
        return None, _("Đã nhập sai {n} lần. Nhấn “Gửi lại OTP” để nhận mã mới.").format(n=settings.OTP_TRIES)
    wrong = _("Mã chưa đúng. Xem lại tin nhắn mới nhất.")
    return None, wrong if left is None else wrong + " " + _("Còn {n} lần thử.").format(n=left)


def too_many(limit: throttle.TooMany) -> str:
    return _("Đã nhập sai hoặc yêu cầu nhiều lần. Thử lại sau {n} phút.").format(n=max(1, -(-limit.retry_after // 60)))


def where(device: Device) -> str:
    """A sentence on where the code of this device is found."""
    if is_sent(device):
        return _("Mã OTP {digits} chữ số đã gửi tới {to}, dùng trong {minutes} phút.").format(
            digits=settings.OTP_DIGITS, to=masked_phone(getattr(device, "phone", "")), minutes=settings.OTP_VALID_SECONDS // 60
        )
    if isinstance(device, StaticDevice):
        return _("Nhập một mã dự phòng đã được cấp. Mỗi mã dùng một lần.")
    return _("Mở ứng dụng xác thực trên điện thoại và nhập mã 6 chữ số của “Một Cửa”.")


def label(device: Device) -> str:
    if is_sent(device):
        return _("Nhận mã qua tin nhắn")
    if isinstance(device, StaticDevice):
        return _("Dùng mã dự phòng")
    return _("Dùng ứng dụng xác thực")


def _seconds_until(moment) -> int:
    return max(1, round((moment - timezone.now()).total_seconds())) if moment else settings.OTP_RESEND_SECONDS


# --- An authenticator of one's own -------------------------------------------------------------


def authenticator_to_set_up(user) -> TOTPDevice:
    """The authenticator waiting for its first code; reloading the page keeps its secret."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name=_("Ứng dụng xác thực"), confirmed=False)


def confirm_authenticator(device: TOTPDevice) -> None:
    """From its first right code on it counts; the one before it ends."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user_id=device.user_id, confirmed=True).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)


def picture_of(device: TOTPDevice) -> str:
    """The QR code an authenticator scans, as the address of a picture that never leaves the page."""
    return segno.make(device.config_url, error="m").svg_data_uri(scale=4, border=2)


def spelt_secret(device: TOTPDevice) -> str:
    """The secret in groups of four letters, for whoever cannot scan."""
    secret = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))

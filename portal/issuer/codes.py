"""One-time codes, and what is said about them."""

import logging
import math
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal import net, throttle
from portal.issuer.models import Person, PhoneDevice
from portal.messaging.errors import GatewayError
from portal.messaging.gateways import KannelGateway

logger = logging.getLogger(__name__)

HOUR = 3600


def send(request, person: Person) -> str:
    """Send the living code or a new one; the reason in words where that may not be."""
    with transaction.atomic():
        phone = PhoneDevice.held(person)
        allowed, why = phone.generate_is_allowed()
        if not allowed:
            return f"Ông/Bà vừa yêu cầu mã. Chờ {_seconds_until(why['next_generation_at'])} giây rồi nhấn lại."
        try:
            throttle.check("issuer-otp-send", person.phone, limit=settings.OTP_SENDS_PER_HOUR, seconds=HOUR)
            throttle.check("issuer-otp-send-from", net.counted_address(request), limit=settings.OTP_SENDS_PER_ADDRESS, seconds=HOUR)
        except throttle.TooMany as limit:
            return f"Đã yêu cầu mã nhiều lần. Thử lại sau {minutes(limit)} phút."
        phone.renew()
    return _text(phone, person.phone)


def _text(phone: PhoneDevice, number: str) -> str:
    life = max(round((phone.valid_until - timezone.now()).total_seconds() / 60), 1)
    text = f"Ma OTP dang nhap Cong DVC quoc gia (mo phong): {phone.token}, dung trong {life} phut. Khong dua ma nay cho bat ky ai."
    try:
        KannelGateway(**settings.SMS_GATEWAY).send(to=number, text=text, reference=uuid.uuid4().hex)
    except GatewayError as trouble:
        logger.warning("a code could not be sent: %s", trouble)
        phone.cooldown_reset()
        return "Chưa gửi được tin nhắn. Nhấn “Gửi lại OTP” sau ít phút."
    return ""


def judge(person: Person, code: str) -> str:
    """Nothing where the code opens; otherwise the reason in words."""
    with transaction.atomic():
        phone = PhoneDevice.held(person)
        if throttle.used("issuer-otp-wrong", str(person.pk)) >= settings.OTP_WRONG_PER_HOUR:
            return "Đã nhập sai nhiều lần. Thử lại sau một giờ."
        if not phone.code_lives:
            return _ended(phone)
        allowed, why = phone.verify_is_allowed()
        if not allowed:
            return f"Chờ {_seconds_until(why['locked_until'])} giây rồi nhập lại mã."
        if phone.verify_token(code):
            return ""
        throttle.count("issuer-otp-wrong", str(person.pk), seconds=HOUR)
        return f"Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn {phone.tries_left} lần thử." if phone.code_lives else _ended(phone)


def _ended(phone: PhoneDevice) -> str:
    if phone.tries_left <= 0:
        return f"Đã nhập sai {settings.OTP_TRIES} lần. Nhấn “Gửi lại OTP” để nhận mã mới."
    return "Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới."


def minutes(limit: throttle.TooMany) -> int:
    return max(math.ceil(limit.retry_after / 60), 1)


def _seconds_until(moment) -> int:
    return max(math.ceil((moment - timezone.now()).total_seconds()), 1)

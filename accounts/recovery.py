"""“Quên mật khẩu”: a code to the account's proven phone, or a link to its proven address.

Nothing that is answered, and no time it takes, tells whether a name has an account: for a name
without one the same rows are written, and those that nobody is to read are taken back.
"""

import secrets
from contextlib import suppress
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext

from accounts import notices, signup, tries
from accounts.allauth_compat import default_token_generator, user_pk_to_url_str
from accounts.models import Recovery, SmsDevice, User
from portal import callers, second_factor, throttle
from portal.messaging import budget, outbox

HOUR = 3600
SESSION_KEY = "recovery"

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
    outbox.wake_after_commit()


def proven_address(user):
    """The confirmed e-mail of an account, or None."""
    return EmailAddress.objects.filter(user=user, verified=True).order_by("-primary").values_list("email", flat=True).first()


def link_for(user):
    """An address that lets its reader choose a new password, once."""
    key = default_token_generator.make_token(user)
    return settings.PUBLIC_BASE_URL + reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])


# --- By SMS ------------------------------------------------------------------------------------


def ask_by_sms(request, typed) -> None:
    """Begin the way by SMS for whatever was typed, and send the first code. Raises TooMany."""
    name = salted_hmac("recovery", tries.key_of(None, typed), algorithm="sha256").hexdigest()
    asked = current(request)
    if asked and asked.name == name and asked.proven_at is None and asked.seconds_to_resend:
        return  # the button was pressed twice: the code is on its way
    _count_sending(request, name)
    user = _reachable(typed)
    key = get_random_string(32)
    device = SmsDevice.objects.create(user=user, purpose=SmsDevice.Purpose.RECOVERY, session=key, phone=user.phone) if user else None
    asked = Recovery(key=key, name=name, device=device)
    _send(asked)
    request.session[SESSION_KEY] = key


def current(request) -> Recovery | None:
    """The way this browser session is on."""
    key = request.session.get(SESSION_KEY)
    return Recovery.objects.select_related("device__user").filter(key=key).first() if key else None


def send_again(request, asked: Recovery) -> str:
    """The code once more; the reason in words where it was not."""
    with transaction.atomic():
        asked = _held(asked)
        if asked.seconds_to_resend:
            return gettext("Ông/Bà vừa yêu cầu mã. Chờ {n} giây rồi nhấn lại.").format(n=asked.seconds_to_resend)
        try:
            _count_sending(request, asked.name)
        except throttle.TooMany as limit:
            return second_factor.too_many(limit)
        _send(asked)
    return ""


def guess(asked: Recovery, code: str) -> str:
    """Judge a code; the reason in words where it is refused. The row is locked, so that guesses stand in a queue."""
    with transaction.atomic():
        asked = _held(asked)
        # Half of an account's wrong codes, as for every code that a stranger may ask for.
        most = max(settings.OTP_WRONG_PER_HOUR // 2, 1)
        if throttle.count("recovery-wrong", asked.name, seconds=HOUR) > most:
            return gettext("Đã nhập sai nhiều lần. Thử lại sau một giờ.")
        if not asked.code_lives:
            return gettext("Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới.")
        if asked.seconds_to_guess:
            return gettext("Chờ {n} giây rồi nhập lại mã.").format(n=asked.seconds_to_guess)
        if _is_right(asked.device, code):
            throttle.give_back("recovery-wrong", asked.name)
            asked.proven_at = timezone.now()
            asked.save(update_fields=["proven_at"])
            return ""
        asked.tries, asked.wrong_at = asked.tries + 1, timezone.now()
        asked.save(update_fields=["tries", "wrong_at"])
    if not asked.tries_left:
        return gettext("Đã nhập sai {n} lần. Nhấn “Gửi lại OTP” để nhận mã mới.").format(n=settings.OTP_TRIES)
    return gettext("Mã chưa đúng. Xem lại tin nhắn mới nhất.") + " " + gettext("Còn {n} lần thử.").format(n=asked.tries_left)


def hold(asked: Recovery | None) -> Recovery | None:
    """Row and account locked until a password is chosen; None where none may be chosen any more."""
    if asked is None or asked.device is None:
        return None
    asked = _held(asked)
    if not asked.opens:
        return None
    user = User.objects.select_for_update().get(pk=asked.device.user_id)
    asked.device.user = user
    return asked if _may_recover(user) and user.phone == asked.device.phone else None


def choose(asked: Recovery, password: str) -> None:
    """The new password; `asked` is held. All other sessions end, and the owner is told."""
    user = asked.device.user
    asked.used_at = timezone.now()
    asked.save(update_fields=["used_at"])
    get_adapter().set_password(user, password)
    notices.changed(user, gettext("Mật khẩu"))


def remove_old(at=None) -> int:
    """Forget the ways that ended, with the devices made for them; returns how many."""
    day_ago = (at or timezone.now()) - timedelta(days=1)
    gone = Recovery.objects.filter(asked_at__lt=day_ago)
    with transaction.atomic():
        SmsDevice.objects.filter(recovery__in=gone).delete()
        return gone.delete()[0]


def _reachable(typed):
    """Whom a code may be sent to: an open account with a proven phone."""
    user = User.objects.named(typed)
    return user if user and _may_recover(user) else None


def _may_recover(user):
    # An official's phone is the second factor already: as the first one too it would open everything alone.
    return user.is_active and user.activated_at and not user.is_staff and user.phone and user.phone_verified_at


def _count_sending(request, name):
    """What limits sending, whoever is behind the name; raises TooMany."""
    callers.check(request, "otp-send-from", limit=settings.OTP_SENDS_PER_ADDRESS, seconds=HOUR)
    throttle.check("recovery-send", name, limit=settings.OTP_SENDS_PER_HOUR, seconds=HOUR)
    budget.refuse(budget.RECOVERY)


def _send(asked):
    if asked.device:
        # In silence: a refusal would tell that several names belong to one account.
        with suppress(throttle.TooMany):
            asked.device.generate_challenge()
    else:
        with transaction.atomic():
            with suppress(throttle.TooMany):
                _nobodys_device().generate_challenge()
                budget.give_back(budget.RECOVERY)
            transaction.set_rollback(True)
        outbox.wake_after_commit()
    asked.sent()


def _is_right(device, code):
    if device:
        return SmsDevice.objects.select_for_update().get(pk=device.pk).verify_token(code)
    with transaction.atomic():
        _nobodys_device().verify_token(code)
        transaction.set_rollback(True)
    return False


def _nobodys_device():
    """Writes as much as a real one, within a transaction that is taken back."""
    return SmsDevice.objects.create(
        user=NOBODY,
        purpose=SmsDevice.Purpose.RECOVERY,
        session=get_random_string(32),
        phone=f"+840{secrets.randbelow(10**9):09}",
        token="-",  # noqa: S106 - no code is typed like this
        valid_until=timezone.now() + timedelta(minutes=1),
    )


def _held(asked):
    return Recovery.objects.select_for_update(of=("self",)).select_related("device__user").get(pk=asked.pk)

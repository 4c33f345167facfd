"""The mobile door: a form, a code to the phone, an own password, and the account is there.

Until then it is a sign-up that blocks nobody. The session remembers which one it is, what was typed
and when the phone was proven, so that no step can be jumped and a broken line loses nothing.
"""

import time
import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import emails, identity, notices, otp
from accounts.models import SmsDevice, User

KEY = "mobile_signup"


class Taken(Exception):
    """Somebody else has an account with this ID number, or with this phone."""


class IdentityTaken(Taken):
    """The ID number."""


class PhoneTaken(Taken):
    """The phone."""


def begin(request, *, typed, email, phone, **person):
    """Keep the sign-up as pending; filled in again, it is the same one with what was corrected."""
    # Locked, so that one whose code is being judged at this moment does not change its number meanwhile.
    user = _pending(request).filter(phone_verified_at=None).select_for_update().first()
    if user is None:
        user = User(username=f"cho-{uuid.uuid4().hex}", door=User.Door.MOBILE)
        user.set_unusable_password()
    for name, value in {"phone": phone, **person}.items():
        setattr(user, name, value)
    user.save()
    request.session[KEY] = {"user": user.pk, "typed": typed, "email": email}
    return user


def typed(request) -> dict:
    """What the form was filled with, for “Sửa lại”."""
    return request.session.get(KEY, {}).get("typed", {})


def pending(request) -> User | None:
    """The sign-up of this session, as long as it is unfinished."""
    return _pending(request).first()


def _pending(request):
    return User.objects.pending().filter(pk=request.session.get(KEY, {}).get("user"))


def device(request, user) -> SmsDevice:
    return otp.device_for(request, user, SmsDevice.Purpose.SIGN_UP, user.phone)


def prove_phone(request, device, at=None) -> bool:
    """The code sent to this phone was right; False where the sign-up goes by another number by now.

    The session gets a new key, which nobody can have planted before.
    """
    if not _pending(request).filter(phone=device.phone).update(phone_verified_at=at or timezone.now()):
        return False
    request.session[KEY] |= {"proven": time.time()}
    request.session.cycle_key()
    return True


def is_proven(request) -> bool:
    return "proven" in request.session.get(KEY, {})


def is_late(request) -> bool:
    """Whether the phone was proven so long ago that somebody else may hold it, or sit here, by now."""
    return time.time() - request.session[KEY]["proven"] > 60 * settings.SIGNUP_PASSWORD_MINUTES


def forget_proof(request):
    """The phone must be proven once more; what was typed stays."""
    request.session[KEY] = {"typed": typed(request)}


def refuse_taken(user):
    """Raise where ID number or phone belong to an account by now."""
    if identity.is_taken(user.national_id):
        raise IdentityTaken
    if User.objects.activated().filter(phone=user.phone, phone_verified_at__isnull=False).exists():
        raise PhoneTaken


def finish(request, user, password, at=None) -> User | None:
    """Make the sign-up an account; None where it was finished by another press. Raises Taken.

    Who else has the number is decided by the constraints of the table: looking first would lose the race.
    """
    email = request.session[KEY]["email"]
    try:
        with transaction.atomic():
            user = User.objects.pending().filter(pk=user.pk, phone_verified_at__isnull=False).select_for_update().first()
            if user is None:
                return None
            user.username, user.activated_at = user.national_id, at or timezone.now()
            user.set_password(password)
            user.save()
            user.smsdevice_set.filter(purpose=SmsDevice.Purpose.SIGN_UP).delete()
            notices.registered_by_phone(user)
    except IntegrityError as taken:
        refuse_taken(user)
        # The name alone is somebody's: an account that had this number once.
        raise IdentityTaken from taken
    if email:
        emails.ask_to_confirm(user, email)
    del request.session[KEY]
    return user

"""“Xóa tài khoản”: asked by the owner, answered by an official, done at once and for good.

What identifies the person leaves the account: Law 91/2025/QH15. Dossiers that were filed are records of
the state and keep their own copy of who filed them: Archives Law 33/2024. The row itself stays, without a
name, because those records point at it.
"""

import uuid
from datetime import timedelta
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import devices_for_user

from accounts import notices, sessions, trusted
from accounts.models import ClosingRequest, Dispute, SmsDevice, User
from portal.messaging import retention

State = ClosingRequest.State


class NotPossible(Exception):
    """Why an account cannot be deleted now, in a sentence."""


def waiting(user) -> ClosingRequest | None:
    """The request that waits for an answer."""
    return ClosingRequest.objects.filter(user=user, state=State.WAITING).first()


def warnings(user) -> list[str]:
    """What the owner should know before asking."""
    return [sentence for name in settings.ACCOUNT_CLOSERS for sentence in import_module(name).warnings(user)]


def ask(user, at=None) -> ClosingRequest:
    """Ask for the account to be deleted; asked twice, it is one request."""
    at = at or timezone.now()
    if user.is_staff:
        raise NotPossible(_("Tài khoản cán bộ do cơ quan quản lý. Liên hệ người quản trị hệ thống."))
    try:
        with transaction.atomic():
            request = ClosingRequest.objects.create(
                user=user, asked_at=at, answer_by=timezone.localdate(at) + timedelta(days=settings.CLOSING_DAYS)
            )
            notices.closing_asked(request)
    except IntegrityError:
        return ClosingRequest.objects.get(user=user, state=State.WAITING)
    return request


def withdraw(user, at=None) -> bool:
    """Think better of it while nobody has answered; False where there is nothing to take back."""
    return bool(
        ClosingRequest.objects.filter(user=user, state=State.WAITING).update(state=State.WITHDRAWN, decided_at=at or timezone.now())
    )


@transaction.atomic
def refuse(request, by, reason, at=None):
    """Leave the account as it is, with the reason told to its owner."""
    request = _held(request)
    _decide(request, State.REFUSED, by, reason, at)
    notices.closing_refused(request)


@transaction.atomic
def close(request, by, at=None):
    """Take out of the account whatever says whose it was; its owner is told at the addresses it had."""
    # NO KEY UPDATE: whoever submits a dossier at this moment holds it and asks for a key share of this row.
    user = User.objects.select_for_update(no_key=True).get(pk=request.user_id)
    request = _held(request)
    if Dispute.objects.filter(against=user, state__in=(Dispute.State.WAITING, Dispute.State.ACCEPTED)).exists():
        raise NotPossible(_("Đang có khiếu nại về số CCCD/CMND của tài khoản này. Giải quyết khiếu nại trước."))
    notices.closed(user)
    _forget_messages(user)
    for name in settings.ACCOUNT_CLOSERS:
        import_module(name).remove(user)
    _forget_ways_in(user)
    _forget_person(user)
    _decide(request, State.DONE, by, "", at)


def _forget_messages(user):
    """What was sent to the addresses the account has proven, and whatever was sent about it."""
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    phone = user.phone if user.phone_verified_at else ""
    retention.forget_account(user.email, phone, *proven, about=f"account:{user.pk}")


def _forget_ways_in(user):
    sessions.end_all(user)
    trusted.forget(user)
    SmsDevice.objects.filter(user=user).delete()
    for device in devices_for_user(user, confirmed=None):
        device.delete()
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()


def _forget_person(user):
    """The number is free: whoever it belongs to may register again."""
    user.username, user.full_name = f"da-xoa-{uuid.uuid4().hex}", _("Tài khoản đã xóa")
    user.national_id = user.email = user.phone = user.address = user.commune_code = ""
    user.birth_date = user.phone_verified_at = None
    user.birth_year_only = user.is_active = False
    user.set_unusable_password()
    user.save()


def _held(request) -> ClosingRequest:
    held = ClosingRequest.objects.select_for_update().filter(pk=request.pk, state=State.WAITING).first()
    if held is None:
        raise NotPossible(_("Yêu cầu này đã được giải quyết hoặc đã rút lại."))
    return held


def _decide(request, state, by, reason, at):
    request.state, request.decided_by, request.reason = state, by, reason
    request.decided_at = at or timezone.now()
    request.save(update_fields=["state", "decided_by", "reason", "decided_at"])

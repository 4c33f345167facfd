"""Who is told what about an account. Texts lie in templates/messages/accounts/."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal.identity import CCCD_DIGITS
from portal.messaging import outbox
from portal.text import masked_email, masked_name


def confirm(user, password, url):
    """Login name, temporary password and the link that finishes the sign-up."""
    context = {"email": user.email, "password": password, "url": url, "hours": settings.TEMPORARY_PASSWORD_HOURS}
    _mail("confirm", user.email, user, context, secret=True, urgent=True, expires_at=user.temporary_password_until)


def confirm_address(user, email, url):
    """To an address that an account in use wants to have; whoever reads it may not be the account's owner."""
    valid = timedelta(days=settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS)
    context = {"url": url, "account": masked_name(user.full_name), "hours": int(valid.total_seconds() // 3600)}
    _post(
        "confirm_address", "email", email,
        about=f"account:{user.pk}", context=context, secret=True, urgent=True, expires_at=timezone.now() + valid,
    )  # fmt: skip


def registered(user):
    _mail("registered", user.email, user, {"login": masked_email(user.email), "url": _link("account_login")})


def registered_by_phone(user):
    """To the phone that was proven a moment ago; the ID number is not repeated in it."""
    context = {"is_cccd": len(user.national_id) == CCCD_DIGITS}
    _post("registered", "sms", user.phone, about=f"account:{user.pk}", context=context, any_hour=True)


def address_taken(email):
    """To the owner of an address with which somebody tried to register again."""
    links = {"url": _link("account_login"), "recovery": _link("account_reset_password")}
    _post("address_taken", "email", email, about="", context=links)


def reset(user, email, url):
    """The link by which a forgotten password is replaced; whoever reads it may enter, so it is wiped once sent."""
    valid = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    context = {"url": url, "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
    _mail("reset", email, user, context, secret=True, urgent=True, expires_at=timezone.now() + valid)


def changed(user, what, *emails, old_phone=""):
    """To every address and every proven phone the account has or had, that `what` was changed."""
    context = {"what": what, "at": timezone.now()}
    for email in dict.fromkeys([*emails, user.email]):
        if email:
            _mail("changed", email, user, context)
    for phone in (old_phone, user.phone if user.phone_verified_at else ""):
        if phone:
            _alarm("changed", phone, user, context)


def linked(user):
    """To the owner, that the account can now be entered by the national portal too: nobody may link it unseen."""
    context = {"at": timezone.now()}
    if user.email:
        _mail("linked", user.email, user, context)
    if user.phone and user.phone_verified_at:
        _alarm("linked", user.phone, user, context)


def ways_removed(user):
    """To the address and the phone that were somebody else's, and to whoever hears from them that the number was theirs."""
    context = {"at": timezone.now()}
    if user.email:
        _post("ways_removed", "email", user.email, about=f"account:{user.pk}", context=context)
    if user.phone and user.phone_verified_at:
        _alarm("ways_removed", user.phone, user, context)


def closing_asked(request):
    """The request to delete the account was taken; whoever did not ask must hear of it in time."""
    _everywhere("closing_asked", request.user, {"day": request.answer_by, "url": _link("accounts:close")})


def closing_refused(request):
    """The account stays, and why."""
    _everywhere("closing_refused", request.user, {"reason": request.reason, "url": _link("accounts:profile")})


def closed(user):
    """The last message: the addresses are forgotten in this very transaction."""
    _everywhere("closed", user, {})


def _everywhere(kind, user, context):
    """By mail, and to a proven phone."""
    if user.email:
        _mail(kind, user.email, user, context)
    if user.phone and user.phone_verified_at:
        _post(kind, "sms", user.phone, about=f"account:{user.pk}", context=context)


def _alarm(kind, phone, user, context):
    """To a phone at any hour: whoever did not do this must hear of it while it can be undone."""
    _post(kind, "sms", phone, about=f"account:{user.pk}", context=context, any_hour=True)


def _mail(kind, email, user, context, **options):
    _post(kind, "email", email, about=f"account:{user.pk}", context={"name": user.full_name} | context, **options)


def _post(kind, channel, to, *, about, context, **options):
    # Each sending is an event of its own: asking again must not be taken for a repetition.
    outbox.post(
        event=f"account-{kind}:{uuid.uuid4().hex}",
        kind=kind,
        channel=channel,
        to=to,
        template=f"accounts/{kind}",
        context=context,
        about=about,
        **options,
    )


def _link(name):
    return settings.PUBLIC_BASE_URL + reverse(name)

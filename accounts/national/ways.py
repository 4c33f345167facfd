"""The ways into an account that were there before its owner came by the national portal.

Whoever registered first typed the ID number, and at some doors nobody proved that it was theirs. So the
first time the holder of the number comes, known by the issuer, other browsers are signed out, and the
holder is asked at each such visit, until there is an answer, whether password, address and phone are
theirs. Otherwise somebody could prepare an account for another person's number and read along later.
"""

import datetime

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from auditlog.models import LogEntry
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notices, sessions, trusted
from accounts.models import Recovery, SmsDevice, User
from portal.text import masked_email, masked_phone

FACTS = "national_facts"


def others(user) -> list[tuple[str, str]]:
    """How else the account may be entered or recovered, each with a part of the address."""
    found = []
    if user.has_usable_password():
        found.append((_("Mật khẩu"), _("đặt từ trước")))
    if user.email:
        found.append((_("Thư điện tử"), masked_email(user.email)))
    if user.phone:
        found.append((_("Số điện thoại"), masked_phone(user.phone)))
    return found


def begin(user):
    """The account is linked just now: nobody who was in it stays in it, and its holder is to be asked."""
    sessions.end_all(user)
    trusted.forget(user)
    user.ways_in_doubt = True
    user.save(update_fields=["ways_in_doubt"])


def remember_facts(request, identity):
    """What the issuer says of the holder, for the case that the account was somebody else's."""
    request.session[FACTS] = {
        "full_name": identity.full_name,
        "birth_date": identity.birth_date.isoformat(),
        "birth_year_only": identity.birth_year_only,
    }


def must_answer(request) -> bool:
    """Whether this session came by the issuer and the question is still open: a password's session may not answer it."""
    came_nationally = any(record["method"] == "socialaccount" for record in get_authentication_records(request, request.user))
    return request.user.ways_in_doubt and came_nationally and FACTS in request.session and bool(others(request.user))


@transaction.atomic
def keep(request):
    """They are the holder's own."""
    request.user.ways_in_doubt = False
    request.user.save(update_fields=["ways_in_doubt"])
    _record(request.user, "kept")
    request.session.pop(FACTS, None)


@transaction.atomic
def remove(request):
    """They are somebody else's: out with them, and name and birth date are those of the holder from now on."""
    user = User.objects.select_for_update().get(pk=request.user.pk)
    _record(user, "removed")
    user.ways_in_doubt = False
    notices.ways_removed(user)
    trusted.forget(user)
    Recovery.objects.filter(device__user=user).delete()
    SmsDevice.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    facts = request.session.pop(FACTS)
    user.full_name, user.birth_year_only = facts["full_name"], facts["birth_year_only"]
    user.birth_date = datetime.date.fromisoformat(facts["birth_date"])
    user.email = user.phone = ""
    user.phone_verified_at = None
    if not User.objects.filter(username=user.national_id).exclude(pk=user.pk).exists():
        user.username = user.national_id
    user.set_unusable_password()
    user.save()
    request.user = user
    sessions.keep(request)


def _record(user, answer):
    """Into the audit trail."""
    LogEntry.objects.log_create(
        user, force_log=True, action=LogEntry.Action.UPDATE, actor=user, changes={}, additional_data={"event": f"other ways in: {answer}"}
    )

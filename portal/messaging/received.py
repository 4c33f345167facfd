"""“Tin đã gửi cho tôi”: what a person was sent, and what became of each, in words for whoever waits for it."""

from typing import NamedTuple

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.messaging import kinds, subjects
from portal.messaging.models import Channel, OutgoingMessage
from portal.templatetags.portal import moment

PER_PAGE = 20

State, Report = OutgoingMessage.State, OutgoingMessage.Report


def by(person):
    """Every message to an address this person has proven, newest first; no address is nobody's.

    A number goes to somebody else after some months without use. What it was sent before it was proven
    is this person's only where it is about the own account or an own dossier.
    """
    phone = person.phone if person.phone_verified_at else ""
    addresses = [address for address in (person.email, phone) if address]
    rows = OutgoingMessage.objects.filter(recipient__in=addresses).order_by("-created_at", "-pk")
    if phone:
        own = Q(about=f"account:{person.pk}") | Q(about__in=subjects.owned_by(person))
        rows = rows.filter(~Q(recipient=phone) | Q(created_at__gte=person.phone_verified_at) | own)
    return rows


class Outcome(NamedTuple):
    """What became of a message: a pill, and a line where something can be done or must be waited for."""

    word: str
    css: str
    icon: str
    hint: str = ""


def outcome(message, at) -> Outcome:
    match message.state:
        case State.WAITING:
            return Outcome(_("Đang chờ gửi"), "active", "clock", _why_it_waits(message, at))
        case State.FAILED:
            return Outcome(_("Không gửi được"), "error", "alert", _check(message))
        case State.EXPIRED:
            return Outcome(_("Hết hạn, không gửi"), "warn", "alert", _("Tin hết hạn trước khi gửi được. Cần thì yêu cầu lại."))
    match message.report:
        case Report.DELIVERED:
            return Outcome(_("Đã đến máy"), "done", "tick")
        case Report.UNDELIVERED:
            return Outcome(_("Chưa đến máy"), "warn", "alert", _("Máy có thể đang tắt, ngoài vùng phủ sóng, hoặc số đã đổi."))
    return Outcome(_("Đã gửi"), "done", "tick")


def _why_it_waits(message, at) -> str:
    if message.due_at <= at:
        return ""
    if message.tries:
        return _("Chưa gửi được, hệ thống tự gửi lại.")
    # For the morning, or for tomorrow where the number of a day is used up.
    return _("Tin không gấp, gửi từ {at}.").format(at=moment(message.due_at))


def _check(message) -> str:
    if message.channel == Channel.SMS:
        return _("Kiểm tra số điện thoại ở trang Tài khoản.")
    return _("Kiểm tra thư điện tử ở trang Tài khoản.")


def rows(messages, at, person) -> list[dict]:
    """Messages as lists show them, without their texts, each with the own dossier it is about."""
    messages = list(messages)
    about = subjects.owned_links({message.about for message in messages}, person)
    return [_row(message, at) | {"subject": about.get(message.about)} for message in messages]


def _row(message, at) -> dict:
    return {
        "message": message,
        "kind": kinds.name(message.kind),
        "channel": message.get_channel_display(),
        "recipient": message.masked_recipient,
        "at": message.sent_at or message.created_at,
        "outcome": outcome(message, at),
    }


@never_cache
@require_safe
def show(request):
    page = Paginator(by(request.user).defer("html", "headers"), PER_PAGE).get_page(request.GET.get("page"))
    listed = [row | {"text": row["message"].body.strip()} for row in rows(page, timezone.now(), request.user)]
    return render(request, "messaging/received.html", {"page": page, "rows": listed, "text_days": settings.MESSAGE_TEXT_DAYS})

"""Whether all is well with the sending, what is wrong where it is not, and what to do about it."""

import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.messaging import budget
from portal.messaging.models import Channel
from portal.messaging.models.provider import MAIL_SERVER
from portal.templatetags.portal import moment


class Trouble(NamedTuple):
    """One thing that is wrong, and what to do about it."""

    kind: str
    text: str


def troubles(at, waiting, providers, failed) -> list[Trouble]:
    """Everything that is not as it should be, the gravest first."""
    found = [*_away(at, providers), *_late(at, waiting), *_budget(budget.reached())]
    if failed:
        said = ngettext("Có {n} tin không gửi được. Xem lý do, rồi gửi lại.", "Có {n} tin không gửi được. Xem lý do, rồi gửi lại.", failed)
        found.append(Trouble("warn", said.format(n=failed)))
    return sorted(found, key=lambda trouble: trouble.kind != "error")


def _away(at, providers):
    away = [provider for provider in providers if provider.away_since]
    gateways = [provider for provider in providers if provider.channel == Channel.SMS]
    others = [provider.name for provider in gateways if not provider.away_since]
    for provider in away:
        since = {"name": provider.name, "at": moment(provider.away_since)}
        if provider.channel == Channel.EMAIL:
            yield Trouble(
                "error", _("Máy chủ thư gián đoạn từ {at}. Thư tự đi khi máy chủ trở lại. Gọi bên vận hành máy chủ thư.").format(**since)
            )
        elif others:
            text = _("{name} gián đoạn từ {at}. Tin nhắn đang đi qua {others}. Gọi nhà cung cấp.")
            yield Trouble("warn", text.format(others=", ".join(others), **since))
        else:
            yield Trouble("error", _("{name} gián đoạn từ {at}. Tin nhắn tự đi khi đường này trở lại. Gọi nhà cung cấp.").format(**since))


def _late(at, waiting):
    oldest = min((row.oldest for row in waiting if row.oldest), default=None)
    if oldest and at - oldest > datetime.timedelta(seconds=settings.READY_MESSAGE_AGE_SECONDS):
        text = _("Có tin đến lượt đã {age} mà chưa gửi. Báo bộ phận kỹ thuật kiểm tra worker, beat, Redis và cơ sở dữ liệu.")
        yield Trouble("error", text.format(age=age(at - oldest)))


def _budget(marks):
    if "all" in marks:
        yield Trouble(
            "error", _("Đã hết số tin nhắn của hôm nay, mã đăng nhập cũng không đi được. Báo bộ phận kỹ thuật nâng SMS_DAILY_BUDGET.")
        )
    elif "notices" in marks:
        yield Trouble(
            "error",
            _(
                "Thông báo đã hết phần tin nhắn của hôm nay, nên chờ đến sáng mai. Cần gửi ngay thì báo bộ phận kỹ thuật nâng SMS_DAILY_BUDGET."
            ),
        )
    elif "80" in marks:
        yield Trouble(
            "warn",
            _(
                "Đã dùng quá 80% số tin nhắn của hôm nay. Xem có ai xin mã hàng loạt không, hoặc báo bộ phận kỹ thuật nâng SMS_DAILY_BUDGET."
            ),
        )


def name_of(provider: str) -> str:
    """What people call it: the mail server has the same short name everywhere, and gateways have their own."""
    return _("Máy chủ thư") if provider == MAIL_SERVER else provider


def all_well(waiting) -> str:
    put_off = sum(row.next_try for row in waiting)
    if put_off:
        said = ngettext("{n} tin sẽ tự thử lại.", "{n} tin sẽ tự thử lại.", put_off).format(n=put_off)
        return _("Mọi nhà cung cấp hoạt động. {put_off}").format(put_off=said)
    return _("Mọi việc bình thường: tin đi ngay khi đến lượt, mọi nhà cung cấp hoạt động.")


def age(time: datetime.timedelta) -> str:
    """“dưới 1 phút”, “12 phút”, “2 giờ 5 phút”, “3 ngày”: as long as it has waited."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 1:
        return _("dưới 1 phút")
    if minutes < 60:
        return _("{n} phút").format(n=minutes)
    if minutes < 24 * 60:
        return _("{hours} giờ {minutes} phút").format(hours=minutes // 60, minutes=minutes % 60)
    return _("{n} ngày").format(n=minutes // (24 * 60))

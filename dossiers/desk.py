"""The officials' desk: its queues, their numbers, and what a row says about the time left."""

import datetime
from collections.abc import Callable
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dossiers import clock, receipt
from dossiers.calendar import CLOSES, SITTINGS, VIETNAM
from dossiers.status import OPEN, PAUSED, Status
from portal.templatetags.portal import WEEKDAYS
from portal.text import e164

# The office holds the dossier and has promised a day.
RUNNING = (Status.RECEIVED, Status.PROCESSING)


class Queue(NamedTuple):
    key: str
    name: str
    hint: str
    css: str
    icon: str
    condition: Callable[[datetime.datetime], Q]


def supplemented(at) -> Q:
    """Papers came in, and nothing was done since."""
    return Q(status__in=(Status.SUBMITTED, Status.PROCESSING), supplemented_at__gte=F("status_changed_at"))


def waiting(at) -> Q:
    return Q(status=Status.SUBMITTED, supplemented_at__isnull=True) | Q(status=Status.SUBMITTED, supplemented_at__lt=F("status_changed_at"))


def nearly_due(at) -> Q:
    """Promised for today or the next working day."""
    last = timezone.make_aware(datetime.datetime.combine(clock.by_day(at, 1), CLOSES))
    return Q(status__in=RUNNING, due_at__gte=at, due_at__lte=last)


def overdue(at) -> Q:
    return Q(status__in=RUNNING, due_at__lt=at)


def in_work(at) -> Q:
    return Q(status__in=RUNNING)


# fmt: off
QUEUES = (
    Queue("cho_tiep_nhan", gettext_lazy("Chờ tiếp nhận"), gettext_lazy("trả lời trong 8 giờ làm việc"), "",     "inbox",  waiting),
    Queue("da_bo_sung",    gettext_lazy("Đã bổ sung"),    gettext_lazy("chờ kiểm tra lại"),             "done", "upload", supplemented),
    Queue("sap_den_han",   gettext_lazy("Sắp đến hạn"),   gettext_lazy("còn 1 ngày làm việc"),          "warn", "clock",  nearly_due),
    Queue("qua_han",       gettext_lazy("Quá hạn"),       gettext_lazy("cần xin lỗi, hẹn lại"),         "warn", "alert",  overdue),
    Queue("dang_xu_ly",    gettext_lazy("Đang xử lý"),    gettext_lazy("đã tiếp nhận"),                 "",     "person", in_work),
)
# fmt: on
BY_KEY = {queue.key: queue for queue in QUEUES}


def numbers(dossiers, at) -> dict[str, int]:
    """How many dossiers lie in each queue, in one query over what is open."""
    counts = {queue.key: Count("pk", filter=queue.condition(at)) for queue in QUEUES}
    return dossiers.filter(status__in=OPEN).aggregate(**counts)


# What waits longest or is promised first: before acceptance nothing is promised, so the submission
# counts. Where the clock stands still or the work is done, nothing presses.
DUE_FIRST = (
    Case(When(status__in=[*PAUSED, Status.DONE], then=1), default=0).asc(),
    Coalesce("due_at", "submitted_at").asc(),
)


def search(dossiers, typed: str):
    """Dossiers by code in any spelling (whole or its beginning), ID number, phone, or part of the name."""
    typed = typed.strip()
    try:
        return dossiers.filter(receipt_key=receipt.parse(typed))
    except ValueError:
        pass
    digits = "".join(typed.split())
    if digits.isdecimal() and len(digits) in (9, 12):
        return dossiers.filter(Q(applicant_national_id=digits) | Q(beneficiary_national_id=digits))
    try:
        return dossiers.filter(applicant_phone=e164(typed))
    except ValueError:
        pass
    key = receipt.key_of(typed)
    if key.isascii() and len(key) > 3 and key[0].isalpha() and key[1:3].isdecimal():
        return dossiers.filter(receipt_key__startswith=key)
    return dossiers.filter(Q(applicant_name__icontains=typed) | Q(beneficiary_name__icontains=typed))


class TimeLeft(NamedTuple):
    """What is said about the clock of one dossier: a strong word, a line below it, a colour and a picture."""

    text: str
    detail: str
    css: str
    icon: str


def time_left(dossier, at) -> TimeLeft:
    match Status(dossier.status):
        case Status.SUPPLEMENT:
            return _stopped(_("chờ bổ sung đến {day}").format(day=f"{dossier.supplement_by:%d/%m}" if dossier.supplement_by else "…"))
        case Status.FEE:
            return _stopped(_("chờ nộp phí đến {day}").format(day=f"{dossier.fee_by:%d/%m}" if dossier.fee_by else "…"))
        case Status.WITHDRAWAL:
            return _stopped(_("chờ trả lời việc rút hồ sơ"))
        case Status.SUBMITTED:
            return _until_first_answer(dossier, at)
        case Status.RECEIVED | Status.PROCESSING:
            return _until_promised(dossier, at)
        case Status.DONE | Status.RETURNED:
            return _finished(dossier)
    return TimeLeft(_("Đã kết thúc"), _short(dossier.status_changed_at), "", "tick")


def _stopped(detail) -> TimeLeft:
    return TimeLeft(_("Đồng hồ đang dừng"), detail, "", "clock")


def _until_first_answer(dossier, at) -> TimeLeft:
    last = timezone.localtime(clock.first_answer_by(dossier.status_changed_at or dossier.submitted_at))
    day = _("hôm nay") if last.date() == timezone.localdate(at) else f"{last:%d/%m}"
    detail = _("trước {time}, {day}").format(time=_hours(last.hour, last.minute), day=day)
    if last < at:
        return TimeLeft(_("Quá hạn trả lời"), detail, "late", "alert")
    minutes = round(working_time(at, last).total_seconds() / 60)
    if minutes % 60 == 0:
        left = _("Còn {hours} giờ").format(hours=minutes // 60)
    else:
        left = _("Còn {hours} giờ {minutes} phút").format(hours=minutes // 60, minutes=minutes % 60)
    return TimeLeft(left, detail, "urgent", "clock")


def _hours(hour, minute) -> str:
    """“17 giờ”, “8 giờ 05”: a full hour needs no minutes."""
    return _("{hour} giờ {minute}").format(hour=hour, minute=f"{minute:02d}") if minute else _("{hour} giờ").format(hour=hour)


def _until_promised(dossier, at) -> TimeLeft:
    if dossier.due_at is None:
        return TimeLeft(_("Không có ngày hẹn"), _("thủ tục không công bố thời hạn"), "", "clock")
    detail = _("hẹn {day}").format(day=appointment(dossier.due_at))
    if dossier.due_at < at:
        days = max(1, (timezone.localdate(at) - timezone.localdate(dossier.due_at)).days)
        return TimeLeft(ngettext("Quá hẹn {days} ngày", "Quá hẹn {days} ngày", days).format(days=days), detail, "late", "alert")
    days = clock.working_days_left(dossier.due_at, at)
    if days == 0:
        return TimeLeft(_("Đến hẹn hôm nay"), detail, "urgent", "clock")
    return TimeLeft(_("Còn {days} ngày làm việc").format(days=days), detail, *(("urgent", "clock") if days == 1 else ("in-time", "tick")))


def _finished(dossier) -> TimeLeft:
    done = Status(dossier.status) == Status.DONE
    detail = _("chờ trả kết quả") if done else _("đã trả {day}").format(day=_short(dossier.status_changed_at))
    finished = dossier.finished_at or dossier.status_changed_at
    if dossier.due_at and finished and finished > dossier.due_at:
        return TimeLeft(_("Xong sau hẹn"), detail, "late", "alert")
    return TimeLeft(_("Xong trước hạn"), detail, "in-time", "tick")


def working_time(start, end) -> datetime.timedelta:
    """Office hours between two moments; lunch, nights and days off do not count."""
    start, end = timezone.localtime(start), timezone.localtime(end)
    total, day = datetime.timedelta(), start.date()
    while day <= end.date():
        if VIETNAM.is_working_day(day):
            for opens, closes in SITTINGS:
                first = max(start, timezone.make_aware(datetime.datetime.combine(day, opens)))
                last = min(end, timezone.make_aware(datetime.datetime.combine(day, closes)))
                total += max(last - first, datetime.timedelta())
        day += datetime.timedelta(days=1)
    return total


def appointment(at) -> str:
    """thứ Tư, 25/11: an appointment in the narrow column of a list."""
    day = timezone.localdate(at)
    return f"{weekday(day)}, {day:%d/%m}"


def weekday(day) -> str:
    """Officials' pages are Vietnamese."""
    return WEEKDAYS["vi"][day.weekday()]


def _short(moment) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}" if moment else ""


def today(at, agency=None) -> str:
    """The line under the title: the day, the office, and a holiday that comes tomorrow."""
    day = timezone.localdate(at)
    name = weekday(day)
    parts = [f"{name[0].upper()}{name[1:]}, {day:%d/%m/%Y}"]
    if agency:
        parts.append(agency.short_name)
    tomorrow = day + datetime.timedelta(days=1)
    if VIETNAM.is_holiday(day):
        parts.append(_("Hôm nay nghỉ lễ"))
    if VIETNAM.is_holiday(tomorrow):
        parts.append(_("Mai {day} nghỉ lễ").format(day=f"{tomorrow:%d/%m}"))
    return " · ".join(parts)

"""What a citizen reads about a status: written once, spoken by pages, tracking and SMS alike."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dossiers import status as st
from dossiers.status import Status
from portal.templatetags.portal import day, vnd

# fmt: off
# status: (word, pill, icon)
TABLE = {
    Status.DRAFT:      (gettext_lazy("Đang soạn"),                           "",       "pen"),
    Status.SUBMITTED:  (gettext_lazy("Đã nộp, chờ tiếp nhận"),               "active", "clock"),
    Status.RECEIVED:   (gettext_lazy("Được tiếp nhận"),                      "active", "tick"),
    Status.REFUSED:    (gettext_lazy("Không được tiếp nhận"),                "error",  "alert"),
    Status.PROCESSING: (gettext_lazy("Đang xử lý"),                          "active", "clock"),
    Status.SUPPLEMENT: (gettext_lazy("Yêu cầu bổ sung giấy tờ"),             "warn",   "alert"),
    Status.FEE:        (gettext_lazy("Yêu cầu thực hiện nghĩa vụ tài chính"), "warn",   "money"),
    Status.WITHDRAWAL: (gettext_lazy("Công dân yêu cầu rút hồ sơ"),          "",       "repeat"),
    Status.STOPPED:    (gettext_lazy("Dừng xử lý"),                          "error",  "alert"),
    Status.DONE:       (gettext_lazy("Đã xử lý xong"),                       "done",   "tick"),
    Status.RETURNED:   (gettext_lazy("Đã trả kết quả"),                      "done",   "tick"),
}
# fmt: on


@dataclass(frozen=True)
class Words:
    """A status as `includes/status.html` draws it, and the one sentence that says what to do."""

    status: int
    word: str
    css: str
    icon: str
    sentence: str = ""


def pill(status) -> Words:
    """Word, colour and picture of a status, without a sentence."""
    word, css, icon = TABLE[Status(status)]
    return Words(int(status), str(word), css, icon)


def of(dossier, *, now=None) -> Words:
    """Everything a citizen reads about where the dossier stands."""
    word, css, icon = TABLE[Status(dossier.status)]
    return Words(dossier.status, str(word), css, icon, sentence_of(dossier))


def sentence_of(dossier) -> str:
    """The sentence for a dossier; its agency is where a result waits."""
    return sentence(
        dossier.status,
        due_at=dossier.due_at,
        supplement_by=dossier.supplement_by,
        fee_vnd=dossier.fee_vnd,
        fee_by=dossier.fee_by,
        place=dossier.agency.short_name if dossier.agency_id else "",
        changed_at=dossier.status_changed_at,
        delivery=dossier.delivery,
    )


def sentence(status, *, due_at=None, supplement_by=None, fee_vnd=None, fee_by=None, place="", changed_at=None, delivery="") -> str:
    """What the citizen should know or do now, from plain values, so that a look-up without the model can ask too."""
    match Status(status):
        case Status.DRAFT:
            return _("Hồ sơ chưa nộp. Ông/Bà có thể làm tiếp.")
        case Status.SUBMITTED:
            return _("Cơ quan sẽ kiểm tra trong {hours} giờ làm việc. Ông/Bà chưa cần làm gì.").format(
                hours=settings.FIRST_ANSWER_WORKING_HOURS
            )
        case Status.RECEIVED if due_at:
            return _("Hồ sơ đủ giấy tờ. Hẹn trả {day}.").format(day=day(due_at))
        case Status.RECEIVED:
            return _("Hồ sơ đủ giấy tờ. Ông/Bà chưa cần làm gì thêm.")
        case Status.REFUSED:
            return _("Hồ sơ chưa được nhận. Xem lý do và cách làm lại.")
        case Status.PROCESSING:
            return _("Hồ sơ đang được giải quyết. Ông/Bà chưa cần làm gì thêm.")
        case Status.SUPPLEMENT:
            return _("Ông/Bà cần bổ sung giấy tờ trước {day}.").format(day=day(supplement_by))
        case Status.FEE:
            return _("Ông/Bà cần nộp {money} trước {day}.").format(money=vnd(fee_vnd), day=day(fee_by))
        case Status.WITHDRAWAL:
            return _("Đã nhận yêu cầu rút hồ sơ. Cơ quan sẽ trả lời Ông/Bà.")
        case Status.STOPPED:
            return _("Hồ sơ đã dừng. Xem lý do.")
        case Status.DONE if delivery == "post":
            return _("Đã có kết quả. Bưu điện sẽ chuyển đến địa chỉ Ông/Bà đã chọn.")
        case Status.DONE if delivery == "electronic":
            return _("Đã có kết quả. Xem cách nhận bản điện tử ở mục Hồ sơ của tôi.")
        case Status.DONE:
            return _("Đã có kết quả. Mang CCCD đến {place} để nhận.").format(place=place)
        case Status.RETURNED:
            return _("Hoàn thành ngày {day}.").format(day=day(changed_at))


def is_overdue(status, due_at, now=None) -> bool:
    """Whether the promised day has passed while the office, not the citizen, holds the dossier."""
    status = Status(status)
    running = status in st.OPEN and status not in st.PAUSED and status != Status.DONE
    return bool(running and due_at and due_at < (now or timezone.now()))


def overdue(dossier, *, now=None) -> Words | None:
    """“Quá hẹn 3 ngày”, where the promised day has passed; else nothing."""
    now = now or timezone.now()
    if not is_overdue(dossier.status, dossier.due_at, now):
        return None
    days = max(1, (timezone.localdate(now) - timezone.localdate(dossier.due_at)).days)
    return Words(dossier.status, ngettext("Quá hẹn {days} ngày", "Quá hẹn {days} ngày", days).format(days=days), "warn", "alert")

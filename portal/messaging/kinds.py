"""What each kind of message is called in lists."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "confirm": _("Xác nhận đăng ký"),
    "letter": _("Thư về tài khoản"),
    "registered": _("Đăng ký thành công"),
    "otp": _("Mã xác nhận (OTP)"),
    "reset": _("Đặt lại mật khẩu"),
    "changed": _("Thông tin tài khoản thay đổi"),
    "submitted": _("Đã nộp hồ sơ"),
    "received": _("Hồ sơ được tiếp nhận"),
    "processing": _("Hồ sơ đang xử lý"),
    "supplement": _("Cần bổ sung giấy tờ"),
    "supplemented": _("Đã nhận giấy tờ bổ sung"),
    "fee": _("Cần nộp phí, lệ phí"),
    "refused": _("Hồ sơ không được tiếp nhận"),
    "stopped": _("Hồ sơ dừng xử lý"),
    "withdrawal": _("Đã nhận yêu cầu rút hồ sơ"),
    "withdrawn": _("Hồ sơ đã rút"),
    "ready": _("Hồ sơ có kết quả"),
    "returned": _("Đã trả kết quả"),
    "late": _("Xin lỗi và hẹn lại"),
    "sms_answer": _("Trả lời tin nhắn"),
    "sms_help": _("Hướng dẫn cú pháp"),
}


def name(kind: str):
    return NAMES.get(kind, _("Thông báo"))

"""What each kind of message is called in lists."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "confirm": _("Xác nhận đăng ký"),
    "confirm_address": _("Xác nhận thư điện tử"),
    "closing_asked": _("Yêu cầu xóa tài khoản"),
    "closed": _("Đã xóa tài khoản"),
    "closing_refused": _("Chưa xóa tài khoản"),
    "registered": _("Đăng ký thành công"),
    "address_taken": _("Địa chỉ đã có tài khoản"),
    "otp": _("Mã xác nhận (OTP)"),
    "reset": _("Đặt lại mật khẩu"),
    "changed": _("Thông tin tài khoản thay đổi"),
    "ways_removed": _("Gỡ cách đăng nhập cũ"),
    "linked": _("Nối với Cổng Dịch vụ công quốc gia"),
    "dispute": _("Khiếu nại tài khoản"),
    "letter": _("Thư về tài khoản"),
    "dossier.submitted": _("Đã nộp hồ sơ"),
    "dossier.received": _("Hồ sơ được tiếp nhận"),
    "dossier.refused": _("Hồ sơ không được tiếp nhận"),
    "dossier.processing": _("Hồ sơ đang xử lý"),
    "dossier.supplement_asked": _("Cần bổ sung giấy tờ"),
    "dossier.supplement_received": _("Đã nhận giấy tờ bổ sung"),
    "dossier.fee": _("Cần nộp phí, lệ phí"),
    "dossier.fee_confirmed": _("Đã nộp phí, lệ phí"),
    "dossier.withdrawal_asked": _("Đã nhận yêu cầu rút hồ sơ"),
    "dossier.withdrawal_accepted": _("Hồ sơ đã rút"),
    "dossier.withdrawal_declined": _("Hồ sơ tiếp tục được giải quyết"),
    "dossier.stopped": _("Hồ sơ dừng xử lý"),
    "dossier.ready": _("Hồ sơ có kết quả"),
    "dossier.returned": _("Đã trả kết quả"),
    "sms_answer": _("Trả lời tin nhắn"),
    "sms_help": _("Hướng dẫn nhắn tin"),
    "alarm": _("Báo động cho người vận hành"),
}


def name(kind: str):
    return NAMES.get(kind, _("Thông báo"))

"""Reading the letters of a test as their recipient would."""

import re

from django.conf import settings

from portal.messaging.models import OutgoingMessage

FOOT = """
Cần giúp đỡ: gọi 1022.

Thư này được gửi tự động, xin không trả lời. Cơ quan nhà nước không bao giờ hỏi mật khẩu hay mã OTP qua thư, tin nhắn hoặc điện thoại.

Đây là thư của bản trình diễn, không phải của cơ quan nhà nước.

Trân trọng,
Hệ thống thông tin giải quyết thủ tục hành chính tỉnh Đắk Lắk
"""


def letters(kind=None):
    """All letters so far, oldest first."""
    rows = OutgoingMessage.objects.order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def link_in(letter):
    """The path of the first link."""
    return re.search(re.escape(settings.PUBLIC_BASE_URL) + r"(\S+)", letter.body)[1]


def password_in(letter):
    return re.search(r"Mật khẩu tạm: (\S+)", letter.body)[1]

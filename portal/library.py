"""The library of components: every include in every state on one page, to look at and to test. Demo only."""

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import render

from portal import fields

STEPS = [{"name": name} for name in ("Cơ quan giải quyết", "Người nộp", "Thành phần hồ sơ", "Nhận kết quả", "Kiểm tra và nộp")]
STATUSES = [
    {"word": "Đang xử lý", "css": "active", "icon": "clock"},
    {"word": "Yêu cầu bổ sung giấy tờ", "css": "warn", "icon": "alert"},
    {"word": "Dừng xử lý", "css": "error", "icon": "alert"},
    {"word": "Đã trả kết quả", "css": "done", "icon": "tick"},
    {"word": "Đang soạn", "css": "", "icon": "pen"},
]
ROWS = [
    {"label": "Họ và tên", "value": "H’Lan Niê"},
    {"label": "Số điện thoại", "value": "0912 345 678", "edit_url": "#summary", "edit_hidden": "số điện thoại"},
]
TABS = [
    {"name": "Cần làm", "url": "#tabs", "count": 1, "current": True},
    {"name": "Đang xử lý", "url": "#tabs", "count": 2},
]
TRAIL = [("Thủ tục hành chính", "#breadcrumb"), ("Đăng ký khai sinh", "")]
ICONS = [
    "alert",
    "baby",
    "camera",
    "clip",
    "clock",
    "copies",
    "copy",
    "download",
    "file-up",
    "heart",
    "house",
    "inbox",
    "info",
    "lock",
    "mail",
    "map",
    "menu",
    "message",
    "mobile",
    "money",
    "pen",
    "person",
    "phone",
    "place",
    "plus",
    "print",
    "profile",
    "repeat",
    "rings",
    "search",
    "shop",
    "sound",
    "tick",
    "upload",
]


class SampleForm(forms.Form):
    full_name = fields.NameField(label="Họ và tên")
    national_id = fields.NationalIdField(label="Số CMND/CCCD")
    birth_date = fields.BirthDateField(label="Ngày sinh")
    phone = fields.PhoneField(label="Số thuê bao di động", required=False)
    agency = forms.ChoiceField(label="Cơ quan giải quyết", choices=[("", "Chọn trong danh sách"), ("1", "UBND phường Buôn Ma Thuột")])
    delivery = forms.ChoiceField(
        label="Hình thức nhận kết quả",
        choices=[("desk", "Trực tiếp tại nơi nộp"), ("post", "Tại nhà qua bưu điện")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)
    consent = forms.BooleanField(label="Tôi đồng ý để hệ thống dùng thông tin trên.")


@login_not_required
@transaction.non_atomic_requests
def library(request):
    if not settings.DEMO:
        raise Http404
    typed = {"full_name": "H’Lan Niê 2", "national_id": "0661920012", "birth_date": "31/02/1992", "phone": "0912 345 67"}
    parts = {
        "form": SampleForm(typed, auto_id="sent_%s"),
        "empty": SampleForm(),
        "steps": STEPS,
        "statuses": STATUSES,
        "rows": ROWS,
        "tabs": TABS,
        "trail": TRAIL,
        "icons": ICONS,
        "page": Paginator(range(30), 10).page(2),
    }
    return render(request, "dev/library.html", parts)

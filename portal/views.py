"""The home page and the pages of plain text."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

# What most people come for: drawing, name, what it holds, words the catalogue finds it by.
COMMON_TASKS = [
    ("baby", _("Khai sinh"), _("Đăng ký khai sinh cho trẻ"), "khai sinh"),
    ("rings", _("Kết hôn"), _("Đăng ký kết hôn"), "kết hôn"),
    ("copies", _("Bản sao hộ tịch"), _("Trích lục khai sinh, kết hôn"), "trích lục hộ tịch"),
    ("map", _("Đất đai"), _("Cấp, đổi sổ, biến động đất"), "đất đai"),
    ("house", _("Xây dựng"), _("Giấy phép xây nhà ở riêng lẻ"), "giấy phép xây dựng"),
    ("shop", _("Hộ kinh doanh"), _("Đăng ký, thay đổi, tạm ngừng"), "hộ kinh doanh"),
    ("profile", _("Lý lịch tư pháp"), _("Xin cấp phiếu số 1, số 2"), "lý lịch tư pháp"),
    ("heart", _("Trợ cấp xã hội"), _("Người già, người khuyết tật"), "trợ cấp xã hội"),
]

# These pages ask nothing of the database, so they open no transaction and stand when it is away.


@login_not_required
@transaction.non_atomic_requests
def home(request):
    return render(request, "home.html", {"common_tasks": COMMON_TASKS})


def page(name):
    """A view that shows templates/pages/<name>.html to everyone."""

    @login_not_required
    @transaction.non_atomic_requests
    def show(request):
        return render(request, f"pages/{name}.html", {"settings": settings})

    return show


@never_cache
@require_POST
def stay(request):
    """“Làm tiếp”: the session begins its hours anew."""
    request.session.modified = True
    return JsonResponse({"seconds": settings.SESSION_COOKIE_AGE})

"""“Cách đăng nhập đã có từ trước”: are they the holder's own?"""

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.national import ways


@never_cache
def ask(request):
    """Shown after the national portal, until one of its two buttons was pressed."""
    onward = get_next_redirect_url(request) or "dossiers:mine"
    if not ways.must_answer(request):
        return redirect(onward)
    if request.method != "POST":
        return render(request, "accounts/ways.html", {"ways": ways.others(request.user), "next": request.GET.get("next", "")})
    if request.POST.get("action") == "remove":
        ways.remove(request)
        messages.success(
            request,
            _("Đã gỡ các cách đăng nhập cũ. Từ nay tài khoản chỉ mở bằng Cổng Dịch vụ công quốc gia, đến khi Ông/Bà đặt mật khẩu mới."),
        )
    else:
        ways.keep(request)
    return redirect(onward)

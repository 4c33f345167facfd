"""The tracking page: public, without a session, without a cookie."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dossiers import receipt
from portal import captcha, throttle
from portal.net import counted_address
from tracking import summary
from tracking.forms import TrackingForm

TEN_MINUTES, DAY = 600, 86400


@login_not_required
@csrf_exempt  # it changes nothing, and a token would need the cookie that a public page does not set
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request):
    """The form; with a code, what is known. A second proof is posted, so that it stays out of addresses and logs."""
    if request.method != "POST":
        return _answer(request, TrackingForm(request.GET)) if "ma" in request.GET else _page(request, TrackingForm())
    if "captcha_1" in request.POST:
        return _answer_with_code(request)
    form = TrackingForm(request.POST)
    if form.is_valid() and not form.cleaned_data["so"]:
        return redirect(f"{reverse('tracking:track')}?{urlencode({'ma': form.cleaned_data['ma']})}")
    return _answer(request, form)


def _answer(request, form):
    """One look-up; beyond the limit the same form again, with a code to type."""
    if not form.is_valid():
        return _page(request, form)
    try:
        # Right look-ups count too: the codes of a day can be walked from 0001 on.
        throttle.check("track", counted_address(request), limit=settings.LOOKUPS_PER_10_MINUTES, seconds=TEN_MINUTES)
    except throttle.TooMany:
        return _page(request, TrackingForm(initial=form.data.dict(), asks_code=True), status=429)
    return _found(request, form)


def _answer_with_code(request):
    """Beyond the limit: one code of digits for each look-up, and only so many wrong ones."""
    captcha.refuse_guessing(request)
    if captcha.wants_another(request):
        return _page(request, TrackingForm(initial=request.POST.dict(), asks_code=True))
    form = TrackingForm(request.POST, asks_code=True)
    if not form.is_valid():
        if form.guessed:
            captcha.count_wrong(request)
        return _page(request, form)
    del form.fields["captcha"]
    return _found(request, form)


def _found(request, form):
    code, digits, token = form.cleaned_data["ma"], form.cleaned_data["so"], form.data.get("khoa", "")
    key = receipt.parse(code)
    if digits and throttle.used("track-proof", key) >= settings.WRONG_PROOFS_PER_DAY:
        form.add_error("so", _("Mã này đã bị nhập chưa đúng 4 số cuối nhiều lần hôm nay. Mở đường dẫn trong thư, hoặc đăng nhập để xem."))
        return _page(request, form)
    found = summary.find(code, digits=digits, token=token)
    if found is None:
        if digits or token:
            throttle.count("track-proof", key, seconds=DAY)
        form.add_error(
            "ma",
            _("Không tìm thấy hồ sơ %(code)s khớp với thông tin vừa nhập. Kiểm tra từng số, hoặc gọi %(hotline)s.")
            % {"code": code, "hotline": settings.HOTLINE},
        )
        return _page(request, form)
    return render(request, "tracking/result.html", {"found": found})


def _page(request, form, status=200):
    return render(request, "tracking/form.html", {"form": form}, status=status)

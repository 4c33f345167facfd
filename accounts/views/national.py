"""“Đăng nhập Cổng DVC Quốc gia”: choose, go to the issuer, come back signed in or read why not."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import national
from accounts.allauth_compat import OAuth2CallbackView
from accounts.national import ways
from accounts.national.oidc import NationalAdapter, NationalOAuth2Adapter
from portal import callers, doors

logger = logging.getLogger(__name__)

# Where the citizen was going and in which language: the way back from the issuer has one address for all.
JOURNEY = "national_journey"


@dataclass(frozen=True)
class Answer:
    """What a citizen reads where nobody was signed in, and whether trying again can help."""

    title: str
    text: str
    status: int
    again: bool = True


ANSWERS = {
    "cancelled": Answer(
        gettext_lazy("Đã dừng đăng nhập"),
        gettext_lazy("Ông/Bà đã dừng ở Cổng Dịch vụ công quốc gia. Chưa có gì được lưu lại."),
        200,
    ),
    "stale": Answer(
        gettext_lazy("Lượt đăng nhập này đã hết hạn hoặc đã dùng rồi"),
        gettext_lazy("Mỗi lượt đăng nhập chỉ dùng được một lần, trong 10 phút, trên cùng một trình duyệt. Hãy đăng nhập lại từ đầu."),
        400,
    ),
    "away": Answer(
        gettext_lazy("Cổng Dịch vụ công quốc gia chưa trả lời"),
        gettext_lazy("Hệ thống đăng nhập quốc gia đang bận hoặc tạm dừng. Thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu ở đây."),
        200,
    ),
    "untrusted": Answer(
        gettext_lazy("Chưa xác nhận được thông tin đăng nhập"),
        gettext_lazy(
            "Câu trả lời nhận được không qua bước kiểm tra an toàn, nên chưa ai được đăng nhập. "
            "Hãy thử lại; nếu vẫn vậy, gọi số hỗ trợ bên dưới."
        ),
        400,
    ),
    "incomplete": Answer(
        gettext_lazy("Thông tin từ Cổng Dịch vụ công quốc gia chưa đủ"),
        gettext_lazy(
            "Tài khoản quốc gia của Ông/Bà thiếu số định danh, họ tên hoặc ngày sinh đúng mẫu. "
            "Cập nhật thông tin tại Cổng Dịch vụ công quốc gia rồi thử lại, hoặc đăng nhập bằng cách khác."
        ),
        400,
    ),
    "not_citizen": Answer(
        gettext_lazy("Đây không phải tài khoản công dân"),
        gettext_lazy(
            "Cổng này mới nhận tài khoản của công dân. Nếu vừa dùng tài khoản tổ chức, "
            "hãy đăng xuất khỏi Cổng Dịch vụ công quốc gia. Sau đó đăng nhập lại bằng tài khoản cá nhân."
        ),
        403,
    ),
    "under_age": Answer(
        gettext_lazy("Chưa đủ tuổi để có tài khoản riêng"),
        gettext_lazy("Cha, mẹ hoặc người giám hộ đăng nhập bằng tài khoản của mình rồi nộp hồ sơ thay."),
        403,
        again=False,
    ),
    "frozen": Answer(
        gettext_lazy("Tài khoản đang tạm khóa"),
        gettext_lazy("Tài khoản của số định danh này đang tạm khóa. Gọi số hỗ trợ bên dưới, hoặc mang thẻ Căn cước đến bộ phận một cửa."),
        403,
        again=False,
    ),
}


@login_not_required
@never_cache
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """With which national account; the button starts the journey, so that no link can."""
    doors.require("national")
    if request.user.is_authenticated:
        return redirect(get_next_redirect_url(request) or settings.LOGIN_REDIRECT_URL)
    if request.method == "POST":
        return _start(request)
    # A browser holds a form to this rule even where the answer is a redirect.
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(settings.OIDC_ISSUER))
    context = {"next": get_next_redirect_url(request) or "", "vneid": bool(settings.OIDC_VNEID_IDP)}
    return csp_update({"form-action": [origin]})(render)(request, "accounts/national.html", context)


@login_not_required
@require_GET
def to_choice(request, provider_id):
    """Where allauth would begin: our page asks first, with a button."""
    doors.require("national")
    wanted = get_next_redirect_url(request)
    return redirect(reverse("accounts:national", query={"next": wanted} if wanted else None))


@login_not_required
@require_GET
@never_cache
@transaction.non_atomic_requests
def callback(request, provider_id):
    """Back from the issuer. Its answers are waited for outside any transaction."""
    doors.require("national")
    journey = request.session.get(JOURNEY, {})
    with translation.override(journey.get("language", settings.LANGUAGE_CODE)):
        try:
            response = OAuth2CallbackView.adapter_view(NationalOAuth2Adapter(request, provider_id))(request)
        except national.Problem as problem:
            return _explain(request, problem, journey.get("next", ""))
        if hasattr(request, "national_account"):
            request.session.pop(JOURNEY, None)
            how, identity = request.national_account
            ways.remember_facts(request, identity)
            _greet(request, how, identity.differs_from(request.user) if how == national.LINKED and request.user.is_authenticated else [])
            if request.user.is_authenticated and ways.must_answer(request):
                return redirect(reverse("accounts:ways", query={"next": response.url}))
        return response


def _start(request):
    callers.check(request, "national", limit=settings.OIDC_STARTS_PER_ADDRESS, seconds=3600)
    wanted = get_next_redirect_url(request) or ""
    request.session[JOURNEY] = {"next": wanted, "language": translation.get_language()}
    vneid = settings.OIDC_VNEID_IDP if request.POST.get("account") == "vneid" else ""
    provider = NationalAdapter().get_provider(request, national.PROVIDER)
    try:
        return provider.start(request, next_url=wanted or resolve_url(settings.LOGIN_REDIRECT_URL), extra={"idp": vneid} if vneid else None)
    except national.Problem as problem:
        return _explain(request, problem, wanted)


def _explain(request, problem, wanted):
    logger.warning("national sign-in: %s", problem)
    answer = ANSWERS[problem.reason]
    return render(request, "accounts/national_problem.html", {"answer": answer, "next": wanted}, status=answer.status)


def _greet(request, how, differences):
    """What is worth knowing the first time; afterwards nothing."""
    if how == national.NEW:
        messages.success(
            request, _("Đã tạo tài khoản từ Cổng Dịch vụ công quốc gia. Thêm số điện thoại ở trang Tài khoản để nhận tin về hồ sơ.")
        )
    elif how == national.LINKED:
        messages.info(
            request,
            _(
                "Đã nối Cổng Dịch vụ công quốc gia với tài khoản có sẵn của số định danh này. "
                "Nếu tài khoản không phải của Ông/Bà, gọi ngay {hotline}."
            ).format(hotline=settings.HOTLINE),
        )
        if differences:
            messages.warning(request, _("Họ tên hoặc ngày sinh ghi ở đây khác với Cổng Dịch vụ công quốc gia. Xem lại ở trang Tài khoản."))

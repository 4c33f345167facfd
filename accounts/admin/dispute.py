"""Claims to ID numbers before officials: both sides beside each other, and one decision with its reason."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import disputes
from accounts.admin.rights import ForDeciders
from accounts.disputes import notices
from accounts.forms.dispute import DecisionForm
from accounts.models import Dispute, searchable
from portal.admin import site
from portal.lookups import OnlyItsFilters
from portal.templatetags.portal import day, moment
from portal.text import folded, masked_email, masked_id, masked_phone, spoken_phone

State = Dispute.State
# What each decision is called, what does it, and what both sides are sent.
DECISIONS = {
    "chap-nhan": (gettext_lazy("Chấp nhận"), disputes.accept, ("accepted", "frozen")),
    "khong-chap-nhan": (gettext_lazy("Không chấp nhận"), disputes.refuse, ("refused",)),
}


@admin.register(Dispute, site=site)
class DisputeAdmin(ForDeciders, OnlyItsFilters, admin.ModelAdmin):
    list_display = ("ticket", "number", "claimant_name", "waiting_since", "answer", "state")
    list_display_links = None
    list_filter = ("state",)
    search_fields = ("code", "claimant__search_text")
    search_help_text = gettext_lazy("Tìm mã khiếu nại, họ tên người khiếu nại")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    ordering = ("created_at",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("claimant", "against", "decided_by")

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, searchable(search_term))

    def get_urls(self):
        def own(view, guard=require_safe):
            return self.admin_site.admin_view(guard(view))

        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("", own(self.changelist_view), name="accounts_dispute_changelist"),
            path("<int:pk>/", own(self.dispute_view), name="accounts_dispute_change"),
            path("<int:pk>/anh/<str:side>/", own(self.photo_view), name="accounts_dispute_photo"),
            path("<int:pk>/<str:decision>/", own(self.decide_view, both), name="accounts_dispute_decide"),
        ]

    # --- The list ------------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Khiếu nại tài khoản")} | (extra_context or {}))

    @admin.display(description=gettext_lazy("Mã khiếu nại"), ordering="code")
    def ticket(self, dispute):
        return format_html('<a href="{}">{}</a>', reverse("admin:accounts_dispute_change", args=[dispute.pk]), dispute.code)

    @admin.display(description=gettext_lazy("Số CMND/CCCD"))
    def number(self, dispute):
        return masked_id(dispute.national_id)

    @admin.display(description=gettext_lazy("Người khiếu nại"))
    def claimant_name(self, dispute):
        return dispute.claimant.full_name

    @admin.display(description=gettext_lazy("Gửi lúc"), ordering="created_at")
    def waiting_since(self, dispute):
        return moment(dispute.created_at)

    @admin.display(description=gettext_lazy("Trả lời trước"), ordering="answer_by")
    def answer(self, dispute):
        if not is_overdue(dispute):
            return day(dispute.answer_by)
        return format_html('<span class="due late"><b>{}</b><br>{}</span>', day(dispute.answer_by), _("Quá hạn trả lời"))

    # --- One claim -----------------------------------------------------------------------------

    def _found(self, request, pk) -> Dispute:
        if not self.has_view_permission(request):
            raise PermissionDenied
        dispute = self.get_queryset(request).filter(pk=pk).first()
        if dispute is None:
            raise Http404
        return dispute

    def dispute_view(self, request, pk):
        dispute = self._found(request, pk)
        disputes.looked(dispute, request.user)
        context = self._page(request, dispute) | {
            "title": _("Khiếu nại {code}").format(code=dispute.code),
            "rows": both_sides(dispute),
            "photos": dispute.photos.all(),
            "photo_days": settings.DISPUTE_PHOTO_DAYS,
            "dossiers": import_string(settings.DOSSIERS_OF)(dispute.against),
            "overdue": is_overdue(dispute),
            "refusal": disputes.refusal(dispute, request.user) if dispute.state == State.WAITING else "",
            "decisions": [
                {"label": label, "url": reverse("admin:accounts_dispute_decide", args=[pk, key])}
                for key, (label, *_rest) in DECISIONS.items()
            ],
            "history": dispute.events.select_related("account"),
        }
        return TemplateResponse(request, "admin/accounts/dispute/change_form.html", context)

    def photo_view(self, request, pk, side):
        """One photograph, for whoever may decide; each look is written down."""
        dispute = self._found(request, pk)
        photo = dispute.photos.filter(side=side).exclude(file="").first()
        if photo is None:
            raise Http404
        disputes.looked(dispute, request.user, photo=photo.get_side_display())
        try:
            opened = photo.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(opened, content_type=photo.content_type)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
        response["Cache-Control"] = "private, no-store"
        return response

    def decide_view(self, request, pk, decision):
        """One decision: its reason, what both sides will read, and then the verb itself."""
        dispute = self._found(request, pk)
        if decision not in DECISIONS:
            raise Http404
        label, decide, kinds = DECISIONS[decision]
        if why_not := disputes.refusal(dispute, request.user):
            return self._told(request, dispute, why_not)
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
            try:
                decide(dispute, by=request.user, reason=form.cleaned_data["reason"])
            except disputes.NotPossible as why_not:
                return self._told(request, dispute, str(why_not))
            messages.success(request, _("Đã ghi: {decision}. Các bên đã được báo.").format(decision=str(label).lower()))
            return redirect("admin:accounts_dispute_change", pk)
        dispute.reason = form.cleaned_data.get("reason", "") if form.is_bound else ""
        dispute.claim_by = disputes.claim_by(timezone.now())
        context = self._page(request, dispute) | {
            "title": label,
            "form": form,
            "accepts": decide is disputes.accept,
            "messages_to_send": [message for kind in kinds for message in notices.preview(kind, dispute)],
        }
        return TemplateResponse(request, "admin/accounts/dispute/decide.html", context)

    def _page(self, request, dispute):
        request.current_app = self.admin_site.name
        return self.admin_site.each_context(request) | {"available_apps": [], "opts": self.opts, "dispute": dispute}

    def _told(self, request, dispute, why_not):
        messages.warning(request, why_not)
        return redirect("admin:accounts_dispute_change", dispute.pk)


def is_overdue(dispute) -> bool:
    return dispute.state == State.WAITING and dispute.answer_by < timezone.localdate()


def both_sides(dispute) -> list[dict]:
    """What the claimant says beside what the account says; what must agree and does not is marked."""
    claimant, account = dispute.claimant, dispute.against
    born, known = _birth(claimant), _birth(account)
    linked = account.socialaccount_set.exists()
    return [
        {
            "label": _("Họ và tên"),
            "claim": claimant.full_name,
            "account": account.full_name,
            "differs": folded(claimant.full_name) != folded(account.full_name),
        },
        {"label": _("Số CMND/CCCD"), "claim": dispute.national_id, "account": account.national_id or _("Đã gỡ")},
        {"label": _("Ngày sinh"), "claim": born, "account": known, "differs": born != known},
        {
            "label": _("Số điện thoại"),
            "claim": _("{phone}, đã xác minh bằng mã").format(phone=spoken_phone(dispute.phone)),
            "account": _phone(account),
            "differs": dispute.phone != account.phone,
        },
        {
            "label": _("Thư điện tử"),
            "claim": claimant.email or _("Không có"),
            "account": masked_email(account.email) if account.email else _("Không có"),
        },
        {"label": _("Cách đăng ký"), "claim": "", "account": account.get_door_display() or _("Không rõ")},
        {"label": _("Đăng ký lúc"), "claim": "", "account": moment(account.activated_at)},
        {"label": _("Đăng nhập lần cuối"), "claim": "", "account": moment(account.last_login) or _("Chưa lần nào")},
        {"label": _("Định danh quốc gia"), "claim": "", "account": _("Đã liên kết, cần xem kỹ") if linked else _("Chưa liên kết"), "differs": linked},
        {"label": _("Trạng thái tài khoản"), "claim": "", "account": _("Đang hoạt động") if account.is_active else _("Đang tạm khóa")},
    ]  # fmt: skip


def _birth(user) -> str:
    if user.birth_date is None:
        return _("Không có")
    return str(user.birth_date.year) if user.birth_year_only else day(user.birth_date)


def _phone(account) -> str:
    if not account.phone:
        return _("Không có")
    proven = _("đã xác minh") if account.phone_verified_at else _("chưa xác minh")
    return f"{masked_phone(account.phone)}, {proven}"

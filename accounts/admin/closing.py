"""Requests to delete an account before officials: the list with its days, and one decision."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import closing
from accounts.admin.rights import ForDeciders
from accounts.forms.closing import RefusalForm
from accounts.models import ClosingRequest, searchable
from portal.admin import site
from portal.lookups import OnlyItsFilters
from portal.templatetags.portal import day, moment
from portal.text import masked_id

State = ClosingRequest.State


@admin.register(ClosingRequest, site=site)
class ClosingRequestAdmin(ForDeciders, OnlyItsFilters, admin.ModelAdmin):
    list_display = ("owner", "number", "asked", "answer", "state")
    list_display_links = None
    list_filter = ("state",)
    search_fields = ("user__search_text",)
    search_help_text = gettext_lazy("Tìm theo họ tên, số CMND/CCCD, thư điện tử")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    ordering = ("answer_by", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user", "decided_by")

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, searchable(search_term))

    def get_urls(self):
        def own(view, guard=require_safe):
            return self.admin_site.admin_view(guard(view))

        decide = own(self.decide_view, require_http_methods(["GET", "HEAD", "POST"]))
        return [
            path("", own(self.changelist_view), name="accounts_closingrequest_changelist"),
            path("<int:pk>/", decide, name="accounts_closingrequest_change"),
        ]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Yêu cầu xóa tài khoản")} | (extra_context or {}))

    @admin.display(description=gettext_lazy("Tài khoản"))
    def owner(self, request):
        return format_html('<a href="{}">{}</a>', reverse("admin:accounts_closingrequest_change", args=[request.pk]), request.user)

    @admin.display(description=gettext_lazy("Số CMND/CCCD"))
    def number(self, request):
        return masked_id(request.user.national_id) if request.user.national_id else ""

    @admin.display(description=gettext_lazy("Yêu cầu lúc"), ordering="asked_at")
    def asked(self, request):
        return moment(request.asked_at)

    @admin.display(description=gettext_lazy("Giải quyết trước"), ordering="answer_by")
    def answer(self, request):
        if not is_overdue(request):
            return day(request.answer_by)
        return format_html('<span class="due late"><b>{}</b><br>{}</span>', day(request.answer_by), _("Quá hạn"))

    def decide_view(self, request, pk):
        """One request: delete the account, or leave it and say why."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = self.get_queryset(request).filter(pk=pk).first()
        if asked is None:
            raise Http404
        decision = request.POST.get("decision")
        form = RefusalForm(request.POST if decision == "refuse" else None)
        if decision == "close":
            return self._decide(
                request, asked, lambda: closing.close(asked, by=request.user), _("Đã xóa tài khoản và báo cho chủ tài khoản.")
            )
        if decision == "refuse" and form.is_valid():
            reason = form.cleaned_data["reason"]
            return self._decide(
                request, asked, lambda: closing.refuse(asked, by=request.user, reason=reason), _("Đã báo lý do cho chủ tài khoản.")
            )
        request.current_app = self.admin_site.name
        context = self.admin_site.each_context(request) | {
            "available_apps": [],
            "opts": self.opts,
            "title": _("Yêu cầu xóa tài khoản"),
            "asked": asked,
            "number": self.number(asked),
            "overdue": is_overdue(asked),
            "warnings": closing.warnings(asked.user) if asked.state == State.WAITING else [],
            "form": form,
        }
        return TemplateResponse(request, "admin/accounts/closing/change_form.html", context)

    def _decide(self, request, asked, decide, done):
        try:
            decide()
        except closing.NotPossible as why_not:
            messages.warning(request, str(why_not))
        else:
            messages.success(request, done)
        return redirect("admin:accounts_closingrequest_change", asked.pk)


def is_overdue(request) -> bool:
    return request.state == State.WAITING and request.answer_by < timezone.localdate()

"""What was sent and what did not arrive, for officials; “send again” for what can be."""

import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.admin import site
from portal.messaging import kinds, outbox, subjects
from portal.messaging.admin import audit, search, situation
from portal.messaging.admin.filters import KindFilter, PeriodFilter, ProviderFilter, ReportFilter
from portal.messaging.admin.rights import ReadOnlyAdmin, operates
from portal.messaging.models import Channel, OutgoingMessage
from portal.paging import CappedPaginator, PagedList
from portal.templatetags.portal import icon, moment

State, Report = OutgoingMessage.State, OutgoingMessage.Report

# State → the looks of its pill: class and drawing.
PILLS = {
    State.WAITING: ("active", "clock"),
    State.SENT: ("done", "tick"),
    State.FAILED: ("error", "alert"),
    State.EXPIRED: ("warn", "alert"),
}


# What a failure a week ago told is mostly old news, so the last day is offered first.
SINCE = {
    "ngay": (gettext_lazy("Trong 24 giờ qua"), 1),
    "tuan": (gettext_lazy("Trong 7 ngày qua"), 7),
    "het": (gettext_lazy("Tất cả, kể cả tin cũ"), None),
}


class Sent(PagedList):
    """The list, each row knowing the record it is about."""

    foot = gettext_lazy("Tin {first}–{last} trong {total}")

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        found = subjects.links({row.about for row in self.result_list}, request.user)
        for row in self.result_list:
            row.subject_link = found.get(row.about)


@admin.register(OutgoingMessage, site=site)
class OutgoingMessageAdmin(ReadOnlyAdmin):
    list_display = ("what", "to", "how", "when")
    list_display_links = None
    list_filter = ("state", "channel", KindFilter, ReportFilter, ProviderFilter, PeriodFilter)
    search_fields = ("recipient", "about", "event")
    search_help_text = gettext_lazy("Tìm số điện thoại, thư điện tử, mã biên nhận, sự kiện")
    # The order of writing, by the one index that every query can use.
    ordering = ("-pk",)
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 25
    list_max_show_all = 25
    actions = ("send_again",)
    fields = (
        "kind_name", "masked_recipient", "channel", "record", "state", "last_error", "tries", "shown_report", "subject", "shown_body",
        "created_at", "due_at", "expires_at", "sent_at", "failed_at", "provider", "event",
    )  # fmt: skip
    readonly_fields = fields
    # Told only where there is something to tell.
    at_times = ("about", "last_error", "tries", "subject", "expires_at", "sent_at", "failed_at", "provider")

    # --- Who may what --------------------------------------------------------------------------

    def has_view_permission(self, request, obj=None):
        return operates(request.user) or super().has_view_permission(request, obj)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_send_again_permission(self, request):
        return operates(request.user) or request.user.has_perm("messaging.change_outgoingmessage")

    def get_queryset(self, request):
        """Whoever does not keep the sending running sees what is about the dossiers of the own agency."""
        rows = super().get_queryset(request).defer("html", "headers")
        return rows if operates(request.user) else rows.filter(about__in=subjects.visible_to(request.user))

    def get_urls(self):
        def own(view, guard):
            return self.admin_site.admin_view(guard(view))

        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("gui-lai/", own(self.send_all_view, both), name="messaging_outgoingmessage_send_all"),
            path("<int:pk>/gui-lai/", own(self.send_one_view, require_POST), name="messaging_outgoingmessage_send_again"),
            *super().get_urls(),
        ]

    def get_fields(self, request, obj=None):
        shown = {"about": "record"}
        left_out = {shown.get(name, name) for name in self.at_times if obj and not getattr(obj, name)}
        if obj and obj.channel == Channel.EMAIL:
            left_out.add("shown_report")
        return [field for field in self.fields if field not in left_out]

    # --- The list ------------------------------------------------------------------------------

    def get_changelist(self, request, **kwargs):
        return Sent

    def get_search_results(self, request, queryset, search_term):
        return search.outgoing(queryset, search_term), False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Tin gửi đi"), "operates": operates(request.user)} | (extra_context or {}))

    @admin.display(description=gettext_lazy("Tin"), ordering="kind")
    def what(self, row):
        """The page of the message, and below it the dossier, for whom it lies before."""
        named = format_html('<a href="{}">{}</a>', reverse("admin:messaging_outgoingmessage_change", args=[row.pk]), kinds.name(row.kind))
        if row.subject_link:
            return format_html('{}<span class="subline"><a href="{}">{}</a></span>', named, row.subject_link[1], row.subject_link[0])
        return named

    @admin.display(description=gettext_lazy("Người nhận"), ordering="recipient")
    def to(self, row):
        by = f"{row.get_channel_display()}, {row.provider}" if row.provider else row.get_channel_display()
        return format_html('<span class="number">{}</span><span class="subline">{}</span>', row.masked_recipient, by)

    @admin.display(description=gettext_lazy("Trạng thái"), ordering="state")
    def how(self, row):
        (css, drawing), word, told = PILLS[row.state], row.get_state_display(), []
        if row.report == Report.UNDELIVERED:
            css, drawing, word = "warn", "alert", row.get_report_display()
        elif row.report:
            told.append(row.get_report_display())
        if row.last_error:
            told.append(row.last_error)
        if row.tries > 1:
            told.append(_("Đã thử {n} lần").format(n=row.tries))
        return format_html('<span class="pill {}">{}{}</span><span class="subline">{}</span>', css, icon(drawing), word, ". ".join(told))

    @admin.display(description=gettext_lazy("Thời gian"), ordering="pk")
    def when(self, row):
        if row.sent_at:
            line = _("Gửi lúc {at}").format(at=moment(row.sent_at))
        elif row.failed_at:
            line = _("Thôi gửi lúc {at}").format(at=moment(row.failed_at))
        elif row.due_at > timezone.now():
            line = _("Gửi từ {at}").format(at=moment(row.due_at))
        else:
            line = _("Đến lượt")
        return format_html('{}<span class="subline">{}</span>', line, _("Tạo lúc {at}").format(at=moment(row.created_at)))

    @admin.action(description=gettext_lazy("Gửi lại"), permissions=["send_again"])
    def send_again(self, request, chosen):
        asked, again = chosen.count(), self._send_again(request, chosen)
        if left := asked - again:
            said = _("%d tin không gửi lại được: tin đã đến, đang chờ gửi, đã hết hạn, hoặc nội dung đã xóa.") % left
            self.message_user(request, said, messages.WARNING)

    def _send_again(self, request, chosen) -> int:
        at = timezone.now()
        keys = list(chosen.to_send_again(at).values_list("pk", flat=True))
        again = OutgoingMessage.objects.filter(pk__in=keys).send_again(at)
        if again:
            audit.record(request.user, "messages sent again", messages=keys)
            outbox.wake_after_commit()
            said = ngettext("Đang gửi lại %d tin.", "Đang gửi lại %d tin.", again) % again
            self.message_user(request, said, messages.SUCCESS)
        return again

    # --- One message ---------------------------------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self._found(request, object_id)
        can = self.has_send_again_permission(request) and self._alone(row).to_send_again(timezone.now()).exists()
        return super().change_view(
            request, object_id, form_url, {"title": kinds.name(row.kind), "subtitle": None, "can_send_again": can} | (extra_context or {})
        )

    def send_one_view(self, request, pk):
        """“Gửi lại” of one message, at one press."""
        if not self.has_send_again_permission(request):
            raise PermissionDenied
        row = self._found(request, pk)
        if not self._send_again(request, self._alone(row)):
            self.message_user(request, _("Tin này không gửi lại được, hoặc vừa có người gửi lại."), messages.WARNING)
        return redirect("admin:messaging_outgoingmessage_change", pk)

    def get_object(self, request, object_id, from_field=None):
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.subject_link = subjects.links([row.about], request.user).get(row.about)
        return row

    def _found(self, request, pk) -> OutgoingMessage:
        """The message, if it lies before this official; any other does not exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        return row

    @staticmethod
    def _alone(row):
        return OutgoingMessage.objects.filter(pk=row.pk)

    @admin.display(description=gettext_lazy("loại tin"))
    def kind_name(self, row):
        return kinds.name(row.kind)

    @admin.display(description=gettext_lazy("về"))
    def record(self, row):
        return format_html('<a href="{}">{}</a>', row.subject_link[1], row.subject_link[0]) if row.subject_link else row.about

    @admin.display(description=gettext_lazy("người nhận"))
    def masked_recipient(self, row):
        return row.masked_recipient

    @admin.display(description=gettext_lazy("nội dung"))
    def shown_body(self, row):
        if row.secret:
            return _("(có mã hoặc mật khẩu, không hiển thị)")
        return row.body or _("(đã xóa sau thời hạn lưu)")

    @admin.display(description=gettext_lazy("báo cáo của nhà mạng"))
    def shown_report(self, row):
        at = f", {moment(row.reported_at)}" if row.reported_at else ""
        return f"{row.get_report_display()}{at}"

    # --- All that failed -----------------------------------------------------------------------

    def send_all_view(self, request):
        """How many failed since when, and then all of them again."""
        if not operates(request.user):
            raise PermissionDenied
        at = timezone.now()
        choices = [_choice(key, label, days, at) for key, (label, days) in SINCE.items()]
        if request.method == "POST":
            chosen = SINCE.get(request.POST.get("tu"))
            if chosen is None:
                self.message_user(request, _("Chọn gửi lại các tin từ khi nào."), messages.WARNING)
                return redirect("admin:messaging_outgoingmessage_send_all")
            return self._send_all(request, _failed_within(chosen[1], at), at)
        request.current_app = self.admin_site.name
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Gửi lại tất cả tin không gửi được"),
            "choices": choices,
            "none": not any(choice["number"] for choice in choices),
        }
        return TemplateResponse(request, "admin/messaging/outgoingmessage/send_all.html", context)

    def _send_all(self, request, rows, at):
        again = rows.send_again(at)
        if again:
            audit.record(request.user, "all failed messages sent again", number=again)
            outbox.wake_after_commit()
        said = ngettext("Đang gửi lại %d tin.", "Đang gửi lại %d tin.", again) % again
        self.message_user(request, said, messages.SUCCESS if again else messages.WARNING)
        return redirect("admin:messaging_providerhealth_changelist")


def _failed_within(days, at):
    rows = situation.failed(at)
    return rows if days is None else rows.filter(failed_at__gte=at - datetime.timedelta(days=days))


def _choice(key, label, days, at) -> dict:
    return {"key": key, "label": label, "number": _failed_within(days, at).count()}

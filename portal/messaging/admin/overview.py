"""“Tình hình tin nhắn”: whether all is well with the sending, what is wrong where it is not, and what to do."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.admin import site
from portal.messaging import budget, outbox
from portal.messaging.admin import audit, situation
from portal.messaging.admin.chart import Chart
from portal.messaging.admin.rights import ForOperators, operates
from portal.messaging.admin.verdict import age, all_well, name_of, troubles
from portal.messaging.models import Channel, OutgoingMessage, ProviderHealth
from portal.templatetags.portal import moment

Report = OutgoingMessage.Report

URGENT_NAMES = {Channel.SMS: gettext_lazy("Tin nhắn gấp"), Channel.EMAIL: gettext_lazy("Thư gấp")}
NOTICE_NAMES = {Channel.SMS: gettext_lazy("Tin nhắn thông báo"), Channel.EMAIL: gettext_lazy("Thư thông báo")}
# What the page says of each report: most carriers send none.
REPORTS = {
    Report.DELIVERED: gettext_lazy("Đã đến máy"),
    Report.UNDELIVERED: gettext_lazy("Không đến máy"),
    Report.ON_ITS_WAY: gettext_lazy("Đang chuyển"),
    Report.NONE: gettext_lazy("Chưa rõ, nhà mạng chưa báo"),
}


@admin.register(ProviderHealth, site=site)
class OverviewAdmin(ForOperators):
    """The list of providers is one part of the page; they are not looked at one by one."""

    menu_name = gettext_lazy("Tình hình tin nhắn")

    def get_urls(self):
        def own(view, guard):
            return self.admin_site.admin_view(guard(view))

        return [
            path("", own(self.changelist_view, require_safe), name="messaging_providerhealth_changelist"),
            path("thu-lai/", own(self.try_now_view, require_POST), name="messaging_providerhealth_try_now"),
        ]

    def changelist_view(self, request, extra_context=None):
        self._operators_only(request)
        at = timezone.now()
        waiting, providers = situation.queue(at), situation.providers()
        failed, (spent, most) = situation.failed(at).count(), budget.today()
        reports = situation.reports(at)
        request.current_app = self.admin_site.name
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": self.menu_name,
            "subtitle": _("Lúc {at}").format(at=moment(at)),
            "troubles": troubles(at, waiting, providers, failed),
            "all_well": all_well(waiting),
            "waiting": [_line(row, at) for row in waiting],
            "charts": [Chart(Channel(channel).label, hours) for channel, hours in situation.last_day(at).items()],
            "providers": [_provider(provider, at) for provider in providers],
            "failed": failed,
            "spent": spent,
            "most": most,
            "soon_spent": int(most * budget.ALARM_AT),
            "reports": [(label, reports[report]) for report, label in REPORTS.items()],
        }
        return TemplateResponse(request, "admin/messaging/overview.html", context | (extra_context or {}))

    def try_now_view(self, request):
        """A provider that is left alone is asked again at once, as its people say that it is back."""
        self._operators_only(request)
        name = request.POST.get("name", "").replace("\0", "")
        again = situation.try_now(name, timezone.now())
        if again is None:
            messages.warning(request, _("Nhà cung cấp này không bị tạm nghỉ, hoặc đã hết thời gian nghỉ."))
        else:
            audit.record(request.user, "pause of a provider ended", provider=name, messages=again)
            outbox.wake_after_commit()
            said = ngettext("Đang thử lại {name} với {n} tin.", "Đang thử lại {name} với {n} tin.", again)
            messages.success(
                request,
                said.format(name=name_of(name), n=again) if again else _("Tin tiếp theo sẽ thử lại {name}.").format(name=name_of(name)),
            )
        return redirect("admin:messaging_providerhealth_changelist")

    @staticmethod
    def _operators_only(request):
        if not operates(request.user):
            raise PermissionDenied


def _line(row, at) -> dict:
    names = URGENT_NAMES if row.urgent else NOTICE_NAMES
    return {"name": names[row.channel], "numbers": row, "age": age(at - row.oldest) if row.oldest else ""}


def _provider(provider, at) -> dict:
    paused = provider.away_until is not None and provider.away_until > at
    if provider.away_since:
        pill = ("error", "alert", _("Gián đoạn"))
    elif provider.last_ok_at:
        pill = ("done", "tick", _("Hoạt động"))
    else:
        pill = ("", "clock", _("Chưa dùng"))
    return {"health": provider, "name": name_of(provider.name), "channel": Channel(provider.channel).label, "pill": pill, "paused": paused}

"""What was sent and what failed, for officials; “send again” for what failed."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.admin import site
from portal.messaging import commands, kinds, outbox
from portal.messaging.models import IncomingSms, OutgoingMessage


class ReadOnlyAdmin(admin.ModelAdmin):
    """A record of what happened: looked at, never written."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class KindFilter(admin.SimpleListFilter):
    """The known kinds by their names; asking the table for its kinds would read all of it."""

    title = _("loại tin")
    parameter_name = "loai"

    def lookups(self, request, model_admin):
        return kinds.NAMES.items()

    def queryset(self, request, rows):
        return rows.filter(kind=self.value()) if self.value() else rows


@admin.register(OutgoingMessage, site=site)
class OutgoingMessageAdmin(ReadOnlyAdmin):
    list_display = ("to", "kind_name", "channel", "state", "tries", "last_error", "created_at", "sent_at")
    list_filter = ("state", "channel", KindFilter)
    search_fields = ("=recipient", "=about", "=event")
    search_help_text = _("Số điện thoại dạng +84…, địa chỉ thư, hồ sơ hoặc sự kiện, viết đầy đủ")
    ordering = ("-created_at", "-pk")
    date_hierarchy = "created_at"
    show_full_result_count = False
    list_per_page = 50
    actions = ("send_again",)
    fields = (
        "to", "kind_name", "channel", "about", "event", "subject", "shown_body",
        "state", "tries", "last_error", "created_at", "due_at", "sent_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("người nhận"), ordering="recipient")
    def to(self, row):
        return row.masked_recipient

    @admin.display(description=_("loại tin"), ordering="kind")
    def kind_name(self, row):
        return kinds.name(row.kind)

    @admin.display(description=_("nội dung"))
    def shown_body(self, row):
        return _("(có mã hoặc mật khẩu, không hiển thị)") if row.secret else row.body

    def has_send_again_permission(self, request):
        return request.user.has_perm("messaging.change_outgoingmessage")

    @admin.action(description=_("Gửi lại"), permissions=["send_again"])
    def send_again(self, request, chosen):
        asked, again = chosen.count(), chosen.send_again(timezone.now())
        if again:
            outbox.wake_after_commit()
            said = ngettext("Đang gửi lại %d tin.", "Đang gửi lại %d tin.", again) % again
            self.message_user(request, said, messages.SUCCESS)
        if left := asked - again:
            said = _("%d tin không gửi lại được: tin đã gửi, đang chờ gửi, hoặc có mã đã bị xóa nội dung.") % left
            self.message_user(request, said, messages.WARNING)


@admin.register(IncomingSms, site=site)
class IncomingSmsAdmin(ReadOnlyAdmin):
    list_display = ("sender_shown", "first_word", "received_at", "answered_at")
    list_filter = (("answered_at", admin.EmptyFieldListFilter),)
    search_fields = ("=sender", "=provider_id")
    ordering = ("-received_at", "-pk")
    show_full_result_count = False
    fields = ("sender_shown", "first_word", "provider_id", "received_at", "answered_at")
    readonly_fields = fields

    @admin.display(description=_("người gửi"), ordering="sender")
    def sender_shown(self, row):
        return row.masked_sender

    @admin.display(description=_("tin nhắn"))
    def first_word(self, row):
        """Its command only: after “TK” follow a name, an ID number and a birth date."""
        return commands.word(row.text)

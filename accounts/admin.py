"""Accounts on the officials' site: for administrators, without anything secret."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.otp import sms_device_for
from portal.admin import site
from portal.text import folded, masked_id


class SuperusersOnly:
    """Personal data of everybody: agencies see theirs through their dossiers, not here."""

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_change_permission = has_view_permission

    def has_add_permission(self, request, obj=None):
        return False

    # Dossiers stay by archive law, so the account they name does too.
    has_delete_permission = has_add_permission


class EmailInline(SuperusersOnly, admin.TabularInline):
    model = EmailAddress
    fields = ["email", "verified", "primary"]
    readonly_fields = fields
    extra = 0
    verbose_name = _("thư điện tử")
    verbose_name_plural = _("thư điện tử")


@admin.register(User, site=site)
class UserAdmin(SuperusersOnly, admin.ModelAdmin):
    list_display = ["full_name", "number", "username", "is_staff", "is_active", "activated_at"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["search_text"]
    search_help_text = _("Tìm theo họ tên (có dấu hay không), số CMND/CCCD, thư điện tử")
    ordering = ["-date_joined"]
    list_per_page = 50
    show_full_result_count = False
    inlines = [EmailInline]
    fieldsets = [
        (None, {"fields": ["username", "full_name", "national_id", "birth_date", "phone", "phone_verified_at", "address"]}),
        (_("Quyền"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Thời điểm"), {"fields": ["date_joined", "activated_at", "last_login"]}),
    ]
    readonly_fields = ["username", "national_id", "phone_verified_at", "date_joined", "activated_at", "last_login"]
    filter_horizontal = ["groups"]

    @admin.display(description=_("số CMND/CCCD"))
    def number(self, user):
        return masked_id(user.national_id) if user.national_id else ""

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, folded(search_term))

    def save_model(self, request, obj, form, change):
        if "phone" in form.changed_data:
            # A number typed by an administrator is not proven by that.
            obj.phone_verified_at = None
        super().save_model(request, obj, form, change)
        sms_device_for(obj)

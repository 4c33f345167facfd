"""Accounts on the officials' site: for administrators, without anything secret."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import sessions, trusted
from accounts.admin.permissions import SuperusersOnly
from accounts.models import User, searchable
from accounts.otp import sms_device_for
from portal.admin import site
from portal.fields import PhoneField
from portal.lookups import OnlyItsFilters
from portal.text import masked_id


class AccountForm(forms.ModelForm):
    """A phone in any spelling; a name, a phone and an e-mail that are nobody else's."""

    phone = PhoneField(label=_("Số điện thoại"), required=False)

    def clean_username(self):
        """Only an official's name is typed here, and whoever signs in may type an ID number, a phone or an address instead."""
        name = self.cleaned_data["username"]
        if "@" in name or not any(letter.isalpha() for letter in name):
            raise forms.ValidationError(
                _("Tên đăng nhập của cán bộ cần có chữ cái và không có @, để không trùng số hay địa chỉ của công dân.")
            )
        return name

    def clean(self):
        """The number the administrator vouches for may be proven by somebody else already."""
        data = super().clean()
        vouched = "phone" in self.changed_data and (data.get("is_staff") or self.instance.pk is None)
        proven = User.objects.activated().filter(phone_verified_at__isnull=False).exclude(pk=self.instance.pk)
        if vouched and data.get("phone") and proven.filter(phone=data["phone"]).exists():
            self.add_error("phone", _("Số này đã là số đã xác minh của tài khoản khác."))
        return data

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if email and User.objects.with_email(email):
            raise forms.ValidationError(_("Địa chỉ này đã có tài khoản."))
        return email


class EmailInline(SuperusersOnly, admin.TabularInline):
    model = EmailAddress
    fields = ["email", "verified", "primary"]
    readonly_fields = fields
    extra = 0
    has_add_permission = SuperusersOnly.has_delete_permission
    verbose_name = _("thư điện tử")
    verbose_name_plural = _("thư điện tử")


@admin.register(User, site=site)
class UserAdmin(SuperusersOnly, OnlyItsFilters, admin.ModelAdmin):
    form = AccountForm
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
    # A citizen registers alone; an account made here is an official's.
    new_official = [(None, {"fields": ["username", "full_name", "email", "phone"]})]
    readonly_fields = ["username", "national_id", "phone_verified_at", "date_joined", "activated_at", "last_login"]
    filter_horizontal = ["groups"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": gettext("Tài khoản")} | (extra_context or {}))

    @admin.display(description=_("số CMND/CCCD"))
    def number(self, user):
        return masked_id(user.national_id) if user.national_id else ""

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, searchable(search_term))

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else self.new_official

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff, obj.activated_at = True, timezone.now()
            obj.set_unusable_password()
        if "phone" in form.changed_data:
            # The administrator vouches for an official's number; a citizen's is proven by a code only.
            obj.phone_verified_at = timezone.now() if obj.is_staff and obj.phone else None
        super().save_model(request, obj, form, change)
        sms_device_for(obj)
        if change and not obj.is_active:
            # Thawed one day, the account must not open again in the browsers it was frozen for.
            sessions.end_all(obj)
            trusted.forget(obj)
        if not change and obj.email:
            EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)
            self.message_user(request, _("Cán bộ mở “Quên mật khẩu” ở trang đăng nhập để tự đặt mật khẩu."))

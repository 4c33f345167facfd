"""Sign-up: who registers, whose ID number it is, and whether it is free."""

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import signup
from accounts.models import User
from portal import callers, identity, throttle
from portal.fields import BirthDateField, EmailField, NameField, NationalIdField, PhoneField

HOUR = 3600


class SignUpForm(forms.Form):
    """Who registers by e-mail. The mailed password comes later, so none is asked here."""

    full_name = NameField(label=_("Họ và tên"))
    national_id = NationalIdField(label=_("Số CMND/CCCD"))
    birth_date = BirthDateField(label=_("Ngày sinh"))
    phone = PhoneField(label=_("Số thuê bao di động (không bắt buộc)"), required=False)
    email = EmailField(
        label=_("Thư điện tử"),
        max_length=254,
        help_text=_("Đây là tên đăng nhập. Đường dẫn xác nhận gửi về địa chỉ này"),
    )
    consent = forms.BooleanField(
        label=_("Tôi đồng ý để hệ thống dùng thông tin trên để tạo tài khoản."),
        error_messages={
            "required": _("Đánh dấu ô đồng ý để đăng ký. Nếu không đồng ý, Ông/Bà có thể nộp hồ sơ trực tiếp."),
        },
    )

    def __init__(self, *args, request=None, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_national_id(self):
        number = self.cleaned_data["national_id"]
        self._count_lookup(number)
        if User.objects.activated().filter(national_id=number).exists():
            # Drawn under the field, by the links that lead out.
            self.fields["national_id"].advice = format_html(
                _(
                    "Chọn <a href='{recovery}'><b>Quên mật khẩu</b></a> để lấy lại mật khẩu, hoặc "
                    "<a href='{dispute}'><b>khiếu nại</b></a> nếu đó không phải tài khoản của Ông/Bà."
                ),
                recovery=reverse("account_reset_password"),
                dispute=reverse("accounts:dispute"),
            )
            raise forms.ValidationError(_("Số CCCD/CMND này đã có tài khoản."), code="taken")
        return number

    def _count_lookup(self, number):
        """Saying that a number has an account tells something: so many different numbers an hour, no more."""
        callers.check_distinct(self.request, "id-address", number, limit=settings.ID_CHECKS_PER_HOUR, seconds=HOUR)
        throttle.check_distinct("id-session", callers.visitor(self.request), number, limit=settings.ID_CHECKS_PER_HOUR, seconds=HOUR)

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        if not signup.old_enough(born.date, timezone.localdate()):
            raise forms.ValidationError(
                _(
                    "Người dưới {age} tuổi chưa tự đăng ký được. Cha, mẹ hoặc người giám hộ đăng ký tài khoản của mình rồi nộp hồ sơ thay."
                ).format(age=settings.MINIMUM_AGE),
                code="under_age",
            )
        return born

    def clean(self):
        data = super().clean()
        number, born = data.get("national_id"), data.get("birth_date")
        if number and born and identity.birth_year_of(number) not in (None, born.date.year):
            self.add_error(
                "birth_date",
                _("Năm sinh chưa khớp với số CCCD ở trên. Kiểm tra lại ngày sinh và số CCCD."),
            )
        return data

    def begin(self):
        """Start the sign-up with what was typed."""
        data = self.cleaned_data
        signup.begin(
            email=data["email"],
            full_name=data["full_name"],
            national_id=data["national_id"],
            birth_date=data["birth_date"].date,
            birth_year_only=data["birth_date"].year_only,
            phone=data["phone"],
        )

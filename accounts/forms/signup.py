"""What every sign-up form asks, and the form of the e-mail door."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import signup
from accounts.forms.identity import HOUR, IdentityForm
from portal import callers
from portal.crowds import AskedInCrowds
from portal.fields import EmailField, PhoneField


class SignUpForm(AskedInCrowds, IdentityForm):
    """A person who wants an account, and agrees that it is made."""

    consent = forms.BooleanField(
        label=_("Tôi đồng ý để hệ thống dùng thông tin trên để tạo tài khoản."),
        error_messages={
            "required": _("Đánh dấu ô đồng ý để đăng ký. Nếu không đồng ý, Ông/Bà có thể nộp hồ sơ trực tiếp."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_in_crowds(self.request, id_address=settings.ID_CHECKS_PER_HOUR, sign_up=settings.SIGNUPS_PER_HOUR)

    def clean(self):
        data = super().clean()
        # Counted before anybody is asked about the numbers: answers about them are what a stranger would come for.
        if not self.errors:
            callers.check(self.request, "sign-up", limit=settings.SIGNUPS_PER_HOUR, seconds=HOUR)
        return data

    def typed(self):
        """What was typed, so that the form can be shown again; a consent is given anew each time."""
        return {name: self.data.get(name, "") for name in self.fields if name != "consent"}


class EmailSignUpForm(SignUpForm):
    """Who registers by e-mail. The mailed password comes later, so none is asked here."""

    phone = PhoneField(label=_("Số thuê bao di động (không bắt buộc)"), required=False)
    email = EmailField(
        label=_("Thư điện tử"),
        max_length=254,
        help_text=_("Đây là tên đăng nhập. Đường dẫn xác nhận gửi về địa chỉ này"),
    )
    field_order = ["full_name", "national_id", "birth_date", "phone", "email", "consent"]

    def begin(self):
        """Start the sign-up with what was typed."""
        signup.begin(email=self.cleaned_data["email"], phone=self.cleaned_data["phone"], **self.person())

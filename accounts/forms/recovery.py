"""“Quên mật khẩu”: whose, and by which way."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.crowds import AskedInCrowds

SMS, MAIL = "sms", "mail"


class RecoveryForm(AskedInCrowds, forms.Form):
    """Whose password was forgotten; the answer is the same whether or not there is such an account."""

    stars = False

    login = forms.CharField(
        label=_("Tên đăng nhập"),
        help_text=_("CCCD/CMND, số điện thoại hoặc thư điện tử"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Nhập tên đăng nhập.")},
    )
    # Left open, the name decides: whoever types an address reads mail.
    by = forms.ChoiceField(
        label=_("Nhận bằng"),
        help_text=_("Không chọn: thư điện tử nếu tên đăng nhập là địa chỉ thư, tin nhắn nếu là số"),
        choices=[(SMS, _("Tin nhắn")), (MAIL, _("Thư điện tử"))],
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Chọn nhận bằng tin nhắn hoặc thư điện tử.")},
    )

    def __init__(self, *args, request=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_in_crowds(request, mail_from=settings.MAIL_SENDS_PER_ADDRESS, otp_send_from=settings.OTP_SENDS_PER_ADDRESS)

    def clean(self):
        data = super().clean()
        data["by"] = data.get("by") or (MAIL if "@" in data.get("login", "") else SMS)
        return data

"""Sign-in: one name of several, and the password."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import tries
from accounts.allauth_compat import Login
from portal import throttle
from portal.crowds import AskedInCrowds


class SignInForm(AskedInCrowds, LoginForm):
    """One name of several, and the password."""

    stars = False  # both are needed, as everybody knows of a sign-in

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {
            "login": forms.CharField(
                label=_("Tên đăng nhập"),
                help_text=_("CCCD/CMND, số điện thoại hoặc thư điện tử"),
                max_length=254,
                widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
                error_messages={"required": _("Nhập tên đăng nhập.")},
            ),
            "password": forms.CharField(
                label=_("Mật khẩu"),
                strip=False,
                max_length=1000,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
                error_messages={"required": _("Nhập mật khẩu.")},
            ),
        }
        self.ask_in_crowds(self.request, sign_in_address=tries.WRONG_PER_ADDRESS[0])

    def user_credentials(self):
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}

    def clean(self):
        data = forms.Form.clean(self)
        if self.errors:
            return data
        try:
            user = get_adapter(self.request).authenticate(self.request, **self.user_credentials())
        except throttle.TooMany as limit:
            minutes = max(-(-limit.retry_after // 60), 1)
            message = _("Đã nhập sai nhiều lần. Thử lại sau {n} phút hoặc chọn “Quên mật khẩu”.").format(n=minutes)
            raise forms.ValidationError(message, code="throttled") from None
        self._refuse(user)
        self.user = user
        self._login = Login(user=user)
        return data

    def _refuse(self, user):
        """Tell why not. More than “not right” is said only to who typed the right password."""
        if user is None:
            raise forms.ValidationError(_("Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra lại hoặc chọn “Quên mật khẩu”."), code="wrong")
        if not user.is_active:
            raise forms.ValidationError(
                _("Tài khoản này đang tạm khóa. Gọi {hotline} để được hướng dẫn.").format(hotline=settings.HOTLINE),
                code="inactive",
            )
        if user.activated_at is None:
            raise forms.ValidationError(
                _("Tài khoản chưa được xác nhận. Mở thư vừa nhận và nhấn “Xác nhận đăng ký”, hoặc chọn “Gửi lại thư”."),
                code="pending",
            )
        if user.temporary_password_expired():
            raise forms.ValidationError(_("Mật khẩu tạm đã hết hạn. Chọn “Quên mật khẩu” để đặt mật khẩu mới."), code="expired")

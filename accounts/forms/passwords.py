"""A password of the citizen's own, wherever it is chosen."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext_lazy as _

from accounts.allauth_compat import default_token_generator
from accounts.models import User
from portal import throttle

HOUR = 3600


class OwnersForm(forms.Form):
    """A form about one account."""

    stars = False

    def __init__(self, *args, user=None, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)


class NewPasswordForm(OwnersForm):
    """A password of the citizen's own, typed twice."""

    password1 = forms.CharField(
        label=_("Mật khẩu"),
        help_text=_("Ít nhất 8 ký tự"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Nhập mật khẩu.")},
    )
    password2 = forms.CharField(
        label=_("Nhập lại mật khẩu"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Nhập lại mật khẩu.")},
    )

    def clean_password1(self):
        password = self.cleaned_data["password1"]
        try:
            password_validation.validate_password(password, self.user)
        except forms.ValidationError as weak:
            if any(error.code == "password_too_short" for error in weak.error_list):
                message = _("Mật khẩu mới có {n} ký tự, cần ít nhất 8.").format(n=len(password))
            else:
                message = _("Mật khẩu này quá dễ đoán. Chọn mật khẩu khác.")
            raise forms.ValidationError(message) from weak
        if self.user.has_temporary_password and check_password(password, self.user.password):
            raise forms.ValidationError(_("Đây là mật khẩu tạm. Chọn mật khẩu khác."))
        return password

    def clean(self):
        data = super().clean()
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("Hai mật khẩu chưa giống nhau. Nhập lại ô thứ hai."))
        return data

    def save(self):
        get_adapter().set_password(self.user, self.cleaned_data["password1"])


class RecoveredPasswordForm(NewPasswordForm):
    """The new password behind a mailed link."""

    def __init__(self, *args, temp_key=None, **kwargs):
        self.temp_key = temp_key
        super().__init__(*args, **kwargs)

    def clean(self):
        data = super().clean()
        # Of two presses at once the second waits here, and finds the link used by the first.
        held = User.objects.select_for_update().filter(pk=self.user.pk).first()
        # An account frozen since the link was mailed keeps its password: whoever thaws it must not open it to the link's reader.
        if held is None or not held.is_active or not default_token_generator.check_token(held, self.temp_key):
            raise forms.ValidationError(_("Đường dẫn này đã hết hạn hoặc đã dùng rồi."), code="used")
        self.user = held
        return data


class PresentPasswordForm(OwnersForm):
    """The password in use, from whoever sits at an open session."""

    current = forms.CharField(
        label=_("Mật khẩu đang dùng"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Nhập mật khẩu đang dùng.")},
    )

    def clean_current(self):
        password = self.cleaned_data["current"]
        throttle.check("change-password", str(self.user.pk), limit=10, seconds=HOUR)
        if not self.user.check_password(password):
            raise forms.ValidationError(_("Mật khẩu đang dùng chưa đúng. Nhập lại."))
        return password


class ChangePasswordForm(PresentPasswordForm, NewPasswordForm):
    """The signed-in owner changes the password, proving the present one first."""

    field_order = ["current", "password1", "password2"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Mật khẩu mới")

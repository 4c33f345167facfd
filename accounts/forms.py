"""Forms of sign-up, sign-in and the account page."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import signup
from accounts.allauth_compat import Login, default_token_generator
from accounts.models import User
from portal import identity, net, throttle
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
        # A name of our own: the session's key is not there yet on a first visit.
        visitor = self.request.session.setdefault("visitor", get_random_string(22))
        for scope, key in (("id-address", net.counted_address(self.request)), ("id-session", visitor)):
            throttle.check_distinct(scope, key, number, limit=settings.ID_CHECKS_PER_HOUR, seconds=HOUR)

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


class SignInForm(LoginForm):
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


class NewPasswordForm(forms.Form):
    """A password of the citizen's own, typed twice."""

    stars = False

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

    def __init__(self, *args, user=None, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

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
        if held is None or not default_token_generator.check_token(held, self.temp_key):
            raise forms.ValidationError(_("Đường dẫn này đã hết hạn hoặc đã dùng rồi."), code="used")
        self.user = held
        return data


class ChangePasswordForm(NewPasswordForm):
    """The signed-in owner changes the password, proving the present one first."""

    current = forms.CharField(
        label=_("Mật khẩu đang dùng"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Nhập mật khẩu đang dùng.")},
    )
    field_order = ["current", "password1", "password2"]

    def clean_current(self):
        password = self.cleaned_data["current"]
        throttle.check("change-password", str(self.user.pk), limit=10, seconds=HOUR)
        if not self.user.check_password(password):
            raise forms.ValidationError(_("Mật khẩu đang dùng chưa đúng. Nhập lại."))
        return password


class RecoveryForm(forms.Form):
    """Whose password was forgotten; the answer is the same whether or not there is such an account."""

    stars = False

    login = forms.CharField(
        label=_("Tên đăng nhập"),
        help_text=_("CCCD/CMND, số điện thoại hoặc thư điện tử"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Nhập tên đăng nhập.")},
    )


class ContactForm(forms.ModelForm):
    """What the owner may change alone; a typed phone is not proven."""

    stars = False

    phone = PhoneField(label=_("Số thuê bao di động (không bắt buộc)"), required=False, help_text=_("Dùng để cán bộ liên hệ về hồ sơ"))

    class Meta:
        model = User
        fields = ["phone", "address"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "street-address"
        if self.instance.phone_verified_at:
            del self.fields["phone"]

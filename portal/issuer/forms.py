"""What is typed at the issuer."""

import re

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from portal import net, throttle
from portal.fields import NationalIdField, cleaned_digits
from portal.issuer.codes import minutes
from portal.issuer.models import Person


class SignInForm(forms.Form):
    """ID number and password."""

    national_id = NationalIdField(
        label="CMT hoặc CCCD",
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
        max_length=50,
    )
    password = forms.CharField(
        label="Mật khẩu",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Nhập mật khẩu."},
    )

    def __init__(self, request, *args, **kwargs):
        self.request, self.person = request, None
        super().__init__(*args, **kwargs)

    def clean(self):
        if self.errors:
            return
        try:
            self.person = self._known(**self.cleaned_data)
        except throttle.TooMany as limit:
            raise forms.ValidationError(f"Đã nhập sai nhiều lần. Thử lại sau {minutes(limit)} phút.") from None
        if self.person is None:
            raise forms.ValidationError("Số CMT/CCCD hoặc mật khẩu chưa đúng. Kiểm tra lại rồi nhập lại mật khẩu.")

    def _known(self, national_id: str, password: str) -> Person | None:
        """Counted before it is looked at, so that guesses at the same moment cannot slip past the limit."""
        address = net.counted_address(self.request)
        window = {"seconds": settings.WRONG_PASSWORD_SECONDS}
        throttle.check("issuer-password-from", address, limit=settings.WRONG_PASSWORDS_PER_ADDRESS, **window)
        throttle.check("issuer-password", national_id, limit=settings.WRONG_PASSWORDS, **window)
        person = Person.objects.filter(national_id=national_id).first()
        if person is None:
            make_password(password)  # an unknown number must take as long as a known one
            return None
        if not check_password(password, person.password):
            return None
        throttle.give_back("issuer-password-from", address)
        throttle.forget("issuer-password", national_id)
        return person


class CodeForm(forms.Form):
    """Six digits from the newest message; spaces and hyphens between them are nobody's mistake."""

    code = forms.CharField(
        label="Mã OTP",
        help_text="6 chữ số trong tin nhắn mới nhất",
        max_length=50,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "class": "short"}),
        error_messages={"required": "Nhập mã OTP gồm 6 chữ số."},
    )

    def clean_code(self):
        digits = re.sub(r"[\s\-.]", "", cleaned_digits(self.cleaned_data["code"]))
        if not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError("Mã OTP chỉ gồm chữ số. Xem lại tin nhắn mới nhất.")
        if len(digits) != settings.OTP_DIGITS:
            raise forms.ValidationError(f"Mã vừa nhập có {len(digits)} chữ số, cần đủ {settings.OTP_DIGITS} chữ số.")
        return digits

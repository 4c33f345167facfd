"""The form of the mobile door."""

from django.utils.translation import gettext_lazy as _

from accounts import mobile, registry
from accounts.forms.signup import SignUpForm
from portal.fields import EmailField, PhoneField


class MobileSignUpForm(SignUpForm):
    """Who registers by a phone in their own name."""

    phone = PhoneField(
        label=_("Số thuê bao di động"),
        help_text=_("Số chính chủ, đăng ký bằng CCCD/CMND ở trên. Mã OTP gửi về số này"),
    )
    email = EmailField(label=_("Email (không bắt buộc)"), required=False, max_length=254)
    field_order = ["full_name", "national_id", "birth_date", "phone", "email", "consent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The number is the name to sign in with: a password manager should keep it.
        self.fields["national_id"].widget.attrs["autocomplete"] = "username"

    def clean(self):
        data = super().clean()
        # Asked last: the operators need not hear of forms that are sent back anyway.
        if not self.errors:
            refusal = registry.in_words(registry.check(data["phone"], data["national_id"]))
            if refusal:
                self.add_error("phone", refusal)
        return data

    def begin(self):
        """Start the sign-up with what was typed."""
        return mobile.begin(
            self.request, typed=self.typed(), email=self.cleaned_data["email"], phone=self.cleaned_data["phone"], **self.person()
        )

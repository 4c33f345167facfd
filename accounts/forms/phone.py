"""A phone for an account in use."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import registry
from accounts.forms.passwords import OwnersForm
from portal import throttle
from portal.fields import PhoneField


class PhoneForm(OwnersForm):
    """The number to which the code goes; whether it is another account's is told to whoever holds it only."""

    phone = PhoneField(label=_("Số thuê bao di động"), help_text=_("Mã OTP sẽ gửi tới số này"))

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if self.user.phone_verified_at and phone == self.user.phone:
            raise forms.ValidationError(_("Tài khoản đang dùng số này."))
        # Each answer tells in whose name a number is.
        throttle.check("phone-change", str(self.user.pk), limit=10, seconds=3600)
        if self.user.national_id and (refusal := registry.in_words(registry.check(phone, self.user.national_id))):
            raise forms.ValidationError(refusal)
        return phone

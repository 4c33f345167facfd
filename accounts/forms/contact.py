"""What the owner may change alone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.fields import PhoneField


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

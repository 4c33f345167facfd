"""A new e-mail address for an account in use."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.fields import EmailField


class ChangeEmailForm(forms.Form):
    """The address to which the link goes; whether it is somebody else's is told behind the link only."""

    stars = False

    email = EmailField(label=_("Thư điện tử mới"), help_text=_("Đường dẫn xác nhận sẽ gửi tới địa chỉ này"), max_length=254)

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if email == self.user.email:
            raise forms.ValidationError(_("Tài khoản đang dùng địa chỉ này."))
        return email

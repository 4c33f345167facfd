"""What the owner may change alone."""

from django import forms

from accounts.models import User


class ContactForm(forms.ModelForm):
    """The address; phone and e-mail are changed where they are proven."""

    stars = False

    class Meta:
        model = User
        fields = ["address"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "street-address"

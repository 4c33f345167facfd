"""An address of two tiers: province, commune, then house, hamlet and street."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import text

PARTS = {
    "province": (gettext_lazy("Tỉnh, thành phố"), 60),
    "commune": (gettext_lazy("Xã, phường, đặc khu"), 80),
    "street": (gettext_lazy("Số nhà, thôn/buôn, đường"), 200),
}
# Where a house stands matters less than whose registers hold it: “quê quán” often has no street.
NEEDED = ("province", "commune")


class AddressWidget(forms.MultiWidget):
    template_name = "procedures/widgets/address.html"
    use_fieldset = True

    def __init__(self):
        super().__init__({part: forms.TextInput(attrs={"autocomplete": "off"}) for part in PARTS})

    def decompress(self, value):
        value = value if isinstance(value, dict) else {"street": value or ""}
        return [value.get(part) or "" for part in PARTS]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, (label, _most) in zip(context["widget"]["subwidgets"], PARTS.values(), strict=True):
            part["label"] = label
        return context

    def value_from_datadict(self, data, files, name):
        return dict(zip(PARTS, super().value_from_datadict(data, files, name), strict=True))

    def value_omitted_from_data(self, data, files, name):
        return all(f"{name}_{part}" not in data for part in PARTS)


class AddressField(forms.Field):
    """Gives {"province", "commune", "street"}, tidied; None where nothing was typed."""

    widget = AddressWidget

    def __init__(self, *, question, **options):
        self.question = question
        super().__init__(**options)

    def clean(self, value):
        if not isinstance(value, dict):
            value = {}
        address = {part: text.nfc(str(value.get(part) or "").replace("\x00", "")) for part in PARTS}
        if not any(address.values()):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        for part, (label, most) in PARTS.items():
            if part in NEEDED and not address[part]:
                raise ValidationError(
                    _("Nhập {part} của {question}.").format(part=str(label).lower(), question=self.question), code="incomplete"
                )
            if len(address[part]) > most:
                raise ValidationError(_("{part} dài quá {most} ký tự.").format(part=label, most=most), code="length")
        return address

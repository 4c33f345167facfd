"""What narrows the list of procedures."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.models import Procedure

LEVELS = [("commune", _("Cấp xã")), ("province", _("Cấp tỉnh"))]


class SearchForm(forms.Form):
    """Words, field and level; each may be left out."""

    q = forms.CharField(
        label=_("Tên thủ tục hoặc việc cần làm"),
        required=False,
        max_length=100,
        help_text=_("Gõ có dấu hoặc không dấu, ví dụ “khai sinh”, “so do”, “GPLX”"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("Từ cần tìm dài quá 100 ký tự. Thử từ ngắn hơn.")},
    )
    linh_vuc = forms.ChoiceField(
        label=_("Lĩnh vực"), required=False, error_messages={"invalid_choice": _("Chọn lĩnh vực trong danh sách.")}
    )
    cap = forms.ChoiceField(
        label=_("Cấp giải quyết"),
        required=False,
        choices=[("", _("Tất cả các cấp")), *LEVELS],
        error_messages={"invalid_choice": _("Chọn cấp trong danh sách.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = Procedure.objects.filter(current__isnull=False).order_by("field").values_list("field", flat=True).distinct()
        self.fields["linh_vuc"].choices = [("", _("Tất cả lĩnh vực")), *((field, field) for field in fields)]

    def narrow(self, procedures):
        """The procedures that fit what was filled in; what could not be understood narrows nothing."""
        if not self.is_bound:
            return procedures
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("linh_vuc"):
            procedures = procedures.filter(field=wanted["linh_vuc"])
        if wanted.get("cap"):
            procedures = procedures.filter(level=wanted["cap"])
        return procedures.search(wanted.get("q", ""))

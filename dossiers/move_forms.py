"""One small form for each move: a note, and what else the move needs to know."""

import re

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import clock, status

NOTE_LENGTH = 2000
DAY_FORMATS = ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d"]

# What the note of each move is for, in the words of the office.
NOTES = {
    "receive": _("Ghi chú cho người dân (không bắt buộc)"),
    "refuse": _("Lý do không tiếp nhận và căn cứ pháp lý"),
    "process": _("Ghi chú cho người dân (không bắt buộc)"),
    "ask_supplement": _("Lời nhắn chung (không bắt buộc)"),
    "ask_fee": _("Khoản phải nộp và cách nộp"),
    "confirm_fee": _("Ghi chú, ví dụ số biên lai (không bắt buộc)"),
    "accept_withdrawal": _("Ghi chú cho người dân (không bắt buộc)"),
    "decline_withdrawal": _("Lý do không đồng ý cho rút"),
    "stop": _("Lý do dừng xử lý và căn cứ pháp lý"),
    "finish": _("Ghi chú cho người dân (không bắt buộc)"),
    "return_result": _("Ghi chú, ví dụ người nhận và giấy tờ kèm theo (không bắt buộc)"),
    "withdraw": _("Lý do rút hồ sơ"),
}
REASON_MISSING = _("Ghi lý do để người nộp hiểu và làm theo được.")


class MoveForm(forms.Form):
    """A note, required where the table asks for a reason."""

    note = forms.CharField(
        label=_("Ghi chú"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": REASON_MISSING, "max_length": _("Viết ngắn hơn, không quá {n} ký tự.").format(n=NOTE_LENGTH)},
    )
    verb = ""

    def __init__(self, *args, verb=None, **kwargs):
        super().__init__(*args, **kwargs)
        verb = verb or self.verb
        self.fields["note"].label = NOTES[verb]
        self.fields["note"].required = status.MOVES[verb][0].reason_required

    def message(self) -> str:
        return self.cleaned_data["note"]

    def extra(self) -> dict:
        """What the move is told beside the note."""
        return {}


class WithdrawForm(MoveForm):
    """The citizen asks for the dossier back."""

    verb = "withdraw"


class DayField(forms.DateField):
    """A day to come, as people write it."""

    def __init__(self, **kwargs):
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"required": _("Nhập một ngày, ví dụ 30/11/2026."), "invalid": _("Nhập ngày theo dạng 30/11/2026.")},
            **kwargs,
        )

    def clean(self, value):
        day = super().clean(value)
        if day is not None and day <= timezone.localdate():
            raise forms.ValidationError(_("Chọn một ngày sau hôm nay, để người nộp kịp làm."))
        return day


class MoneyField(forms.CharField):
    """Đồng, typed with or without points."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"required": _("Nhập số tiền phải nộp, ví dụ 50.000.")},
            **kwargs,
        )

    def clean(self, value):
        typed = re.sub(r"[\s.,]|đ(ồng)?$", "", super().clean(value).strip().lower())
        if not typed.isdecimal() or not 0 < int(typed) < 2**31:
            raise forms.ValidationError(_("Nhập số tiền phải nộp bằng đồng, ví dụ 50.000."))
        return int(typed)


class FeeForm(MoveForm):
    verb = "ask_fee"
    fee_vnd = MoneyField(label=_("Số tiền (đồng)"), help_text=_("Ví dụ 50.000"))
    fee_by = DayField(label=_("Nộp trước ngày"), help_text=_("Ví dụ 30/11/2026"))
    field_order = ["fee_vnd", "fee_by", "note"]

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fee_vnd"].initial = dossier.version.fee_vnd or None
        self.fields["fee_by"].initial = clock.by_day(timezone.now(), settings.SUPPLEMENT_DAYS)

    def extra(self):
        return {"fee_vnd": self.cleaned_data["fee_vnd"], "fee_by": self.cleaned_data["fee_by"]}


PASS, MISSING = "pass", "missing"
READY_REASONS = [
    ("blurred", _("Ảnh mờ")),
    ("incomplete", _("Thiếu trang")),
    ("wrong_form", _("Chưa đúng mẫu")),
    ("expired", _("Hết hạn")),
]


class SupplementRequestForm(MoveForm):
    """Every paper is marked before anything is sent, so that the citizen is asked once for everything."""

    verb = "ask_supplement"
    supplement_by = DayField(label=_("Bổ sung trước ngày"), help_text=_("Ví dụ 30/11/2026"))
    # Drawn by dossiers/review_papers.html beside the papers, so no stars above them.
    stars = False

    def __init__(self, *args, papers, **kwargs):
        super().__init__(*args, **kwargs)
        self.papers = papers
        # What the citizen reads is composed of the marks; a message of one's own comes on top.
        self.fields["note"].required = False
        self.fields["note"].widget.attrs["rows"] = 2
        self.fields["supplement_by"].initial = clock.by_day(timezone.now(), settings.SUPPLEMENT_DAYS)
        for paper in papers:
            self._add_paper(paper)

    def _add_paper(self, paper):
        absent = not paper.files and not paper.required
        self.fields[f"{paper.slug}_verdict"] = forms.ChoiceField(
            label=_("Đánh giá"),
            choices=[(PASS, _("Không cần") if absent else _("Đạt")), (MISSING, _("Cần bổ sung"))],
            widget=forms.RadioSelect,
            initial=PASS if absent else None,
            error_messages={"required": _("Đánh dấu “Đạt” hoặc “Cần bổ sung” cho “{name}”.").format(name=paper.heading)},
        )
        self.fields[f"{paper.slug}_reasons"] = forms.MultipleChoiceField(
            label=_("Lý do"), choices=READY_REASONS, required=False, widget=forms.CheckboxSelectMultiple
        )
        self.fields[f"{paper.slug}_text"] = forms.CharField(
            label=_("Lời nhắn cho người dân"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
        )

    def rows(self):
        """Each paper with its three fields, for the template."""
        return [(paper, self[f"{paper.slug}_verdict"], self[f"{paper.slug}_reasons"], self[f"{paper.slug}_text"]) for paper in self.papers]

    def clean(self):
        data = super().clean()
        missing = [paper for paper in self.papers if data.get(f"{paper.slug}_verdict") == MISSING]
        for paper in missing:
            if paper.files and not data.get(f"{paper.slug}_reasons") and not data.get(f"{paper.slug}_text"):
                self.add_error(f"{paper.slug}_reasons", _("Chọn lý do hoặc viết lời nhắn cho “{name}”.").format(name=paper.heading))
        all_marked = all(data.get(f"{paper.slug}_verdict") for paper in self.papers)
        if all_marked and not missing and not data.get("note"):
            raise forms.ValidationError(_("Đánh dấu ít nhất một giấy tờ “Cần bổ sung”, hoặc viết lời nhắn chung."))
        return data

    def message(self):
        """What is asked for, paper by paper with its reason, then the general message."""
        data, words = self.cleaned_data, dict(READY_REASONS)
        lines = []
        for paper in self.papers:
            if data.get(f"{paper.slug}_verdict") != MISSING:
                continue
            reasons = ", ".join(str(words[reason]).lower() for reason in data.get(f"{paper.slug}_reasons", []))
            text = data.get(f"{paper.slug}_text", "").strip()
            told = ". ".join(filter(None, [reasons, text])) or str(_("chưa có")).lower()
            lines.append(f"{len(lines) + 1}. {paper.heading}: {told}{'' if told.endswith('.') else '.'}")
        general = data.get("note", "").strip()
        return "\n".join([*lines, *([general] if general else [])])

    def extra(self):
        return {"supplement_by": self.cleaned_data["supplement_by"]}


def form_for(verb, dossier, papers, data=None) -> MoveForm:
    """The form of a move, filled with what the official typed."""
    if verb == "ask_supplement":
        return SupplementRequestForm(data, papers=papers)
    if verb == "ask_fee":
        return FeeForm(data, dossier=dossier)
    return MoveForm(data, verb=verb)

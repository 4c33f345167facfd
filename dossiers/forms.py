"""One form per step of the wizard; each knows how to read a draft and what it changes in it."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import papers, wizard
from dossiers.models import Delivery
from portal.captcha import CaptchaField
from portal.fields import EmailField, NameField, NationalIdField, PhoneField, TidyField
from procedures import declaration
from procedures.models import Agency


class OverDraft:
    """A form over a draft: `values` says what it would write into it."""

    def values(self) -> dict:
        raise NotImplementedError

    def apply(self) -> list[str]:
        """Write the values into the draft, unsaved, and return the names of the columns."""
        values = self.values()
        for name, value in values.items():
            setattr(self.dossier, name, value)
        return list(values)

    def says_nothing_new(self) -> bool:
        """Whether the draft already holds exactly this."""
        return all(getattr(self.dossier, name) == value for name, value in self.values().items())


class StepForm(OverDraft, forms.Form):
    """A step with questions of its own, shown as the draft has them."""

    def __init__(self, dossier, data=None):
        self.dossier = dossier
        super().__init__(data, initial=self.from_draft())

    def from_draft(self) -> dict:
        raise NotImplementedError


def quiet(form):
    """A form that shows what was typed last time and does not complain before the citizen goes on."""
    form._errors = ErrorDict()
    form.cleaned_data = {}
    return form


class AgencyForm(StepForm):
    """The agency: the own commune first, then every other possible one, grouped by type."""

    OTHER = "other"

    near = forms.ChoiceField(
        label=gettext_lazy("Cơ quan giải quyết"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Chọn cơ quan giải quyết hồ sơ.")},
    )
    agency = forms.ChoiceField(
        label=gettext_lazy("Cơ quan giải quyết"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Chọn cơ quan giải quyết hồ sơ.")},
    )

    def __init__(self, dossier, data=None):
        self.possible = list(dossier.version.possible_agencies())
        self.own = next((agency for agency in self.possible if self._is_own(agency, dossier.citizen)), None)
        super().__init__(dossier, data)
        self.by_value = {str(agency.pk): agency for agency in self.possible}
        if self.own is None:
            del self.fields["near"]
            self.fields["agency"].required = True
            self.fields["agency"].error_messages["required"] = _("Chọn cơ quan giải quyết hồ sơ.")
        else:
            self.fields["near"].choices = [(str(self.own.pk), capfirst(str(self.own))), (self.OTHER, _("Cơ quan khác, chọn ở dưới"))]
            self.fields["near"].help_text = _("Nơi Ông/Bà cư trú, theo tài khoản, đứng trước.")
            self.fields["agency"].label = _("Cơ quan khác")
        self.fields["agency"].choices = [("", _("Chọn trong danh sách")), *self._grouped()]

    @staticmethod
    def _is_own(agency, citizen) -> bool:
        return agency.level == Agency.Level.COMMUNE and bool(citizen.commune_code) and agency.admin_code == citizen.commune_code

    def _grouped(self) -> list:
        groups: dict[str, list] = {}
        for agency in self.possible:
            if agency == self.own:
                continue
            title = capfirst(agency.kind) if agency.level == Agency.Level.COMMUNE and agency.kind else str(agency.get_level_display())
            groups.setdefault(title, []).append((str(agency.pk), agency.short_name))
        return list(groups.items())

    def from_draft(self):
        chosen = self.dossier.agency_id
        if chosen is None and len(self.possible) == 1:
            chosen = self.possible[0].pk
        if chosen is None:
            return {}
        if self.own is not None and chosen == self.own.pk:
            return {"near": str(chosen)}
        return {"near": self.OTHER, "agency": str(chosen)}

    def clean(self):
        near, listed = self.cleaned_data.get("near", ""), self.cleaned_data.get("agency", "")
        if self.errors:
            return self.cleaned_data
        chosen = self._chosen(near, listed)
        if not chosen:
            self.add_error("near" if self.own else "agency", _("Chọn cơ quan giải quyết hồ sơ."))
        else:
            self.cleaned_data["chosen"] = self.by_value[chosen]
        return self.cleaned_data

    def _chosen(self, near, listed) -> str:
        """Which of the two controls speaks: without a script both are always there, and one may be forgotten."""
        if self.own is None or near == self.OTHER or not near:
            return listed
        if not listed:
            return near
        picked, selected = self.fields["near"].has_changed(self.initial.get("near"), near), listed != self.initial.get("agency", "")
        if picked and not selected:
            return near
        if selected and not picked and self.dossier.agency_id:
            return listed
        raise ValidationError(
            _("Ông/Bà đang chọn cả “{own}” và “{other}”. Chọn một nơi: bỏ chọn trong danh sách, hoặc chọn “Cơ quan khác”.").format(
                own=self.by_value[near], other=self.by_value[listed]
            )
        )

    def values(self):
        return {"agency": self.cleaned_data["chosen"]}


class ApplicantForm(StepForm):
    """Where to reach the applicant, and for whom. Name, number and birth date come from the account, never from here."""

    SELF, OTHER = "self", "other"

    # One of the two is enough: not everybody has both.
    phone = PhoneField(
        label=gettext_lazy("Số điện thoại"),
        help_text=gettext_lazy("Để nhận tin nhắn về hồ sơ. Không có thì nhập thư điện tử"),
        required=False,
    )
    email = EmailField(label=gettext_lazy("Thư điện tử"), required=False, max_length=254)
    province = TidyField(
        label=gettext_lazy("Tỉnh, thành phố"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
        error_messages={"required": gettext_lazy("Nhập tỉnh, thành phố nơi Ông/Bà cư trú.")},
    )
    commune = TidyField(
        label=gettext_lazy("Xã, phường"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": gettext_lazy("Nhập xã, phường nơi Ông/Bà cư trú.")},
    )
    address = TidyField(
        label=gettext_lazy("Số nhà, thôn/buôn, đường"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": gettext_lazy("Nhập số nhà, thôn/buôn, đường.")},
    )
    whom = forms.ChoiceField(
        label=gettext_lazy("Nộp cho"),
        widget=forms.RadioSelect,
        choices=[(SELF, gettext_lazy("Bản thân")), (OTHER, gettext_lazy("Người khác"))],
        error_messages={
            "required": gettext_lazy("Chọn nộp cho bản thân hay cho người khác."),
            "invalid_choice": gettext_lazy("Chọn nộp cho bản thân hay cho người khác."),
        },
    )
    beneficiary_name = NameField(
        label=gettext_lazy("Họ và tên người được nộp thay"),
        help_text=gettext_lazy("Chỉ điền khi nộp cho người khác; khi đó cần thêm giấy ủy quyền"),
        required=False,
    )
    beneficiary_national_id = NationalIdField(label=gettext_lazy("Số CMND/CCCD người được nộp thay"), required=False)

    def __init__(self, dossier, data=None):
        super().__init__(dossier, data)
        for name in ("beneficiary_name", "beneficiary_national_id"):
            # The browser's own data belong to the applicant.
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def from_draft(self):
        draft, citizen = self.dossier, self.dossier.citizen
        whom = {"whom": self.OTHER if draft.for_other else self.SELF}
        if "nguoi-nop" not in draft.steps_done and not draft.applicant_name:
            return whom | {
                "phone": citizen.phone,
                "email": citizen.email,
                "province": capfirst(settings.PROVINCE_NAME),
                "commune": _commune_name(citizen),
                "address": citizen.address,
            }
        return whom | {
            "phone": draft.applicant_phone,
            "email": draft.applicant_email,
            "province": draft.applicant_province,
            "commune": draft.applicant_commune,
            "address": draft.applicant_address,
            "beneficiary_name": draft.beneficiary_name,
            "beneficiary_national_id": draft.beneficiary_national_id,
        }

    def clean(self):
        data = self.cleaned_data
        if not data.get("phone") and not data.get("email") and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", _("Nhập số điện thoại hoặc thư điện tử để nhận tin về hồ sơ."))
        if data.get("whom") == self.OTHER:
            if not data.get("beneficiary_name") and "beneficiary_name" not in self.errors:
                self.add_error("beneficiary_name", _("Nhập họ và tên người được nộp thay."))
            number = data.get("beneficiary_national_id")
            if not number and "beneficiary_national_id" not in self.errors:
                self.add_error("beneficiary_national_id", _("Nhập số CCCD hoặc CMND của người được nộp thay."))
            elif number and number == self.dossier.citizen.national_id:
                self.add_error("beneficiary_national_id", _("Số này là của chính Ông/Bà. Chọn “Bản thân”, hoặc nhập số của người kia."))
        return data

    def values(self):
        data, citizen = self.cleaned_data, self.dossier.citizen
        for_other = data["whom"] == self.OTHER
        return {
            "applicant_name": citizen.full_name,
            "applicant_national_id": citizen.national_id,
            "applicant_birth_date": citizen.birth_date,
            "applicant_phone": data["phone"],
            "applicant_phone_verified": bool(citizen.phone_verified_at) and citizen.phone == data["phone"],
            "applicant_email": data["email"],
            "applicant_province": data["province"],
            "applicant_commune": data["commune"],
            "applicant_address": data["address"],
            "for_other": for_other,
            "beneficiary_name": data["beneficiary_name"] if for_other else "",
            "beneficiary_national_id": data["beneficiary_national_id"] if for_other else "",
        }

    def apply(self):
        written = super().apply()
        if self.dossier.for_other and papers.missing(papers.of(self.dossier)):
            wizard.reopen(self.dossier, "giay-to")
        return written


def _commune_name(citizen) -> str:
    """“phường Buôn Ma Thuột”: the commune of the account, as part of an address."""
    if not citizen.commune_code:
        return ""
    agency = Agency.objects.communes().filter(admin_code=citizen.commune_code).first()
    return agency.short_name.removeprefix("UBND ") if agency else ""


class AnswersForm(OverDraft, declaration.DeclarationForm):
    """The declaration of the procedure, filled at first from what account and draft already know."""

    def __init__(self, dossier, data=None):
        self.dossier = dossier
        asked = dossier.version.declaration
        super().__init__(asked, data=data, initial=dossier.answers or declaration.prefill(asked, *_known(dossier)))

    def values(self):
        return {"answers": self.answers()}


def _known(dossier) -> tuple[dict, dict]:
    """What a declaration may be filled with before anybody types: the account's facts, and the draft's."""
    citizen = dossier.citizen
    account = {
        "full_name": citizen.full_name,
        "birth_date": citizen.birth_date,
        "national_id": citizen.national_id,
        "phone": dossier.applicant_phone,
        "email": dossier.applicant_email,
        "address": {
            "province": dossier.applicant_province,
            "commune": dossier.applicant_commune,
            "street": dossier.applicant_address,
        },
    }
    return account, {"agency": dossier.agency.name if dossier.agency else ""}


class DeliveryForm(StepForm):
    """How the result is received; the address counts only for the post."""

    delivery = forms.ChoiceField(
        label=gettext_lazy("Hình thức nhận kết quả"),
        widget=forms.RadioSelect,
        choices=Delivery.choices,
        error_messages={
            "required": gettext_lazy("Chọn cách nhận kết quả."),
            "invalid_choice": gettext_lazy("Chọn cách nhận kết quả."),
        },
    )
    delivery_address = TidyField(
        label=gettext_lazy("Địa chỉ nhận qua bưu điện"),
        help_text=gettext_lazy("Chỉ cần khi nhận tại nhà qua bưu điện: số nhà, thôn/buôn, đường, xã/phường, tỉnh"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )

    def from_draft(self):
        return {
            "delivery": self.dossier.delivery,
            "delivery_address": self.dossier.delivery_address or address_line(self.dossier),
        }

    def clean(self):
        data = self.cleaned_data
        if data.get("delivery") == Delivery.POST and not data.get("delivery_address") and "delivery_address" not in self.errors:
            self.add_error("delivery_address", _("Nhập địa chỉ nhận kết quả: số nhà, thôn/buôn, đường, xã/phường, tỉnh."))
        return data

    def values(self):
        data = self.cleaned_data
        by_post = data["delivery"] == Delivery.POST
        return {"delivery": data["delivery"], "delivery_address": data["delivery_address"] if by_post else ""}


def address_line(dossier) -> str:
    """The applicant's address on one line."""
    return ", ".join(filter(None, [dossier.applicant_address, dossier.applicant_commune, dossier.applicant_province]))


FORMS = {"co-quan": AgencyForm, "nguoi-nop": ApplicantForm, "don": AnswersForm, "nhan-ket-qua": DeliveryForm}


def for_step(dossier, step, data=None):
    """The form of a step; the papers and the review have none of this kind."""
    return FORMS[step.slug](dossier, data)


class FilingForm(forms.Form):
    """The end of the review: the confirmation code, unless solved already, and the oath."""

    captcha = CaptchaField()
    sworn = forms.BooleanField(
        label=gettext_lazy("Tôi xin chịu trách nhiệm trước pháp luật về lời khai trên"),
        error_messages={"required": gettext_lazy("Đánh dấu ô cam đoan để nộp hồ sơ.")},
    )

    def __init__(self, *args, solved=False, **kwargs):
        super().__init__(*args, **kwargs)
        if solved:
            del self.fields["captcha"]

    @property
    def solved_now(self) -> bool:
        """Whether this answer was the right one, whatever else is missing."""
        return "captcha" in self.fields and "captcha" in self.cleaned_data

    @property
    def guessed(self) -> bool:
        """Whether a code was answered wrongly; an empty box is no guess."""
        return any(error.code in ("wrong", "gone") for error in self.errors.as_data().get("captcha", []))

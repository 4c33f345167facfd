import pytest

from dossiers.forms import AgencyForm, ApplicantForm, DeliveryForm, FilingForm, address_line
from dossiers.tests.make import make_draft
from portal.tests.test_captcha import make_code
from procedures.tests.make import make_agency

OWN, FAR = "own", "far"


@pytest.fixture
def own(lan):
    agency = make_agency("UBND phường Buôn Ma Thuột")
    lan.commune_code = agency.admin_code
    lan.save()
    return agency


@pytest.fixture
def far():
    return make_agency("UBND xã Buôn Đôn", kind="xã")


@pytest.fixture
def draft(lan, birth):
    return make_draft(lan, birth)


def test_the_own_commune_stands_first_and_the_others_are_grouped(draft, own, far):
    form = AgencyForm(draft)
    assert [label for _value, label in form.fields["near"].choices] == ["UBND phường Buôn Ma Thuột", "Cơ quan khác, chọn ở dưới"]
    assert form.fields["agency"].choices == [("", "Chọn trong danh sách"), ("Xã", [(str(far.pk), "UBND xã Buôn Đôn")])]


@pytest.mark.parametrize(
    ("saved", "near", "listed", "chosen"),
    [
        (None, OWN, "", OWN),
        (None, "other", FAR, FAR),
        (None, "", FAR, FAR),
        (None, "", "", None),
        (None, "other", "", None),
        (None, OWN, FAR, "ask"),
        (FAR, OWN, FAR, OWN),
        (OWN, OWN, FAR, FAR),
    ],
)
def test_of_two_controls_the_one_that_was_moved_speaks(draft, own, far, saved, near, listed, chosen):
    values = {OWN: str(own.pk), FAR: str(far.pk)}
    by_name = {OWN: own, FAR: far}
    draft.agency = by_name.get(saved)
    form = AgencyForm(draft, {"near": values.get(near, near), "agency": values.get(listed, listed)})
    if chosen in by_name:
        assert form.is_valid(), form.errors
        assert form.values() == {"agency": by_name[chosen]}
    else:
        assert not form.is_valid()
        said = str(form.errors)
        assert ("Chọn một nơi" if chosen == "ask" else "Chọn cơ quan giải quyết hồ sơ.") in said


def test_the_agencies_cost_one_query(draft, own, far, django_assert_num_queries):
    with django_assert_num_queries(1):
        str(AgencyForm(draft))


def test_a_single_possible_agency_is_chosen_already(draft, far):
    assert "selected" in str(AgencyForm(draft)["agency"])


def applicant(**changed):
    return {
        "phone": "0912345678", "email": "", "province": "Tỉnh Đắk Lắk", "commune": "phường Tân Lập", "address": "Số 1", "whom": "self",
    } | changed  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"phone": "0212345678"}, "phone", "Đầu số 021"),
        ({"phone": ""}, "phone", "Nhập số điện thoại hoặc thư điện tử để nhận tin về hồ sơ."),
        ({"email": "lan@"}, "email", "Thư điện tử thiếu phần sau dấu @, ví dụ ten@gmail.com."),
        ({"province": " "}, "province", "Nhập tỉnh, thành phố nơi Ông/Bà cư trú."),
        ({"whom": ""}, "whom", "Chọn nộp cho bản thân hay cho người khác."),
        ({"whom": "ai đó"}, "whom", "Chọn nộp cho bản thân hay cho người khác."),
        ({"whom": "other"}, "beneficiary_name", "Nhập họ và tên người được nộp thay."),
        ({"whom": "other", "beneficiary_name": "Y Thĭn", "beneficiary_national_id": "12"}, "beneficiary_national_id", "có 2 chữ số"),
        ({"whom": "other", "beneficiary_name": "Lan 2"}, "beneficiary_name", "Bỏ ký tự “2”"),
    ],
)
def test_a_mistake_about_the_applicant_is_said_at_its_field(draft, changed, field, said):
    form = ApplicantForm(draft, applicant(**changed))
    assert not form.is_valid()
    assert said in str(form.errors[field])


def test_nobody_is_their_own_principal(draft, lan):
    form = ApplicantForm(draft, applicant(whom="other", beneficiary_name="H’Lan Niê", beneficiary_national_id=lan.national_id))
    assert "Số này là của chính Ông/Bà." in str(form.errors)


def test_an_address_by_mail_alone_is_enough(draft):
    assert ApplicantForm(draft, applicant(phone="", email="lan@example.com")).is_valid()


def test_the_account_fills_the_first_visit(draft, lan, own):
    draft.citizen = lan
    initial = ApplicantForm(draft).initial
    assert initial["phone"] == lan.phone
    assert initial["commune"] == "phường Buôn Ma Thuột"
    assert initial["province"] == "Tỉnh Đắk Lắk"


def test_the_other_person_is_forgotten_when_filing_for_oneself(draft):
    form = ApplicantForm(draft, applicant(beneficiary_name="Y Thĭn", beneficiary_national_id="066080001234"))
    assert form.is_valid()
    assert (form.values()["beneficiary_name"], form.values()["beneficiary_national_id"]) == ("", "")


def test_the_delivery_address_is_proposed_from_the_applicants(draft):
    draft.applicant_address, draft.applicant_commune, draft.applicant_province = "Số 1", "phường Tân Lập", "tỉnh Đắk Lắk"
    assert DeliveryForm(draft).initial["delivery_address"] == address_line(draft) == "Số 1, phường Tân Lập, tỉnh Đắk Lắk"


def test_the_end_of_the_review_knows_a_guess_from_an_empty_box(db):
    code = make_code()
    empty = FilingForm({"captcha_0": code.hashkey, "captcha_1": "", "sworn": "on"})
    assert not empty.is_valid()
    assert (empty.guessed, empty.solved_now) == (False, False)
    wrong = FilingForm({"captcha_0": code.hashkey, "captcha_1": "00000", "sworn": "on"})
    assert not wrong.is_valid()
    assert (wrong.guessed, wrong.solved_now) == (True, False)
    code = make_code()
    right = FilingForm({"captcha_0": code.hashkey, "captcha_1": "4 0 7 2 8"})
    assert not right.is_valid()
    assert (right.guessed, right.solved_now) == (False, True)

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tests.make import make_citizen
from dossiers import review, submission, wizard
from dossiers.models import Dossier
from dossiers.status import Status
from dossiers.tests import walk
from dossiers.tests.make import make_draft
from portal import throttle
from procedures.tests.make import DECLARATION, make_agency, make_procedure

SLUGS = ["co-quan", "nguoi-nop", "giay-to", "nhan-ket-qua", "kiem-tra"]


@pytest.fixture
def signed_in(client, lan):
    client.force_login(lan)
    return client


@pytest.fixture
def declared(db):
    return make_procedure("Đăng ký khai sinh có tờ khai", declaration=DECLARATION)


@pytest.mark.parametrize("with_declaration", [False, True])
def test_the_whole_wizard_ends_in_a_receipt(signed_in, lan, agency, birth, declared, with_declaration):
    procedure = declared if with_declaration else birth
    dossier = walk.begin(signed_in, procedure)
    total = 6 if with_declaration else 5
    for number, slug in enumerate((step.slug for step in wizard.steps_for(dossier)), start=1):
        page = signed_in.get(walk.address(dossier, slug))
        assert f"Bước {number} trên {total}" in page.content.decode()
        if slug == "kiem-tra":
            break
        if slug == "giay-to":
            walk.attach(signed_in, dossier)
        chosen = {"agency": agency.pk} if slug == "co-quan" else {}
        answer = walk.post(signed_in, dossier, slug, **chosen)
        assert answer.status_code == 302, (slug, answer.content.decode())
    answer = walk.file(signed_in, Dossier.objects.get())
    dossier.refresh_from_db()
    assert answer.url == reverse("dossiers:receipt", args=[dossier.key])
    assert dossier.status == Status.SUBMITTED
    assert (dossier.applicant_name, dossier.applicant_national_id, dossier.applicant_phone) == (
        "H’Lan Niê", lan.national_id, "+84912345678",
    )  # fmt: skip
    assert dossier.agency == agency
    assert dossier.sworn_at is not None
    receipt = signed_in.get(answer.url).content.decode()
    assert dossier.receipt_code in receipt
    assert "DVC" in receipt
    if with_declaration:
        assert dossier.answers["tre_ho_ten"] == "Y Ƀlĭk Niê"


def test_a_step_cannot_be_jumped_by_typing_its_address(signed_in, birth):
    dossier = walk.begin(signed_in, birth)
    for method in (signed_in.get, signed_in.post):
        answer = method(walk.address(dossier, "kiem-tra"), follow=True)
        assert answer.redirect_chain[-1][0] == walk.address(dossier, "co-quan")
    answer = signed_in.get(walk.address(dossier, "giay-to"), follow=True)
    assert "Làm xong bước “Cơ quan giải quyết” trước" in answer.content.decode()


def test_an_unknown_step_and_the_form_of_a_procedure_without_one_are_not_there(signed_in, birth):
    dossier = walk.begin(signed_in, birth)
    assert signed_in.get(walk.address(dossier, "don")).status_code == 404
    assert signed_in.get(walk.address(dossier, "linh-tinh")).status_code == 404


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_stranger_gets_404_for_every_address_of_a_draft(client, minh, lan, birth, method):
    dossier = make_draft(lan, birth)
    client.force_login(minh)
    addresses = [walk.address(dossier, slug) for slug in (*SLUGS, "don", "linh-tinh")]
    addresses += [reverse(f"dossiers:{name}", args=[dossier.key]) for name in ("resume", "receipt", "discard", "review")]
    addresses += [reverse("dossiers:autosave", args=[dossier.key, "nguoi-nop"]), reverse("dossiers:upload", args=[dossier.key, "1"])]
    for address in addresses:
        assert getattr(client, method)(address).status_code in (404, 405), address
        if method in ("get", "post"):
            answers = {getattr(client, verb)(address).status_code for verb in ("get", "post")}
            assert answers <= {404, 405}, address
            assert 404 in answers, address


def test_hidden_fields_change_neither_procedure_nor_citizen_nor_status(signed_in, lan, minh, agency, birth, declared):
    dossier = walk.begin(signed_in, birth)
    forged = {"citizen": minh.pk, "version": declared.current.pk, "status": 9, "receipt_code": "X", "applicant_name": "Người khác"}
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk, **forged)
    walk.post(signed_in, dossier, "nguoi-nop", applicant_national_id="001099000001", applicant_birth_date="2000-01-01", **forged)
    dossier.refresh_from_db()
    assert (dossier.citizen, dossier.version, dossier.status) == (lan, birth.current, Status.DRAFT)
    assert (dossier.applicant_name, dossier.applicant_national_id, dossier.applicant_birth_date) == (
        lan.full_name, lan.national_id, lan.birth_date,
    )  # fmt: skip


def test_an_agency_that_cannot_resolve_the_procedure_is_refused(signed_in, agency, birth):
    department = make_agency("Sở Tư pháp", level="department", kind="")
    dossier = walk.begin(signed_in, birth)
    answer = walk.post(signed_in, dossier, "co-quan", agency=department.pk)
    assert "Chọn cơ quan giải quyết hồ sơ." in answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.agency is None


def test_what_was_typed_stays_and_the_mistake_is_named(signed_in, agency, birth):
    dossier = walk.begin(signed_in, birth)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    answer = walk.post(signed_in, dossier, "nguoi-nop", phone="12345", address="Số 7 <b>", commune="")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Lỗi: " in page
    assert "Có 2 chỗ cần sửa" in page
    assert "Số vừa nhập có 5 chữ số" in page
    assert 'value="12345"' in page
    assert "Số 7 &lt;b&gt;" in page
    again = signed_in.get(walk.address(dossier, "nguoi-nop")).content.decode()
    assert 'value="12345"' in again
    assert "chỗ cần sửa" not in again


def test_leaving_saves_what_is_valid_and_keeps_what_is_not(signed_in, agency, birth):
    dossier = walk.begin(signed_in, birth)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    answer = walk.post(signed_in, dossier, "nguoi-nop", phone="0912", action="exit")
    assert answer.url == reverse("dossiers:start")
    assert 'value="0912"' in signed_in.get(walk.address(dossier, "nguoi-nop")).content.decode()
    answer = walk.post(signed_in, dossier, "nguoi-nop", address="Số 9", action="back")
    assert answer.url == walk.address(dossier, "co-quan")
    dossier.refresh_from_db()
    assert dossier.applicant_address == "Số 9"
    assert dossier.steps_done == ["co-quan"]


def test_a_nul_letter_is_no_server_error(signed_in, agency, birth, declared):
    dossier = walk.begin(signed_in, declared)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    assert walk.post(signed_in, dossier, "nguoi-nop", address="a\0b", commune="").status_code == 200
    walk.post(signed_in, dossier, "nguoi-nop")
    assert walk.post(signed_in, dossier, "don", tre_ho_ten="a\0b").status_code == 200


def test_the_own_phone_stays_unproven_until_a_code_proved_it(signed_in, lan, agency, birth):
    dossier = walk.begin(signed_in, birth)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    walk.post(signed_in, dossier, "nguoi-nop", phone=lan.phone)
    dossier.refresh_from_db()
    assert not dossier.applicant_phone_verified
    lan.phone_verified_at = timezone.now()
    lan.save()
    walk.post(signed_in, dossier, "nguoi-nop", phone=lan.phone)
    dossier.refresh_from_db()
    assert dossier.applicant_phone_verified
    walk.post(signed_in, dossier, "nguoi-nop", phone="0987 654 321")
    dossier.refresh_from_db()
    assert not dossier.applicant_phone_verified


def test_filing_for_another_asks_for_names_and_the_mandate(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    answer = walk.post(signed_in, dossier, "nguoi-nop", query="?ve=kiem-tra", whom="other")
    assert "Nhập họ và tên người được nộp thay." in answer.content.decode()
    other = {"whom": "other", "beneficiary_name": "Y Blơ Êban", "beneficiary_national_id": "066 080 001234"}
    answer = walk.post(signed_in, dossier, "nguoi-nop", query="?ve=kiem-tra", **other)
    assert answer.url == walk.address(dossier, "giay-to")
    answer = walk.post(signed_in, dossier, "giay-to")
    assert "Giấy ủy quyền" in answer.content.decode()
    assert answer.status_code == 200
    walk.attach(signed_in, dossier, paper="uy-quyen")
    assert walk.post(signed_in, dossier, "giay-to", query="?ve=kiem-tra").url == walk.address(dossier, "kiem-tra")
    page = signed_in.get(walk.address(dossier, "kiem-tra")).content.decode()
    assert "Y Blơ Êban" in page
    assert "0660 **** 1234" in page
    assert "066080001234" not in page


def test_a_missing_paper_is_named_and_the_step_refuses(signed_in, agency, birth):
    dossier = walk.begin(signed_in, birth)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    walk.post(signed_in, dossier, "nguoi-nop")
    answer = walk.post(signed_in, dossier, "giay-to")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Lỗi: " in page
    assert "Chọn ảnh hoặc tệp Giấy chứng sinh." in page
    assert "Còn <b>1 trong 1 giấy tờ bắt buộc</b> chưa có" in page


def test_a_paper_lost_after_its_step_is_named_at_submission(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    dossier.attachments.all().delete()
    answer = walk.file(signed_in, dossier)
    page = answer.content.decode()
    assert "Còn thiếu giấy tờ: Giấy chứng sinh. Bổ sung ở bước Thành phần hồ sơ." in page
    assert walk.address(dossier, "giay-to") in page
    dossier.refresh_from_db()
    assert dossier.status == Status.DRAFT
    assert dossier.captcha_solved_at is not None


def test_after_a_change_from_the_review_one_returns_to_it(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    review = signed_in.get(walk.address(dossier, "kiem-tra")).content.decode()
    assert f"{walk.address(dossier, 'nguoi-nop')}?ve=kiem-tra#id_phone" in review
    answer = walk.post(signed_in, dossier, "nguoi-nop", query="?ve=kiem-tra", phone="0987654321")
    assert answer.url == walk.address(dossier, "kiem-tra")
    assert "0987 654 321" in signed_in.get(answer.url).content.decode()


def test_an_address_is_needed_for_the_post_only(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    answer = walk.post(signed_in, dossier, "nhan-ket-qua", delivery="post", delivery_address=" ")
    assert "Nhập địa chỉ nhận kết quả" in answer.content.decode()
    answer = walk.post(signed_in, dossier, "nhan-ket-qua", delivery=None)
    assert "Chọn cách nhận kết quả." in answer.content.decode()
    walk.post(signed_in, dossier, "nhan-ket-qua", delivery="electronic", delivery_address="Số 1")
    dossier.refresh_from_db()
    assert (dossier.delivery, dossier.delivery_address) == ("electronic", "")


def test_a_wrong_code_is_refused_used_up_and_the_oath_stays_ticked(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    page = signed_in.get(walk.address(dossier, "kiem-tra"))
    code = walk.code_of(page)
    answer = walk.file(signed_in, dossier, captcha_0=code.hashkey, captcha_1="abcde")
    text = answer.content.decode()
    assert "Mã xác nhận chưa đúng. Nhập 5 chữ số trong hình hoặc nghe mã." in text
    assert 'name="sworn"' in text
    assert "checked" in text
    assert code.hashkey not in text
    answer = walk.file(signed_in, dossier, captcha_0=code.hashkey, captcha_1=code.response)
    assert "Mã xác nhận đã hết hạn hoặc đã dùng rồi." in answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.status == Status.DRAFT


def test_a_forgotten_oath_is_asked_for_and_the_solved_code_is_not_asked_again(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    answer = walk.file(signed_in, dossier, sworn=None)
    page = answer.content.decode()
    assert "Đánh dấu ô cam đoan để nộp hồ sơ." in page
    assert "captcha_0" not in page
    assert "Đã nhập đúng mã xác nhận." in page
    answer = walk.file(signed_in, dossier)
    assert answer.url == reverse("dossiers:receipt", args=[dossier.key])


def test_a_solved_code_is_asked_for_again_after_ten_minutes(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    walk.file(signed_in, dossier, sworn=None)
    Dossier.objects.update(captcha_solved_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert "captcha_0" in signed_in.get(walk.address(dossier, "kiem-tra")).content.decode()


def test_another_code_keeps_the_oath(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    page = signed_in.get(walk.address(dossier, "kiem-tra"))
    answer = walk.file(signed_in, dossier, action="new-captcha")
    assert answer.status_code == 200
    assert walk.code_of(answer).hashkey != walk.code_of(page).hashkey
    assert "checked" in answer.content.decode()
    assert "chỗ cần sửa" not in answer.content.decode()


def test_pressing_twice_makes_one_dossier_with_one_code(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    page = signed_in.get(walk.address(dossier, "kiem-tra"))
    code = walk.code_of(page)
    filled = {"edit": dossier.edit, "sworn": "on", "captcha_0": code.hashkey, "captcha_1": code.response}
    first = signed_in.post(walk.address(dossier, "kiem-tra"), filled)
    second = signed_in.post(walk.address(dossier, "kiem-tra"), filled)
    assert first.url == second.url == reverse("dossiers:receipt", args=[dossier.key])
    assert Dossier.objects.count() == 1
    assert dossier.events.filter(verb="submit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_make_one_dossier_and_both_see_the_receipt():
    lan, agency, procedure = make_citizen("H’Lan Niê"), make_agency(), make_procedure()
    client = Client()
    client.force_login(lan)
    dossier = walk.to_review(client, procedure, agency)
    code = walk.code_of(client.get(walk.address(dossier, "kiem-tra")))
    filled = {"edit": dossier.edit, "sworn": "on", "captcha_0": code.hashkey, "captcha_1": code.response}
    start, answers = threading.Barrier(6), []

    def press():
        browser = Client()
        browser.cookies = client.cookies
        start.wait()
        answers.append(browser.post(walk.address(dossier, "kiem-tra"), filled))
        connection.close()

    threads = [threading.Thread(target=press) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipt = reverse("dossiers:receipt", args=[dossier.key])
    assert [getattr(answer, "url", answer.content.decode()) for answer in answers] == [receipt] * 6
    assert Dossier.objects.get().events.filter(verb="submit").count() == 1


def test_every_address_of_a_submitted_draft_shows_the_receipt(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    walk.file(signed_in, dossier)
    receipt = reverse("dossiers:receipt", args=[dossier.key])
    for slug in SLUGS:
        assert signed_in.get(walk.address(dossier, slug)).url == receipt
        assert signed_in.post(walk.address(dossier, slug), {"whom": "other"}).url == receipt
    assert signed_in.get(reverse("dossiers:resume", args=[dossier.key])).url == receipt
    assert signed_in.get(reverse("dossiers:discard", args=[dossier.key])).status_code == 404
    assert signed_in.get(receipt).status_code == 200


def test_a_review_of_older_answers_is_not_sworn_to(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    seen = dossier.edit
    walk.post(signed_in, dossier, "nguoi-nop", phone="0987654321")
    dossier.refresh_from_db()
    answer = walk.file(signed_in, dossier, edit=seen)
    assert "vừa được sửa ở cửa sổ khác" in answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.status == Status.DRAFT


def test_a_second_window_is_told_and_keeps_what_it_typed(signed_in, agency, birth):
    dossier = walk.begin(signed_in, birth)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    dossier.refresh_from_db()
    old = dossier.edit
    walk.post(signed_in, dossier, "nguoi-nop")
    answer = walk.post(signed_in, dossier, "nguoi-nop", edit=old, address="Số 99")
    page = answer.content.decode()
    assert "Hồ sơ này vừa được sửa ở cửa sổ khác. Tải lại để xem bản mới nhất." in page
    assert "Số 99" in page
    dossier.refresh_from_db()
    assert dossier.applicant_address == "Số 12, buôn Akŏ Dhông"
    same = walk.post(signed_in, dossier, "nguoi-nop", edit=old)
    assert same.status_code == 302
    assert walk.post(signed_in, dossier, "nguoi-nop", address="Số 99").status_code == 302


def test_a_page_is_not_in_its_own_way(signed_in, agency, birth):
    dossier = walk.begin(signed_in, birth)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    dossier.refresh_from_db()
    seen = {"edit": dossier.edit, "window": "cua-so-nay"}
    autosave = reverse("dossiers:autosave", args=[dossier.key, "nguoi-nop"])
    assert signed_in.post(autosave, walk.answers(dossier, "nguoi-nop", **seen, address="Số 1")).status_code == 200
    assert walk.post(signed_in, dossier, "nguoi-nop", **seen, address="Số 12").status_code == 302
    assert signed_in.post(autosave, walk.answers(dossier, "nguoi-nop", **seen | {"window": "khac"}, address="Số 1")).status_code == 409


def test_typing_is_saved_and_the_time_told(signed_in, agency, birth):
    dossier = walk.begin(signed_in, birth)
    walk.post(signed_in, dossier, "co-quan", agency=agency.pk)
    dossier.refresh_from_db()
    address = reverse("dossiers:autosave", args=[dossier.key, "nguoi-nop"])
    answer = signed_in.post(address, walk.answers(dossier, "nguoi-nop", phone="09"))
    assert answer.status_code == 200
    assert set(answer.json()) == {"saved_at", "edit"}
    assert len(answer.json()["saved_at"]) == 5
    assert 'value="09"' in signed_in.get(walk.address(dossier, "nguoi-nop")).content.decode()
    answer = signed_in.post(address, walk.answers(dossier, "nguoi-nop", phone="0912"))
    assert answer.status_code == 409
    assert "cửa sổ khác" in answer.json()["error"]
    dossier.refresh_from_db()
    answer = signed_in.post(address, walk.answers(dossier, "nguoi-nop"))
    assert answer.status_code == 200
    dossier.refresh_from_db()
    assert dossier.applicant_phone == "+84912345678"
    assert dossier.typed == {}
    assert dossier.steps_done == ["co-quan"]


def test_a_done_step_half_typed_again_must_be_confirmed_again(signed_in, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    address = reverse("dossiers:autosave", args=[dossier.key, "nguoi-nop"])
    signed_in.post(address, walk.answers(dossier, "nguoi-nop", phone="0"))
    answer = signed_in.get(walk.address(dossier, "kiem-tra"))
    assert answer.url == walk.address(dossier, "nguoi-nop")


def test_a_draft_is_offered_before_a_new_one_is_begun(signed_in, agency, birth):
    first = walk.begin(signed_in, birth)
    assert walk.begin(signed_in, birth) == first, "an untouched draft is used again"
    walk.post(signed_in, first, "co-quan", agency=agency.pk)
    answer = signed_in.post(reverse("dossiers:begin", args=[birth.code]), follow=True)
    page = answer.content.decode()
    assert "Ông/Bà đang soạn một hồ sơ “Đăng ký khai sinh”" in page
    assert "Làm tiếp" in page
    assert "Soạn hồ sơ mới" in page
    assert Dossier.objects.count() == 1
    walk.begin(signed_in, birth, anew="1")
    assert Dossier.objects.count() == 2


def test_only_procedures_of_ours_may_be_begun(signed_in, settings):
    outside = make_procedure("Nhập học lớp 1", agency_rule="outside")
    signed_in.post(reverse("dossiers:begin", args=[outside.code]))
    settings.DEMO = False
    handed = make_procedure("Đăng ký thường trú", hand_off="Cổng Bộ Công an")
    signed_in.post(reverse("dossiers:begin", args=[handed.code]))
    assert signed_in.post(reverse("dossiers:begin", args=["9.999999"])).status_code == 404
    assert not Dossier.objects.exists()


def test_a_citizen_keeps_at_most_so_many_drafts(signed_in, lan, birth, settings):
    settings.DRAFTS_PER_CITIZEN = 2
    for name in ("Một", "Hai"):
        make_draft(lan, make_procedure(name))
    answer = signed_in.post(reverse("dossiers:begin", args=[birth.code]), follow=True)
    assert "Ông/Bà đang có 2 hồ sơ đang soạn" in answer.content.decode()
    assert Dossier.objects.count() == 2


def test_opening_the_address_of_beginning_begins_nothing(signed_in, birth):
    answer = signed_in.get(reverse("dossiers:begin", args=[birth.code]))
    assert answer.url == f"{reverse('dossiers:start')}?thu-tuc={birth.code}"
    assert not Dossier.objects.exists()


def test_a_draft_is_thrown_away_only_after_asking(signed_in, lan, birth):
    dossier = make_draft(lan, birth)
    walk.attach(signed_in, dossier)
    address = reverse("dossiers:discard", args=[dossier.key])
    assert "Xóa hồ sơ đang soạn?" in signed_in.get(address).content.decode()
    assert Dossier.objects.count() == 1
    assert signed_in.post(address).url == reverse("dossiers:start")
    assert not Dossier.objects.exists()


def test_the_start_page_lists_drafts_and_searches_without_marks(signed_in, lan, birth):
    make_draft(lan, birth)
    make_procedure("Đăng ký kết hôn")
    page = signed_in.get(reverse("dossiers:start"), {"q": "ket hon"}).content.decode()
    assert "Hồ sơ đang soạn" in page
    assert "Bước tiếp theo: <b>Cơ quan giải quyết</b>" in page
    rows = page.split('id="choose"')[1]
    assert "Đăng ký kết hôn" in rows
    assert "Đăng ký khai sinh" not in rows
    assert "Chưa tìm thấy thủ tục nào cho “xyz”" in signed_in.get(reverse("dossiers:start"), {"q": "xyz"}).content.decode()


def test_the_start_page_of_one_procedure_says_what_it_needs(signed_in, birth):
    page = signed_in.get(reverse("dossiers:start"), {"thu-tuc": birth.code}).content.decode()
    for said in ("Giấy chứng sinh", "3 ngày làm việc", "Không thu", "Khoảng 10 phút"):
        assert said in page


def test_odd_letters_in_an_address_find_nothing_and_break_nothing(signed_in, birth):
    for query in ({"q": "a\0"}, {"thu-tuc": "1.0\0"}, {"thu-tuc": "x" * 500}):
        assert signed_in.get(reverse("dossiers:start"), query).status_code == 200
    assert signed_in.post("/nop-ho-so/bat-dau/1.0%00/").status_code == 404


def test_guests_are_sent_to_sign_in_and_back(client, birth):
    answer = client.get(reverse("dossiers:start"))
    assert answer.url == f"{reverse('account_login')}?next={reverse('dossiers:start')}"


@pytest.mark.parametrize("count", [1, 3])
def test_the_start_page_costs_the_same_for_one_and_three_drafts(signed_in, lan, count, django_assert_num_queries):
    for n in range(count):
        make_draft(lan, make_procedure(f"Thủ tục {n}"))
    signed_in.get(reverse("dossiers:start"))
    with django_assert_num_queries(7):
        signed_in.get(reverse("dossiers:start"))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("slug", "queries"), [("giay-to", 7), ("kiem-tra", 8)])
def test_a_step_costs_the_same_for_one_and_three_papers(signed_in, lan, agency, count, slug, queries, django_assert_num_queries):
    procedure = make_procedure("Nhiều giấy tờ", documents=[f"Giấy {n}" for n in range(count)])
    dossier = walk.begin(signed_in, procedure)
    for document in procedure.current.documents.all():
        walk.attach(signed_in, dossier, paper=str(document.pk))
    dossier.refresh_from_db()
    dossier.agency, dossier.delivery = agency, "direct"
    dossier.steps_done = ["co-quan", "nguoi-nop", "giay-to", "nhan-ket-qua"]
    dossier.save()
    signed_in.get(walk.address(dossier, slug))
    with django_assert_num_queries(queries):
        signed_in.get(walk.address(dossier, slug))


def test_the_session_does_not_grow_on_the_way(signed_in, agency, birth):
    before = dict(signed_in.session)
    dossier = walk.to_review(signed_in, birth, agency)
    walk.file(signed_in, dossier)
    assert dict(signed_in.session) == before


def test_pages_of_the_wizard_are_kept_by_no_browser(signed_in, birth):
    dossier = walk.begin(signed_in, birth)
    assert "no-store" in signed_in.get(walk.address(dossier, "co-quan"))["Cache-Control"]


def test_a_form_without_its_token_is_refused(lan, birth):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lan)
    dossier = make_draft(lan, birth)
    for address in (walk.address(dossier, "co-quan"), walk.address(dossier, "kiem-tra"), reverse("dossiers:begin", args=[birth.code])):
        assert strict.post(address).status_code == 403


def test_what_another_window_saved_while_the_code_was_judged_is_not_sworn_to(signed_in, agency, birth, monkeypatch):
    dossier = walk.to_review(signed_in, birth, agency)
    judge = review.judge

    def judge_slowly(request, draft):
        form = judge(request, draft)
        Dossier.objects.filter(pk=draft.pk).update(edit=F("edit") + 1, applicant_address="Nơi khác")
        return form

    monkeypatch.setattr(review, "judge", judge_slowly)
    answer = walk.file(signed_in, dossier)
    assert "vừa được sửa ở cửa sổ khác" in answer.content.decode()
    dossier.refresh_from_db()
    assert (dossier.status, dossier.sworn_at) == (Status.DRAFT, None)


def test_a_second_press_changes_nothing_of_what_the_first_submitted(signed_in, lan, agency, birth, monkeypatch):
    dossier = walk.to_review(signed_in, birth, agency)
    judge, first = review.judge, {}

    def judge_while_the_first_submits(request, draft):
        form = judge(request, draft)
        review.swear(draft)
        first["sworn_at"] = submission.submit(draft.pk, by=lan).sworn_at
        return form

    monkeypatch.setattr(review, "judge", judge_while_the_first_submits)
    assert walk.file(signed_in, dossier).url == reverse("dossiers:receipt", args=[dossier.key])
    dossier.refresh_from_db()
    assert dossier.sworn_at == first["sworn_at"]


def test_a_citizen_submits_only_so_many_dossiers_a_day(signed_in, agency, birth, settings):
    settings.SUBMISSIONS_PER_DAY = 1
    first = walk.to_review(signed_in, birth, agency)
    assert walk.file(signed_in, first).status_code == 302
    second = walk.to_review(signed_in, birth, agency)
    assert walk.file(signed_in, second).status_code == 429
    second.refresh_from_db()
    assert second.status == Status.DRAFT
    # What was submitted already shows its receipt as before.
    assert walk.file(signed_in, first).url == reverse("dossiers:receipt", args=[first.key])


def test_a_press_that_submits_nothing_is_not_counted(signed_in, lan, agency, birth):
    dossier = walk.to_review(signed_in, birth, agency)
    dossier.attachments.all().delete()
    assert walk.file(signed_in, dossier).status_code == 200
    assert throttle.used("submissions", str(lan.pk)) == 0


def test_a_draft_thrown_away_while_its_code_was_judged_is_not_there(signed_in, agency, birth, monkeypatch):
    dossier = walk.to_review(signed_in, birth, agency)
    judge = review.judge

    def judge_while_it_is_thrown_away(request, draft):
        form = judge(request, draft)
        Dossier.objects.filter(pk=draft.pk).delete()
        return form

    monkeypatch.setattr(review, "judge", judge_while_it_is_thrown_away)
    assert walk.file(signed_in, dossier).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_submitting_and_throwing_away_at_the_same_moment_end_in_one_of_the_two():
    lan, agency, procedure = make_citizen("H’Lan Niê"), make_agency(), make_procedure()
    signed_in = Client()
    signed_in.force_login(lan)
    for _ in range(6):
        dossier = walk.to_review(signed_in, procedure, agency)
        code = walk.code_of(signed_in.get(walk.address(dossier, "kiem-tra")))
        filled = {"edit": dossier.edit, "sworn": "on", "captcha_0": code.hashkey, "captcha_1": code.response}
        attached, start, answers = dossier.attachments.get(), threading.Barrier(4), {}

        def press(address, posted=None, start=start, answers=answers):
            browser = Client(raise_request_exception=False)
            browser.cookies = signed_in.cookies
            start.wait()
            answers[address] = browser.post(address, posted).status_code
            connection.close()

        discard = reverse("dossiers:discard", args=[dossier.key])
        presses = [
            (walk.address(dossier, "kiem-tra"), filled), (discard,), (reverse("dossiers:remove", args=[attached.key]),),
            (reverse("dossiers:autosave", args=[dossier.key, "nhan-ket-qua"]), {"delivery": "direct"}),
        ]  # fmt: skip
        threads = [threading.Thread(target=press, args=arguments) for arguments in presses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(status < 500 for status in answers.values()), answers
        left = Dossier.objects.filter(pk=dossier.pk).first()
        assert left is None or left.is_draft or left.events.filter(verb="submit").count() == 1
        Dossier.objects.drafts().filter(pk=dossier.pk).delete()

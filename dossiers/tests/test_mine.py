import datetime
import re

import pytest
from django.urls import reverse

from accounts.tests.make import make_citizen
from dossiers.models import DossierEvent
from dossiers.status import Status
from dossiers.tests.make import make_dossier, make_draft
from procedures.tests.make import DECLARATION, make_procedure


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def ask(dossier, official, note="Giấy chứng sinh: ảnh mờ"):
    dossier.move("ask_supplement", by=official, note=note)
    return dossier


@pytest.fixture
def dossier(lan, birth, agency):
    return make_dossier(lan, birth, agency)


def test_a_citizen_without_dossiers_is_shown_the_way_to_file_one(client, lan):
    client.force_login(lan)
    page = client.get(reverse("dossiers:mine"))
    assert "Ông/Bà chưa có hồ sơ nào." in text(page)
    assert reverse("dossiers:start") in page.content.decode()


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_every_status_has_its_tab(client, lan, birth, agency, status):
    make_dossier(lan, birth, agency, status, supplement_by=datetime.date(2026, 11, 26), fee_by=datetime.date(2026, 11, 26), fee_vnd=50_000)
    client.force_login(lan)
    assert "Đăng ký khai sinh" in text(client.get(reverse("dossiers:mine")))


def test_what_must_be_done_opens_first_with_the_reason_and_the_button(client, lan, hoa, dossier):
    ask(dossier, hoa)
    client.force_login(lan)
    page = client.get(reverse("dossiers:mine"))
    assert "Giấy chứng sinh: ảnh mờ" in text(page)
    assert reverse("dossiers:supplement", args=[dossier.receipt_code]) in page.content.decode()


def test_drafts_are_listed_with_their_step_and_the_day_they_go(client, lan, birth):
    draft = make_draft(lan, birth)
    client.force_login(lan)
    page = text(client.get(reverse("dossiers:mine"), {"muc": "dang-soan"}))
    assert "Đang ở bước 1 trên 5" in page
    assert f"Giữ đến {draft.kept_until:%d/%m/%Y}" in page


@pytest.mark.parametrize("tab", ["dang-xu-ly", "can-lam", "da-xong", "dang-soan"])
@pytest.mark.parametrize("count", [1, 3])
def test_each_tab_costs_the_same_for_one_and_three(client, lan, birth, agency, tab, count, django_assert_max_num_queries, settings):
    status = {"dang-xu-ly": Status.PROCESSING, "can-lam": Status.SUPPLEMENT, "da-xong": Status.RETURNED}.get(tab)
    for _ in range(count):
        if status is None:
            make_draft(lan, birth)
        else:
            made = make_dossier(lan, birth, agency, status, supplement_by=datetime.date(2026, 11, 26))
            DossierEvent.objects.create(
                dossier=made, verb="ask_supplement", from_status=1, to_status=5, note="Ảnh mờ", at=made.submitted_at, office="Một cửa"
            )
    client.force_login(lan)
    with django_assert_max_num_queries(8) as captured:
        client.get(reverse("dossiers:mine"), {"muc": tab})
    # session, user, savepoint twice, counts, page count, rows, events of the rows
    assert len(captured) == 8


def test_the_owner_reads_everything_that_was_filed_and_decided(client, lan, hoa, agency):
    procedure = make_procedure(declaration=DECLARATION)
    dossier = make_dossier(lan, procedure, agency, answers={"tre_ho_ten": "Y Minh Niê", "tre_gioi_tinh": "Nam"})
    ask(dossier, hoa)
    client.force_login(lan)
    page = text(client.get(reverse("dossiers:detail", args=[dossier.receipt_code])))
    for said in ("Y Minh Niê", "H’Lan Niê", "Yêu cầu bổ sung giấy tờ", "Giấy chứng sinh: ảnh mờ", "UBND phường Buôn Ma Thuột", "Rút hồ sơ"):
        assert said in page
    assert lan.national_id not in page


@pytest.mark.parametrize("name", ["detail", "withdraw", "supplement"])
def test_strangers_and_officials_of_the_agency_get_404(client, minh, hoa, dossier, name):
    for user in (minh, hoa):
        client.force_login(user)
        address = reverse(f"dossiers:{name}", args=[dossier.receipt_code])
        assert client.get(address).status_code == 404
        assert client.post(address, {"note": "x"}).status_code in (404, 405)
    assert client.get(reverse(f"dossiers:{name}", args=["khai-sinh"])).status_code == 404


def test_a_withdrawal_needs_a_reason_and_is_told(client, lan, dossier):
    client.force_login(lan)
    address = reverse("dossiers:withdraw", args=[dossier.receipt_code])
    assert "Ghi lý do" in text(client.post(address, {"note": " "}))
    page = client.post(address, {"note": "Tôi nộp nhầm cơ quan."}, follow=True)
    assert "Đã nhận yêu cầu rút hồ sơ." in text(page)
    dossier.refresh_from_db()
    assert dossier.status == Status.WITHDRAWAL


def test_a_withdrawal_that_came_too_late_is_told_and_changes_nothing(client, lan, birth, agency):
    dossier = make_dossier(lan, birth, agency, Status.DONE)
    client.force_login(lan)
    page = client.post(reverse("dossiers:withdraw", args=[dossier.receipt_code]), {"note": "Thôi"}, follow=True)
    assert page.status_code == 200
    dossier.refresh_from_db()
    assert dossier.status == Status.DONE


def test_a_supplement_without_a_new_file_is_refused_in_words(client, lan, hoa, dossier):
    ask(dossier, hoa)
    client.force_login(lan)
    page = client.post(reverse("dossiers:supplement", args=[dossier.receipt_code]))
    assert "Thêm ít nhất một tệp trước khi gửi bổ sung." in text(page)
    assert "<title>Lỗi: " in page.content.decode()


def test_a_supplement_sends_the_dossier_back(client, lan, hoa, dossier):
    ask(dossier, hoa)
    document = dossier.version.documents.get()
    dossier.attachments.create(document=document, file="x", original_name="x.jpg", content_type="image/jpeg", size=1)
    client.force_login(lan)
    page = client.post(reverse("dossiers:supplement", args=[dossier.receipt_code]), follow=True)
    assert "Đã gửi giấy tờ bổ sung." in text(page)
    dossier.refresh_from_db()
    assert dossier.status == Status.SUBMITTED


def test_a_dossier_that_needs_nothing_leads_back_to_its_page(client, lan, dossier):
    client.force_login(lan)
    page = client.get(reverse("dossiers:supplement", args=[dossier.receipt_code]), follow=True)
    assert "Hồ sơ này hiện không cần bổ sung giấy tờ." in text(page)


def test_another_citizen_sees_only_their_own(client, dossier, minh):
    client.force_login(make_citizen("Lý A Páo"))
    assert dossier.receipt_code not in text(client.get(reverse("dossiers:mine")))

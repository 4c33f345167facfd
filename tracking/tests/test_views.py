import re

import pytest
from captcha.models import CaptchaStore
from django.urls import reverse

from dossiers import links
from dossiers.status import Status
from dossiers.tests.make import make_dossier

UNKNOWN = "Không tìm thấy hồ sơ H15.24.133-261118-9999 khớp với thông tin vừa nhập. Kiểm tra từng số, hoặc gọi 1022."


@pytest.fixture
def dossier(lan, birth, agency):
    return make_dossier(lan, birth, agency, Status.PROCESSING)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("path", ["/tracuuhs", "/tracuuhs/"])
def test_the_address_works_with_and_without_the_final_slash(client, db, path):
    assert "Mã biên nhận" in client.get(path).content.decode()


def test_a_code_in_the_address_opens_the_result(client, dossier):
    page = text(client.get("/tracuuhs", {"ma": dossier.receipt_code.lower()}))
    assert "Đang xử lý" in page
    assert "H’L" not in page


def test_a_posted_code_leads_to_an_address_that_can_be_kept(client, dossier):
    response = client.post(reverse("tracking:track"), {"ma": dossier.receipt_code, "so": ""})
    assert response.url == f"/tracuuhs/?ma={dossier.receipt_code}"


def test_a_right_proof_shows_the_masked_name_and_stays_out_of_the_address(client, dossier):
    response = client.post(reverse("tracking:track"), {"ma": dossier.receipt_code, "so": dossier.applicant_phone[-4:]})
    assert "H’L** N**" in text(response)


def test_the_signed_link_of_a_mail_opens_it_too(client, dossier):
    assert "H’L** N**" in text(client.get("/tracuuhs", {"ma": dossier.receipt_code, "khoa": links.token(dossier)}))


def test_unknown_code_and_wrong_proof_read_the_same(client, dossier):
    unknown = client.post(reverse("tracking:track"), {"ma": "H15.24.133-261118-9999", "so": "0000"})
    wrong = client.post(reverse("tracking:track"), {"ma": dossier.receipt_code, "so": "0000"})
    assert UNKNOWN in text(unknown)
    assert UNKNOWN.replace("H15.24.133-261118-9999", dossier.receipt_code) in text(wrong)
    assert f'value="{dossier.receipt_code}"' in wrong.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Nhập mã biên nhận."), ("khai sinh", "Mã biên nhận chưa đúng dạng, ví dụ H15.24.133-261118-0007. Xem lại giấy tiếp nhận.")],
)
def test_what_cannot_be_a_code_is_told_how_to_mend_it(client, db, typed, said):
    assert said in text(client.post(reverse("tracking:track"), {"ma": typed, "so": ""}))


def test_right_look_ups_are_limited_too(client, dossier, settings):
    settings.LOOKUPS_PER_10_MINUTES = 3
    codes = [client.get("/tracuuhs", {"ma": dossier.receipt_code}, REMOTE_ADDR="203.0.113.9").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def test_after_ten_wrong_proofs_only_the_link_opens_the_rest(client, dossier, settings):
    settings.WRONG_PROOFS_PER_DAY = 2
    settings.LOOKUPS_PER_10_MINUTES = 100
    post = {"ma": dossier.receipt_code, "so": "0000"}
    for _ in range(2):
        client.post(reverse("tracking:track"), post)
    right = client.post(reverse("tracking:track"), post | {"so": dossier.applicant_phone[-4:]})
    assert "H’L** N**" not in text(right)
    assert "Mở đường dẫn trong thư, hoặc đăng nhập để xem." in text(right)
    assert "H’L** N**" in text(client.get("/tracuuhs", {"ma": dossier.receipt_code, "khoa": links.token(dossier)}))


def test_the_public_page_sets_no_cookie_and_asks_for_no_session(client, dossier, django_assert_num_queries):
    with django_assert_num_queries(4):  # the dossier, its events, and the savepoint around the request
        response = client.get("/tracuuhs", {"ma": dossier.receipt_code})
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def code_of(page):
    return CaptchaStore.objects.get(hashkey=page.content.decode().split('name="captcha_0" value="')[1].split('"')[0])


def test_beyond_the_limit_each_look_up_costs_a_code_and_no_cookie(client, dossier, settings):
    settings.LOOKUPS_PER_10_MINUTES = 0
    asked = client.get("/tracuuhs", {"ma": dossier.receipt_code, "khoa": links.token(dossier)})
    assert (asked.status_code, bool(asked.cookies)) == (429, False)
    assert "Đã tra cứu nhiều lần trong 10 phút." in text(asked)
    code = code_of(asked)
    typed = {"ma": dossier.receipt_code, "khoa": links.token(dossier), "captcha_0": code.hashkey, "captcha_1": code.response}
    found = client.post(reverse("tracking:track"), typed)
    assert "H’L** N**" in text(found)
    again = client.post(reverse("tracking:track"), typed)
    assert "Mã xác nhận đã hết hạn hoặc đã dùng rồi." in text(again)
    assert not again.cookies


def test_beyond_the_limit_only_so_many_wrong_codes_are_taken(client, dossier, settings):
    settings.LOOKUPS_PER_10_MINUTES, settings.CAPTCHA_WRONG_PER_10_MINUTES = 0, 1
    typed = {"ma": dossier.receipt_code, "captcha_0": "gone", "captcha_1": "12345"}
    assert [client.post(reverse("tracking:track"), typed).status_code for _ in range(2)] == [200, 429]
    another = client.post(reverse("tracking:track"), typed | {"action": "new-captcha"}, REMOTE_ADDR="203.0.113.8")
    assert f'value="{dossier.receipt_code}"' in another.content.decode()

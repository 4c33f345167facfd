import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from accounts import mydata
from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, lan):
    client.force_login(lan)
    client.post(reverse("accounts:prove"), {"current": PASSWORD})
    return client


def opened(response_or_pieces):
    return zipfile.ZipFile(io.BytesIO(b"".join(response_or_pieces)))


def with_files(*files):
    """An exporter of these files alone."""
    return lambda user: ({}, files)


def test_strangers_are_led_to_sign_in_and_owners_to_the_proof(client, lan):
    page = reverse("accounts:my_data")
    assert Client().get(page).url == f"{reverse('account_login')}?next={page}"
    client.force_login(lan)
    assert client.post(page).url == reverse("accounts:prove")


def test_the_archive_tells_the_account_and_how_to_read_it(browser, lan):
    assert browser.get(reverse("accounts:my_data")).status_code == 200
    response = browser.post(reverse("accounts:my_data"))
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    packed = opened(response.streaming_content)
    assert packed.testzip() is None
    assert packed.namelist() == ["README.txt", "du-lieu.json"]
    assert "không lưu chúng ở dạng đọc được" in packed.read("README.txt").decode()
    told = json.loads(packed.read("du-lieu.json"))
    assert told["tai_khoan"]["ho_va_ten"] == "H’Lan Niê"
    assert told["tai_khoan"]["so_cccd_cmnd"] == lan.national_id
    assert told["dia_chi_thu_dien_tu"] == [{"dia_chi": lan.email, "da_xac_nhan": True}]
    assert set(told) >= {"phien_dang_nhap", "thiet_bi_duoc_nho", "khieu_nai", "yeu_cau_xoa_tai_khoan", "tin_da_gui", "ho_so"}


def test_nothing_secret_is_told(browser, lan):
    browser.post(reverse("account_reset_password"), {"login": lan.email})
    secret = letters("reset")[0].body
    packed = opened(browser.post(reverse("accounts:my_data")).streaming_content)
    everything = b"".join(packed.read(name) for name in packed.namelist()).decode()
    assert lan.password not in everything
    assert browser.session.session_key not in everything
    assert secret.splitlines()[4] not in everything
    assert "Đặt lại mật khẩu" in everything


def test_nothing_of_others_is_told(browser, minh):
    packed = opened(browser.post(reverse("accounts:my_data")).streaming_content)
    assert minh.email not in packed.read("du-lieu.json").decode()


def test_so_many_times_a_day(browser, settings):
    settings.MY_DATA_PER_DAY = 2
    assert [browser.post(reverse("accounts:my_data")).status_code for _time in range(3)] == [200, 200, 429]


def test_looking_at_the_page_counts_nothing(browser, settings):
    settings.MY_DATA_PER_DAY = 1
    for _time in range(3):
        browser.get(reverse("accounts:my_data"))
    assert browser.post(reverse("accounts:my_data")).status_code == 200


def test_a_file_is_read_in_pieces_when_its_turn_comes(lan, settings, monkeypatch):
    events = []

    class Slow(io.BytesIO):
        def read(self, size=-1):
            events.append("read")
            assert 0 < size <= mydata.PIECE
            return super().read(size)

    content = b"\x89" * (3 * mydata.PIECE + 5)
    file = mydata.File("ho-so/1/01 ảnh.jpg", lambda: events.append("open") or Slow(content))
    monkeypatch.setattr(mydata, "account", with_files(file))
    settings.ACCOUNT_EXPORTS = ["accounts.mydata.account"]
    pieces = mydata.archive(lan)
    taken = [next(pieces), next(pieces)]
    assert events == []
    taken += list(pieces)
    assert max(map(len, taken)) < 2 * mydata.PIECE
    assert opened(taken).read("ho-so/1/01 ảnh.jpg") == content


def test_a_file_that_is_away_is_named_and_the_rest_is_sent(lan, settings, monkeypatch):
    def away():
        raise FileNotFoundError

    monkeypatch.setattr(mydata, "account", with_files(mydata.File("a.jpg", away), mydata.File("b.jpg", lambda: io.BytesIO(b"b"))))
    settings.ACCOUNT_EXPORTS = ["accounts.mydata.account"]
    packed = opened(mydata.archive(lan))
    assert packed.read("b.jpg") == b"b"
    assert "a.jpg" in packed.read("thieu.txt").decode()

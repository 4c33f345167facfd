"""The end of a session in a browser: warned before, told after, and nothing typed is lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tests.mail import letters
from accounts.tests.make import PASSWORD, make_citizen
from dossiers import drafts, wizard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, user):
    page.get_by_label("Tên đăng nhập").fill(user.username)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập", exact=True).click()


def at_the_applicants_step(live_server, page, user, birth, agency):
    """Signed in, at a step with words to type."""
    draft = drafts.begin(user, birth)
    wizard.confirm(draft, wizard.STEPS[0])
    page.goto(f"{live_server.url}/nop-ho-so/{draft.key}/nguoi-nop/")
    sign_in(page, user)
    page.wait_for_url("**/nguoi-nop/")


@pytest.mark.parametrize("script", [True, False])
def test_what_was_typed_when_the_session_had_ended_is_there_again(live_server, open_context, axe, lan, birth, agency, script):
    page = open_context(java_script_enabled=script).new_page()
    at_the_applicants_step(live_server, page, lan, birth, agency)
    Session.objects.all().delete()
    page.get_by_label("Số nhà, thôn/buôn, đường").fill("Buôn Ea Tul")
    if script:
        # Said where it otherwise says that it was saved; the button sends what stands in the form.
        page.get_by_text("Phiên làm việc đã hết hạn.").wait_for()
        assert axe(page) == []
        page.get_by_role("button", name="Đăng nhập lại").click()
    else:
        page.get_by_role("button", name="Đồng ý và tiếp tục").last.click()
    page.get_by_text("Đăng nhập lại, phần đã khai vẫn còn.").wait_for()
    sign_in(page, lan)
    page.get_by_text("Phần vừa khai vẫn còn. Xem lại rồi nhấn “Đồng ý và tiếp tục”.").wait_for()
    assert page.get_by_label("Số nhà, thôn/buôn, đường").input_value() == "Buôn Ea Tul"


def test_five_minutes_before_the_end_a_bar_offers_to_go_on(live_server, page, axe, lan):
    page.clock.install()
    page.goto(f"{live_server.url}/tai-khoan/")
    sign_in(page, lan)
    page.wait_for_url("**/tai-khoan/")
    page.clock.run_for("11:54:00")
    assert not page.get_by_role("alert").is_visible()
    page.clock.run_for("01:20")
    bar = page.get_by_role("alert")
    assert "Phiên làm việc sắp hết hạn" in bar.inner_text()
    assert axe(page) == []
    bar.get_by_role("button", name="Làm tiếp").click()
    bar.wait_for(state="detached")
    page.clock.run_for("01:00:00")
    assert not page.get_by_role("alert").is_visible()


def test_once_ended_the_bar_leads_to_sign_in_and_back(live_server, page, axe, lan):
    page.clock.install()
    page.goto(f"{live_server.url}/tai-khoan/")
    sign_in(page, lan)
    page.wait_for_url("**/tai-khoan/")
    page.clock.run_for("12:00:30")
    Session.objects.all().delete()
    assert "Phiên làm việc đã hết hạn." in page.get_by_role("alert").inner_text()
    assert axe(page) == []
    page.get_by_role("link", name="Đăng nhập lại").click()
    sign_in(page, lan)
    page.wait_for_url("**/tai-khoan/")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_sign_in_stand_in_nobodys_way(live_server, open_context, axe, settings, width):
    settings.OIDC_ISSUER = "https://issuer.example"
    user = make_citizen(phone="+84912345678", phone_verified_at=timezone.now())
    page = open_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{live_server.url}/dang-nhap/")
    found = axe(page)
    page.get_by_label("Hiện mật khẩu").check()
    page.get_by_label("Tên đăng nhập").fill("ai đó")
    page.get_by_label("Mật khẩu", exact=True).fill("sai rồi nhé")
    page.get_by_role("main").get_by_role("button", name="Đăng nhập", exact=True).click()
    page.get_by_text("Tên đăng nhập hoặc mật khẩu chưa đúng").first.wait_for()
    found += axe(page)
    sign_in(page, user)
    page.get_by_label("Mã OTP").fill("12")
    page.get_by_role("button", name="Xác nhận").click()
    page.get_by_text("cần đủ 6 chữ số").first.wait_for()
    found += axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Mã OTP").fill(re.match(r"\d{6}", letters("otp")[-1].body)[0])
    page.get_by_label("Nhớ thiết bị này 30 ngày").check()
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_url("**/ho-so/")
    assert found == []

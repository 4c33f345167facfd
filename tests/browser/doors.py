"""The ways in, as the two guides describe them, by the labels people read."""

import re

from tests.browser import steps
from tests.browser.steps import PASSWORD, code_sent_to, inbox, read_mail


def fill_in_mobile_form(page, person):
    page.get_by_label("Họ và tên").fill(person["full_name"])
    page.get_by_label("Số CMND/CCCD").fill(person["cccd"])
    page.get_by_label("Ngày sinh").fill(person["born"])
    page.get_by_label("Số thuê bao di động").fill(person["phone"])
    page.get_by_label(re.compile("Tôi đồng ý")).check()


def register_by_mobile(page, site, person, check):
    """ĐL: “Đăng ký” → “Công dân” → “Thuê bao di động” → form → OTP → password twice → signed in."""
    page.goto(site.url)
    page.get_by_role("link", name="Đăng ký", exact=True).first.click()
    check()
    assert page.get_by_role("link", name="Công dân", exact=True).get_attribute("aria-current") == "page"
    page.get_by_role("link", name=re.compile("Thuê bao di động")).first.click()
    check()
    page.get_by_role("button", name="Đăng ký").click()
    check()  # nothing filled in
    assert page.title().startswith("Lỗi: ")
    fill_in_mobile_form(page, person)
    page.get_by_role("button", name="Đăng ký").click()
    check()
    code = code_sent_to(page, site, person["phone"])
    page.get_by_role("button", name="Gửi lại OTP").click(force=True)
    confirm(page, "000000" if code != "000000" else "111111")
    steps.reads(page, "Mã chưa đúng.")
    check()
    page.wait_for_timeout(1100)  # after a wrong guess the next one waits a second
    confirm(page, code)
    check()
    choose_password(page, person["password"], "Đăng ký")
    assert "Đăng ký thành công" in page.get_by_role("main").inner_text()
    check()


def register_by_sms(page, site, person, check):
    """ĐN: a text to 8188 brings account name and temporary password; an own one is chosen at the first sign-in."""
    page.goto(f"{site.url}/dev/hop-thu/")
    check()
    password = text_for_an_account(page, site, person)
    check()
    sign_in_with_code(page, site, person["phone"], person["cccd"], password, check)
    choose_password(page, person["password"], re.compile("Lưu|Đồng ý|Đăng ký"))
    check()


def text_for_an_account(page, site, person):
    """The temporary password that comes back for a text to 8188."""
    text(page, site, person["phone"], f"TK; {person['full_name']}; {person['cccd']}; {person['born'].replace('/', '.')}")
    answer = read_mail(page, site, international(person["phone"]), "Mat khau tam")
    name, password = re.search(r"Tai khoan: (\d+).*Mat khau tam: (\S+?)[,.]? ", answer).groups()
    assert name == person["cccd"]
    return password


def text(page, site, phone, words):
    """What a phone without internet does, at the demo's inbox."""
    page.goto(f"{site.url}/dev/hop-thu/")
    page.get_by_label("Gửi từ số").fill(phone)
    page.get_by_label("Nội dung").fill(words)
    page.get_by_role("button", name=re.compile("Gửi")).first.click()


def enter_by_national_portal(page, site, person, check):
    """ĐL: four steps on the portal and on the issuer's own pages."""
    page.goto(site.url)
    page.get_by_role("link", name="Đăng nhập", exact=True).first.click()
    check()
    page.get_by_role("link", name="Đăng nhập Cổng DVC Quốc gia").click()
    check()
    page.get_by_role("button", name=re.compile("Tài khoản cấp bởi Cổng dịch vụ công quốc gia")).click()
    assert not page.url.startswith(site.url)
    check()
    page.get_by_label("CMT hoặc CCCD").fill(person["cccd"])
    page.get_by_label(PASSWORD).fill(person["password"])
    before = len(inbox(page, site, international(person["phone"])))
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    check()
    confirm(page, code_sent_to(page, site, person["phone"], before))
    assert page.url.startswith(site.url)
    check()
    if page.get_by_role("button", name="Là của tôi, giữ lại").count():
        page.get_by_role("button", name="Là của tôi, giữ lại").click()
        check()


def sign_in_with_code(page, site, phone, name, password, check):
    """Sign-in on a device that is not remembered: name, password, then the code."""
    before = len(inbox(page, site, international(phone)))
    steps.sign_in(page, site, name, password)
    check()
    confirm(page, code_sent_to(page, site, phone, before))


def confirm(page, code):
    page.get_by_label("Mã OTP").fill(code)
    page.get_by_role("button", name="Xác nhận").click()


def choose_password(page, password, button):
    page.get_by_label(PASSWORD).fill(password)
    page.get_by_label("Nhập lại mật khẩu").fill(password)
    page.get_by_role("button", name=button).click()


def international(phone):
    return "+84" + re.sub(r"\D", "", phone)[-9:]

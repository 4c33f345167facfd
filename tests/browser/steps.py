"""What people do in front of the pages, by the labels they read."""

import re
import time

from playwright.sync_api import expect

MESSAGE_SECONDS = 30
# The star of a required field is part of its label.
PASSWORD = re.compile(r"^Mật khẩu\b")


def register_by_email(page, site, person, check):
    """The e-mail door from the home page to the own password; `check` is called on every page passed."""
    page.goto(site.url)
    check()
    page.get_by_role("link", name="Đăng ký", exact=True).first.click()
    check()
    page.get_by_role("link", name=re.compile("Thư điện tử")).first.click()
    check()
    page.get_by_label("Họ và tên").fill(person["full_name"])
    page.get_by_label("Số CMND/CCCD").fill(person["cccd"])
    page.get_by_label("Ngày sinh").fill(person["born"])
    page.get_by_label("Số thuê bao di động").fill(person["phone"])
    page.get_by_label("Thư điện tử").fill(person["email"])
    page.get_by_role("button", name="Đăng ký").click()
    check()  # the consent is missing: the page with the error
    reads(page, "Đánh dấu ô đồng ý")
    page.get_by_label(re.compile("Tôi đồng ý")).check()
    page.get_by_role("button", name="Đăng ký").click()
    reads(page, person["email"])
    check()
    mail = read_mail(page, site, person["email"], "Xác nhận đăng ký tài khoản dịch vụ công")
    password = re.search(r"Mật khẩu tạm: (\S+)", mail).group(1)
    page.goto(re.search(r"https?://\S*/dang-ky/email/\S+", mail).group())
    check()
    page.get_by_role("button", name="Xác nhận đăng ký").click()
    check()
    sign_in(page, site, person["email"], password)
    check()  # an own password is asked for
    page.get_by_label(PASSWORD).fill(person["password"])
    page.get_by_label("Nhập lại mật khẩu").fill(person["password"])
    page.get_by_role("button", name=re.compile("Đổi mật khẩu|Lưu|Đăng ký|Đồng ý")).click()
    reads(page, "Đăng xuất")
    check()


def reads(page, words):
    """The page that opens holds these words, wherever on it; a slow one is waited for."""
    expect(page.locator("body")).to_contain_text(words)


def sign_in(page, site, user, password):
    page.goto(f"{site.url}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(user)
    page.get_by_label(PASSWORD).fill(password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def inbox(page, site, to):
    """The texts of the messages delivered to an address, newest first, read in a window of its own."""
    window = page.context.new_page()
    try:
        window.goto(f"{site.url}/dev/hop-thu/?den={to.replace('+', '%2B')}")
        return [article.inner_text() for article in window.get_by_role("article").all()]
    finally:
        window.close()


def read_mail(page, site, to, words):
    """The newest message to `to` that holds `words`, once it was delivered."""
    deadline = time.monotonic() + MESSAGE_SECONDS
    while time.monotonic() < deadline:
        for text in inbox(page, site, to):
            if words in text:
                return text
        time.sleep(0.5)
    raise AssertionError(f"no message with “{words}” reached {to} in {MESSAGE_SECONDS} s")


def official_signs_in(page, site, official, check):
    page.goto(f"{site.url}/quan-tri/")
    check()
    page.get_by_label(re.compile("Tên đăng nhập|Tài khoản")).fill(official["user"])
    page.get_by_label(PASSWORD).fill(official["password"])
    before = len(inbox(page, site, official["phone"]))
    page.get_by_role("button", name="Đăng nhập").click()
    check()
    page.get_by_label(re.compile("Mã")).first.fill(code_sent_to(page, site, official["phone"], before))
    page.get_by_role("button", name="Xác nhận").click()
    check()


def code_sent_to(page, site, phone, after=0):
    """The code in the newest text to a phone that has had more than `after` texts."""
    deadline = time.monotonic() + MESSAGE_SECONDS
    while len(texts := inbox(page, site, "+84" + re.sub(r"\D", "", phone)[-9:])) <= after:
        assert time.monotonic() < deadline, f"no code reached {phone} in {MESSAGE_SECONDS} s"
        time.sleep(0.5)
    return re.search(r"\b\d{6}\b", texts[0]).group()


def choose_agency(page, name):
    """The agency step: the list of all, where the own commune does not stand in front."""
    page.get_by_role("combobox", name=re.compile("Cơ quan")).select_option(label=name)
    next_step(page)


def fill_applicant(page, person):
    phone = page.get_by_label(re.compile("^Số điện thoại|^Số thuê bao"))
    if phone.count() and not phone.first.input_value():  # the national portal tells no phone
        phone.first.fill(person["phone"])
    page.get_by_label(re.compile("^Tỉnh, thành phố")).fill("Tỉnh Đắk Lắk")
    page.get_by_label(re.compile("^Xã, phường")).fill("xã Buôn Đôn")
    page.get_by_label(re.compile("^Số nhà, thôn/buôn, đường")).fill("Số 12, buôn Akŏ Dhông")
    next_step(page)


def fill_birth_form(page, child):
    """The declaration of a birth: what the account does not already know."""
    mother_or_father = page.get_by_role("group", name="Người yêu cầu")
    mother_or_father.get_by_label(re.compile("Loại giấy tờ tùy thân")).select_option(label="Thẻ căn cước")
    mother_or_father.get_by_label(re.compile("Quan hệ với người được khai sinh")).fill("Mẹ")
    group = page.get_by_role("group", name="Người được khai sinh")
    group.get_by_label(re.compile("Họ, chữ đệm, tên")).fill(child)
    group.get_by_label(re.compile("^Ngày, tháng, năm sinh")).fill("18/11/2026")
    group.get_by_label(re.compile("Ngày sinh ghi bằng chữ")).fill("Ngày mười tám tháng mười một năm hai nghìn không trăm hai mươi sáu")
    group.get_by_label("Nam", exact=True).check()
    group.get_by_label(re.compile("^Dân tộc")).select_option(label="Ê Đê")
    group.get_by_label(re.compile("^Quốc tịch")).select_option(label="Việt Nam")
    for place in ("Nơi sinh", "Quê quán"):
        address = group.get_by_role("group", name=re.compile(place))
        address.get_by_label(re.compile("Tỉnh")).fill("Đắk Lắk")
        address.get_by_label(re.compile("Xã")).fill("Buôn Đôn")
        address.get_by_label(re.compile("Số nhà")).fill("Bệnh viện đa khoa vùng Tây Nguyên")
    page.get_by_role("group", name=re.compile("Đề nghị cấp bản sao")).get_by_label("Không", exact=True).check()


def next_step(page):
    page.get_by_role("button", name="Đồng ý và tiếp tục").click()


def attach(page, paper, files, expected, *, script):
    """Choose files for a paper, and wait until the worker has looked at each and the card says `expected`.

    With a script they go up by themselves, one after the other; without one a button sends them.
    """
    card = page.locator("section.paper", has_text=re.compile(paper)).first
    card.locator("input[type=file][multiple]").set_input_files(files)
    if not script:
        card.get_by_role("button", name=re.compile("Tải tệp đã chọn lên")).click()
    deadline = time.monotonic() + MESSAGE_SECONDS
    while expected not in card.inner_text() and time.monotonic() < deadline:
        time.sleep(0.5)
        if "Đang kiểm tra" in card.inner_text() and "Hủy" not in card.inner_text():
            page.goto(page.url.partition("#")[0])  # not a reload, which would post the step again
    words = card.inner_text()
    assert expected in words, words
    places = [words.index(file["name"]) for file in files]
    assert places == sorted(places), "pages stay in the order they were chosen in"


def swear_and_submit(page, site, check):
    """The last step: once without the oath, which is refused in words, then for good; returns the receipt code."""
    _answer_captcha(page, site)
    page.get_by_role("button", name="Nộp hồ sơ").click()
    reads(page, "Đánh dấu ô cam đoan để nộp hồ sơ.")
    check()
    if page.locator("input[name=captcha_0]").count():
        _answer_captcha(page, site)
    page.get_by_label(re.compile("Tôi xin chịu trách nhiệm trước pháp luật về lời khai trên")).check()
    page.get_by_role("button", name="Nộp hồ sơ").click()
    check()
    return page.locator(".big-code").inner_text().strip()


def _answer_captcha(page, site):
    key = page.locator("input[name=captcha_0]").get_attribute("value")
    page.get_by_label(re.compile("^Mã xác nhận")).fill(site.command("captcha_answer", key).strip())


def make_move(page, button, check, note=""):
    """An official presses one of the offered moves, reads what the citizen will read, and confirms."""
    page.get_by_role("link", name=button, exact=True).click()
    check()
    if note:
        page.get_by_label(re.compile("Lý do|Ghi chú|Lời nhắn")).first.fill(note)
    page.get_by_role("button", name=button, exact=True).click()
    check()

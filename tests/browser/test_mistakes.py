"""A citizen who makes mistakes, and an official who asks for a better photograph."""

import re

import pytest

from portal.testing.papers import make_pdf, make_photo
from tests.browser import steps

pytestmark = pytest.mark.browser

AGENCY = "UBND phường Buôn Ma Thuột"
PAPER = "Tờ khai xác nhận tình trạng chỗ ở hợp pháp"


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_every_mistake_is_told_and_a_blurred_paper_is_sent_again(site, open_context, script):
    people = site.people()
    citizen = people["citizens"][20 if script else 21]  # the first ten file through outages
    page = open_context(java_script_enabled=script).new_page()
    steps.sign_in(page, site, citizen["user"], "sai mật khẩu")
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in main(page)
    steps.sign_in(page, site, citizen["user"], citizen["password"])

    page.goto(f"{site.url}/nop-ho-so/?thu-tuc=1.013314")
    page.get_by_role("button", name=re.compile("^Nộp hồ sơ")).first.click()
    steps.next_step(page)
    assert "Chọn cơ quan giải quyết hồ sơ." in main(page)
    page.goto(re.sub("co-quan", "kiem-tra", page.url))
    assert "/co-quan/" in page.url, "a later step cannot be entered by its address"
    choose_agency(page)
    page.get_by_label(re.compile("^Số điện thoại")).fill("0912 345")
    steps.next_step(page)
    assert "Số vừa nhập có 7 chữ số." in main(page)
    assert page.get_by_label(re.compile("^Số điện thoại")).input_value() == "0912 345"
    page.get_by_label(re.compile("^Số điện thoại")).fill("0912 345 678")
    steps.next_step(page)

    attach_wrong_files(page, script)
    steps.next_step(page)
    assert f"Chọn ảnh hoặc tệp {PAPER}" in main(page)
    steps.attach(
        page, PAPER, [{"name": "to-khai.jpg", "mimeType": "image/jpeg", "buffer": make_photo(orientation=3)}], "Đã có 1 ảnh", script=script
    )
    steps.next_step(page)
    page.get_by_label(re.compile("^Tại nhà qua bưu điện")).check()
    page.get_by_label(re.compile("^Địa chỉ nhận qua bưu điện")).fill("")
    steps.next_step(page)
    assert "Nhập địa chỉ nhận kết quả" in main(page)
    page.get_by_label(re.compile("^Trực tiếp tại nơi nộp")).check()
    steps.next_step(page)

    page.get_by_label(re.compile("^Mã xác nhận")).fill("00000")
    page.get_by_role("button", name="Nộp hồ sơ").click()
    assert "Mã xác nhận chưa đúng. Nhập 5 chữ số trong hình hoặc nghe mã." in main(page)
    code = steps.swear_and_submit(page, site, lambda: None)

    ask_for_a_better_paper(site, open_context, people, code, script)
    steps.read_mail(page, site, citizen["email"], f"Hồ sơ {code} cần bổ sung giấy tờ")
    page.goto(f"{site.url}/ho-so/")
    assert "Không đọc được số nhà." in main(page)
    page.get_by_role("link", name="Bổ sung ngay").click()
    page.get_by_role("button", name="Gửi giấy tờ bổ sung").click()
    assert "Thêm ít nhất một tệp trước khi gửi bổ sung." in main(page)
    steps.attach(
        page, PAPER, [{"name": "chup-lai.jpg", "mimeType": "image/jpeg", "buffer": make_photo(orientation=6)}], "Đã có 2 ảnh", script=script
    )
    page.get_by_role("button", name="Gửi giấy tờ bổ sung").click()
    assert "Đã gửi giấy tờ bổ sung." in main(page)
    assert "Đã bổ sung giấy tờ" in main(page)
    steps.read_mail(page, site, citizen["email"], f"Đã nhận giấy tờ bổ sung hồ sơ {code}")


def main(page):
    return page.get_by_role("main").inner_text()


def choose_agency(page):
    own = page.get_by_label(AGENCY, exact=True)
    if own.count():
        own.check()
        return steps.next_step(page)
    page.get_by_label("Cơ quan khác, chọn ở dưới").check()
    return steps.choose_agency(page, AGENCY)


def attach_wrong_files(page, script):
    """Each file that cannot be taken is refused in words, on the card of its paper."""
    card = page.locator("section.paper", has_text=re.compile(PAPER)).first
    for name, kind, content, said in (
        ("don.docx", "application/msword", b"PK\x03\x04" + b"x" * 500, "Hệ thống nhận ảnh JPG, PNG hoặc PDF."),
        ("trong.jpg", "image/jpeg", b"", "Tệp “trong.jpg” trống hoặc bị hỏng. Chụp hoặc chọn lại."),
        ("cat-ngang.jpg", "image/jpeg", make_photo(800, 600)[:9000], "Tệp “cat-ngang.jpg” trống hoặc bị hỏng. Chụp hoặc chọn lại."),
        ("khoa.pdf", "application/pdf", make_pdf(1, encrypted=True), "Tệp PDF “khoa.pdf” có mật khẩu. Bỏ mật khẩu rồi gửi lại."),
        ("nang.jpg", "image/jpeg", b"\xff\xd8\xff" + b"x" * (11 * 1024 * 1024), "Mỗi tệp không quá 10 MB: chụp lại hoặc chia nhỏ."),
    ):
        card.locator("input[type=file][multiple]").set_input_files([{"name": name, "mimeType": kind, "buffer": content}])
        if not script:
            card.get_by_role("button", name=re.compile("Tải tệp đã chọn lên")).click()
        card.get_by_text(said).first.wait_for()


def ask_for_a_better_paper(site, open_context, people, code, script):
    """Another agency's official finds nothing; the own agency's marks the paper and asks."""
    desk = open_context(viewport={"width": 1280, "height": 800}, java_script_enabled=script).new_page()
    official = next(one for one in people["officials"] if one["agency"] == AGENCY)
    steps.official_signs_in(desk, site, official, lambda: None)
    desk.get_by_role("link", name=code).click()
    address = desk.url
    desk.get_by_role("link", name="Yêu cầu bổ sung", exact=True).click()
    desk.get_by_role("button", name="Yêu cầu bổ sung", exact=True).click()
    assert desk.title().strip().startswith("Lỗi:"), "every paper must be marked first"
    review = desk.get_by_role("article").first
    review.get_by_label("Cần bổ sung").check()
    review.get_by_label("Ảnh mờ").check()
    review.get_by_role("textbox").fill("Không đọc được số nhà.")
    desk.get_by_role("button", name="Yêu cầu bổ sung", exact=True).click()
    assert "Yêu cầu bổ sung giấy tờ" in desk.locator("body").inner_text()

    stranger = open_context(viewport={"width": 1280, "height": 800}, java_script_enabled=script).new_page()
    other = next(one for one in people["officials"] if one["agency"] != AGENCY)
    steps.official_signs_in(stranger, site, other, lambda: None)
    assert stranger.goto(address).status == 404
    assert stranger.goto(f"{address}receive/").status == 404

"""One dossier from registration to result, by the labels people read, with a script and without."""

import io
import re

import pytest
from PIL import Image

from portal.testing.papers import make_pdf, make_photo
from tests.browser import steps

pytestmark = pytest.mark.browser

AGENCY = "UBND phường Buôn Ma Thuột"
PEOPLE = {
    True: {
        "full_name": "H’Lan Niê",
        "cccd": "066192001234",
        "born": "12/03/1992",
        "phone": "0999 111 222",
        "email": "hlan.nie@example.com",
    },
    False: {
        "full_name": "Y Ƀlĭk Mlô",
        "cccd": "066090005678",
        "born": "1990-07-05",
        "phone": "+84999333444",
        "email": "y.blik@example.com",
    },
}
PASSWORD = "buôn Akŏ Dhông 12"


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_birth_is_registered_from_sign_up_to_result(site, open_context, axe, script):
    page = open_context(java_script_enabled=script).new_page()
    person = PEOPLE[script] | {"password": PASSWORD}

    mirror = open_context().new_page()

    def check(page=page):
        violations = axe(page if script else mirrored(page, mirror))
        assert violations == [], f"{page.url}: {violations}"

    steps.register_by_email(page, site, person, check)
    code = file_a_birth(page, site, person, check, script)
    assert re.fullmatch(r"H15\.24\.133-\d{6}-\d{4}", code)
    assert tracked(page, site, code, check) == "Đã nộp, chờ tiếp nhận"

    desk = open_context(viewport={"width": 1280, "height": 800}, java_script_enabled=script).new_page()
    handle(desk, site, code, lambda _page=None: check(desk))
    assert tracked(page, site, code, check) == "Đã trả kết quả"
    assert_told(page, site, person, code)

    page.goto(f"{site.url}/ho-so/{code}/")
    assert "Đã trả kết quả" in page.get_by_role("main").inner_text()
    check()


def mirrored(page, mirror):
    """The same page in a window where scripts run, since axe is one; `page` itself runs none."""
    head = f'<head><base href="{page.url}">'
    mirror.set_viewport_size(page.viewport_size)
    mirror.set_content(page.content().replace("<head>", head, 1), wait_until="load")
    # Styles reach these elements after they were drawn, so their colours may still be on the way.
    mirror.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")
    return mirror


def file_a_birth(page, site, person, check, script):
    page.get_by_role("link", name="Nộp hồ sơ").first.click()
    check()
    page.get_by_label(re.compile("^Tìm thủ tục")).fill("dang ky khai sinh")
    page.get_by_role("button", name="Tìm").click()
    check()
    page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Đăng ký khai sinh", exact=True)).get_by_role(
        "button", name=re.compile("^Nộp hồ sơ")
    ).first.click()
    check()
    steps.choose_agency(page, AGENCY)
    check()
    assert person["full_name"] in page.get_by_role("main").inner_text()
    steps.fill_applicant(page, person)
    check()
    steps.fill_birth_form(page, "Y Minh Niê")
    steps.next_step(page)
    check()
    photo = {"name": "IMG_20261118.jpg", "mimeType": "image/jpeg", "buffer": make_photo(orientation=6, gps=True)}
    second = photo | {"name": "IMG_20261119.jpg", "buffer": make_photo(orientation=8)}
    document = {"name": "to-khai.pdf", "mimeType": "application/pdf", "buffer": make_pdf(2)}
    # The heavy photograph first: it must not be overtaken by the light document.
    steps.attach(page, "Tờ khai đăng ký khai sinh", [photo, document], "Đã có 2 tệp", script=script)
    steps.attach(page, "Giấy chứng sinh", [second], "Đã có 1 ảnh", script=script)
    check()
    steps.next_step(page)
    check()
    page.get_by_label(re.compile("^Trực tiếp tại nơi nộp")).check()
    steps.next_step(page)
    check()
    code = steps.swear_and_submit(page, site, check)
    filed = page.url
    page.goto(filed.replace("da-nop", "kiem-tra"))
    assert page.url == filed, "a submitted draft shows its receipt"
    return code


def tracked(page, site, code, check):
    """The status that anyone with the code reads."""
    page.goto(f"{site.url}/tracuuhs")
    check()
    page.get_by_label(re.compile("^Mã biên nhận")).fill(code.lower())
    page.get_by_role("button", name="Tra cứu").click()
    check()
    return page.locator("#status-word").inner_text()


def handle(page, site, code, check):
    """The official of the agency lets the dossier through, and looks at the papers on the way."""
    official = next(one for one in site.people()["officials"] if one["agency"] == AGENCY)
    steps.official_signs_in(page, site, official, check)
    page.goto(f"{site.url}/quan-tri/dossiers/dossier/")
    check()
    page.get_by_role("link", name=code).click()
    check()
    assert_clean_photographs(page, site)
    for move in ("Tiếp nhận", "Chuyển xử lý", "Xử lý xong", "Trả kết quả"):
        steps.make_move(page, move, check)


def assert_clean_photographs(page, site):
    """What is stored stands upright and no longer tells where it was taken."""
    links = page.locator("a[href*='/giay-to/']").evaluate_all("found => found.map(one => one.getAttribute('href'))")
    bodies = [page.request.get(site.url + link) for link in dict.fromkeys(link for link in links if "anh-nho" not in link)]
    photos = [Image.open(io.BytesIO(body.body())) for body in bodies if body.headers["content-type"] == "image/jpeg"]
    assert len(photos) == 2
    for photo in photos:
        assert photo.height > photo.width
        red, green, blue = photo.convert("RGB").getpixel((5, 5))
        assert red > 150, "the red corner is at the top left"
        assert max(green, blue) < 100
        assert dict(photo.getexif()) == {}


def assert_told(page, site, person, code):
    """Every move was told by e-mail and by SMS, each naming the office."""
    phone = "+84" + re.sub(r"\D", "", person["phone"])[-9:]
    for subject in (
        f"Đã nộp hồ sơ {code}",
        f"Hồ sơ {code} đã được tiếp nhận",
        f"Hồ sơ {code} đang được xử lý",
        f"Hồ sơ {code} đã có kết quả",
        f"Hồ sơ {code} đã trả kết quả",
    ):
        mail = steps.read_mail(page, site, person["email"], subject)
        assert AGENCY in mail
    # Nobody has proven that the typed phone is theirs: it learns the status, and no more.
    for words in (f"Da nhan ho so {code}", f"Ho so {code}: Duoc tiep nhan", f"Ho so {code}: Dang xu ly", f"Ho so {code}: Da tra ket qua"):
        steps.read_mail(page, site, phone, words)

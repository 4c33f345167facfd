"""Every state of the doors and of the account: empty, mistaken, expired, locked, done. Each is told in words and stands in nobody's way."""

import io
import json
import re
import time
import zipfile

import pytest
from playwright.sync_api import expect

from portal import env
from portal.testing.papers import make_photo
from portal.testing.site import wait_until
from tests.browser import doors, steps
from tests.browser.test_main_job import PASSWORD, mirrored

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
AGENCY = "UBND phường Buôn Ma Thuột"
ANOTHER_PASSWORD = "cà phê Buôn Ma Thuột 1904"
WAIT_SECONDS = 30


class Reader:
    """Somebody in front of a page, who reads it, and who cannot see, hear, point or hold a large screen."""

    def __init__(self, site, open_context, axe, script=True, **options):
        self.site, self.axe = site, axe
        self.page = open_context(java_script_enabled=script, **options).new_page()
        self.mirror = None if script else open_context(**options).new_page()

    # What is read

    def reads(self, *words):
        for said in words:
            expect(self.page.get_by_role("main")).to_contain_text(said, timeout=10_000)
        shown = mirrored(self.page, self.mirror) if self.mirror else self.page
        assert self.axe(shown) == [], self.page.url
        wide = shown.evaluate("document.documentElement.scrollWidth")
        assert wide <= shown.viewport_size["width"], f"{self.page.url} is {wide} pixels wide"

    def is_told(self, *mistakes):
        """The same page once more, which says what to mend."""
        self.reads(*mistakes)
        assert self.page.title().strip().startswith("Lỗi: "), self.page.title()

    # What is done

    def goes_to(self, path):
        self.page.goto(self.site.url + path)

    def again(self):
        """Open the page anew, not a reload, which would send the form again."""
        self.page.goto(self.page.url.partition("#")[0])

    def follows(self, link, **options):
        self.page.get_by_role("main").get_by_role("link", name=link, **options).first.click()

    def presses(self, button):
        self.page.get_by_role("main").get_by_role("button", name=button, exact=isinstance(button, str)).first.click()

    def fills(self, fields):
        for label, value in fields.items():
            self.page.get_by_label(re.compile("^" + re.escape(label))).first.fill(value)

    def types_code(self, code):
        self.fills({"Mã OTP": code})
        self.presses("Xác nhận")

    def chooses_password(self, first, second, button):
        self.fills({"Mật khẩu": first, "Nhập lại mật khẩu": second})
        self.presses(button)

    def signs_in(self, name, password):
        steps.sign_in(self.page, self.site, name, password)


class Phone:
    """A phone in somebody's hand; `next_code` waits for a text that was not read before."""

    def __init__(self, site, number):
        self.site, self.number = site, doors.international(number)
        self.read = len(self._texts())

    def next_code(self):
        wait_until(lambda: len(self._texts()) > self.read, WAIT_SECONDS, f"no code reached {self.number}")
        texts = self._texts()
        self.read = len(texts)
        return re.search(r"\b\d{6}\b", texts[0]).group()

    def _texts(self):
        rows = self.site.rows(
            "SELECT body FROM messaging_inboxcopy WHERE recipient = %s AND body LIKE '%%OTP%%' ORDER BY id DESC", self.number
        )
        return [body for (body,) in rows]

    def waits_a_minute(self):
        """So that a code may be asked for again, and a wrong one be followed by the next."""
        self.site.change(
            "UPDATE accounts_smsdevice SET last_generated_timestamp = last_generated_timestamp - interval '61 seconds',"
            " throttling_failure_timestamp = throttling_failure_timestamp - interval '61 seconds' WHERE phone = %s",
            self.number,
        )

    def waits_until_the_code_ends(self):
        self.site.change("UPDATE accounts_smsdevice SET valid_until = now() - interval '1 second' WHERE phone = %s", self.number)


@pytest.fixture
def reader(site, open_context, axe):
    """`reader(script=False)`: one more person with a browser of their own."""
    return lambda **options: Reader(site, open_context, axe, **options)


@pytest.fixture(scope="module")
def people(site):
    return site.people()


def other_than(code):
    return "000000" if code != "000000" else "111111"


def letter(site, to, words, letters=1):
    """The newest mail to an address that holds these words, once so many have come."""

    def rows():
        return site.rows("SELECT body FROM messaging_inboxcopy WHERE recipient = %s AND body LIKE %s ORDER BY id DESC", to, f"%{words}%")

    wait_until(lambda: len(rows()) >= letters, WAIT_SECONDS, f"no mail with “{words}” reached {to}")
    return rows()[0][0]


def prove_phone_of(site, citizen):
    """The citizens of the demo have phones that no code was ever sent to."""
    site.change("UPDATE accounts_user SET phone_verified_at = now() WHERE username = %s", citizen["user"])
    return Phone(site, citizen["phone"])


# --- Registering ---------------------------------------------------------------------------------


@BOTH
def test_signing_up_by_phone(site, reader, people, script):
    me = reader(script=script)
    number, phone = ("066093004411", "0999 777 101") if script else ("066093004412", "0999 777 102")
    me.goes_to("/dang-ky/?doi-tuong=to-chuc")
    me.reads("Hệ thống chưa nhận đăng ký tài khoản của tổ chức, doanh nghiệp qua mạng.")
    me.follows("Công dân")
    me.reads("Chọn cách đăng ký")
    me.follows(re.compile("^Thuê bao di động"))
    me.reads("Số chính chủ")
    me.presses("Đăng ký")
    me.is_told("Nhập họ và tên", "Đánh dấu ô đồng ý để đăng ký.")

    me.fills(
        {"Họ và tên": "Y Khoa Niê", "Số CMND/CCCD": people["citizens"][11]["cccd"], "Ngày sinh": "12/12/1993", "Số thuê bao di động": phone}
    )
    me.page.get_by_label(re.compile("^Tôi đồng ý")).check()
    me.presses("Đăng ký")
    me.is_told("Số CCCD/CMND này đã có tài khoản.")
    field = me.page.get_by_role("main").locator(".field", has=me.page.get_by_label(re.compile("^Số CMND/CCCD")))
    assert [link.inner_text() for link in field.get_by_role("link").all()] == ["Quên mật khẩu", "khiếu nại"]

    me.fills({"Số CMND/CCCD": "066215004411", "Ngày sinh": "05/06/2015"})
    me.presses("Đăng ký")
    me.is_told("Người dưới 16 tuổi chưa tự đăng ký được. Cha, mẹ hoặc người giám hộ đăng ký tài khoản của mình rồi nộp hồ sơ thay.")

    site.change("INSERT INTO accounts_subscriber (phone, national_id) VALUES ('+84999777100', '066080000001') ON CONFLICT DO NOTHING")
    me.fills({"Số CMND/CCCD": number, "Ngày sinh": "05/06/1993", "Số thuê bao di động": "0999777100"})
    me.presses("Đăng ký")
    me.is_told("Số này chưa đăng ký chính chủ với CCCD vừa nhập. Dùng số khác, hoặc đến cửa hàng nhà mạng để đăng ký.")

    # Whose a number is, is told only to who holds it.
    theirs = Phone(site, people["officials"][1]["phone"])
    me.fills({"Số thuê bao di động": theirs.number})
    me.presses("Đăng ký")
    me.types_code(theirs.next_code())
    me.reads("Số điện thoại này đã có tài khoản")
    me.follows("Dùng số điện thoại khác")
    mine = Phone(site, phone)
    me.fills({"Số thuê bao di động": phone})
    me.page.get_by_label(re.compile("^Tôi đồng ý")).check()
    me.presses("Đăng ký")

    me.reads("Mã OTP 6 chữ số đã gửi tới")
    type_codes_until_one_opens(me, mine, script)
    me.reads("Đã xác nhận số điện thoại.")
    me.chooses_password("abc", "abc", "Đăng ký")
    me.is_told("Mật khẩu mới có 3 ký tự, cần ít nhất 8.")
    me.chooses_password("12345678", "", "Đăng ký")
    me.is_told("Mật khẩu này quá dễ đoán.", "Nhập lại mật khẩu.")
    me.chooses_password(PASSWORD, PASSWORD + "3", "Đăng ký")
    me.is_told("Hai mật khẩu chưa giống nhau.")
    me.chooses_password(PASSWORD, PASSWORD, "Đăng ký")
    me.reads("Đăng ký thành công")


def type_codes_until_one_opens(me, phone, script):
    """Every state of the page on which a code is typed."""
    code = phone.next_code()
    again = me.page.get_by_role("button", name=re.compile("^Gửi lại OTP"))
    if script:
        assert again.is_disabled(), "a countdown stands on the button"
    else:
        again.click()
        me.reads("Ông/Bà vừa yêu cầu mã. Chờ")
    me.presses("Xác nhận")
    me.is_told("Nhập mã OTP gồm 6 chữ số.")
    me.types_code("12345")
    me.is_told("Mã vừa nhập có 5 chữ số, cần đủ 6 chữ số.")
    me.types_code(other_than(code))
    me.is_told("Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử.")
    for _wrong in range(4):
        me.types_code(other_than(code))
    me.is_told("Đã nhập sai 5 lần. Nhấn “Gửi lại OTP” để nhận mã mới.")
    ask_again(me, phone)
    me.reads("Đã gửi lại mã. Nhập mã trong tin nhắn mới nhất.")
    code = phone.next_code()
    phone.waits_until_the_code_ends()
    me.types_code(code)
    me.is_told("Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới.")
    ask_again(me, phone)
    me.types_code(phone.next_code())


def ask_again(me, phone):
    phone.waits_a_minute()
    me.again()
    me.presses(re.compile("^Gửi lại OTP"))


def test_signing_up_by_mail(site, reader):
    me = reader()
    address = "y.siu@example.com"
    me.goes_to("/dang-ky/")
    me.follows(re.compile("^Thư điện tử"))
    me.presses("Đăng ký")
    me.is_told("Nhập họ và tên", "Đánh dấu ô đồng ý để đăng ký.")
    me.fills({"Họ và tên": "Y Siu Kbuôr", "Số CMND/CCCD": "066085007711", "Ngày sinh": "1985", "Thư điện tử": "y.siu@"})
    me.page.get_by_label(re.compile("^Tôi đồng ý")).check()
    me.presses("Đăng ký")
    me.is_told("Thư điện tử")
    me.fills({"Thư điện tử": address})
    me.presses("Đăng ký")
    me.reads("Kiểm tra hộp thư", address)
    me.presses("Gửi lại thư")
    me.reads("Đã gửi lại thư. Dùng mật khẩu và đường dẫn trong thư mới nhất.")
    me.presses("Gửi lại thư")
    me.reads("Ông/Bà vừa yêu cầu thư. Chờ")

    mail = letter(site, address, "Mật khẩu tạm", letters=2)
    temporary = re.search(r"Mật khẩu tạm: (\S+)", mail).group(1)
    link = re.search(r"https?://\S*(/dang-ky/email/\S+)", mail).group(1)
    me.signs_in(address, temporary)
    me.is_told("Tài khoản chưa được xác nhận.", "Gửi lại thư")
    me.goes_to("/dang-ky/email/khong-co-that/")
    me.reads("Đường dẫn này đã hết hạn hoặc đã dùng rồi", "Dùng đường dẫn trong thư mới nhất")
    me.goes_to(link)
    me.reads(address)
    me.presses("Xác nhận đăng ký")
    me.reads("Đăng nhập")
    me.goes_to(link)
    me.reads("Đường dẫn này đã hết hạn hoặc đã dùng rồi", "Nếu đã xác nhận đăng ký, Ông/Bà đăng nhập bằng mật khẩu của mình.")

    lives = "UPDATE accounts_user SET temporary_password_until = now() + %s * interval '1 hour' WHERE email = %s"
    site.change(lives, -1, address)
    me.signs_in(address, temporary)
    me.is_told("Mật khẩu tạm đã hết hạn. Chọn “Quên mật khẩu” để đặt mật khẩu mới.")
    site.change(lives, 1, address)
    me.signs_in(address, temporary)
    me.reads("Chọn mật khẩu mới")
    me.chooses_password(temporary, temporary, "Lưu mật khẩu")
    me.is_told("Đây là mật khẩu tạm. Chọn mật khẩu khác.")
    me.chooses_password(PASSWORD, PASSWORD, "Lưu mật khẩu")
    me.reads("Đã đặt mật khẩu mới.")


def test_signing_up_by_text(site, reader):
    me = reader()
    me.goes_to("/dang-ky/")
    me.follows(re.compile("^Nhắn tin"))
    me.reads("Soạn tin theo mẫu", "TK, Ho va ten, soCMND, Ngaysinh")
    me.goes_to("/dev/hop-thu/?den=0999777200")
    me.reads("Chưa có tin nào gửi tới 0999777200.")
    me.presses(re.compile("^Gửi"))
    me.is_told("Nhập nội dung tin nhắn.")
    for words, reply in (
        ("TK, Y Thin Nie, 06608, 15/08/1980", "So CCCD/CMND vua nhan co 5 chu so."),
        ("TK, Y Thin Nie, 066080001299", "Tin nhan con thieu ngay sinh."),
    ):
        doors.text(me.page, site, "0999777200", words)
        me.reads(reply)


# --- Signing in ----------------------------------------------------------------------------------


def test_signing_in_on_two_devices_of_which_one_is_signed_out(site, reader, people):
    citizen = people["citizens"][11]
    phone = prove_phone_of(site, citizen)
    me = reader()
    me.goes_to("/dang-nhap/")
    me.presses("Đăng nhập")
    me.is_told("Nhập tên đăng nhập.", "Nhập mật khẩu.")
    for _wrong in range(5):
        me.signs_in("khong.ai@example.com", "đoán thử xem")
    me.is_told("Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra lại hoặc chọn “Quên mật khẩu”.")
    me.signs_in("khong.ai@example.com", "đoán thử xem")
    me.is_told("Đã nhập sai nhiều lần. Thử lại sau 15 phút hoặc chọn “Quên mật khẩu”.")

    me.signs_in(citizen["cccd"], citizen["password"])
    me.reads("Nhập mã xác nhận", "Nhớ thiết bị này 30 ngày", "Đăng nhập bằng tài khoản khác")
    code = phone.next_code()
    me.types_code(other_than(code))
    me.is_told("Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử.")
    phone.waits_a_minute()
    me.page.get_by_label("Nhớ thiết bị này 30 ngày").check()
    me.types_code(code)
    me.page.wait_for_url("**/ho-so/")
    me.goes_to("/tai-khoan/")
    me.presses("Đăng xuất")
    me.signs_in(citizen["user"], citizen["password"])
    me.page.wait_for_url("**/ho-so/")  # no code is asked for on a remembered device

    # The other device runs no script, so that only the server can tell it that the session has ended.
    other = reader(script=False)
    other.signs_in(citizen["phone"], citizen["password"])
    other.types_code(phone.next_code())
    begin_a_dossier(other)
    me.goes_to("/tai-khoan/phien-dang-nhap/")
    me.reads("Thiết bị này", "Đăng xuất khỏi mọi thiết bị khác", "Các thiết bị này không phải nhập mã OTP khi đăng nhập.")
    me.presses("Đăng xuất khỏi mọi thiết bị khác")
    me.reads("Đã đăng xuất khỏi mọi thiết bị khác.", "Ông/Bà chỉ đang đăng nhập trên thiết bị này.")
    me.presses(re.compile("^Quên thiết bị"))
    me.reads("Đã quên thiết bị đó.", "Chưa có thiết bị nào được nhớ.")

    other.fills({"Số nhà, thôn/buôn, đường": "Buôn Ea Tul"})
    other.presses("Đồng ý và tiếp tục")
    other.reads("Phiên làm việc đã hết hạn để bảo vệ thông tin. Đăng nhập lại, phần đã khai vẫn còn.")
    other.fills({"Tên đăng nhập": citizen["user"], "Mật khẩu": citizen["password"]})
    other.presses("Đăng nhập")
    other.reads("Nhập mã xác nhận")
    other.types_code(phone.next_code())
    other.reads("Phần vừa khai vẫn còn. Xem lại rồi nhấn “Đồng ý và tiếp tục”.")
    assert other.page.get_by_label(re.compile("^Số nhà, thôn/buôn, đường")).input_value() == "Buôn Ea Tul"


def begin_a_dossier(me):
    """As far as the step on which an address is typed."""
    me.goes_to("/nop-ho-so/?thu-tuc=1.013314")
    me.presses(re.compile("^Nộp hồ sơ"))
    me.page.get_by_label("Cơ quan khác, chọn ở dưới").check()
    steps.choose_agency(me.page, AGENCY)


@BOTH
def test_a_forgotten_password(site, reader, people, script):
    citizen = people["citizens"][12 if script else 13]
    phone = prove_phone_of(site, citizen)
    me = reader(script=script)
    me.goes_to("/quen-mat-khau/")
    me.reads("Nhận bằng")
    me.presses("Tiếp tục")
    me.is_told("Nhập tên đăng nhập.")
    guess_for_a_name_that_nobody_has(me, "066091009901" if script else "066091009902")

    me.goes_to("/quen-mat-khau/")
    me.fills({"Tên đăng nhập": citizen["cccd"]})
    me.presses("Tiếp tục")
    code = phone.next_code()
    age_recoveries(site, "valid_until", "10 minutes")
    phone.waits_until_the_code_ends()
    me.types_code(code)
    me.is_told("Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới.")
    age_recoveries(site, "sent_at", "61 seconds")
    ask_again(me, phone)
    me.reads("Đã gửi lại mã. Nhập mã trong tin nhắn mới nhất.")
    me.types_code(phone.next_code())
    me.reads("Chọn mật khẩu mới.")
    me.chooses_password("abc", "abcd", "Lưu mật khẩu")
    me.is_told("Mật khẩu mới có 3 ký tự, cần ít nhất 8.")
    me.chooses_password(PASSWORD, PASSWORD, "Lưu mật khẩu")
    me.reads("Đã đặt lại mật khẩu")
    me.follows("Đăng nhập")
    me.fills({"Tên đăng nhập": citizen["cccd"], "Mật khẩu": PASSWORD})
    me.presses("Đăng nhập")
    me.types_code(phone.next_code())
    me.page.wait_for_url("**/ho-so/")


def guess_for_a_name_that_nobody_has(me, name):
    """The pages are those of a name that somebody has, up to the end of the tries."""
    me.fills({"Tên đăng nhập": name})
    me.presses("Tiếp tục")
    me.reads("Nếu tài khoản này có số điện thoại đã xác minh, mã OTP đã được gửi tới số đó")
    me.types_code("000000")
    me.is_told("Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử.")
    for _wrong in range(4):
        age_recoveries(me.site, "wrong_at", "1 minute")
        me.types_code("000000")
    me.is_told("Đã nhập sai 5 lần. Nhấn “Gửi lại OTP” để nhận mã mới.")


def age_recoveries(site, column, by):
    site.change(f"UPDATE accounts_recovery SET {column} = {column} - %s::interval", by)


def test_a_forgotten_password_by_mail(site, reader, people):
    citizen = people["citizens"][14]
    me = reader()
    me.goes_to("/quen-mat-khau/")
    me.fills({"Tên đăng nhập": citizen["user"]})
    me.presses("Tiếp tục")
    me.reads("Kiểm tra hộp thư", "Nếu tên vừa gõ có tài khoản")
    link = re.search(r"https?://\S*(/quen-mat-khau/\S+)", letter(site, citizen["email"], "/quen-mat-khau/")).group(1)
    me.goes_to("/quen-mat-khau/1a/khong-co-that/")
    me.reads("Đường dẫn này đã hết hạn hoặc đã dùng rồi")
    me.goes_to(link)
    me.reads("Đặt lại mật khẩu")
    me.chooses_password(PASSWORD, ANOTHER_PASSWORD, "Lưu mật khẩu")
    me.is_told("Hai mật khẩu chưa giống nhau.")
    me.chooses_password(PASSWORD, PASSWORD, "Lưu mật khẩu")
    me.reads("Đã đặt lại mật khẩu")
    me.goes_to(link)
    me.reads("Đường dẫn này đã hết hạn hoặc đã dùng rồi")
    me.follows("Gửi lại đường dẫn")
    me.page.wait_for_url("**/quen-mat-khau/")


def test_the_national_door(site, reader, people):
    person = people["national"][15]
    phone = Phone(site, person["phone"])
    me = reader()
    begin = re.compile("^Tài khoản cấp bởi Cổng dịch vụ công quốc gia")
    me.goes_to("/dang-nhap/dvcqg/")
    me.reads("Chọn tài khoản để đăng nhập.")
    me.presses(begin)
    me.reads("Tài khoản cấp bởi Cổng dịch vụ công quốc gia")
    me.presses("Đăng nhập")
    me.is_told("Nhập mật khẩu.")
    me.fills({"CMT hoặc CCCD": person["cccd"], "Mật khẩu": "đoán thử xem"})
    me.presses("Đăng nhập")
    me.is_told("Số CMT/CCCD hoặc mật khẩu chưa đúng. Kiểm tra lại rồi nhập lại mật khẩu.")
    me.follows("Hủy và quay lại")
    me.reads("Đã dừng đăng nhập", "Chưa có gì được lưu lại.")
    me.follows("Thử lại")
    me.presses(begin)
    me.fills({"CMT hoặc CCCD": person["cccd"], "Mật khẩu": person["password"]})
    me.presses("Đăng nhập")
    me.reads("Nhập mã OTP")
    code = phone.next_code()
    me.types_code("12345")
    me.is_told("Mã vừa nhập có 5 chữ số, cần đủ 6 chữ số.")
    me.types_code(other_than(code))
    me.is_told("Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử.")
    time.sleep(1)  # after a wrong guess the next one waits a second
    me.types_code(code)
    me.reads("Đã nối Cổng Dịch vụ công quốc gia với tài khoản có sẵn của số định danh này.", "Các cách đăng nhập này có phải của Ông/Bà?")
    me.presses("Là của tôi, giữ lại")
    me.page.wait_for_url("**/ho-so/")

    another = reader()
    another.goes_to("/dang-nhap/dvcqg/")
    with site.without("issuer"):
        another.presses(begin)
        another.reads("Cổng Dịch vụ công quốc gia chưa trả lời", "Thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu ở đây.")
    wait_until(lambda: national_portal_answers(site), 60, "the issuer did not come back")


def national_portal_answers(site):
    return site.answers(env.read_file(site.data / "env")["OIDC_ISSUER"] + "/.well-known/openid-configuration")


# --- A claim to an ID number ---------------------------------------------------------------------


def test_a_claim_from_the_form_to_the_new_account(site, reader, people):
    owner = {"full_name": "Lê Hữu Nghĩa", "cccd": "066076005511", "born": "03/04/1976", "phone": "0999 777 301"}
    holder, me = reader(), reader()
    temporary = doors.text_for_an_account(holder.page, site, owner)
    phone = Phone(site, "0999 777 302")

    me.goes_to("/dang-ky/khieu-nai/")
    me.reads("Trước khi gửi")
    me.presses("Gửi khiếu nại")
    me.is_told("Chụp hoặc chọn ảnh mặt trước thẻ.", "Đánh dấu ô đồng ý để gửi.")
    me.fills({"Họ và tên": "H’Loan Ayŭn", "Số CMND/CCCD": "066176009955", "Ngày sinh": "03/04/1976", "Số thuê bao di động": phone.number})
    me.page.get_by_label(re.compile("^Tôi đồng ý")).check()
    for side in ("Ảnh mặt trước thẻ", "Ảnh mặt sau thẻ"):
        photo = {"name": "the.jpg", "mimeType": "image/jpeg", "buffer": make_photo(1200, 800)}
        me.page.get_by_label(re.compile("^" + side)).set_input_files([photo])
    me.fills({"Mã xác nhận": "1"})
    me.presses("Gửi khiếu nại")
    me.is_told(
        "Số CCCD/CMND này chưa có tài khoản nên không cần khiếu nại.",
        "Đã có ảnh mặt trước thẻ",
        "Đã có ảnh mặt sau thẻ",
        "Mã xác nhận chưa đúng.",
    )
    answer = site.captcha_answer(me.page.locator("input[name=captcha_0]").get_attribute("value"))
    me.fills({"Số CMND/CCCD": owner["cccd"], "Mã xác nhận": answer})
    me.presses("Gửi khiếu nại")
    me.reads("Mã OTP 6 chữ số đã gửi tới")
    code = phone.next_code()
    me.types_code(other_than(code))
    me.is_told("Mã chưa đúng.")
    phone.waits_a_minute()
    me.types_code(code)
    me.reads("Đã gửi khiếu nại", "Ảnh thẻ bị xóa 90 ngày sau khi có kết quả.")
    ticket = me.page.locator(".big-code").inner_text().strip()

    me.follows("Trang xem kết quả khiếu nại")
    me.presses("Gửi mã OTP")
    me.is_told("Nhập mã khiếu nại, ví dụ KN-261118-0042.")
    ask_for_the_outcome(me, "KN-261118-9999", owner["cccd"])
    me.is_told("Mã khiếu nại và số CCCD/CMND chưa khớp nhau.")
    ask_for_the_outcome(me, ticket, owner["cccd"])
    me.reads("Nhập mã xác nhận")
    me.types_code(phone.next_code())
    me.reads("Đang chờ cán bộ giải quyết.")

    accept(site, reader(viewport={"width": 1280, "height": 800}), people["admins"][0], ticket)
    holder.signs_in(owner["cccd"], temporary)
    holder.is_told("Tài khoản này đang tạm khóa. Gọi")

    phone.waits_a_minute()
    me.goes_to("/dang-ky/khieu-nai/nhan/")
    ask_for_the_outcome(me, ticket, owner["cccd"])
    moves = "UPDATE accounts_dispute SET claim_by = claim_by + %s WHERE code = %s"
    site.change(moves, -31, ticket)
    me.types_code(phone.next_code())
    me.reads("Khiếu nại được chấp nhận, nhưng hạn nhận lại số đã hết ngày")
    site.change(moves, 31, ticket)
    me.again()
    me.reads("Nhận lại số CCCD/CMND", f"Khiếu nại {ticket} được chấp nhận.")
    me.chooses_password("abc", "abc", "Nhận lại số")
    me.is_told("Mật khẩu mới có 3 ký tự, cần ít nhất 8.")
    me.chooses_password(PASSWORD, PASSWORD, "Nhận lại số")
    me.reads("Số CCCD/CMND đã là của tài khoản này.")

    phone.waits_a_minute()
    holder.goes_to("/dang-ky/khieu-nai/nhan/")
    ask_for_the_outcome(holder, ticket, owner["cccd"])
    holder.types_code(phone.next_code())
    holder.reads("Số CCCD/CMND đã được chuyển. Ông/Bà đăng nhập bằng số đó.")
    holder.goes_to("/dang-ky/khieu-nai/nhan/")
    while holder.page.get_by_label(re.compile("^Mã khiếu nại")).count():
        ask_for_the_outcome(holder, "KN-261118-9999", owner["cccd"])
    holder.reads("Thử lại sau")


def ask_for_the_outcome(me, ticket, number):
    me.fills({"Mã khiếu nại": ticket, "Số CMND/CCCD": number})
    me.presses("Gửi mã OTP")


def accept(site, desk, official, ticket):
    """An official reads both sides, looks at what they will read, and accepts."""
    steps.official_signs_in(desk.page, site, official, desk.reads)
    desk.page.get_by_role("link", name="Khiếu nại tài khoản").first.click()
    desk.reads(ticket)
    desk.page.get_by_role("link", name=ticket).click()
    desk.reads("Người khiếu nại nói", "Khác nhau", "Ảnh mặt trước thẻ")
    desk.page.get_by_role("link", name="Chấp nhận", exact=True).click()
    desk.page.get_by_role("button", name="Chấp nhận", exact=True).click()
    desk.is_told("Ghi lý do: người khiếu nại cần biết vì sao.")
    desk.fills({"Lý do": "Ảnh thẻ, họ tên và ngày sinh khớp với người khiếu nại."})
    desk.page.get_by_role("button", name="Xem trước lời nhắn").click()
    desk.reads("Tài khoản đang giữ số bị tạm khóa ngay.")
    desk.page.get_by_role("button", name="Chấp nhận", exact=True).click()
    desk.reads("Đã ghi: chấp nhận. Các bên đã được báo.")


# --- The account ---------------------------------------------------------------------------------


def test_the_account_page_and_what_it_leads_to(site, reader, people):
    person = {"full_name": "Bùi Thị Hoa", "cccd": "066189006611", "born": "20/10/1989", "phone": "0999 777 401"}
    me, phone = reader(), Phone(site, person["phone"])
    temporary = doors.text_for_an_account(me.page, site, person)
    me.signs_in(person["cccd"], temporary)
    me.types_code(phone.next_code())
    me.chooses_password(PASSWORD, PASSWORD, "Lưu mật khẩu")
    me.goes_to("/tai-khoan/")
    me.reads("Thông tin cá nhân", "Chưa có")
    change_address(me)
    change_phone(site, me, people)
    add_mail(site, me, "bui.hoa@example.com")
    take_data(me, person)
    ask_to_be_deleted_and_think_better_of_it(me)
    change_password(me)


def change_address(me):
    me.follows("Sửa địa chỉ")
    me.reads("Sửa địa chỉ")
    me.page.get_by_role("main").get_by_role("textbox").first.fill("Số 9, buôn Alê A")
    me.presses("Lưu")
    me.reads("Đã lưu địa chỉ.", "Số 9, buôn Alê A")


def change_phone(site, me, people):
    me.follows("Đổi số điện thoại")
    me.reads("Xác nhận đây là Ông/Bà")
    me.presses("Tiếp tục")
    me.is_told("Nhập mật khẩu đang dùng.")
    me.fills({"Mật khẩu đang dùng": "đoán thử xem"})
    me.presses("Tiếp tục")
    me.is_told("Mật khẩu đang dùng chưa đúng. Nhập lại.")
    me.fills({"Mật khẩu đang dùng": PASSWORD})
    me.presses("Tiếp tục")
    me.reads("Đổi số điện thoại", "Đang dùng số")
    me.fills({"Số thuê bao di động": "0999 777 401"})
    me.presses("Gửi mã OTP")
    me.is_told("Tài khoản đang dùng số này.")
    theirs = Phone(site, people["officials"][2]["phone"])
    me.fills({"Số thuê bao di động": theirs.number})
    me.presses("Gửi mã OTP")
    me.types_code(theirs.next_code())
    me.reads("Số này thuộc một tài khoản khác")
    me.follows("Dùng số khác")
    new = Phone(site, "0999 777 402")
    me.fills({"Số thuê bao di động": new.number})
    me.presses("Gửi mã OTP")
    me.reads("Nhập mã xác nhận", "Sai số điện thoại?")
    code = new.next_code()
    me.types_code(other_than(code))
    me.is_told("Mã chưa đúng.")
    new.waits_a_minute()
    me.types_code(code)
    me.reads("Đã xác minh số điện thoại.", "0999 777 402")


def add_mail(site, me, address):
    me.follows("Thêm thư điện tử")
    me.reads("Thêm thư điện tử")
    me.fills({"Thư điện tử mới": "bui.hoa@"})
    me.presses("Gửi đường dẫn xác nhận")
    me.is_told("Thư điện tử")
    me.fills({"Thư điện tử mới": address})
    me.presses("Gửi đường dẫn xác nhận")
    me.reads("Đã gửi đường dẫn xác nhận.", "Chờ xác nhận", address)
    link = re.search(r"https?://\S*(/dang-ky/email/\S+)", letter(site, address, "/dang-ky/email/")).group(1)
    me.goes_to(link)
    me.reads("Xác nhận thư điện tử", address)
    me.presses("Xác nhận địa chỉ")
    me.reads("Đã xác nhận thư điện tử")
    me.goes_to(link)
    me.reads("Đường dẫn này đã hết hạn hoặc đã dùng rồi", "Mở trang Tài khoản để xem địa chỉ đang dùng")
    me.goes_to("/tai-khoan/")
    me.reads(address)


def take_data(me, person):
    me.follows("Tải dữ liệu của tôi")
    me.reads("Ông/Bà nhận một tệp ZIP gồm:")
    with me.page.expect_download() as waited:
        me.presses("Tải dữ liệu")
    with zipfile.ZipFile(io.BytesIO(waited.value.path().read_bytes())) as archive:
        assert archive.testzip() is None
        documents = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    assert documents
    assert person["cccd"] in json.dumps(documents)


def ask_to_be_deleted_and_think_better_of_it(me):
    me.goes_to("/tai-khoan/")
    me.follows("Xóa tài khoản")
    me.reads("Sẽ bị xóa", "Được giữ lại, và vì sao")
    me.presses("Yêu cầu xóa tài khoản")
    me.reads("Đang chờ xóa tài khoản")
    me.goes_to("/tai-khoan/")
    me.reads("Xem hoặc rút lại yêu cầu")
    me.follows("Xem hoặc rút lại yêu cầu")
    me.presses("Rút lại yêu cầu")
    me.reads("Đã rút lại yêu cầu. Tài khoản được giữ nguyên.")


def change_password(me):
    me.goes_to("/tai-khoan/")
    me.follows("Đổi mật khẩu")
    me.reads("Đổi mật khẩu")
    fields = {"Mật khẩu đang dùng": "đoán thử xem", "Mật khẩu mới": ANOTHER_PASSWORD, "Nhập lại mật khẩu": ANOTHER_PASSWORD}
    me.fills(fields)
    me.presses("Đổi mật khẩu")
    me.is_told("Mật khẩu đang dùng chưa đúng. Nhập lại.")
    me.fills(fields | {"Mật khẩu đang dùng": PASSWORD})
    me.presses("Đổi mật khẩu")
    me.reads("Đã đổi mật khẩu. Các thiết bị khác phải đăng nhập lại.")

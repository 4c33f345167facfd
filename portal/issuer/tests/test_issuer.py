"""The issuer from outside: what a citizen sees in a browser and what the portal is told."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
import requests

from portal.issuer.tests.running import BASE, CLIENT_ID, Visit, handed_over, running

NGOC, BLIK, BAO = "H’Ngọc Êban", "Y Ƀlĭk Mlô", "Phạm Gia Bảo"
WRONG = "Số CMT/CCCD hoặc mật khẩu chưa đúng."


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    with running(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture(autouse=True)
def no_waits(issuer):
    issuer.forget_waits()


def other(code):
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"


def test_it_says_of_itself_only_what_it_serves(issuer):
    told = requests.get(f"{issuer.url}/.well-known/openid-configuration").json()
    assert told["issuer"] == issuer.url
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["token_endpoint_auth_methods_supported"] == ["client_secret_basic"]
    assert {name for name in told if name.endswith(("_endpoint", "_uri"))} == {
        "authorization_endpoint", "jwks_uri", "token_endpoint", "userinfo_endpoint",
    }  # fmt: skip
    for path in ("device", "logout", "api/revoke", "api/device/code"):
        assert requests.get(f"{issuer.url}/identity/o/{path}").status_code == 404


def test_four_steps_lead_back_with_a_code_that_tells_who_came(issuer):
    visit = Visit(issuer)
    page = visit.begin().text
    for words in ("Tài khoản cấp bởi Cổng dịch vụ công quốc gia", "CMT hoặc CCCD", "Mật khẩu", "<button>Đăng nhập</button>"):
        assert words in page
    page = visit.sign_in(NGOC).text
    for words in ("Mã OTP", "<button>Xác nhận</button>", "Gửi lại OTP", "099* *** 900"):
        assert words in page
    code = issuer.newest_code()
    assert issuer.messages[-1] == issuer.messages[-1] | {
        "from": "DVCQG",
        "to": "+84999000900",
        "text": f"Ma OTP dang nhap Cong DVC quoc gia (mo phong): {code}, dung trong 5 phut. Khong dua ma nay cho bat ky ai.",
    }
    handed = handed_over(visit.type(code=f"{code[:3]} {code[3:]}"))
    assert visit.page.headers["Location"].startswith(f"{issuer.callback}?")
    assert handed["state"] == visit.state

    tokens = visit.token(handed["code"]).json()
    key = jwt.PyJWKClient(f"{issuer.url}/.well-known/jwks.json").get_signing_key_from_jwt(tokens["id_token"])
    told = jwt.decode(tokens["id_token"], key, algorithms=["RS256"], audience=CLIENT_ID, issuer=issuer.url)
    asked = requests.get(f"{issuer.url}/identity/o/api/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    claims = {
        "SoDinhDanh": issuer.number(NGOC),
        "HoVaTen": NGOC,
        "NgayThangNamSinh": "19910309",
        "LoaiTaiKhoan": "1",
        "TechID": asked["sub"],
        "loginIdp": "dvcqg",
    }
    assert asked == claims | {"sub": asked["sub"]}
    assert told == told | asked | {"nonce": "n-1"}
    assert issuer.number(NGOC) not in asked["sub"]
    assert visit.token(handed["code"]).status_code == 400, "a code is taken once"


def test_a_sign_in_is_for_one_time_the_next_citizen_at_the_computer_is_asked_again(issuer):
    visit = Visit(issuer)
    assert "code" in visit.arrive(NGOC)
    assert "CMT hoặc CCCD" in visit.begin().text


def test_a_code_is_worth_nothing_without_its_verifier_its_secret_and_its_address(issuer):
    visit = Visit(issuer)
    code = visit.arrive(NGOC)["code"]
    assert visit.token(code, code_verifier="x" * 43).json()["error"] == "invalid_grant"
    assert visit.token(code, redirect_uri="http://localhost:8000/accounts/oidc/dvcqg/login/callback/").status_code == 400
    assert visit.token(code, secret="another").status_code == 401
    assert visit.token(code).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": "http://localhost:8000/accounts/oidc/dvcqg/login/callback/../x"},
        {"client_id": "another"},
        {"client_id": "\0"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
    ],
    ids=str,
)
def test_a_request_that_is_not_from_the_portal_goes_nowhere(issuer, change):
    page = Visit(issuer).begin(**change)
    assert page.status_code == 400
    assert page.history == []
    assert "Yêu cầu đăng nhập chưa đúng" in page.text


def test_the_portal_under_its_second_name_is_answered_there(issuer):
    visit = Visit(issuer)
    elsewhere = "http://localhost:8000/accounts/oidc/dvcqg/login/callback/"
    assert "CMT hoặc CCCD" in visit.begin(redirect_uri=elsewhere).text


def test_the_sign_in_page_leads_to_no_foreign_address(issuer):
    for address in ("https://elsewhere.example/", "//elsewhere.example/identity/o/authorize", "/huy/"):
        for path in ("dang-nhap/", "huy/"):
            page = requests.get(f"{issuer.url}/{path}", params={"next": address})
            assert (page.url, "Bắt đầu từ cổng của tỉnh" in page.text) == (f"{issuer.url}/", True)
    assert requests.get(f"{issuer.url}/dang-nhap/otp/").url == f"{issuer.url}/"


def test_who_changes_their_mind_goes_back_and_the_portal_is_told(issuer):
    visit = Visit(issuer)
    for page in (visit.begin(), visit.sign_in(BAO)):
        link = re.search(r'href="(/huy/\?[^"]+)">Hủy và quay lại', page.text).group(1).replace("&amp;", "&")
    answer = visit.browser.get(issuer.url + link, allow_redirects=False)
    assert answer.headers["Location"] == f"{issuer.callback}?error=access_denied&state={visit.state}"
    assert visit.browser.get(f"{issuer.url}/dang-nhap/otp/").url == f"{issuer.url}/"


def test_a_wrong_password_and_an_unknown_number_are_told_apart_by_nobody(issuer):
    visit = Visit(issuer)
    visit.begin()
    known = visit.sign_in(BLIK, "khong-phai").text
    unknown = visit.type(national_id="066099000999", password="khong-phai").text
    for page in (known, unknown):
        assert WRONG in page
        assert "<title>Lỗi: Đăng nhập" in page
        assert "khong-phai" not in page
    assert issuer.number(BLIK) in known, "the number stays, the password does not"
    assert "Số vừa nhập có 4 chữ số." in visit.type(national_id="0660", password="x").text
    assert "Nhập mật khẩu." in visit.type(national_id=issuer.number(BLIK), password="").text
    assert visit.type(national_id="\0", password="\0").status_code == 200


def test_guessing_a_password_ends_after_five_wrong_ones_even_for_the_right_one(issuer):
    visit, sent = Visit(issuer), len(issuer.messages)
    visit.begin()
    assert [WRONG in visit.sign_in(BLIK, f"khong-phai-{n}").text for n in range(6)] == [True] * 5 + [False]
    assert "Đã nhập sai nhiều lần. Thử lại sau 15 phút." in visit.sign_in(BLIK).text
    assert len(issuer.messages) == sent
    fresh = Visit(issuer)
    fresh.begin()
    assert "Mã OTP" in fresh.sign_in(BAO).text, "nobody else is shut out"


def test_a_wrong_code_is_counted_and_the_fifth_ends_it(issuer):
    visit = Visit(issuer)
    visit.begin()
    visit.sign_in(BAO)
    code = issuer.newest_code()
    assert "Mã chưa đúng. Xem lại tin nhắn mới nhất. Còn 4 lần thử." in visit.type(code=other(code)).text
    assert re.search(r"Chờ \d giây rồi nhập lại mã\.", visit.type(code=other(code)).text)
    for left in (3, 2, 1):
        issuer.forget_waits()
        assert f"Còn {left} lần thử." in visit.type(code=other(code)).text
    issuer.forget_waits()
    assert "Đã nhập sai 5 lần. Nhấn “Gửi lại OTP” để nhận mã mới." in visit.type(code=other(code)).text
    issuer.forget_waits()
    assert "Đã nhập sai 5 lần." in visit.type(code=code).text
    assert "Mã vừa nhập có 3 chữ số, cần đủ 6 chữ số." in visit.type(code="123").text
    assert "Mã OTP chỉ gồm chữ số." in visit.type(code="abcdef").text


def test_twenty_wrong_codes_an_hour_end_the_guessing_whichever_code_lives(issuer):
    visit = Visit(issuer)
    visit.begin()
    visit.sign_in(BAO)
    for _ in range(20):
        issuer.run("UPDATE issuer_phonedevice SET tries = 0, throttling_failure_timestamp = NULL")
        assert "Mã chưa đúng." in visit.type(code=other(issuer.newest_code())).text
    issuer.run("UPDATE issuer_phonedevice SET tries = 0, throttling_failure_timestamp = NULL")
    assert "Đã nhập sai nhiều lần. Thử lại sau một giờ." in visit.type(code=issuer.newest_code()).text


def test_a_code_sent_again_is_the_same_while_it_lives_and_another_afterwards(issuer):
    visit = Visit(issuer)
    visit.begin()
    visit.sign_in(BAO)
    first = issuer.newest_code()
    assert re.search(r"Ông/Bà vừa yêu cầu mã\. Chờ \d+ giây rồi nhấn lại\.", visit.type(action="resend").text)
    issuer.forget_waits()
    assert "Đã gửi lại mã." in visit.type(action="resend").text
    assert issuer.newest_code() == first
    issuer.run("UPDATE issuer_phonedevice SET valid_until = now() - interval '1 second'")
    assert "Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới." in visit.type(code=first).text
    issuer.forget_waits()
    visit.type(action="resend")
    assert issuer.newest_code() != first
    assert "code" in handed_over(visit.type(code=issuer.newest_code()))


def test_messages_of_an_hour_have_an_end(issuer):
    visit = Visit(issuer)
    visit.begin()
    visit.sign_in(BLIK)
    for _ in range(4):
        issuer.forget_waits()
        visit.type(action="resend")
    issuer.forget_waits()
    sent = len(issuer.messages)
    assert "Đã yêu cầu mã nhiều lần. Thử lại sau 60 phút." in visit.type(action="resend").text
    assert len(issuer.messages) == sent


def test_one_code_typed_twice_at_the_same_moment_opens_once(issuer):
    visits = [Visit(issuer), Visit(issuer)]
    for visit in visits:
        visit.begin()
        visit.sign_in(BLIK)
    code = issuer.newest_code()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda visit: visit.type(code=code), visits))
    assert sorted(answer.status_code for answer in answers) == [200, 302]


def test_it_looks_unlike_the_portal_is_not_indexed_and_runs_nothing(issuer):
    page = Visit(issuer).begin()
    assert "Cổng Dịch vụ công quốc gia (mô phỏng)" in page.text
    assert "không phải Cổng Dịch vụ công quốc gia" in page.text
    assert '<meta name="robots" content="noindex, nofollow">' in page.text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {issuer.portal} http://localhost:8000" in policy
    assert "no-store" in page.headers["Cache-Control"]
    assert set(page.cookies.keys()) | set(page.history[0].cookies.keys()) <= {"dvcqg_csrftoken", "dvcqg_sessionid"}
    assert "Không tìm thấy trang" in requests.get(f"{issuer.url}/khong-co/").text
    assert requests.post(page.url, data={}).status_code == 403
    assert requests.get(issuer.url, headers={"Host": "elsewhere.example"}).status_code == 400


def test_neither_codes_nor_numbers_nor_names_are_logged(issuer):
    visit = Visit(issuer)
    code = visit.arrive(BAO)["code"]
    log = (issuer.data / "issuer.log").read_text()
    for secret in (code, issuer.newest_code(), issuer.number(BAO), BAO, visit.verifier, "99900090"):
        assert secret not in log
    assert "Internal Server Error" not in log


def test_its_tables_are_what_its_migrations_make(issuer):
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    environment = issuer.environment | {"DJANGO_SETTINGS_MODULE": "portal.issuer.settings"}
    done = subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "No changes detected\n"), done.stderr

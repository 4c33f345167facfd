"""Every combination of open doors: a closed one has no address, and no page tells of it."""

import itertools

import pytest
from django.urls import reverse
from django.utils import translation

from procedures.tests.make import make_procedure

OWN = ("mobile", "email", "sms")
EVERY = [(*own, national) for own in itertools.product([True, False], repeat=3) for national in (True, False)]
# The addresses of each door, and what pages say of it.
ADDRESSES = {
    "mobile": ["accounts:signup_mobile", "accounts:signup_mobile_code", "accounts:signup_mobile_password"],
    "email": ["accounts:signup_email", "accounts:resend", "account_email_verification_sent"],
    "sms": ["accounts:signup_sms"],
    "national": ["accounts:national", "openid_connect_login", "openid_connect_callback"],
}
WORDS = {
    "mobile": ["huê bao di động”", "Thuê bao di động", "Bằng thuê bao di động", "chính chủ"],
    "email": ["“Thư điện tử”", "<b>Thư điện tử</b>", "Bằng thư điện tử", "hộp thư đang dùng", "thư xác nhận"],
    "sms": ["TK,", "TK;", "Nhắn tin 8188", "Bằng tin nhắn tới", "nhận mật khẩu qua tin nhắn", "Mật khẩu nhận qua tin nhắn"],
    "national": ["Cổng DVC Quốc gia", "Cổng dịch vụ công quốc gia”", "VNeID"],
}
# Words of any sign-up at all.
SIGN_UP = [">Đăng ký</a>", "“Đăng ký”", "Đăng ký tài khoản", ">Đăng ký<"]
PAGES = [
    "home", "guide", "questions", "terms", "privacy", "accessibility", "cookies", "contact", "account_login",
    "account_reset_password", "account_reset_password_done", "accounts:signup", "accounts:dispute", "procedures:list", "tracking:track",
]  # fmt: skip


@pytest.fixture(
    params=EVERY, ids=lambda doors: "-".join(name for name, is_open in zip((*OWN, "national"), doors, strict=True) if is_open) or "none"
)
def doors(request, settings):
    """Which doors are open."""
    *own, national = request.param
    settings.SIGNUP_DOORS = [name for name, is_open in zip(OWN, own, strict=True) if is_open]
    settings.OIDC_ISSUER = "https://xac-thuc.example" if national else ""
    settings.DEMO = False
    return {*settings.SIGNUP_DOORS} | ({"national"} if national else set())


def address(name):
    return reverse(name, kwargs={"provider_id": "dvcqg"} if name.startswith("openid") else None)


def open_pages(client, language):
    """What a guest can open, by name, as text."""
    procedure = make_procedure("Đăng ký khai sinh")
    with translation.override(language):
        addresses = {name: reverse(name) for name in PAGES} | {
            "procedure": reverse("procedures:detail", args=[procedure.code]),
            "tracked": reverse("tracking:track") + "?ma=H15.24.133-261118-0007",
            "organisation": reverse("accounts:signup") + "?doi-tuong=to-chuc",
            "lost": f"/{'en/' if language == 'en' else ''}khong-co-trang-nay/",
            "dead link": reverse("account_confirm_email", args=["dead"]),
            "refused sign-in": reverse("account_login"),
        }
    for name, page in addresses.items():
        answer = client.post(page, {"login": "001099000000", "password": "x"}) if name == "refused sign-in" else client.get(page)
        if answer.status_code != 302:
            assert answer.status_code in (200, 404), name
            yield name, answer.content.decode()


@pytest.mark.django_db
def test_a_closed_door_has_no_address_and_an_open_one_has(client, doors):
    for door, names in ADDRESSES.items():
        for name in names:
            page = address(name)
            for ask in (client.get, client.post):
                answer = ask(page, follow=True)
                if door not in doors:
                    assert answer.status_code in (404, 405), f"{door}: {page}"
        if door in doors:
            assert client.get(address(names[0])).status_code == 200


@pytest.mark.django_db
def test_no_page_leads_to_a_closed_door(client, doors):
    for language in ("vi", "en"):
        for name, page in open_pages(client, language):
            for door, names in ADDRESSES.items():
                linked = any(f'"{prefix}{address(target)}{end}' in page for target in names for prefix in ("", "/en") for end in '"?')
                assert door in doors or not linked, f"{name} ({language}) leads to {door}"
            if not doors & {*OWN}:
                links = [f'href="{prefix}{address("accounts:signup")}"' for prefix in ("", "/en")]
                # The chooser itself leads to its own other half, and says that nothing is open.
                assert name in ("accounts:signup", "organisation") or not any(link in page for link in links), f"{name} ({language})"


@pytest.mark.django_db
def test_no_page_tells_of_a_closed_door(client, doors):
    for name, page in open_pages(client, "vi"):
        for door, words in WORDS.items():
            told = [word for word in words if word in page]
            assert door in doors or told == [], f"{name} tells of {door}"
        if not doors & {*OWN} and name not in ("accounts:signup", "organisation"):
            assert [word for word in SIGN_UP if word in page] == [], name


@pytest.mark.django_db
def test_the_home_page_the_guide_and_the_sign_in_tell_of_every_open_door(client, doors):
    pages = dict(open_pages(client, "vi"))
    guide = {
        "mobile": "Chọn “Công dân”, rồi “Thuê bao di động”",
        "email": "nhấn “Xác nhận đăng ký”",
        "sms": "TK; Ho va ten; soCMND; Ngaysinh",
        "national": "“Tài khoản cấp bởi Cổng dịch vụ công quốc gia”",
    }
    assert {door for door, sentence in guide.items() if sentence in pages["guide"]} == doors
    assert ('<a href="/dang-ky/">Đăng ký</a>' in pages["home"]) is bool(doors & {*OWN})
    assert ("TK, Ho va ten, soCMND, Ngaysinh" in pages["home"]) is ("sms" in doors)
    assert ("Đăng nhập Cổng DVC Quốc gia" in pages["account_login"]) is ("national" in doors)
    # Those who have an account sign in whatever is closed.
    assert 'name="password"' in pages["account_login"]


@pytest.mark.django_db
def test_the_guide_tells_of_a_code_at_sign_in_only_where_there_is_one(client, settings):
    for policy, asked, remembered in [("always", True, False), ("new-device", True, True), ("off", False, False)]:
        settings.SIGNIN_OTP = policy
        page = client.get(reverse("guide")).content.decode()
        assert ("Mã gửi về số điện thoại của tài khoản." in page, "“Nhớ thiết bị này 30 ngày”" in page) == (asked, remembered)


@pytest.mark.django_db
@pytest.mark.parametrize(("own", "offered"), [(["email"], True), ([], False)])
def test_a_dispute_about_a_free_number_leads_to_a_sign_up_only_where_there_is_one(client, settings, own, offered):
    settings.SIGNUP_DOORS = own
    page = client.post(reverse("accounts:dispute"), {"national_id": "001080000001"}).content.decode()
    assert "chưa có tài khoản nên không cần khiếu nại" in page
    assert ("<b>đăng ký</b>" in page) is offered

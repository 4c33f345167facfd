import logging
import time
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import national
from accounts.models import User
from accounts.tests.at_once import at_once
from accounts.tests.issuer_peer import CLIENT_ID, CLIENT_SECRET, LAN, IssuerPeer
from accounts.tests.make import make_citizen
from portal.messaging.models import OutgoingMessage

pytestmark = pytest.mark.django_db

CALLBACK = "/accounts/oidc/dvcqg/login/callback/"
CHOOSE = "/dang-nhap/dvcqg/"


@pytest.fixture
def peer(settings):
    peer = IssuerPeer()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = peer.url, CLIENT_ID, CLIENT_SECRET
    settings.OIDC_SECONDS = 5
    yield peer
    peer.close()


def go(client, **form):
    return client.post(CHOOSE, form)


def walk(peer, client=None, back=None, **form):
    """The whole journey: press the button, sign in there, come back."""
    client = client or Client()
    return client.get(CALLBACK, peer.sign_in(go(client, **form).url, **(back or {})))


def signed_in(client):
    return client.session.get("_auth_user_id")


def title(response):
    return response.context["answer"].title


def nothing_happened(client):
    return signed_in(client) is None and not User.objects.exists() and not SocialAccount.objects.exists()


# --- The way in --------------------------------------------------------------------------------


def test_a_citizen_comes_back_signed_in_with_a_new_account(peer):
    client = Client()
    response = walk(peer, client)
    user = User.objects.get()
    assert (response.status_code, response.url) == (302, reverse("dossiers:mine"))
    assert signed_in(client) == str(user.pk)
    facts = (user.username, user.national_id, user.full_name, user.birth_date, user.door, user.phone, user.email)
    assert facts == ("066192001234", "066192001234", "H’Lan Niê", date(1992, 3, 12), "national", "", "")
    assert user.activated_at is not None
    assert not user.has_usable_password()
    assert not user.birth_year_only
    link = SocialAccount.objects.get()
    assert (link.user, link.provider, link.uid) == (user, "dvcqg", "066192001234")
    assert link.extra_data == {"sub": "7f0d2c", "TechID": "T-0042", "loginIdp": "dvcqg"}


def test_the_second_time_it_is_the_same_account(peer):
    walk(peer)
    client = Client()
    walk(peer, client)
    assert signed_in(client) == str(User.objects.get().pk)
    assert LogEntry.objects.filter(additional_data__event="linked to the national account").count() == 1


def test_what_the_issuer_is_asked_for(peer, settings):
    response = Client().post(CHOOSE, headers={"host": "localhost"})
    address, asked = urlsplit(response.url), dict(parse_qsl(urlsplit(response.url).query))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{peer.url}/authorization"
    assert asked["redirect_uri"] == settings.PUBLIC_BASE_URL + CALLBACK, "never by the Host header"
    assert (asked["scope"], asked["response_type"], asked["client_id"]) == ("openid", "code", CLIENT_ID)
    assert (asked["code_challenge_method"], asked["acr_values"]) == ("S256", "LoA1")
    assert len(asked["nonce"]) >= 43
    assert len(asked["state"]) >= 16
    assert "idp" not in asked


def test_the_address_of_the_page_adds_nothing_to_the_question(peer):
    address = Client().post(CHOOSE + "?scope=email&auth_params=prompt%3Dnone&process=connect&state=mine").url
    asked = dict(parse_qsl(urlsplit(address).query))
    assert asked["scope"] == "openid"
    assert asked["state"] != "mine"
    assert "prompt" not in asked


def test_a_link_cannot_start_the_journey(peer):
    response = Client().get(CHOOSE)
    assert response.status_code == 200
    assert peer.asked == []
    assert Client().get("/accounts/oidc/dvcqg/login/?next=/tai-khoan/").url == CHOOSE + "?next=%2Ftai-khoan%2F"


def test_a_page_of_another_site_cannot_start_it_either(peer):
    assert Client(enforce_csrf_checks=True).post(CHOOSE).status_code == 403


def test_the_page_one_wanted_opens_afterwards(peer):
    page = Client().get(CHOOSE, {"next": "/tai-khoan/"})
    assert '<input type="hidden" name="next" value="/tai-khoan/">' in page.content.decode()
    assert walk(peer, next="/tai-khoan/").url == "/tai-khoan/"


def test_a_page_of_another_site_is_not_opened(peer):
    assert walk(peer, next="https://evil.example/").url == reverse("dossiers:mine")


def test_the_readers_language_survives_the_journey(peer):
    client = Client()
    address = client.post("/en" + CHOOSE).url
    assert dict(parse_qsl(urlsplit(address).query))["redirect_uri"].endswith(CALLBACK), "the issuer knows one address only"
    assert client.get(CALLBACK, peer.sign_in(address)).url == "/en/ho-so/"


def test_only_this_page_may_send_a_form_to_the_issuer(peer):
    assert f"form-action 'self' {peer.url};" in Client().get(CHOOSE)["Content-Security-Policy"] + ";"
    assert peer.url not in Client().get("/dang-nhap/")["Content-Security-Policy"]


def test_who_is_signed_in_already_is_led_on(peer, lan, client):
    client.force_login(lan)
    assert client.get(CHOOSE, {"next": "/tai-khoan/"}).url == "/tai-khoan/"
    assert client.get(CHOOSE).url == reverse("dossiers:mine")
    assert go(client).url == reverse("dossiers:mine")
    assert peer.asked == []


def test_no_code_is_asked_for_again(peer):
    user = make_citizen(national_id=LAN["SoDinhDanh"], phone_verified_at=timezone.now())
    client = Client()
    walk(peer, client)
    assert signed_in(client) == str(user.pk)


def test_signing_out_tells_that_the_other_session_may_stay(peer, client):
    walk(peer, client)
    page = client.post(reverse("account_logout"), follow=True).content.decode()
    assert "Đã đăng xuất. Cổng Dịch vụ công quốc gia có thể vẫn còn đăng nhập." in page


def test_vneid_is_offered_where_the_issuer_has_it(peer, settings):
    assert "không có trong bản trình diễn" in Client().get(CHOOSE).content.decode()
    settings.OIDC_VNEID_IDP = "vneid"
    assert 'name="account" value="vneid"' in Client().get(CHOOSE).content.decode()
    asked = dict(parse_qsl(urlsplit(go(Client(), account="vneid").url).query))
    assert asked["idp"] == "vneid"
    assert "idp=" not in go(Client()).url


def test_without_an_issuer_the_door_is_not_there(settings):
    settings.OIDC_ISSUER = ""
    client = Client()
    assert [client.get(CHOOSE).status_code, go(client).status_code, client.get(CALLBACK).status_code] == [404] * 3
    assert client.get("/accounts/oidc/dvcqg/login/").status_code == 404


def test_another_issuers_address_is_not_there(peer):
    assert Client().get("/accounts/oidc/google/login/callback/").status_code == 404


def test_one_address_cannot_start_without_end(peer, settings):
    settings.OIDC_STARTS_PER_ADDRESS = 2
    assert [go(Client()).status_code for _ in range(3)] == [302, 302, 429]


# --- Whose account -----------------------------------------------------------------------------


def test_an_account_of_the_same_number_is_linked_and_its_owner_told(peer):
    user = make_citizen("H’LAN NIÊ", national_id=LAN["SoDinhDanh"], phone_verified_at=timezone.now())
    client = Client()
    page = client.get(walk(peer, client).url)
    assert signed_in(client) == str(user.pk)
    assert User.objects.count() == 1
    told = OutgoingMessage.objects.order_by("channel").values_list("channel", "kind", "recipient")
    assert list(told) == [("email", "linked", user.email), ("sms", "linked", user.phone)]
    assert "Đã nối Cổng Dịch vụ công quốc gia với tài khoản có sẵn" in page.content.decode()
    entry = LogEntry.objects.get(additional_data__event="linked to the national account")
    assert entry.additional_data["differs"] == []
    user.refresh_from_db()
    assert user.has_usable_password()
    assert user.full_name == "H’LAN NIÊ"


def test_other_facts_stay_as_they_are_and_are_recorded_and_told(peer):
    user = make_citizen("Trần Quang Minh", national_id=LAN["SoDinhDanh"], birth_date=date(1990, 1, 1))
    client = Client()
    page = client.get(walk(peer, client).url).content.decode()
    user.refresh_from_db()
    assert (user.full_name, user.birth_date) == ("Trần Quang Minh", date(1990, 1, 1))
    entry = LogEntry.objects.get(additional_data__event="linked to the national account")
    assert entry.additional_data["differs"] == ["full_name", "birth_date"]
    assert entry.changes == {}
    assert "Họ tên hoặc ngày sinh ghi ở đây khác với Cổng Dịch vụ công quốc gia." in page


def test_an_address_in_the_claims_links_nothing(peer, minh):
    peer.in_token = peer.in_userinfo = {"email": minh.email, "email_verified": True}
    client = Client()
    walk(peer, client)
    user = User.objects.get(national_id=LAN["SoDinhDanh"])
    assert signed_in(client) == str(user.pk) != str(minh.pk)
    assert user.email == ""


def test_a_pending_sign_up_of_the_same_number_blocks_nobody(peer):
    pending = make_citizen(national_id=LAN["SoDinhDanh"], activated_at=None, username=LAN["SoDinhDanh"])
    client = Client()
    walk(peer, client)
    mine = User.objects.activated().get(national_id=LAN["SoDinhDanh"])
    assert signed_in(client) == str(mine.pk)
    assert mine.pk != pending.pk


def test_a_number_that_moved_takes_its_link_along(peer):
    walk(peer)
    old = User.objects.get()
    User.objects.filter(pk=old.pk).update(national_id="", is_active=False)
    claimant = make_citizen(national_id=LAN["SoDinhDanh"])
    client = Client()
    walk(peer, client)
    assert signed_in(client) == str(claimant.pk)
    assert SocialAccount.objects.get().user == claimant


def test_a_frozen_account_opens_to_nobody(peer):
    make_citizen(national_id=LAN["SoDinhDanh"], is_active=False)
    client = Client()
    response = walk(peer, client)
    assert (response.status_code, title(response)) == (403, "Tài khoản đang tạm khóa")
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()


def test_who_is_frozen_after_the_link_is_shut_out_too(peer):
    walk(peer)
    User.objects.update(is_active=False)
    client = Client()
    assert title(walk(peer, client)) == "Tài khoản đang tạm khóa"
    assert signed_in(client) is None


def test_a_child_is_shown_the_way_through_a_guardian(peer):
    peer.person["NgayThangNamSinh"] = f"{timezone.localdate() - timedelta(days=15 * 365):%Y%m%d}"
    client = Client()
    response = walk(peer, client)
    assert (response.status_code, title(response)) == (403, "Chưa đủ tuổi để có tài khoản riêng")
    assert "Cha, mẹ hoặc người giám hộ" in response.content.decode()
    assert nothing_happened(client)


def test_someone_elses_session_gives_way(peer, minh):
    """Two tabs: Minh signs in with a password while Lan is away at the issuer."""
    client = Client()
    back = peer.sign_in(go(client).url)
    client.force_login(minh)
    client.get(CALLBACK, back)
    assert signed_in(client) == str(User.objects.get(national_id=LAN["SoDinhDanh"]).pk)


@pytest.mark.django_db(transaction=True)
def test_two_callbacks_at_once_make_one_account(peer):
    clients = [Client() for _ in range(4)]
    backs = [peer.sign_in(go(client).url) for client in clients]
    answers = at_once(*(lambda c=c, b=b: c.get(CALLBACK, b) for c, b in zip(clients, backs, strict=True)))
    user = User.objects.get()
    assert [answer.status_code for answer in answers] == [302] * 4
    assert {signed_in(client) for client in clients} == {str(user.pk)}
    assert SocialAccount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_visits_at_once_are_told_once(peer):
    make_citizen(national_id=LAN["SoDinhDanh"])
    identity = national.Identity.from_claims(LAN)
    ways = at_once(*[lambda: national.admit(identity)[1]] * 4)
    assert sorted(ways) == ["known"] * 3 + ["linked"]
    assert OutgoingMessage.objects.filter(kind="linked").count() == 1


# --- What is not believed ----------------------------------------------------------------------

UNTRUSTED = "Chưa xác nhận được thông tin đăng nhập"
AWAY = "Cổng Dịch vụ công quốc gia chưa trả lời"
STALE = "Lượt đăng nhập này đã hết hạn hoặc đã dùng rồi"
INCOMPLETE = "Thông tin từ Cổng Dịch vụ công quốc gia chưa đủ"

LIES = {
    "another key signed": {"signed_by": "other"},
    "nobody signed": {"algorithm": "none"},
    "a shared secret signed": {"algorithm": "HS256"},
    "an unknown key": {"kid": "k9"},
    "another algorithm than the key's": {"algorithm": "RS512"},
    "another issuer": {"in_token": {"iss": "https://evil.example"}},
    "another audience": {"in_token": {"aud": "somebody"}},
    "two audiences, for nobody in particular": {"in_token": {"aud": [CLIENT_ID, "somebody"]}},
    "two audiences, for the other": {"in_token": {"aud": [CLIENT_ID, "somebody"], "azp": "somebody"}},
    "expired": {"in_token": {"exp": 1_700_000_000}},
    "without an end": {"in_token": {"exp": None}},
    "made long ago": {"in_token": {"iat": 1_700_000_000}},
    "made tomorrow": {"in_token": {"iat": 4_000_000_000}},
    "made at no time": {"in_token": {"iat": None}},
    "made at a list": {"in_token": {"iat": [1]}},
    "another nonce": {"in_token": {"nonce": "n" * 43}},
    "no nonce": {"in_token": {"nonce": None}},
    "no subject": {"in_token": {"sub": None}},
    "userinfo of somebody else": {"in_userinfo": {"sub": "other"}},
    "userinfo of nobody": {"in_userinfo": {"sub": None}},
    "two ID numbers": {"in_userinfo": {"SoDinhDanh": "066080009999"}},
    "the configuration of another issuer": {"in_configuration": {"issuer": "https://evil.example"}},
    "no ID token": {"instead": {"token": (200, {"access_token": "opened"})}},
    "no keys": {"instead": {"keys": (200, {"keys": "none"})}},
    "broken keys": {"instead": {"keys": (200, {"keys": [{"kty": "RSA", "kid": "k1", "n": "!", "e": "AQAB"}]})}},
    "half a token": {"instead": {"token": (200, {"access_token": "opened", "id_token": "a.b.c"})}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_signs_nobody_in(peer, lie, caplog):
    client = Client()
    address = go(client).url
    for name, value in lie.items():
        setattr(peer, name, value)
    response = client.get(CALLBACK, peer.sign_in(address))
    assert (response.status_code, title(response)) == (400, UNTRUSTED)
    assert nothing_happened(client)
    lines = [record.getMessage() for record in caplog.records if record.name == "accounts.views.national"]
    assert len(lines) == 1
    assert lines[0].startswith("national sign-in: untrusted: ")
    assert not any(value in lines[0] for value in (LAN["SoDinhDanh"], LAN["HoVaTen"], LAN["sub"], "code-0"))


TROUBLE = {
    "500": {"instead": {"token": (500, b"")}},
    "a broken certificate of our client": {"instead": {"token": (401, {"error": "invalid_client"})}},
    "a redirect": {"instead": {"token": (307, {})}},
    "no JSON": {"instead": {"token": (200, b"<html>")}},
    "no object": {"instead": {"userinfo": (200, [])}},
    "JSON without a bottom": {"instead": {"userinfo": (200, b"[" * 100_000)}},
    "an answer without end": {"instead": {"userinfo": (200, b" " * 300_000)}},
    "keys that do not come": {"instead": {"keys": (503, b"")}},
    "a configuration without addresses": {"in_configuration": {"token_endpoint": None}},
    "an address that is none": {"in_configuration": {"jwks_uri": "file:///etc/passwd"}},
}


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_an_issuer_in_trouble_is_told_in_words(peer, trouble):
    client = Client()
    address = go(client).url
    for name, value in trouble.items():
        setattr(peer, name, value)
    response = client.get(CALLBACK, peer.sign_in(address))
    assert (response.status_code, title(response)) == (200, AWAY)
    assert nothing_happened(client)


def test_an_issuer_that_is_down_is_told_before_the_citizen_leaves(peer):
    peer.close()
    response = go(Client(), next="/tai-khoan/")
    assert (response.status_code, title(response)) == (200, AWAY)
    assert f'href="{CHOOSE}?next=%2Ftai-khoan%2F"' in response.content.decode(), "the way back keeps the page wanted"


@pytest.mark.parametrize("late", ["openid-configuration", "token", "keys", "userinfo"])
def test_nobody_waits_for_an_issuer_that_is_late(peer, late, settings):
    client = Client()
    address = go(client).url
    settings.OIDC_SECONDS, peer.wait[late] = 1, 3
    began = timezone.now()
    response = client.get(CALLBACK, peer.sign_in(address))
    assert title(response) == AWAY
    assert nothing_happened(client)
    assert timezone.now() - began < timedelta(seconds=2.5)


def test_all_questions_of_a_visit_have_one_time_out(peer, settings):
    client = Client()
    address = go(client).url
    settings.OIDC_SECONDS, peer.wait = 1, dict.fromkeys(["openid-configuration", "token", "keys", "userinfo"], 0.4)
    assert title(client.get(CALLBACK, peer.sign_in(address))) == AWAY


def test_an_answer_that_breaks_off_is_told(peer):
    client = Client()
    address = go(client).url
    peer.break_off = "userinfo"
    assert title(client.get(CALLBACK, peer.sign_in(address))) == AWAY


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(peer, settings):
    client = Client()
    address = go(client).url
    settings.OIDC_SECONDS, peer.drip = 1, "userinfo"
    began = timezone.now()
    assert title(client.get(CALLBACK, peer.sign_in(address))) == AWAY
    assert timezone.now() - began < timedelta(seconds=2.5)


def test_a_cancelled_sign_in_leads_back(peer):
    client = Client()
    response = client.get(CALLBACK, peer.sign_in(go(client).url, code=None, error="access_denied"))
    assert (response.status_code, title(response)) == (200, "Đã dừng đăng nhập")
    assert nothing_happened(client)
    assert peer.asked == ["openid-configuration"]


def test_an_error_of_the_issuer_is_told(peer, caplog):
    client = Client()
    back = peer.sign_in(go(client).url, code=None, error="temporarily_unavailable\nforged line")
    assert title(client.get(CALLBACK, back)) == AWAY
    assert caplog.messages[-1] == "national sign-in: away: an error without a name"


@pytest.mark.parametrize("changes", [{"state": "x" * 16}, {"state": None}, {"state": ""}])
def test_a_callback_nobody_asked_for_signs_nobody_in(peer, changes):
    client = Client()
    response = client.get(CALLBACK, peer.sign_in(go(client).url, **changes))
    assert (response.status_code, title(response)) == (400, STALE)
    assert nothing_happened(client)
    assert "token" not in peer.asked


def test_a_callback_in_another_browser_signs_nobody_in(peer):
    back, other = peer.sign_in(go(Client()).url), Client()
    assert title(other.get(CALLBACK, back)) == STALE
    assert nothing_happened(other)


def test_a_callback_works_once(peer):
    client = Client()
    back = peer.sign_in(go(client).url)
    client.get(CALLBACK, back)
    client.post(reverse("account_logout"))
    assert title(client.get(CALLBACK, back)) == STALE
    assert signed_in(client) is None


@pytest.mark.django_db(transaction=True)
def test_a_state_is_spent_while_the_issuer_is_asked(peer):
    """The first callback still waits for the issuer: what it took from the session is gone for the second."""
    first, second = Client(), Client()
    back = peer.sign_in(go(first).url)
    second.cookies = first.cookies
    peer.wait["token"] = 0.5

    def come_second():
        while "token" not in peer.asked:
            time.sleep(0.01)
        return second.get(CALLBACK, back)

    answers = at_once(lambda: first.get(CALLBACK, back), come_second)
    assert answers[0].status_code == 302
    assert title(answers[1]) == STALE


def test_a_state_ends_after_ten_minutes(peer, time_machine):
    client = Client()
    back = peer.sign_in(go(client).url)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert title(client.get(CALLBACK, back)) == STALE


def test_a_code_the_issuer_no_longer_takes_is_told(peer):
    client = Client()
    assert title(client.get(CALLBACK, peer.sign_in(go(client).url, code="old"))) == STALE


def test_an_answer_in_anothers_name_is_refused(peer):
    client = Client()
    back = peer.sign_in(go(client).url, iss="https://evil.example")
    assert title(client.get(CALLBACK, back)) == UNTRUSTED
    assert "token" not in peer.asked


@pytest.mark.parametrize("method", ["head", "post"])
def test_only_a_browser_that_comes_back_spends_the_code(peer, method):
    client = Client()
    back = peer.sign_in(go(client).url)
    assert getattr(client, method)(CALLBACK, back).status_code == 405
    client.get(CALLBACK, back)
    assert signed_in(client)


def test_claims_may_stand_in_userinfo_alone(peer):
    peer.in_token = dict.fromkeys(["SoDinhDanh", "HoVaTen", "NgayThangNamSinh", "LoaiTaiKhoan"])
    client = Client()
    walk(peer, client)
    assert signed_in(client)


def test_claims_may_stand_in_the_token_alone(peer):
    peer.in_configuration = {"userinfo_endpoint": None}
    client = Client()
    walk(peer, client)
    assert signed_in(client)


# --- What the claims say -----------------------------------------------------------------------

GAPS = [
    ("SoDinhDanh", None),
    ("SoDinhDanh", ""),
    ("SoDinhDanh", "06619200123"),
    ("SoDinhDanh", "0661920012345"),
    ("SoDinhDanh", "06619200123x"),
    ("SoDinhDanh", "٠٦٦١٩٢٠٠١٢٣٤"),
    ("SoDinhDanh", 66192001234),
    ("HoVaTen", None),
    ("HoVaTen", "  "),
    ("HoVaTen", "Lan\x00"),
    ("HoVaTen", "L" * 101),
    ("NgayThangNamSinh", None),
    ("NgayThangNamSinh", "12/03/1992"),
    ("NgayThangNamSinh", "19920231"),
    ("NgayThangNamSinh", "00010101"),
    ("NgayThangNamSinh", "29990101"),
    ("NgayThangNamSinh", 19920312),
    ("LoaiTaiKhoan", None),
]


@pytest.mark.parametrize(("claim", "value"), GAPS)
def test_what_is_missing_or_malformed_is_told(claim, value):
    with pytest.raises(national.Problem) as problem:
        national.Identity.from_claims({name: said for name, said in (LAN | {claim: value}).items() if said is not None})
    assert problem.value.reason == "incomplete"
    assert claim in str(problem.value)


@pytest.mark.parametrize("kind", ["2", 2, "", "01"])
def test_only_a_citizens_account_opens_the_door(kind):
    with pytest.raises(national.Problem, match="not_citizen"):
        national.Identity.from_claims(LAN | {"LoaiTaiKhoan": kind})


def test_claims_in_our_words():
    identity = national.Identity.from_claims(LAN | {"HoVaTen": " H’Lan  Nie\u0302 ", "LoaiTaiKhoan": 1})
    assert identity == national.Identity("066192001234", "H’Lan Niê", date(1992, 3, 12), False, "7f0d2c", "T-0042", "dvcqg")


@pytest.mark.parametrize("value", ["1960", "19600000"])
def test_a_card_may_hold_the_year_only(value):
    identity = national.Identity.from_claims(LAN | {"NgayThangNamSinh": value})
    assert (identity.birth_date, identity.birth_year_only) == (date(1960, 1, 1), True)


@pytest.mark.parametrize("reason", ["incomplete", "not_citizen"])
def test_a_person_refused_reads_why(peer, reason):
    peer.person["LoaiTaiKhoan"] = {"incomplete": None, "not_citizen": "2"}[reason]
    peer.person = {name: value for name, value in peer.person.items() if value is not None}
    client = Client()
    assert title(walk(peer, client)) == {"incomplete": INCOMPLETE, "not_citizen": "Đây không phải tài khoản công dân"}[reason]
    assert nothing_happened(client)


def test_every_answer_keeps_the_log_free_of_claims(peer, caplog):
    caplog.set_level(logging.DEBUG)
    walk(peer)
    peer.person["LoaiTaiKhoan"] = "2"
    walk(peer)
    assert caplog.records
    secrets = (LAN["SoDinhDanh"], LAN["HoVaTen"], CLIENT_SECRET, "code-0", "opened")
    assert not [record for record in caplog.records for secret in secrets if secret in record.getMessage()]

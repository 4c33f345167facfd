"""What every answer tells a browser, whoever asked and whatever went wrong."""

import pytest
from django.test import Client
from django.urls import path, reverse

from portal import urls
from portal.errors import server_error
from tests.test_no_5xx import citizen, guest, official


def broken(request):
    raise RuntimeError


class Map:
    urlpatterns = [path("broken/", broken), *urls.urlpatterns]
    handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, server_error


PUBLIC = ["/", "/dang-nhap/", "/dang-ky/email/", "/thu-tuc/", "/tracuuhs", "/khong-co/", "/quan-tri/dang-nhap/", "/en/", "/healthz"]
PRIVATE = ["/ho-so/", "/tai-khoan/", "/nop-ho-so/", "/tai-khoan/mat-khau/"]


@pytest.mark.parametrize("address", [*PUBLIC, *PRIVATE, "/broken/", "/quan-tri/dossiers/dossier/"])
@pytest.mark.parametrize("who", [guest, citizen, official])
def test_every_answer_forbids_foreign_scripts_frames_and_guesses(who, address, lan, hoa, settings):
    settings.ROOT_URLCONF = Map
    answer = who(lan, hoa).get(address)
    rules = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in rules
    assert "object-src 'none'" in rules
    assert "unsafe" not in rules
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", PRIVATE)
def test_private_pages_are_kept_nowhere(address, lan, hoa):
    assert "no-store" in citizen(lan, hoa).get(address)["Cache-Control"]


def test_a_host_that_is_not_ours_is_refused_and_never_stands_in_a_letter(lan):
    client = Client(headers={"host": "evil.example"})
    assert client.get("/").status_code == 400
    assert client.post(reverse("account_reset_password"), {"login": lan.email}).status_code == 400


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "\\\\evil.example",
        "/en//evil.example",
        "\t//evil.example",
    ],
)
def test_after_signing_in_nobody_is_led_away(lan, wanted):
    from accounts.tests.make import PASSWORD

    answer = Client().post(reverse("account_login"), {"login": lan.email, "password": PASSWORD, "next": wanted})
    assert answer.status_code == 302
    assert answer.url in (reverse("dossiers:mine"), "/en//evil.example")

"""The national door against an issuer that shares no line with ours: the npm package oidc-provider."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount

from accounts.models import User

HERE = Path(__file__).parent / "oidc_provider"
CALLBACK = "/accounts/oidc/dvcqg/login/callback/"
CLIENT = {"client_id": "motcua", "client_secret": "known to both sides", "token_endpoint_auth_method": "client_secret_basic"}
LAN = {
    "SoDinhDanh": "066192001234",
    "HoVaTen": "H’Lan Niê",
    "NgayThangNamSinh": "19920312",
    "LoaiTaiKhoan": "1",
    "TechID": "T-0042",
    "loginIdp": "dvcqg",
}
FIRM = LAN | {"SoDinhDanh": "066080001111", "LoaiTaiKhoan": "2"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def installed():
    """The package in a cache outside the repository, in the very versions of package-lock.json."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("an independent issuer needs Node.js with npm (20 or newer), and there is none")
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "mot-cua" / f"oidc-provider-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Fetched beside its place and moved there whole: another run at the same moment finds all of it or nothing.
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as draft, contextlib.suppress(OSError):
            _fetch(Path(draft))
            Path(draft).rename(folder)
    # Node looks for packages beside the file that asks for them.
    shutil.copy(HERE / "server.mjs", folder)
    return folder


def _fetch(folder):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not fetch oidc-provider within three minutes: no network?")
    if done.returncode:
        pytest.skip(f"npm could not fetch oidc-provider: {done.stderr.strip().splitlines()[-1:]}")


@pytest.fixture
def issuer(installed, live_server, settings):
    """The peer with one client, this portal, which is told where it is."""
    told = {
        "client": CLIENT | {"redirect_uris": [live_server.url + CALLBACK]},
        "people": {"lan": LAN, "firm": FIRM},
    }
    peer = subprocess.Popen(
        ["node", "server.mjs"], cwd=installed, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with peer:
        peer.stdin.write(json.dumps(told))
        peer.stdin.close()
        url = peer.stdout.readline().strip()
        assert url, "the issuer did not start"
        settings.PUBLIC_BASE_URL, settings.OIDC_ISSUER = live_server.url, url
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT["client_id"], CLIENT["client_secret"]
        yield url
        peer.kill()


@pytest.fixture
def browser():
    with requests.Session() as session:
        yield session


def press(browser, portal):
    """The choice page's button; returns the address the browser is sent to."""
    page = browser.get(f"{portal}/dang-nhap/dvcqg/", timeout=20)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    answer = browser.post(page.url, data={"csrfmiddlewaretoken": token}, headers={"Referer": page.url}, allow_redirects=False, timeout=20)
    assert answer.status_code == 302
    return answer.headers["Location"]


def walk(browser, portal, sub):
    """From our button through the issuer's own page and back; an empty `sub` cancels there."""
    page = browser.get(press(browser, portal), timeout=20)
    assert "/interaction/" in page.url
    return browser.post(page.url, data={"sub": sub}, timeout=20)


def heading(page):
    return re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", page.text, re.DOTALL)[1]


def test_a_citizen_signs_in_with_it(issuer, browser, live_server):
    page = walk(browser, live_server.url, "lan")
    assert (page.status_code, urlsplit(page.url).path) == (200, "/ho-so/")
    user = User.objects.get()
    assert (user.national_id, user.full_name, user.door) == ("066192001234", "H’Lan Niê", "national")
    assert SocialAccount.objects.get().user == user
    assert "H’Lan Niê" in browser.get(f"{live_server.url}/tai-khoan/", timeout=20).text


def test_where_it_still_knows_the_citizen_nothing_is_asked(issuer, browser, live_server):
    walk(browser, live_server.url, "lan")
    del browser.cookies["sessionid"]
    page = browser.get(press(browser, live_server.url), timeout=20)
    assert urlsplit(page.url).path == "/ho-so/"
    assert User.objects.count() == 1


def test_who_cancels_there_is_told(issuer, browser, live_server):
    page = walk(browser, live_server.url, "")
    assert heading(page) == "Đã dừng đăng nhập"
    assert not User.objects.exists()


def test_an_organisation_is_told(issuer, browser, live_server):
    page = walk(browser, live_server.url, "firm")
    assert (page.status_code, heading(page)) == (403, "Đây không phải tài khoản công dân")
    assert not User.objects.exists()


def test_the_same_answer_works_once(issuer, browser, live_server):
    page = walk(browser, live_server.url, "lan")
    back = next(step.url for step in page.history if CALLBACK in step.url)
    again = browser.get(back, timeout=20)
    assert (again.status_code, heading(again)) == (400, "Lượt đăng nhập này đã hết hạn hoặc đã dùng rồi")


def test_a_secret_it_does_not_know_is_told(issuer, browser, live_server, settings):
    settings.OIDC_CLIENT_SECRET = "another"
    page = walk(browser, live_server.url, "lan")
    assert heading(page) == "Cổng Dịch vụ công quốc gia chưa trả lời"
    assert not User.objects.exists()


def test_it_would_refuse_us_without_pkce(issuer, browser, live_server):
    """So the walks above prove that we do send it."""
    address = urlsplit(press(browser, live_server.url))
    asked = [(name, value) for name, value in parse_qsl(address.query) if not name.startswith("code_challenge")]
    page = browser.get(address._replace(query=urlencode(asked)).geturl(), allow_redirects=False, timeout=20)
    assert "error=invalid_request" in page.headers["Location"]

"""The issuer as a process of its own, for tests that come to it from outside as a browser and a portal do."""

import base64
import contextlib
import hashlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg2
import requests
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from psycopg2 import sql

from portal import services
from portal.guard import Guard
from portal.messaging.tests.peers import KannelPeer

BASE = Path(__file__).resolve().parents[3]
PASSWORD = "mat-khau-quoc-gia"
CLIENT_ID, CLIENT_SECRET = "mot-cua", "khoa-cua-cong"
NAMES = ("H’Ngọc Êban", "Y Ƀlĭk Mlô", "Phạm Gia Bảo")
START_SECONDS = 30


@dataclass
class Issuer:
    url: str
    portal: str
    data: Path
    environment: dict
    messages: list[dict]

    @property
    def callback(self) -> str:
        return f"{self.portal}/accounts/oidc/dvcqg/login/callback/"

    def number(self, name: str) -> str:
        return f"0661910009{NAMES.index(name):02d}"

    def newest_code(self) -> str:
        return re.search(r"\b\d{6}\b", self.messages[-1]["text"]).group()

    def run(self, query: str, *values) -> None:
        """Change what the issuer stored, where a test cannot wait for time to pass."""
        address = services.issuer_database(self.environment["DATABASE_URL"])
        with contextlib.closing(psycopg2.connect(address)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(query, values)

    def forget_waits(self) -> None:
        self.run("UPDATE issuer_phonedevice SET last_generated_timestamp = NULL, throttling_failure_timestamp = NULL")


@dataclass
class Visit:
    """One browser on its way from the portal through the issuer and back."""

    issuer: Issuer
    browser: requests.Session = field(default_factory=requests.Session)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    page: requests.Response | None = None

    def begin(self, **changes) -> requests.Response:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": self.issuer.callback, "scope": "openid",
            "state": self.state, "nonce": "n-1", "code_challenge": challenge, "code_challenge_method": "S256",
        } | changes  # fmt: skip
        self.page = self.browser.get(f"{self.issuer.url}/identity/o/authorize", params={k: v for k, v in query.items() if v})
        return self.page

    def type(self, **fields) -> requests.Response:
        """Fill in the form of the page that is open; redirects are followed as far as the issuer goes."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page.text).group(1)
        answer = self.browser.post(self.page.url, data={"csrfmiddlewaretoken": token, **fields}, allow_redirects=False)
        while answer.is_redirect and not answer.headers["Location"].startswith(self.issuer.portal):
            answer = self.browser.get(requests.compat.urljoin(self.issuer.url, answer.headers["Location"]), allow_redirects=False)
        self.page = answer
        return answer

    def sign_in(self, name: str, password: str = PASSWORD) -> requests.Response:
        return self.type(national_id=self.issuer.number(name), password=password)

    def arrive(self, name: str) -> dict[str, str]:
        """Through all steps; what the portal is handed at its callback address."""
        self.begin()
        self.sign_in(name)
        return handed_over(self.type(code=self.issuer.newest_code()))

    def token(self, code: str, secret: str = CLIENT_SECRET, **changes) -> requests.Response:
        data = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.issuer.callback, "code_verifier": self.verifier}
        return requests.post(f"{self.issuer.url}/identity/o/api/token", data=data | changes, auth=(CLIENT_ID, secret))


def handed_over(answer: requests.Response) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


@contextlib.contextmanager
def running(data: Path):
    """An issuer with three people, a database of its own and a provider that keeps what it is told to send."""
    given = os.environ["DATABASE_URL"]
    own = urlsplit(given)._replace(path=f"/test_{os.getpid()}").geturl()
    port, guard = services.free_port(), Guard()
    services.make_database(services.issuer_database(own), beside=given)
    with KannelPeer() as provider:
        portal = provider.url.removesuffix("/cgi-bin/sendsms")
        environment = os.environ | {
            "DATA_DIR": str(data), "DATABASE_URL": own, "ALLOWED_HOSTS": "127.0.0.1,localhost", "PUBLIC_BASE_URL": portal,
            "CSRF_TRUSTED_ORIGINS": "http://localhost:8000", "OIDC_ISSUER": f"http://127.0.0.1:{port}",
            "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        }  # fmt: skip
        issuer = Issuer(environment["OIDC_ISSUER"], portal, data, environment, provider.queries)
        people = [_person(issuer.number(name), name, f"+8499900090{position}") for position, name in enumerate(NAMES)]
        (data / "national-people.json").write_text(json.dumps(people))
        with (data / "issuer.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.issuer", f"127.0.0.1:{port}"],
                cwd=BASE, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        guard.watch(process.pid)
        try:
            _await(issuer, process)
            yield issuer
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
            guard.close()
            _drop(services.issuer_database(own), given)


def _person(number: str, name: str, phone: str) -> dict:
    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    return {"national_id": number, "full_name": name, "birth_date": "1991-03-09", "phone": phone, "password": hashed}


def _await(issuer: Issuer, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, (issuer.data / "issuer.log").read_text()
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{issuer.url}/robots.txt", timeout=5).raise_for_status()
        time.sleep(0.05)
    raise AssertionError((issuer.data / "issuer.log").read_text())


def _drop(url: str, beside: str) -> None:
    with contextlib.closing(psycopg2.connect(beside)) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(urlsplit(url).path.strip("/"))))

import json
import logging
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from accounts import registry
from accounts.models import Subscriber
from accounts.registry import Answer, HttpRegistry, NoRegistry, RegistryOutage, TableRegistry, Verdict

PHONE, NUMBER = "+84912345678", "066192001234"


class Operators(BaseHTTPRequestHandler):
    """The operators' register: answers as the test tells it, and keeps what it was asked."""

    reply = staticmethod(lambda handler: handler.say({"owner": True}))
    asked: list = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((json.loads(body), self.headers.get("Authorization")))
        type(self).reply(self)

    def say(self, answer, status=200, body=None):
        body = body if body is not None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Silent: the test says what happened."""


@pytest.fixture
def operators(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Operators)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.SUBSCRIBER_REGISTRY_URL = f"http://127.0.0.1:{server.server_port}/chinh-chu"
    settings.SUBSCRIBER_REGISTRY_TOKEN = "bí-mật".encode().hex()
    settings.SUBSCRIBER_REGISTRY_SECONDS = 5
    settings.SUBSCRIBER_UNKNOWN = settings.SUBSCRIBER_OUTAGE = "refuse"
    Operators.asked = []
    yield Operators
    server.shutdown()
    server.server_close()
    HttpRegistry._asleep_until = 0.0


def answering(operators, reply):
    operators.reply = staticmethod(reply)


# --- Which register ----------------------------------------------------------------------------


def test_an_address_means_the_operators_the_demo_means_the_table_else_nobody_knows(settings):
    settings.SUBSCRIBER_REGISTRY_URL = "https://operators.example/"
    assert isinstance(registry.registry(), HttpRegistry)
    settings.SUBSCRIBER_REGISTRY_URL = ""
    assert isinstance(registry.registry(), TableRegistry)
    settings.DEMO = False
    assert isinstance(registry.registry(), NoRegistry)


def test_without_a_register_nobody_knows_and_the_log_names_nobody(caplog):
    with caplog.at_level(logging.INFO):
        assert NoRegistry().ask(PHONE, NUMBER) is Answer.UNKNOWN
    assert caplog.messages == ["No register of subscribers is connected: SUBSCRIBER_UNKNOWN decides"]


@pytest.mark.django_db
def test_the_table_knows_the_owner_another_and_nobody():
    Subscriber.objects.create(phone=PHONE, national_id=NUMBER)
    table = TableRegistry()
    assert table.ask(PHONE, NUMBER) is Answer.OWNER
    assert table.ask(PHONE, "066192009999") is Answer.OTHER
    assert table.ask("+84987654321", NUMBER) is Answer.UNKNOWN


# --- The operators over HTTP -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "verdict"),
    [(True, Verdict.ALLOWED), (False, Verdict.NOT_OWNER), (None, Verdict.NOT_OWNER)],
    ids=["owner", "other", "unknown"],
)
def test_the_operators_are_asked_with_both_numbers_and_our_token(operators, settings, owner, verdict):
    answering(operators, lambda handler: handler.say({"owner": owner}))
    assert registry.check(PHONE, NUMBER) is verdict
    assert operators.asked == [({"phone": PHONE, "national_id": NUMBER}, f"Bearer {settings.SUBSCRIBER_REGISTRY_TOKEN}")]


def drop(handler):
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def break_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"owner"')
    handler.close_connection = True


def lead_elsewhere(handler):
    handler.send_response(307)
    handler.send_header("Location", "/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize(
    "reply",
    [
        lambda handler: handler.say({"owner": True}, status=503),
        lambda handler: handler.say({"owner": True}, status=401),
        lambda handler: handler.say(None, body=b"<html>"),
        lambda handler: handler.say(None, body=b"\xff\xfe{"),
        lambda handler: handler.say([True]),
        lambda handler: handler.say({}),
        lambda handler: handler.say({"owner": "true"}),
        lambda handler: handler.say({"owner": 1}),
        lambda handler: handler.say(None, body=b'{"owner": true, "x": "' + b"x" * 20_000 + b'"}'),
        drop,
        break_off,
        lead_elsewhere,
    ],
    ids=[
        "503",
        "401",
        "no JSON",
        "no text",
        "a list",
        "nothing",
        "a word",
        "a number",
        "endless",
        "dropped",
        "broken off",
        "led elsewhere",
    ],
)
def test_every_failure_is_an_outage_and_never_an_answer(operators, reply, caplog):
    answering(operators, reply)
    assert registry.check(PHONE, NUMBER) is Verdict.OUTAGE
    assert len(operators.asked) == 1
    assert "SUBSCRIBER_OUTAGE" in caplog.messages[-1]
    assert not any(NUMBER in line or PHONE in line for line in caplog.messages)


def test_nobody_listening_is_an_outage(operators, settings):
    settings.SUBSCRIBER_REGISTRY_URL = "http://127.0.0.1:9/"
    assert registry.check(PHONE, NUMBER) is Verdict.OUTAGE


def hang(handler):
    time.sleep(3)


def drip(handler):
    """A byte now and then: no single wait is long, all together are."""
    handler.send_response(200)
    handler.end_headers()
    for letter in b'{"owner": true}':
        handler.wfile.write(bytes([letter]))
        handler.wfile.flush()
        time.sleep(0.2)


@pytest.mark.parametrize("reply", [hang, drip])
def test_a_slow_register_is_an_outage_in_time_and_is_left_alone_for_a_while(operators, settings, reply):
    settings.SUBSCRIBER_REGISTRY_SECONDS = 1
    answering(operators, reply)
    began = time.monotonic()
    assert registry.check(PHONE, NUMBER) is Verdict.OUTAGE
    assert time.monotonic() - began < 2
    assert registry.check(PHONE, NUMBER) is Verdict.OUTAGE
    assert len(operators.asked) == 1


# --- What follows ------------------------------------------------------------------------------


@pytest.mark.parametrize(("setting", "verdict"), [("allow", Verdict.ALLOWED), ("refuse", Verdict.OUTAGE)])
def test_an_outage_follows_its_setting(settings, monkeypatch, setting, verdict):
    def away(*_numbers):
        raise RegistryOutage("away")

    monkeypatch.setattr(TableRegistry, "ask", away)
    settings.SUBSCRIBER_OUTAGE = setting
    assert registry.check(PHONE, NUMBER) is verdict


@pytest.mark.django_db
@pytest.mark.parametrize(("setting", "verdict"), [("allow", Verdict.ALLOWED), ("refuse", Verdict.NOT_OWNER)])
def test_a_number_nobody_knows_follows_its_setting(settings, setting, verdict):
    settings.SUBSCRIBER_UNKNOWN = setting
    assert registry.check(PHONE, NUMBER) is verdict


@pytest.mark.django_db
def test_somebody_elses_number_is_refused_whatever_the_settings(settings):
    settings.SUBSCRIBER_UNKNOWN = settings.SUBSCRIBER_OUTAGE = "allow"
    Subscriber.objects.create(phone=PHONE, national_id="066192009999")
    assert registry.check(PHONE, NUMBER) is Verdict.NOT_OWNER


def test_each_refusal_is_a_sentence_that_says_what_to_do(settings):
    assert registry.in_words(Verdict.ALLOWED) == ""
    assert registry.in_words(Verdict.NOT_OWNER) == (
        "Số này chưa đăng ký chính chủ với CCCD vừa nhập. Dùng số khác, hoặc đến cửa hàng nhà mạng để đăng ký."
    )
    assert registry.in_words(Verdict.OUTAGE) == (
        "Hiện chưa kiểm tra được số chính chủ của thuê bao này. Thử lại sau ít phút, hoặc quay lại chọn cách đăng ký “Thư điện tử”."
    )
    settings.SIGNUP_DOORS = ["mobile"]
    assert registry.in_words(Verdict.OUTAGE).endswith("Thử lại sau ít phút, hoặc gọi 1022.")

"""Kannel's interface: what is asked, and what its answers and its silence mean."""

import socket
import threading
from contextlib import contextmanager

import pytest

from portal.messaging.errors import GatewayError
from portal.messaging.gateways import KannelGateway
from portal.messaging.tests.peers import KannelPeer, Kept

TEXT = "Ho so da duoc tiep nhan, goi 1022"
REPORT_URL = "https://motcua.example/sms/bao-cao/7-kannel-1:1abcde:signature/"


@pytest.fixture
def peer():
    with KannelPeer() as peer:
        yield peer


def send(url, **rest):
    KannelGateway(url=url, user="motcua", password="mật khẩu", timeout=0.5).send(to="+84912345678", text=TEXT, reference="7", **rest)


def refusal_of(url, **rest):
    with pytest.raises(GatewayError) as trouble:
        send(url, **rest)
    error = trouble.value
    return str(error), error.permanent, error.away, error.doubtful


def test_kannel_is_asked_as_its_manual_says(peer):
    send(peer.url, report_url=REPORT_URL)
    assert peer.queries == [
        {
            "username": "motcua",
            "password": "mật khẩu",
            "from": "8188",
            "to": "+84912345678",
            "text": TEXT,
            "charset": "UTF-8",
            "coding": "0",
            "dlr-mask": "31",
            "dlr-url": f"{REPORT_URL}?status=%d",
        }
    ]
    (kept,) = peer.kept
    assert kept == Kept(reference="7", to="+84912345678", text=TEXT, acknowledged=True, at=kept.at)


def test_without_an_address_for_reports_none_are_asked_for(peer):
    send(peer.url)
    assert set(peer.queries[0]) == {"username", "password", "from", "to", "text", "charset", "coding"}


def test_a_query_in_the_address_of_the_gateway_is_kept(peer):
    send(peer.url + "?smsc=viettel")
    assert peer.queries[0]["smsc"] == "viettel"
    assert peer.queries[0]["username"] == "motcua"


@pytest.mark.parametrize(
    ("status", "answer"), [(202, "0: Accepted for delivery"), (202, ""), (200, "3: Queued for later delivery"), (200, "0: ok")]
)
def test_what_kannel_took_is_taken(peer, status, answer):
    peer.status, peer.answer = status, answer
    send(peer.url)


@pytest.mark.parametrize(
    ("status", "answer", "permanent", "away", "doubtful"),
    [
        (400, "Missing receiver number", True, False, False),
        (413, "Too long", True, False, False),
        (401, "Who are you", False, True, False),
        (403, "Authorization failed", False, True, False),
        (404, "Not found", False, True, False),
        (429, "Slow down", False, True, False),
        (503, "Temporal failure", False, True, False),
        (200, "<html>Welcome</html>", False, True, True),
    ],
)
def test_what_kannel_did_not_take_is_sorted(peer, status, answer, permanent, away, doubtful):
    peer.status, peer.answer = status, answer
    assert refusal_of(peer.url) == (f"{status} {answer}", permanent, away, doubtful)


@pytest.mark.parametrize("behaviour", ["hang", "drop"])
def test_a_silence_after_the_question_is_doubtful(peer, behaviour):
    peer.behaviour = behaviour
    _reason, permanent, away, doubtful = refusal_of(peer.url)
    assert (permanent, away, doubtful) == (False, True, True)
    assert [kept.acknowledged for kept in peer.kept] == {"hang": [], "drop": [False]}[behaviour]


def test_an_answer_slower_than_our_patience_is_doubtful_and_the_peer_knows_it_was_not_heard(peer):
    peer.behaviour, peer.slow_seconds = "slow", 1
    assert refusal_of(peer.url)[1:] == (False, True, True)
    deadline = threading.Event()
    while not peer.kept:
        deadline.wait(0.01)
    assert [kept.acknowledged for kept in peer.kept] == [False]


def test_a_gateway_that_is_not_there_is_away_and_certain_and_its_address_is_not_told(peer):
    peer.stop()
    with pytest.raises(GatewayError) as trouble:
        KannelGateway(url=peer.url, password="secret-word").send(to="+84912345678", text=TEXT, reference="7")
    error = trouble.value
    assert (error.permanent, error.away, error.doubtful) == (False, True, False)
    assert str(error) == "ConnectionRefusedError: [Errno 111] Connection refused"


@contextmanager
def saying(words: bytes):
    """A server that says these bytes and then nothing more, the line staying open."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            line, _ = server.accept()
            with line:
                line.recv(4096)
                line.sendall(words)
                over.wait(10)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        over.set()


@pytest.mark.parametrize("said", [b"202 Accepted\r\nContent-Length: 24\r\n\r\n", b"200 OK\r\nContent-Length: 24\r\n\r\n0: Acc"])
def test_consent_that_breaks_off_in_its_words_is_consent(said):
    with saying(b"HTTP/1.1 " + said) as url:
        send(url)


def test_a_refusal_that_breaks_off_in_its_words_is_a_refusal():
    with saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 24\r\n\r\nwrong") as url:
        assert refusal_of(url)[1:] == (True, False, False)


def test_an_answer_that_breaks_off_before_it_says_anything_is_doubtful():
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n") as url:
        assert refusal_of(url) == ("200", False, True, True)


def test_an_answer_that_is_no_http_is_doubtful():
    with saying(b"what?\r\n\r\n") as url:
        assert refusal_of(url)[1:] == (False, True, True)

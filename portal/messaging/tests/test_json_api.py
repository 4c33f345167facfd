"""A plain HTTP provider: what is asked, and what its codes mean."""

import json

import pytest

from portal.messaging.errors import GatewayError
from portal.messaging.gateways import JsonGateway
from portal.messaging.tests.peers import JsonPeer, Kept

TEXT = "Ho so da duoc tiep nhan, goi 1022"
REPORT_URL = "https://motcua.example/sms/bao-cao/7-json-1:1abcde:signature/"


@pytest.fixture
def peer():
    with JsonPeer() as peer:
        yield peer


def send(peer, **options):
    gateway = JsonGateway(url=peer.url, user="motcua", password="mật khẩu", timeout=0.5, **options)
    gateway.send(to="+84912345678", text=TEXT, reference="7-261124", report_url=REPORT_URL)


def refusal_of(peer, **options):
    with pytest.raises(GatewayError) as trouble:
        send(peer, **options)
    error = trouble.value
    return str(error), error.permanent, error.away, error.doubtful


def test_the_provider_is_asked_with_one_json_object(peer):
    send(peer)
    assert peer.queries == [
        {
            "key": "motcua",
            "secret": "mật khẩu",
            "phone": "84912345678",
            "content": TEXT,
            "unicode": 0,
            "brandname": "8188",
            "type": "2",
            "request_id": "7-261124",
            "callback": REPORT_URL,
        }
    ]
    (kept,) = peer.kept
    assert kept == Kept(reference="7", to="84912345678", text=TEXT, acknowledged=True, at=kept.at)


def test_a_provider_may_call_its_fields_otherwise(peer):
    send(peer, names={"key": "ApiKey", "secret": "SecretKey", "callback": "CallbackUrl"}, type="8")
    assert set(peer.queries[0]) == {
        "ApiKey", "SecretKey", "phone", "content", "unicode", "brandname", "type", "request_id", "CallbackUrl",
    }  # fmt: skip
    assert peer.queries[0]["type"] == "8"


@pytest.mark.parametrize("said", [{"code": 0}, {"code": "100"}, {"code": "Success"}, {"CodeResult": "100"}, {"code": "duplicate"}])
def test_what_the_provider_took_is_taken(peer, said):
    peer.answer = json.dumps(said)
    send(peer)


@pytest.mark.parametrize(
    ("status", "answer", "refusal"),
    [
        (200, '{"code": "invalid_phone"}', ("200 code invalid_phone", True, False, False)),
        (200, '{"code": "103", "message": "no credit"}', ("200 code 103", False, True, False)),
        (200, '{"code": ["100"]}', ("200 code ['100']", False, True, False)),
        (200, '{"hello": 1}', ('200 {"hello": 1}', False, True, True)),
        (200, "[100]", ("200 [100]", False, True, True)),
        (200, "<html>", ("200 <html>", False, True, True)),
        (200, "", ("200", False, True, True)),
        (400, '{"code": "100"}', ('400 {"code": "100"}', True, False, False)),
        (401, "", ("401", False, True, False)),
        (500, '{"code": "100"}', ('500 {"code": "100"}', False, True, False)),
    ],
)
def test_what_the_provider_did_not_take_is_sorted(peer, status, answer, refusal):
    peer.status, peer.answer = status, answer
    assert refusal_of(peer) == refusal


def test_which_codes_mean_what_can_be_said(peer):
    peer.answer = '{"code": "13"}'
    assert refusal_of(peer, wrong=("13",))[1:] == (True, False, False)
    send(peer, taken=("13",))


@pytest.mark.parametrize("behaviour", ["hang", "drop"])
def test_a_silence_after_the_question_is_doubtful(peer, behaviour):
    peer.behaviour = behaviour
    assert refusal_of(peer)[1:] == (False, True, True)


def test_nothing_of_the_account_is_told_when_the_provider_is_not_there(peer):
    peer.stop()
    assert refusal_of(peer) == ("ConnectionRefusedError: [Errno 111] Connection refused", False, True, False)

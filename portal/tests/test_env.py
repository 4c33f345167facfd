import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env


def test_values_kept_are_read_back_by_the_owner_alone(tmp_path):
    env.write_file(tmp_path / "env", {"SECRET_KEY": "a=b", "DATABASE_URL": "postgres://x"})
    assert env.read_file(tmp_path / "env") == {"SECRET_KEY": "a=b", "DATABASE_URL": "postgres://x"}
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["env"]


def test_a_file_fills_only_what_is_unset(tmp_path, monkeypatch):
    monkeypatch.setenv("PROVINCE", "H17")
    monkeypatch.delenv("HOTLINE", raising=False)
    env.write_file(tmp_path / "env", {"PROVINCE": "H15", "HOTLINE": "1022"})
    env.load_file(tmp_path / "env")
    assert (env.text("PROVINCE"), env.text("HOTLINE")) == ("H17", "1022")
    monkeypatch.delenv("HOTLINE")


def test_no_file_is_no_trouble(tmp_path):
    env.load_file(tmp_path / "none")


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("yes", True), ("0", False), ("off", False), ("", False)])
def test_a_flag(monkeypatch, value, meant):
    monkeypatch.setenv("X", value)
    assert env.flag("X", default=True) is meant


@pytest.mark.parametrize("read", [lambda: env.flag("X", True), lambda: env.number("X", 5), lambda: env.choice("X", "a", ("a", "b"))])
def test_a_value_that_cannot_be_meant_is_named(monkeypatch, read):
    monkeypatch.setenv("X", "perhaps")
    with pytest.raises(ImproperlyConfigured, match=r"X is “perhaps”\. Write"):
        read()


def test_words_drop_empty_pieces(monkeypatch):
    monkeypatch.setenv("X", " a, ,b ,")
    assert env.words("X") == ["a", "b"]


@pytest.fixture
def gateways(monkeypatch):
    """Write variables of gateways, each unset before: `gateways(SMS_GATEWAY_URL="http://a")`."""
    for place in ("", "_2", "_3"):
        for part in env.GATEWAY_PARTS:
            monkeypatch.delenv(f"SMS_GATEWAY{place}_{part}", raising=False)

    def write(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return env.gateways()

    return write


def test_no_gateway_is_none(gateways):
    assert gateways() == []


def test_gateways_come_in_their_order_each_with_its_kind_and_name(gateways):
    assert gateways(
        SMS_GATEWAY_URL="http://kannel.internal/sendsms",
        SMS_GATEWAY_USER="motcua",
        SMS_GATEWAY_PASSWORD="s",
        SMS_GATEWAY_2_URL="https://sms.example/send",
        SMS_GATEWAY_2_KIND="json",
        SMS_GATEWAY_2_NAME="vnpt",
    ) == [
        {
            "NAME": "kannel-1",
            "BACKEND": "portal.messaging.gateways.KannelGateway",
            "OPTIONS": {"url": "http://kannel.internal/sendsms", "user": "motcua", "password": "s"},
        },
        {
            "NAME": "vnpt",
            "BACKEND": "portal.messaging.gateways.JsonGateway",
            "OPTIONS": {"url": "https://sms.example/send", "user": "", "password": ""},
        },
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"SMS_GATEWAY_URL": "kannel.internal"}, "SMS_GATEWAY_URL is “kannel.internal”"),
        ({"SMS_GATEWAY_URL": "http://a", "SMS_GATEWAY_KIND": "smpp"}, "SMS_GATEWAY_KIND is “smpp”"),
        ({"SMS_GATEWAY_URL": "http://a", "SMS_GATEWAY_NAME": "smtp"}, "smtp is the mail server"),
        ({"SMS_GATEWAY_URL": "http://a", "SMS_GATEWAY_NAME": "nhà mạng"}, "Write at most 40 letters, digits and dashes"),
        ({"SMS_GATEWAY_URL": "http://a", "SMS_GATEWAY_NAME": "a" * 41}, "Write at most 40 letters, digits and dashes"),
        (
            {"SMS_GATEWAY_URL": "http://a", "SMS_GATEWAY_NAME": "x", "SMS_GATEWAY_2_URL": "http://b", "SMS_GATEWAY_2_NAME": "x"},
            "Two SMS gateways are called “x”",
        ),
    ],
)
def test_a_gateway_that_cannot_be_meant_is_named(gateways, values, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        gateways(**values)

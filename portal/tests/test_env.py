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

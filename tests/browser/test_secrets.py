"""After the whole browser suite: what the logs and the kept messages hold of passwords, codes, keys, numbers and phones."""

import re

import pytest

from tests.browser.test_main_job import PASSWORD

# `conftest` moves it behind every other browser test.
pytestmark = [pytest.mark.browser, pytest.mark.last]

LOGS = ("web", "worker", "beat", "issuer", "postgres")
CODE = re.compile(r"(?<![\w.\-/:])\d{6}(?![\w\-/]|\.\d)")
PASSWORDS = re.compile(r"(?:Mật khẩu tạm|Mat khau tam): ([\w-]+)")
KEYS = re.compile(r"https?://\S*/(?:dang-ky/email|quen-mat-khau)/(\S+)")


def secrets_of(site) -> set[str]:
    """All that was sent in confidence to the inbox of the demo, and what the people of the suite are and know."""
    found = {PASSWORD}
    for body, channel in site.rows("SELECT body, channel FROM messaging_inboxcopy"):
        found |= set(PASSWORDS.findall(body))
        found |= {key.strip("/") for key in KEYS.findall(body)}
        if channel == "sms" and "OTP" in body:
            found |= set(CODE.findall(body))
    for number, phone, password in site.rows("SELECT national_id, phone, password FROM accounts_user"):
        # Of a phone the nine digits that all its spellings share.
        found |= {number, phone[-9:], password.rpartition("$")[2]}
    return found - {""}


def leaks(texts, secrets):
    """Which secrets stand by themselves in which texts; six digits inside a longer word or number are none."""
    wanted = re.compile(r"(?<![\w.])(?:\+?84|0)?(" + "|".join(sorted(map(re.escape, secrets), key=len, reverse=True)) + r")(?![\w]|\.\d)")
    return [(found.group(1), text[max(found.start() - 80, 0) : found.end() + 80]) for text in texts for found in wanted.finditer(text)]


def kept_texts(site) -> list[str]:
    """Every row of a message that stays: what was sent, and what people texted."""
    sent = site.rows("SELECT subject || ' ' || body || ' ' || html FROM messaging_outgoingmessage WHERE state <> 'waiting'")
    came = site.rows("SELECT text FROM messaging_incomingsms WHERE answered_at IS NOT NULL")
    return [text for (text,) in sent + came]


def test_no_log_line_and_no_kept_message_holds_a_secret(site):
    secrets = secrets_of(site)
    assert len(secrets) > 50, "the suite left its passwords, codes, numbers and phones to look for"
    lines = [line for name in LOGS for line in site.log(name).splitlines()]
    assert lines
    assert leaks(lines, secrets) == []
    assert leaks(kept_texts(site), secrets) == []


def test_the_search_finds_a_planted_secret(site):
    secrets = secrets_of(site)
    number = next(secret for secret in secrets if re.fullmatch(r"\d{12}", secret))
    phone = next(secret for secret in secrets if re.fullmatch(r"\d{9}", secret))
    code = next(secret for secret in secrets if re.fullmatch(r"\d{6}", secret))
    planted = [f'{{"message": "signed in {number}"}}', f"to 0{phone} failed", f"+84{phone}", f"code={code}", f"POST {PASSWORD}"]
    assert [secret for secret, _where in leaks(planted, secrets)] == [number, phone, phone, code, PASSWORD]

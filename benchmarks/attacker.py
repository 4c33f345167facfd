"""What an attacker has: many browsers, many addresses, and an hour that passes as fast as the machine allows."""

import functools
import re
from datetime import UTC, datetime, timedelta

import time_machine

START = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


class Hour:
    """Time that moves only when told; counters in Redis grow older with it."""

    def __enter__(self):
        self.now = START
        self._traveller = time_machine.travel(self.now, tick=False)
        self._clock = self._traveller.start()
        return self

    def __exit__(self, *_what):
        self._traveller.stop()

    def steps(self, seconds: int):
        """Every so many seconds of one hour."""
        for _step in range(3600 // seconds):
            yield
            self.pass_by(seconds)

    def pass_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self._clock.move_to(self.now)
        for key in redis().scan_iter("motcua:throttle*"):
            left = redis().pttl(key) - 1000 * seconds
            redis().pexpire(key, left) if left > 0 else redis().delete(key)


@functools.cache
def redis():
    from django.conf import settings

    from portal.circuit import client

    return client(settings.REDIS_URL)


def nothing_counted() -> None:
    redis().flushdb()


def browser(address: str):
    """A browser without cookies, at a network address."""
    from django.test import Client

    return Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR=address, SERVER_NAME="127.0.0.1")


def text_of(answer) -> str:
    """What the page says, without its frame."""
    page = answer.content.decode()
    return re.sub(r"<[^>]+>|\s+", " ", page[page.find("<main") : page.find("</main>")])


def post(person, name: str, data: dict):
    """Press the button of a page, and follow where it leads."""
    return answer_to(person, name, data, follow=True)


def answer_to(person, name: str, data: dict, *, follow=False):
    from django.urls import reverse

    return person.post(reverse(name), data, follow=follow)


# --- The forms, as they are filled ---------------------------------------------------------------


def by_mobile(national_id: str, phone: str) -> dict:
    return {
        "full_name": "Trần Quang Minh",
        "national_id": national_id,
        "birth_date": "15/08/1980",
        "phone": phone,
        "email": "",
        "consent": "on",
    }


def by_email(national_id: str, email: str) -> dict:
    return by_mobile(national_id, "") | {"email": email}


def claim(national_id: str, phone: str, birth_date="15/08/1980") -> dict:
    """A dispute with its photographs and a code of digits that was read rightly."""
    from captcha.models import CaptchaStore
    from django.core.files.uploadedfile import SimpleUploadedFile

    from portal.testing.papers import make_photo

    code = CaptchaStore.objects.create(challenge="40728", response="40728")
    photos = {side: SimpleUploadedFile(f"{side}.jpg", make_photo(900, 600), "image/jpeg") for side in ("front", "back")}
    return (
        by_mobile(national_id, phone)
        | {"birth_date": birth_date, "statement": "", "captcha_0": code.hashkey, "captcha_1": "40728"}
        | photos
    )


def text_in(sender: str, text: str, number: int) -> str:
    """Text the short code; what it answers, or nothing."""
    from portal.messaging import inbound

    reply = inbound.answer(inbound.store(f"text-{sender}-{number}", sender, text))
    return reply.body if reply else ""

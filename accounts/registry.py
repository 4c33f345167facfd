"""Chính chủ: is a phone number registered to the ID number typed beside it?

The operators know; we ask through one of three registers. Every door that takes a phone asks `check`.
"""

import json
import logging
import threading
import time
from abc import ABC, abstractmethod
from enum import Enum

import requests
from django.conf import settings
from django.utils.translation import gettext

from accounts.models import Subscriber

logger = logging.getLogger(__name__)


class Answer(Enum):
    """In whose name the number is: the person's own, somebody else's, or nobody can say."""

    OWNER = "owner"
    OTHER = "other"
    UNKNOWN = "unknown"


class Verdict(Enum):
    """What follows for the sign-up."""

    ALLOWED = "allowed"
    NOT_OWNER = "not-owner"
    OUTAGE = "outage"


class RegistryOutage(Exception):
    """The register did not answer, or answered nonsense."""


class SubscriberRegistry(ABC):
    """Says in whose name a number is."""

    @abstractmethod
    def ask(self, phone: str, national_id: str) -> Answer:
        """`phone` as +84…, `national_id` as digits. Raises RegistryOutage."""


class NoRegistry(SubscriberRegistry):
    """No register is connected, so nobody knows."""

    def ask(self, phone, national_id):
        logger.info("No register of subscribers is connected: SUBSCRIBER_UNKNOWN decides")
        return Answer.UNKNOWN


class TableRegistry(SubscriberRegistry):
    """The demo's register: a table beside the accounts."""

    def ask(self, phone, national_id):
        owner = Subscriber.objects.filter(phone=phone).values_list("national_id", flat=True).first()
        if owner is None:
            return Answer.UNKNOWN
        return Answer.OWNER if owner == national_id else Answer.OTHER


class HttpRegistry(SubscriberRegistry):
    """A register of the operators behind HTTP: {"phone", "national_id"} → {"owner": true, false or null}."""

    LONGEST_ANSWER = 10_000
    # While it hangs, further sign-ups are told at once: each would hold a thread of the site.
    PAUSE_SECONDS = 10.0
    ANSWERS = {True: Answer.OWNER, False: Answer.OTHER, None: Answer.UNKNOWN}

    _asleep_until = 0.0

    def ask(self, phone, national_id):
        if time.monotonic() < HttpRegistry._asleep_until:
            raise RegistryOutage("hung a moment ago")
        answered = []
        # A time-out of requests is one for each packet, and none for the look-up of the name.
        asking = threading.Thread(target=lambda: answered.append(self._asked(phone, national_id)), daemon=True)
        asking.start()
        asking.join(settings.SUBSCRIBER_REGISTRY_SECONDS)
        if not answered:
            HttpRegistry._asleep_until = time.monotonic() + self.PAUSE_SECONDS
            raise RegistryOutage("no answer in time")
        if isinstance(answered[0], RegistryOutage):
            raise answered[0]
        return answered[0]

    def _asked(self, phone, national_id):
        try:
            return self._read(self._post(phone, national_id))
        except RegistryOutage as outage:
            return outage
        except (requests.RequestException, OSError, ValueError) as trouble:
            # The kind only: the text of an exception may hold what was asked.
            return RegistryOutage(type(trouble).__name__)

    def _post(self, phone, national_id):
        token = settings.SUBSCRIBER_REGISTRY_TOKEN
        with requests.post(
            settings.SUBSCRIBER_REGISTRY_URL,
            json={"phone": phone, "national_id": national_id},
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=settings.SUBSCRIBER_REGISTRY_SECONDS,
            # Led elsewhere, personal data and the token would go where nobody meant them to.
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise RegistryOutage(f"status {response.status_code}")
            body = b""
            for piece in response.iter_content(1024):
                body += piece
                if len(body) > self.LONGEST_ANSWER:
                    raise RegistryOutage("a very long answer")
            return body

    def _read(self, body):
        answer = json.loads(body)
        owner = answer.get("owner", "missing") if isinstance(answer, dict) else "missing"
        if owner is not None and not isinstance(owner, bool):
            raise RegistryOutage("an answer of another form")
        return self.ANSWERS[owner]


def registry() -> SubscriberRegistry:
    """The register in use."""
    if settings.SUBSCRIBER_REGISTRY_URL:
        return HttpRegistry()
    return TableRegistry() if settings.DEMO else NoRegistry()


def check(phone: str, national_id: str) -> Verdict:
    """Whether a sign-up of this ID number may go on with this phone."""
    try:
        answer = registry().ask(phone, national_id)
    except RegistryOutage as outage:
        logger.warning("The register of subscribers is away (%s): SUBSCRIBER_OUTAGE is “%s”", outage, settings.SUBSCRIBER_OUTAGE)
        return Verdict.ALLOWED if settings.SUBSCRIBER_OUTAGE == "allow" else Verdict.OUTAGE
    if answer is Answer.UNKNOWN and settings.SUBSCRIBER_UNKNOWN == "allow":
        return Verdict.ALLOWED
    return Verdict.ALLOWED if answer is Answer.OWNER else Verdict.NOT_OWNER


def in_words(verdict: Verdict) -> str:
    """What a page says beside the number; empty where there is nothing to say."""
    if verdict is Verdict.NOT_OWNER:
        return gettext("Số này chưa đăng ký chính chủ với CCCD vừa nhập. Dùng số khác, hoặc đến cửa hàng nhà mạng để đăng ký.")
    if verdict is Verdict.OUTAGE and "email" in settings.SIGNUP_DOORS:
        return gettext(
            "Hiện chưa kiểm tra được số chính chủ của thuê bao này. Thử lại sau ít phút, hoặc quay lại chọn cách đăng ký “Thư điện tử”."
        )
    if verdict is Verdict.OUTAGE:
        return gettext("Hiện chưa kiểm tra được số chính chủ của thuê bao này. Thử lại sau ít phút, hoặc gọi {hotline}.").format(
            hotline=settings.HOTLINE
        )
    return ""

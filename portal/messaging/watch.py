"""What a worker knows of the providers of one channel while it delivers a batch, and tells the other workers.

The table is read every few seconds and written only where something changed: a batch of a hundred
messages that all go well costs one reading and at most one writing.
"""

import contextlib
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.utils import Error as DatabaseTrouble
from django.utils import timezone

from portal.messaging.errors import GatewayError, without_addresses
from portal.messaging.models import ProviderHealth

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 3
NOTE_SECONDS = 10


@dataclass
class Call:
    """One call to a provider: when it began, and whether it is the trial after a pause."""

    provider: str
    is_trial: bool = False
    began: datetime = field(default_factory=timezone.now)
    _started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started


class Watch:
    def __init__(self, channel: str):
        self.channel = channel
        self._known: dict[str, ProviderHealth] = {}
        self._looked = None

    def pause_of(self, name: str) -> datetime | None:
        """Until when a provider is to be left alone; None where it is well, or nothing is known of it."""
        self._look()
        known = self._known.get(name)
        return known.away_until if known else None

    def take_trial(self, name: str) -> bool:
        """Whether this worker is the one to try a provider whose pause is over."""
        with _messages_go_first():
            return ProviderHealth.objects.take_trial(name, timezone.now())
        return False

    def went_well(self, call: Call) -> None:
        if not self._is_news(call):
            return
        with _messages_go_first():
            health, was_away = ProviderHealth.objects.answered(call.provider, self.channel, began=call.began, at=timezone.now())
            self._known[call.provider] = health
            if was_away:
                logger.warning("%s is back after %d s", call.provider, was_away.total_seconds())

    def went_slowly(self, call: Call) -> None:
        reason = f"slow: {call.seconds:.1f} s for an answer"
        with _messages_go_first():
            health, is_news = ProviderHealth.objects.answered_slowly(
                call.provider, self.channel, reason=reason, began=call.began, at=timezone.now()
            )
            self._note_trouble(health, is_news)

    def was_away(self, call: Call, trouble: GatewayError) -> None:
        until = self.pause_of(call.provider)
        if until and not call.is_trial and call.began < until:
            return  # asked in its pause because there was no other: known already
        with _messages_go_first():
            health, is_news = ProviderHealth.objects.failed(
                call.provider, self.channel,
                reason=without_addresses(str(trouble)), began=call.began, at=timezone.now(), trial=call.is_trial,
            )  # fmt: skip
            self._note_trouble(health, is_news)

    def _note_trouble(self, health: ProviderHealth, is_news: bool) -> None:
        self._known[health.name] = health
        if is_news:
            logger.warning("%s is left alone until %s: %s", health.name, f"{health.away_until:%H:%M:%S}Z", health.last_error)

    def _is_news(self, call: Call) -> bool:
        self._look()
        known = self._known.get(call.provider)
        if known is None or known.away_since or known.troubles or known.last_ok_at is None:
            return True
        return timezone.now() - known.last_ok_at > timedelta(seconds=NOTE_SECONDS)

    def _look(self) -> None:
        if self._looked is not None and time.monotonic() - self._looked < LOOK_AGAIN_SECONDS:
            return
        with _messages_go_first():
            self._known = {health.name: health for health in ProviderHealth.objects.filter(channel=self.channel)}
        self._looked = time.monotonic()


@contextlib.contextmanager
def _messages_go_first():
    """A database that is away while this is noted must not make a message that was taken look refused.

    The broken connection is left behind, so that what comes next, “sent”, is written over a new one.
    """
    try:
        yield
    except DatabaseTrouble as trouble:
        logger.warning("health of a provider not noted: %s", type(trouble).__name__)
        connection.close_if_unusable_or_obsolete()

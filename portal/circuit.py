"""Remember for a few seconds that Redis is away, so that not every request waits to find out."""

import logging
import time

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
WAIT_SECONDS = 1.0
# One retry: a connection kept from before a restart of Redis fails once.
CLIENT_OPTIONS = {
    "socket_timeout": WAIT_SECONDS,
    "socket_connect_timeout": WAIT_SECONDS,
    "retry": Retry(NoBackoff(), 1),
}


def client(url: str) -> Redis:
    """A client that a web request may use: it answers or fails within seconds."""
    return Redis.from_url(url, **CLIENT_OPTIONS)


class Circuit:
    """Open while Redis is believed to be away; `what` names who goes on without it, for the log."""

    def __init__(self, what: str):
        self.what = what
        self._until = 0.0

    def is_open(self) -> bool:
        return time.monotonic() < self._until

    def broke(self, error: Exception) -> None:
        self._until = time.monotonic() + PAUSE_SECONDS
        logger.warning("Redis is away (%s): %s", type(error).__name__, self.what)

    def mend(self) -> bool:
        """Redis answered; True if it had been away until now."""
        was_broken, self._until = self._until > 0, 0.0
        return was_broken

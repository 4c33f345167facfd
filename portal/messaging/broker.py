"""Asking the workers for something, without depending on the broker being there.

What matters lies in the database; the broker only says “now”. Where it is away the request goes on
after two seconds at most, and the sweep finds the work.
"""

import functools
import logging
import time

from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

from portal.celery import app

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1.0


@functools.cache
def _connection(url: str) -> Connection:
    # A worker may wait long for the broker, a web request may not: hence a connection of its own.
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | {
        "socket_timeout": WAIT_SECONDS,
        "socket_connect_timeout": WAIT_SECONDS,
        "max_retries": 0,
    }
    return Connection(url, transport_options=options)


def ask(task: str, *args) -> bool:
    """Queue a task by name; False, and a line in the log, where the broker is away."""
    started = time.monotonic()
    try:
        with producers[_connection(settings.CELERY_BROKER_URL)].acquire(block=True, timeout=WAIT_SECONDS) as producer:
            app.send_task(task, args, producer=producer, retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        waited = time.monotonic() - started
        logger.warning("broker away, %s left to the sweep (%s after %.1f s)", task, type(error).__name__, waited)
        return False
    return True

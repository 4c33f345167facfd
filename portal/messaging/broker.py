"""Asking the workers for something, without depending on the broker being there.

What matters lies in the database; the broker only says “now”. Where it is away the request goes on
after two seconds at most, and the sweep finds the work.
"""

import contextlib
import functools
import logging
import time

from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

from portal.celery import app
from portal.circuit import Circuit, client

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1.0
# A flag says “asked for, not begun”. It ends by itself, as whoever raised it may have died before asking.
FLAG, FLAG_SECONDS = "motcua:asked:", 10
# And another: “there was more than one piece of work”.
STREAM, STREAM_SECONDS = "motcua:more:", 0.2
# Smaller goes first: a hundred thousand texts that come in after an outage must not keep a code from leaving.
ALL_THERE_IS, PIECE = 0, 9

_redis = functools.cache(client)
_circuit = Circuit("the sweep does what the workers cannot be asked for")


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
    """Queue one piece of work behind what `ask_once` asked for; False, and a line in the log, where the broker is away."""
    return _queue(task, args, PIECE)


def _queue(task: str, args: tuple, priority: int) -> bool:
    started = time.monotonic()
    try:
        with producers[_connection(settings.CELERY_BROKER_URL)].acquire(block=True, timeout=WAIT_SECONDS) as producer:
            app.send_task(task, args, producer=producer, retry=False, ignore_result=True, priority=priority)
    except (OperationalError, RedisError, OSError) as error:
        waited = time.monotonic() - started
        logger.warning("broker away, %s left to the sweep (%s after %.1f s)", task, type(error).__name__, waited)
        return False
    return True


def ask_once(task: str) -> bool:
    """Queue a task that does all there is to do, unless it stands in the queue already and has not begun.

    Such a task says `begin` before it looks for its work; so whoever finds the flag up has committed
    before that look. A thousand commits in a second are then a thousand small questions and a few tasks.
    """
    if _circuit.is_open():
        return False
    try:
        is_first = _redis(settings.CELERY_BROKER_URL).set(FLAG + task, 1, nx=True, ex=FLAG_SECONDS)
    except RedisError as error:
        _circuit.broke(error)
        logger.warning("broker away, %s left to the sweep (%s)", task, type(error).__name__)
        return False
    _circuit.mend()
    return _queue(task, (), ALL_THERE_IS) if is_first else True


def begin(task: str) -> None:
    """From now on the task must be asked for anew: what is committed later it may not see."""
    try:
        _redis(settings.CELERY_BROKER_URL).delete(FLAG + task)
    except RedisError as error:
        # The flag ends by itself; until then the sweep is the net.
        logger.warning("broker away, the flag of %s stays up (%s)", task, type(error).__name__)


def say_more_follow(task: str) -> None:
    """The task found several pieces of work at once: it is one of those seconds in which they stream in."""
    with contextlib.suppress(RedisError):
        _redis(settings.CELERY_BROKER_URL).set(STREAM + task, 1, px=int(STREAM_SECONDS * 1000))


def more_follow(task: str) -> bool:
    """Whether that was a moment ago. A task that waits a little before it says `begin` is asked for once meanwhile."""
    try:
        return bool(_redis(settings.CELERY_BROKER_URL).exists(STREAM + task))
    except RedisError:
        return False

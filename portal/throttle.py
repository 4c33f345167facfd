"""How often one may ask.

Counters live in Redis, outside the request's transaction, so that they outlive a refusal. While
Redis is away each process counts for itself: limits become looser, never absent, and no page fails.
What is counted (a phone, an ID number, an address) is kept only as a digest.
"""

import functools
import threading
import time

from django.conf import settings
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from portal.circuit import Circuit, client

PREFIX = "motcua:throttle"
MOST_LOCAL_KEYS = 10_000

# One step on the server: a counter without an end would lock somebody out for ever.
COUNT = """
local n = redis.call('INCR', KEYS[1])
local left = redis.call('TTL', KEYS[1])
if left < 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]); left = tonumber(ARGV[1]) end
return {n, left}
"""
COUNT_DISTINCT = """
if redis.call('SISMEMBER', KEYS[1], ARGV[2]) == 1 then return {1, 0} end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[3]) then return {0, redis.call('TTL', KEYS[1])} end
redis.call('SADD', KEYS[1], ARGV[2])
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {1, 0}
"""
# Distinct values lie in a set, other events are a number.
USED = """
if redis.call('TYPE', KEYS[1]).ok == 'set' then return redis.call('SCARD', KEYS[1]) end
return tonumber(redis.call('GET', KEYS[1]) or '0')
"""
# A window that ended meanwhile must not come back without an end.
GIVE_BACK = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
return 0
"""


class TooMany(Exception):
    """Asked too often; `retry_after` in seconds. The middleware answers with the page of status 429."""

    def __init__(self, retry_after: int):
        super().__init__(f"too many requests, retry after {retry_after} s")
        self.retry_after = retry_after


def count(scope: str, key: str, *, seconds: int) -> int:
    """Count one more event of `key` in `scope` and return how many there were within the window."""
    return _count(scope, key, seconds)[0]


def check(scope: str, key: str, *, limit: int, seconds: int) -> None:
    """Count one event and raise TooMany when it is one more than `limit` within `seconds`."""
    events, left = _count(scope, key, seconds)
    if events > limit:
        raise TooMany(max(left, 1))


def check_distinct(scope: str, key: str, value: str, *, limit: int, seconds: int) -> None:
    """Like check, but a `value` seen before within the window counts nothing (only its digest is kept)."""
    name, digest = _name(scope, key), _digest(value)
    allowed, left = _in_redis(
        lambda redis: redis.eval(COUNT_DISTINCT, 1, name, seconds, digest, limit),
        lambda: _local.add(name, digest, limit, seconds),
    )
    if not allowed:
        raise TooMany(max(left, 1))


def give_back(scope: str, key: str) -> None:
    """Take one counted event back: what was counted in advance turned out to be none."""
    name = _name(scope, key)
    _in_redis(lambda redis: redis.eval(GIVE_BACK, 1, name), lambda: _local.give_back(name))


def used(scope: str, key: str) -> int:
    """How many events, or distinct values, were counted in the current window, without counting one."""
    name = _name(scope, key)
    return _in_redis(lambda redis: redis.eval(USED, 1, name), lambda: _local.used(name))


def forget(scope: str, key: str) -> None:
    """Start the window anew, e.g. after a right password."""
    name = _name(scope, key)
    _local.forget(name)
    _in_redis(lambda redis: redis.delete(name), lambda: None)


def _count(scope: str, key: str, seconds: int) -> tuple[int, int]:
    name = _name(scope, key)
    return _in_redis(lambda redis: redis.eval(COUNT, 1, name, seconds), lambda: _local.count(name, seconds))


def _digest(text: str) -> str:
    return salted_hmac(PREFIX, text, algorithm="sha256").hexdigest()[:32]


def _name(scope: str, key: str) -> str:
    return f"{PREFIX}:{scope}:{_digest(f'{scope}|{key}')}"


_redis = functools.cache(client)
_circuit = Circuit("this process counts for itself")


def _in_redis(ask, otherwise):
    if not _circuit.is_open():
        try:
            answer = ask(_redis(settings.REDIS_URL))
        except RedisError as error:
            _circuit.broke(error)
        else:
            _circuit.mend()
            return answer
    return otherwise()


class LocalCounters:
    """The same counters inside one process, for the minutes in which Redis is away."""

    def __init__(self):
        self._windows: dict[str, tuple[float, set]] = {}
        self._lock = threading.Lock()

    def count(self, name: str, seconds: int) -> tuple[int, int]:
        with self._lock:
            ends, events = self._window(name, seconds)
            events.add(len(events))
            return len(events), self._left(ends)

    def add(self, name: str, digest: str, limit: int, seconds: int) -> tuple[int, int]:
        with self._lock:
            ends, values = self._window(name, seconds)
            if digest not in values:
                if len(values) >= limit:
                    return 0, self._left(ends)
                values.add(digest)
            return 1, 0

    def give_back(self, name: str) -> None:
        with self._lock:
            ends, events = self._windows.get(name, (0.0, set()))
            if events and ends > time.monotonic():
                events.discard(len(events) - 1)

    def used(self, name: str) -> int:
        with self._lock:
            ends, events = self._windows.get(name, (0.0, set()))
            return len(events) if ends > time.monotonic() else 0

    def forget(self, name: str) -> None:
        with self._lock:
            self._windows.pop(name, None)

    def _window(self, name: str, seconds: int) -> tuple[float, set]:
        now = time.monotonic()
        if len(self._windows) >= MOST_LOCAL_KEYS:
            self._windows = {key: window for key, window in self._windows.items() if window[0] > now}
        if name not in self._windows or self._windows[name][0] <= now:
            self._windows[name] = (now + seconds, set())
        return self._windows[name]

    @staticmethod
    def _left(ends: float) -> int:
        return int(ends - time.monotonic()) + 1


_local = LocalCounters()

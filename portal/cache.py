"""The Redis cache, forgiving when Redis is away.

allauth keeps its rate limits in the cache, and a Redis outage must not become an error page at
sign-in. While Redis is away each process keeps a small cache of its own, so that limits still hold
there.
"""

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from portal.circuit import CLIENT_OPTIONS, Circuit

MOST_LOCAL_ENTRIES = 10_000


def _forgiving(name):
    def call(self, *args, **kwargs):
        if not self._circuit.is_open():
            try:
                answer = getattr(RedisCache, name)(self, *args, **kwargs)
            except RedisError as error:
                self._circuit.broke(error)
            else:
                if self._circuit.mend():
                    self._local.clear()
                return answer
        return getattr(self._local, name)(*args, **kwargs)

    call.__name__ = name
    call.__doc__ = f"`{name}` in Redis; in this process while Redis is away."
    return call


class ForgivingRedisCache(RedisCache):
    def __init__(self, server, params):
        params = params | {"OPTIONS": CLIENT_OPTIONS | params.get("OPTIONS", {})}
        super().__init__(server, params)
        local = {key: value for key, value in params.items() if key != "OPTIONS"}
        self._local = LocMemCache("redis-is-away", local | {"MAX_ENTRIES": MOST_LOCAL_ENTRIES})
        self._circuit = Circuit("this process keeps a cache of its own")

    add = _forgiving("add")
    get = _forgiving("get")
    set = _forgiving("set")
    touch = _forgiving("touch")
    delete = _forgiving("delete")
    get_many = _forgiving("get_many")
    has_key = _forgiving("has_key")
    incr = _forgiving("incr")
    set_many = _forgiving("set_many")
    delete_many = _forgiving("delete_many")
    clear = _forgiving("clear")

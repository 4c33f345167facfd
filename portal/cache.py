"""The Redis cache, forgiving when Redis is away."""

from django.core.cache.backends.redis import RedisCache


class ForgivingRedisCache(RedisCache):
    pass

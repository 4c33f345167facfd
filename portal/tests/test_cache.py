import threading

import pytest

from portal import circuit
from portal.cache import ForgivingRedisCache
from portal.services import Redis


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def cache(redis):
    cache = ForgivingRedisCache(f"redis://127.0.0.1:{redis.port}/0", {"KEY_PREFIX": "test"})
    yield cache
    for pool in cache._cache._pools.values():
        pool.disconnect()


def test_it_remembers(cache):
    cache.set("a", 1, 60)
    assert cache.get("a") == 1
    assert cache.get_many(["a", "b"]) == {"a": 1}
    assert cache.incr("a") == 2
    assert cache.add("a", 5) is False


def test_a_redis_killed_and_back_is_never_an_error(cache, redis, monkeypatch, caplog):
    monkeypatch.setattr(circuit, "PAUSE_SECONDS", 0.2)
    cache.set("a", 1, 60)
    redis.process.kill()
    redis.process.wait()

    assert cache.get("a", "nothing") == "nothing"
    cache.set("limit", [1, 2], 60)
    assert cache.get("limit") == [1, 2], "rate limits hold inside the process"
    assert cache.get_many(["limit"]) == {"limit": [1, 2]}
    assert cache.add("limit", 3) is False
    cache.delete("limit")
    assert "limit" not in cache
    cache.set("left-over", 1)
    assert len(caplog.records) == 1, "one line, not one for each question"

    redis.start()
    threading.Event().wait(0.3)
    assert cache.get("left-over") is None
    cache.set("a", 2)
    assert cache.get("a") == 2
    assert cache._local.get("left-over") is None

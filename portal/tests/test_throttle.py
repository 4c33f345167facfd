import threading

import pytest
import redis as redis_client

from portal import circuit, throttle
from portal.services import Redis
from portal.throttle import TooMany


@pytest.fixture(autouse=True)
def own_circuit(monkeypatch):
    monkeypatch.setattr(throttle, "_circuit", circuit.Circuit("a test"))
    monkeypatch.setattr(throttle, "_local", throttle.LocalCounters())


@pytest.fixture
def mortal_redis(tmp_path, settings):
    """A Redis of the test's own, which it may kill."""
    server = Redis(tmp_path / "redis")
    settings.REDIS_URL = server.start()
    yield server
    server.stop()


def test_the_limit_is_allowed_and_one_more_is_not():
    for _ in range(3):
        throttle.check("otp", "0912345678", limit=3, seconds=60)
    with pytest.raises(TooMany) as refusal:
        throttle.check("otp", "0912345678", limit=3, seconds=60)
    assert 0 < refusal.value.retry_after <= 60


def test_scopes_and_keys_are_counted_apart():
    throttle.check("otp", "0912345678", limit=1, seconds=60)
    throttle.check("lookup", "0912345678", limit=1, seconds=60)
    throttle.check("otp", "0912345679", limit=1, seconds=60)
    assert throttle.used("otp", "0912345678") == 1


def test_a_window_ends():
    throttle.check("otp", "lan", limit=1, seconds=1)
    threading.Event().wait(1.2)
    throttle.check("otp", "lan", limit=1, seconds=1)


def test_forgetting_starts_anew():
    assert throttle.count("otp", "lan", seconds=60) == 1
    assert throttle.count("otp", "lan", seconds=60) == 2
    throttle.forget("otp", "lan")
    assert throttle.used("otp", "lan") == 0


def test_a_value_seen_before_counts_nothing():
    for number in ("1", "2", "1", "2", "1"):
        throttle.check_distinct("id", "10.0.0.1", number, limit=2, seconds=60)
    with pytest.raises(TooMany):
        throttle.check_distinct("id", "10.0.0.1", "3", limit=2, seconds=60)
    with pytest.raises(TooMany):
        throttle.check_distinct("id", "10.0.0.1", "3", limit=2, seconds=60)
    throttle.check_distinct("id", "10.0.0.1", "2", limit=2, seconds=60)
    assert throttle.used("id", "10.0.0.1") == 2
    assert not throttle._circuit.is_open()


def test_no_phone_and_no_id_number_lies_in_redis(mortal_redis):
    throttle.check("otp", "0912345678", limit=3, seconds=60)
    throttle.check_distinct("id", "10.0.0.1", "066192000001", limit=3, seconds=60)
    with redis_client.Redis(port=mortal_redis.port, decode_responses=True) as client:
        keys = client.keys("*")
        kept = " ".join([*keys, *[value for key in keys if client.type(key) == "set" for value in client.smembers(key)]])
        assert len(keys) == 2
        assert all(0 < client.ttl(key) <= 60 for key in keys)
    assert "0912345678" not in kept
    assert "066192000001" not in kept


def test_every_one_of_many_at_once_is_counted():
    threads = [threading.Thread(target=throttle.count, args=("race", "lan"), kwargs={"seconds": 60}) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert throttle.used("race", "lan") == 20


def test_while_redis_is_away_the_process_counts_for_itself(mortal_redis, monkeypatch, caplog):
    monkeypatch.setattr(circuit, "PAUSE_SECONDS", 0.2)
    throttle.check("otp", "lan", limit=2, seconds=60)
    mortal_redis.process.kill()
    mortal_redis.process.wait()

    throttle.check("otp", "lan", limit=2, seconds=60)
    throttle.check("otp", "lan", limit=2, seconds=60)
    with pytest.raises(TooMany):
        throttle.check("otp", "lan", limit=2, seconds=60)
    for number in ("1", "2"):
        throttle.check_distinct("id", "lan", number, limit=2, seconds=60)
    with pytest.raises(TooMany):
        throttle.check_distinct("id", "lan", "3", limit=2, seconds=60)
    assert throttle.used("otp", "lan") == 3
    assert "Redis is away (ConnectionError): a test" in caplog.text

    mortal_redis.start()
    threading.Event().wait(0.3)
    assert throttle.count("otp", "lan", seconds=60) == 1
    throttle.forget("otp", "lan")


def test_local_counters_drop_what_is_over(monkeypatch):
    monkeypatch.setattr(throttle, "MOST_LOCAL_KEYS", 2)
    counters = throttle.LocalCounters()
    counters.count("a", -1)
    counters.count("b", -1)
    counters.count("c", 60)
    assert list(counters._windows) == ["c"]

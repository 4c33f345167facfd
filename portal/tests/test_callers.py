"""One limit per caller, and one for a crowd behind one address."""

import ipaddress
import threading

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore

from portal import callers, circuit, throttle
from portal.services import Redis
from portal.throttle import TooMany

OFFICE = "203.0.113.7"


@pytest.fixture(autouse=True)
def nothing_counted(settings):
    settings.SHARED_NETWORKS = [ipaddress.ip_network("203.0.113.0/24"), ipaddress.ip_network("2001:db8:5::/48")]
    settings.SHARED_NETWORK_TIMES = 4
    circuit.client(settings.REDIS_URL).flushdb()


@pytest.fixture
def ask(rf):
    """A request from an address, in a browser session of its own or in the one given."""

    def _ask(address=OFFICE, session=None, **headers):
        request = rf.post("/", REMOTE_ADDR=address, **headers)
        request.session = SessionStore() if session is None else session
        return request

    return _ask


def check(request, limit=5):
    callers.check(request, "sign-up", limit=limit, seconds=60)


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("203.0.113.7", True),
        ("::ffff:203.0.113.7", True),
        ("2001:db8:5:9::1", True),
        ("2001:db8:6::1", False),
        ("198.51.100.7", False),
        ("::ffff:198.51.100.7", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_a_shared_network_is_known_by_its_address_in_either_notation(ask, address, shared):
    assert callers.is_shared(ask(address)) is shared


def test_behind_a_proxy_the_forwarded_address_counts_and_a_forged_one_does_not(ask, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    assert callers.is_shared(ask("10.0.0.1", HTTP_X_FORWARDED_FOR=OFFICE))
    assert not callers.is_shared(ask("10.0.0.1", HTTP_X_FORWARDED_FOR=f"{OFFICE}, 198.51.100.7"))
    settings.TRUSTED_PROXY_COUNT = 0
    assert not callers.is_shared(ask("10.0.0.1", HTTP_X_FORWARDED_FOR=OFFICE))


def test_the_sixth_citizen_of_a_commune_office_is_not_shut_out(ask):
    for _citizen in range(6):
        check(ask())


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8:6::1"])
def test_elsewhere_the_sixth_is_whatever_session_comes(ask, address):
    for _try in range(5):
        check(ask(address))
    with pytest.raises(TooMany):
        check(ask(address))


def test_elsewhere_nobody_gets_a_session_for_being_counted(ask):
    request = ask("198.51.100.7")
    check(request)
    assert dict(request.session.items()) == {}


def test_one_session_in_a_crowd_has_the_ordinary_limit(ask):
    session = SessionStore()
    for _try in range(5):
        check(ask(session=session))
    with pytest.raises(TooMany):
        check(ask(session=session))
    check(ask())


def test_whoever_drops_the_session_each_time_meets_the_total(ask):
    for _session in range(20):
        check(ask())
    with pytest.raises(TooMany):
        check(ask())


def test_the_total_of_a_network_of_ipv6_counts_its_64s_as_one_each(ask):
    for host in range(20):
        check(ask(f"2001:db8:5:9::{host:x}"))
    with pytest.raises(TooMany):
        check(ask("2001:db8:5:9::ffff"))
    check(ask("2001:db8:5:a::1"))


def test_mapped_and_plain_notation_are_one_address(ask):
    for address in [OFFICE, f"::ffff:{OFFICE}"] * 10:
        check(ask(address))
    with pytest.raises(TooMany):
        check(ask(OFFICE))


def test_a_code_is_asked_for_once_the_crowd_has_used_what_one_caller_may(ask):
    asked = []
    for _citizen in range(6):
        asked.append(callers.needs_captcha(ask(), "sign-up", limit=5))
        check(ask())
    assert asked == [False] * 5 + [True]
    assert not callers.needs_captcha(ask("203.0.113.8"), "sign-up", limit=5)


def test_nobody_is_asked_for_a_code_elsewhere(ask):
    for _try in range(5):
        check(ask("198.51.100.7"))
    assert not callers.needs_captcha(ask("198.51.100.7"), "sign-up", limit=5)


def test_different_values_count_and_the_same_again_does_not(ask):
    def probe(number, session):
        callers.check_distinct(ask(session=session), "id", number, limit=2, seconds=60)

    session = SessionStore()
    for number in ("1", "2", "1", "2"):
        probe(number, session)
    assert callers.needs_captcha(ask(), "id", limit=2)
    with pytest.raises(TooMany):
        probe("3", session)
    for number in range(3, 9):
        probe(str(number), SessionStore())
    with pytest.raises(TooMany):
        probe("9", SessionStore())


def test_refusing_counts_nothing_and_counting_refuses_nobody(ask):
    session = SessionStore()
    limit = {"limit": 2, "seconds": 60}
    for _try in range(3):
        callers.count(ask(session=session), "wrong", **limit)
    with pytest.raises(TooMany):
        callers.refuse(ask(session=session), "wrong", **limit)
    callers.refuse(ask(), "wrong", **limit)


def test_the_next_person_at_the_same_machine_of_an_office_is_counted_anew(ask):
    session = SessionStore()
    for _try in range(5):
        check(ask(session=session))
    callers.next_visitor(ask(session=session))
    check(ask(session=session))


def test_while_redis_is_away_crowds_are_counted_in_the_process(ask, tmp_path, settings, monkeypatch):
    monkeypatch.setattr(throttle, "_circuit", circuit.Circuit("a test"))
    monkeypatch.setattr(throttle, "_local", throttle.LocalCounters())
    server = Redis(tmp_path / "redis")
    settings.REDIS_URL = server.start()
    server.stop()
    for _citizen in range(20):
        check(ask())
    assert callers.needs_captcha(ask(), "sign-up", limit=5)
    with pytest.raises(TooMany):
        check(ask())


def test_a_hundred_at_once_are_a_hundred(ask):
    refused = []

    def once():
        try:
            check(ask())
        except TooMany:
            refused.append(True)

    threads = [threading.Thread(target=once) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 10

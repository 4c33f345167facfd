import pytest

from portal import net


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "", "10.0.0.9"),
        (0, "203.0.113.7", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.1.1.1", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "203.0.113.7:4711", "203.0.113.7"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "unknown", "10.0.0.9"),
        (1, "<script>", "10.0.0.9"),
    ],
)
def test_the_address_is_what_trusted_proxies_say(rf, settings, trusted, forwarded, address):
    settings.TRUSTED_PROXY_COUNT = trusted
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert net.client_address(rf.get("/", REMOTE_ADDR="10.0.0.9", headers=headers)) == address


@pytest.mark.parametrize(
    ("address", "headers", "internal"),
    [
        ("127.0.0.1", {}, True),
        ("10.2.3.4", {}, True),
        ("203.0.113.7", {}, True),  # reserved for documents, nobody's address
        ("8.8.8.8", {}, False),
        ("", {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, False),
        ("127.0.0.1", {"Forwarded": "for=8.8.8.8"}, False),
    ],
)
def test_internal_means_near_and_not_passed_on(rf, address, headers, internal):
    assert net.is_internal(rf.get("/", REMOTE_ADDR=address, headers=headers)) is internal


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
    ],
)
def test_whoever_has_a_network_of_addresses_is_counted_once(rf, address, counted):
    assert net.counted_address(rf.get("/", REMOTE_ADDR=address)) == counted

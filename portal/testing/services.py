"""The pytest plugin that starts throw-away servers before Django reads its settings.

However the run ends, even killed, the guard stops the servers and removes their folder.
Servers that the environment names (DATABASE_URL, REDIS_URL) are used instead. Workers of
pytest-xdist share what the first process started; each counts in a Redis database of its own.
"""

import atexit
import os
import secrets
import sys
import tempfile
from pathlib import Path

import pytest
import redis

from portal.guard import Guard
from portal.services import Postgres, Redis, ServiceError, is_root

OWN_REDIS = "MOTCUA_TEST_OWN_REDIS"
COUNTERS = "motcua:*"


def _start() -> None:
    guard = Guard()
    atexit.register(guard.close)
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    guard.remove(folder)
    if is_root():
        folder.chmod(0o711)  # PostgreSQL's own user must pass through
    # Never the papers of a real portal, whatever the environment says.
    os.environ["MEDIA_ROOT"] = str(folder / "media")
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(folder / "pg", guard=guard)
        atexit.register(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.start()
    if not os.environ.get("REDIS_URL"):
        redis_server = Redis(folder / "redis", guard=guard)
        atexit.register(redis_server.stop)
        os.environ["REDIS_URL"] = redis_server.start()
        os.environ[OWN_REDIS] = "1"


def _share(worker: str) -> None:
    os.environ["MEDIA_ROOT"] += f"-{worker}"
    if os.environ.get(OWN_REDIS):
        server, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"


if "PYTEST_XDIST_WORKER" in os.environ:
    _share(os.environ["PYTEST_XDIST_WORKER"])
else:
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    try:
        _start()
    except ServiceError as error:
        sys.exit(f"The tests need PostgreSQL and Redis. {error}")

_redis = redis.Redis.from_url(os.environ["REDIS_URL"])


@pytest.fixture(autouse=True)
def fresh_counters():
    """No test is refused because an earlier one asked too often."""
    if keys := list(_redis.scan_iter(match=COUNTERS, count=1000)):
        _redis.delete(*keys)

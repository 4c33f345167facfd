"""The pytest plugin that starts throw-away servers before Django reads its settings."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from portal.services import Postgres, Redis, is_root


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    if is_root():
        folder.chmod(0o711)  # PostgreSQL's own user must pass through
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(folder / "pg")
        os.environ["DATABASE_URL"] = postgres.start()
        atexit.register(postgres.stop)
    if not os.environ.get("REDIS_URL"):
        redis = Redis(folder / "redis")
        os.environ["REDIS_URL"] = redis.start()
        atexit.register(redis.stop)


# Workers of pytest-xdist inherit the URLs of the process that started them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    _start()

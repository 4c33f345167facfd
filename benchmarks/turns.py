"""Throw-away servers with tables in them, and turns between the things compared."""

import atexit
import os
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

BASE = Path(__file__).resolve().parents[1]


def prepare(urls: str | None = None, *, durable=False, **settings) -> None:
    """Servers, settings as in production, tables; call it before anything of the project is imported."""
    sys.path[:0] = [str(BASE), str(BASE / "benchmarks")]
    if durable:
        _start_durable()
    import portal.testing.services  # noqa: F401 - starts the servers and stops them at exit

    os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "HTTPS_ONLY": "0", "ALLOWED_HOSTS": "127.0.0.1", "DEMO": "0"}
    os.environ |= {name: str(value) for name, value in settings.items()}
    os.environ["STATIC_ROOT"] = os.environ["MEDIA_ROOT"] + "-static"
    import django
    from django.conf import settings as chosen
    from django.core.management import call_command

    if urls:
        chosen.ROOT_URLCONF = urls
    chosen.LOGGING["root"]["level"] = "ERROR"
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _start_durable() -> None:
    """A database that waits for the disk at every commit, as the real one does; that of the tests does not."""
    from portal.guard import Guard
    from portal.services import Postgres, is_root

    guard = Guard()
    atexit.register(guard.close)
    folder = Path(tempfile.mkdtemp(prefix="motcua-benchmark-"))
    guard.remove(folder)
    if is_root():
        folder.chmod(0o711)  # PostgreSQL's own user must pass through
    server = Postgres(folder / "pg", password=secrets.token_urlsafe(24), durable=True, guard=guard)
    atexit.register(server.stop)
    os.environ["DATABASE_URL"] = server.start()


def cpu_of_database() -> float:
    """Seconds of CPU that this connection's process of PostgreSQL has used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        times = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return times.user + times.system


def take_turns(work: dict, *, turns: int, repeat: int) -> dict[str, list[tuple[float, float]]]:
    """CPU seconds (web, database) of `repeat` runs of each, turn by turn, so that all meet the same machine."""
    for run in work.values():
        for _ in range(repeat):
            run()
    spent = {name: [] for name in work}
    for _turn in range(turns):
        for name, run in work.items():
            before, database = time.process_time(), cpu_of_database()
            for _ in range(repeat):
                run()
            spent[name].append((time.process_time() - before, cpu_of_database() - database))
    return spent


def ratio(values: list[float], to: list[float]) -> tuple[float, float]:
    """Median of the ratios turn by turn, and half the distance between their quartiles."""
    ratios = [value / other for value, other in zip(values, to, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return middle, (high - low) / 2


def table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    for line in [head, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")

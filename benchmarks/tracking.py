"""What the tracking page costs: against a plain Django view of the same facts, and against hardly anything."""

import itertools
import statistics
import sys
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import turns

DOSSIERS, TURNS, REPEAT = 300, 25, 40
STOCK_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def main():
    turns.prepare(urls="reference.urls", LOOKUPS_PER_10_MINUTES=10**9)
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    codes = itertools.cycle(make_dossiers())
    ours = WSGIHandler()
    with override_settings(MIDDLEWARE=STOCK_MIDDLEWARE):
        plain = WSGIHandler()
    work = {
        "tracking page": lambda: get(ours, "/tracuuhs", f"ma={next(codes)}"),
        "plain Django view": lambda: get(plain, f"/reference/{next(codes)}/"),
        "two SELECTs and 6 kB": lambda: get(floor, f"/{next(codes)}"),
    }
    sizes = {name: len(run()) for name, run in work.items()}
    spent = turns.take_turns(work, turns=TURNS, repeat=REPEAT)
    web = {name: [seconds for seconds, _database in rows] for name, rows in spent.items()}
    rows = []
    for name in work:
        cells = []
        for other in ("plain Django view", "two SELECTs and 6 kB"):
            middle, spread = turns.ratio(web[name], web[other])
            cells.append("1" if name == other else f"{middle:.2f} ± {spread:.2f}")
        database = sum(seconds for _web, seconds in spent[name]) / sum(web[name])
        rows.append([name, *cells, f"{database:.2f}", f"{sizes[name] / 1000:.1f} kB"])
    turns.table(["CPU of one request", "× plain view", "× floor", "database ÷ web", "body"], rows)
    floor_ms = statistics.median(web["two SELECTs and 6 kB"]) / REPEAT * 1000
    print(f"{TURNS} turns of {REPEAT} requests each over {DOSSIERS} dossiers; the floor took {floor_ms:.2f} ms of CPU here.")


def make_dossiers() -> list[str]:
    """Dossiers half-way: submitted, received, in process."""
    from accounts.tests.make import make_citizen
    from dossiers.models import DossierEvent
    from dossiers.status import Status
    from dossiers.tests.make import make_dossier
    from procedures.tests.make import make_agency, make_procedure

    citizen, procedure, agency = make_citizen(), make_procedure(), make_agency()
    codes = []
    for _ in range(DOSSIERS):
        dossier = make_dossier(citizen, procedure, agency, Status.PROCESSING)
        path = [
            ("submit", Status.DRAFT, Status.SUBMITTED),
            ("receive", Status.SUBMITTED, Status.RECEIVED),
            ("process", Status.RECEIVED, Status.PROCESSING),
        ]
        DossierEvent.objects.bulk_create(
            DossierEvent(dossier=dossier, verb=verb, from_status=before, to_status=after, at=dossier.submitted_at, office=agency.short_name)
            for verb, before, after in path
        )
        codes.append(dossier.receipt_code)
    return codes


def get(application, path: str, query: str = "") -> bytes:
    """One request through a WSGI application, as gunicorn makes it."""
    told = []
    environment = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT_LANGUAGE": "vi", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    answer = application(environment, lambda status, headers: told.append(status))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    if not told[0].startswith("200"):
        raise RuntimeError(f"{told[0]} for {path}: {body[:500]}")
    return body


def floor(environment, start_response):
    """The least that can be done and still know the answer."""
    from django.db import connection

    code = environment["PATH_INFO"][1:]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status, due_at FROM dossiers_dossier WHERE receipt_key = %s", [code.replace(".", "").replace("-", "")])
        pk, status, _due = cursor.fetchone()
        cursor.execute("SELECT to_status, at, office FROM dossiers_dossierevent WHERE dossier_id = %s ORDER BY at, id", [pk])
        moves = cursor.fetchall()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    page = f"<h1>{code}</h1><p>{status}</p>" + "".join(f"<li>{to} {at} {office}</li>" for to, at, office in moves)
    return [page.ljust(6000).encode()]


if __name__ == "__main__":
    main()

"""The whole product started as the README says, for tests that look at it from outside."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2

from portal import env
from portal.services import free_port

BASE = Path(__file__).resolve().parents[2]
READY_SECONDS = 120
# What the test run has set for itself; `up` must choose its own.
OWN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DATA_DIR", "MEDIA_ROOT", "STATIC_ROOT")
# The word by which a child of `up` is known in the list of processes, where it is not its own name.
COMMANDS = {"web": "gunicorn", "redis": "(valkey|redis)-server", "issuer": r"portal\.issuer"}


@dataclass
class Site:
    url: str
    data: Path
    environment: dict
    up: subprocess.Popen

    def command(self, *words: str) -> str:
        """What one of manage.py's commands prints, run as in a second terminal."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=BASE, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def people(self) -> dict:
        return json.loads(self.command("seed_demo", "--json"))

    def dump(self) -> list[dict]:
        return [json.loads(line) for line in self.command("audit_dump").splitlines()]

    def rows(self, query: str, *values) -> list[tuple]:
        """What the database answers, without a second Django."""
        with self._database() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def change(self, statement: str, *values) -> None:
        """Make a row older than it is, or say what only another authority can say, while the site runs."""
        with self._database() as cursor:
            cursor.execute(statement, values)
            cursor.connection.commit()

    @contextlib.contextmanager
    def _database(self):
        address = env.read_file(self.data / "env")["DATABASE_URL"]
        with contextlib.closing(psycopg2.connect(address)) as database, database.cursor() as cursor:
            yield cursor

    def captcha_answer(self, key: str) -> str:
        return self.rows("SELECT response FROM captcha_captchastore WHERE hashkey = %s", key)[0][0]

    def log(self, name: str) -> str:
        return (self.data / "log" / f"{name}.log").read_text(errors="replace")

    # Outages

    def process(self, name: str) -> psutil.Process:
        """The child of `up` that is the worker, the web server, PostgreSQL …"""
        wanted = re.compile(COMMANDS.get(name, name))
        for child in psutil.Process(self.up.pid).children():
            # What was killed a moment ago has no command line any more.
            with contextlib.suppress(psutil.Error):
                if any(wanted.fullmatch(Path(word).name) for word in child.cmdline()):
                    return child
        raise AssertionError(f"there is no {name} under `up`")

    @contextlib.contextmanager
    def without(self, *names: str):
        """Kill these with -9 and keep them away: whoever would start them again stands still meanwhile."""
        self.up.send_signal(signal.SIGSTOP)
        try:
            for process in [self.process(name) for name in names]:
                # A whole group at once: a machine that fails spares no child. PostgreSQL's backends are
                # groups of their own and end when they see that their parent is gone.
                os.killpg(process.pid, signal.SIGKILL)
            yield
        finally:
            self.up.send_signal(signal.SIGCONT)

    def await_ready(self, seconds: float = READY_SECONDS) -> None:
        wait_until(self._is_ready, seconds, "the site is not ready", log=self.data / "up.log", alive=self.up)

    def answers(self, address: str) -> bool:
        """Whether a server of the product is up at this address."""
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            return answer.status == 200
        return False

    def _is_ready(self) -> bool:
        return self.answers(f"{self.url}/readyz")


def wait_until(is_so, seconds: float, otherwise: str, *, log: Path | None = None, alive: subprocess.Popen | None = None, pause=0.3) -> None:
    """Wait for something that happens elsewhere; fail with a sentence, and the log, where it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert alive is None or alive.poll() is None, log.read_text()
        if is_so():
            return
        time.sleep(pause)
    raise AssertionError(f"{otherwise} after {seconds:g} s" + (f": {log.read_text()}" if log else ""))


@contextlib.contextmanager
def running(data: Path, **settings: str):
    """`manage.py up` with a data folder and a port of its own, from the moment /readyz answers."""
    environment = {name: value for name, value in os.environ.items() if name not in OWN} | {"DATA_DIR": str(data)} | settings
    port = free_port()
    with (data / "up.log").open("w") as log:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port), "--data", str(data)],
            cwd=BASE, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        site = Site(f"http://127.0.0.1:{port}", data, environment, up)
        try:
            site.await_ready()
            yield site
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait(timeout=60)
            # Root's database lies outside the data folder.
            if (data / "postgres.path").exists():
                shutil.rmtree((data / "postgres.path").read_text().strip(), ignore_errors=True)

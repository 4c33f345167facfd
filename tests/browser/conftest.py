"""The whole product, started as the README says, and a browser in front of it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.services import free_port
from portal.testing.browser import chromium

BASE = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 120
# What the test run has set for itself; `up` must choose its own.
OWN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DATA_DIR", "MEDIA_ROOT", "STATIC_ROOT")


@dataclass
class Site:
    url: str
    data: Path
    environment: dict

    def command(self, *words: str) -> str:
        """What one of manage.py's commands prints, run as in a second terminal."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=BASE, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def people(self) -> dict:
        return json.loads(self.command("seed_demo", "--json"))

    def dump(self) -> list[dict]:
        return [json.loads(line) for line in self.command("audit_dump").splitlines()]


def clean_environment(data: Path) -> dict:
    return {name: value for name, value in os.environ.items() if name not in OWN} | {"DATA_DIR": str(data)}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """`manage.py up` with a data folder and a port of its own, until /readyz answers."""
    if chromium() is None:
        pytest.skip("there is no Chromium to look at the site with: install it (Debian: apt install chromium)")
    data = tmp_path_factory.mktemp("portal")
    environment = clean_environment(data)
    # One address makes every request of the suite; limits for strangers are tried in the unit tests.
    environment |= {"LOOKUPS_PER_10_MINUTES": "1000"}
    port = free_port()
    log = (data / "up.log").open("w")
    up = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port), "--data", str(data)],
        cwd=BASE, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        _await_ready(up, f"http://127.0.0.1:{port}/readyz", data / "up.log")
        yield Site(f"http://127.0.0.1:{port}", data, environment)
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(timeout=60)
        log.close()


def _await_ready(up, address, log):
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert up.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"not ready in {READY_SECONDS} s: {log.read_text()}")

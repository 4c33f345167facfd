"""Settings that cannot work stop every command with a sentence that says what to write."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
KEY = secrets.token_urlsafe(60)
DATABASE, REDIS = "postgres://127.0.0.1/portal", "redis://127.0.0.1/0"


def last_line(tmp_path, **given) -> str:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | given
    done = subprocess.run([sys.executable, "manage.py", "migrate"], cwd=BASE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "SECRET_KEY is missing or shorter than 50 characters."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or shorter than 50 characters."),
        ({"SECRET_KEY": KEY}, "DATABASE_URL is not the address of a PostgreSQL server."),
        ({"SECRET_KEY": KEY, "DATABASE_URL": "sqlite:///x"}, "DATABASE_URL is not the address of a PostgreSQL server."),
        ({"SECRET_KEY": KEY, "DATABASE_URL": DATABASE}, "REDIS_URL is not the address of a Redis server."),
        ({"SECRET_KEY": KEY, "DATABASE_URL": DATABASE, "REDIS_URL": REDIS, "DEBUG": "perhaps"}, "DEBUG is “perhaps”. Write 1 or 0."),
        (
            {"SECRET_KEY": KEY, "DATABASE_URL": DATABASE, "REDIS_URL": REDIS, "PROVINCE": "H99"},
            "PROVINCE is “H99”. Write one of: H15, H17.",
        ),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(tmp_path, given, said):
    assert said in last_line(tmp_path, **given)

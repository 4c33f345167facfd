import functools
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import psycopg2
import pytest

from portal import services
from portal.guard import Guard
from portal.services import Postgres, Redis, ServiceError

BASE = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path_factory):
    """A folder that PostgreSQL's own user may pass through, as root's temporary folders are not."""
    path = tmp_path_factory.mktemp("servers")
    if services.is_root():
        for step in (path, *path.parents):
            if step == Path(tempfile.gettempdir()):
                break
            step.chmod(0o711)
    return path


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """One copy of the binaries for all servers here, where root needs one."""
    path = tmp_path_factory.mktemp("binaries")
    path.chmod(0o755)
    return path


@pytest.fixture
def postgres(folder, copies):
    """Makes servers over one data folder; what a failed test leaves running is stopped."""
    guard = Guard()
    yield functools.partial(Postgres, folder / "pg", copies=copies, guard=guard)
    guard.close()


def ask(url, question):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_what_is_stored_survives_a_stop_and_a_kill(postgres):
    server = postgres(password="long enough", durable=True)
    url = server.start()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert not server.is_running()
    assert server.start() == url
    assert ask(url, "SELECT answer FROM kept") == 42
    server.process.kill()
    server.process.wait()
    server.start()
    assert ask(url, "SELECT answer FROM kept") == 42
    server.stop()
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_what_the_server_logs_of_a_refusal_holds_no_value(postgres):
    server = postgres()
    url = server.start()
    try:
        ask(url, "CREATE TABLE people (phone text UNIQUE)")
        ask(url, "INSERT INTO people VALUES ('+84912345678')")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            ask(url, "INSERT INTO people VALUES ('+84912345678')")
    finally:
        server.stop()
    log = (server.data.parent / "pg.log").read_text()
    assert "people_phone_key" in log
    assert "912345678" not in log


def test_a_durable_server_asks_for_the_password(postgres):
    server = postgres(password="long enough", durable=True)
    url = server.start()
    try:
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(url.replace("long enough", "guess"))
        assert ask(url, "SHOW fsync") == "on"
    finally:
        server.stop()


def test_a_lock_left_by_a_power_cut_is_cleared(postgres):
    """Its number may belong to another program by now: here, to a sleeping one."""
    server = postgres()
    url = server.start()
    lock = (server.data / "postmaster.pid").read_text()
    server.stop()
    other = subprocess.Popen(["sleep", "60"])
    (server.data / "postmaster.pid").write_text(lock.replace(lock.splitlines()[0], str(other.pid), 1))
    try:
        assert server.start() == url
        assert other.poll() is None
    finally:
        server.stop()
        other.kill()
        other.wait()


def test_a_server_left_behind_is_ended_before_the_next_starts(postgres):
    orphan = postgres()
    orphan.start()
    server = postgres(port=orphan.port)
    try:
        assert ask(server.start(), "SELECT 1") == 1
        assert orphan.process.wait(timeout=5) == 0
    finally:
        server.stop()


def test_a_taken_port_is_said_in_words(postgres, folder):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        for server in (postgres(port=other.getsockname()[1]), Redis(folder / "redis", other.getsockname()[1])):
            with pytest.raises(ServiceError, match="ended at once on port"):
                server.start()


def test_redis_keeps_its_password_off_the_command_line(folder):
    server = Redis(folder / "redis", password="long-enough", durable=True)
    url = server.start()
    try:
        assert url == f"redis://:long-enough@127.0.0.1:{server.port}/0"
        assert "long-enough" not in " ".join(server.process.args)
        with socket.create_connection(("127.0.0.1", server.port)) as stranger:
            stranger.sendall(b"PING\r\n")
            assert stranger.recv(100).startswith(b"-NOAUTH")
    finally:
        server.stop()


def test_a_missing_wheel_says_what_to_run(monkeypatch):
    monkeypatch.setattr(services.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServiceError, match=r"Run: pip install -r requirements\.txt"):
        Postgres(Path("pg")).start()
    with pytest.raises(ServiceError, match="or set REDIS_URL"):
        Redis(Path("redis")).start()


def test_the_tool_is_the_oldest_that_knows_the_server(monkeypatch, tmp_path):
    for version in (14, 17):
        tool = tmp_path / str(version) / "pg_dump"
        tool.parent.mkdir()
        tool.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.2 (Debian)'\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/14:{tmp_path}/17")
    assert services.postgres_tool("pg_dump", for_server=14) == f"{tmp_path}/14/pg_dump"
    assert services.postgres_tool("pg_dump", for_server=15) == f"{tmp_path}/17/pg_dump"
    assert services.postgres_tool("pg_dump", for_server=18).startswith(str(services.postgres_folder()))
    with pytest.raises(ServiceError, match="postgresql-client"):
        services.postgres_tool("pg_dump", for_server=99)


def test_the_guard_clears_up_after_a_parent_that_was_killed(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(f"""
            import subprocess, sys, time
            sys.path.insert(0, {str(BASE / "portal")!r})
            from pathlib import Path
            from guard import Guard
            guard = Guard()
            guard.remove(Path({str(scratch)!r}))
            child = subprocess.Popen(["sleep", "60"], start_new_session=True)
            guard.watch(child.pid)
            print(child.pid, flush=True)
            time.sleep(60)
        """)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while scratch.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not scratch.exists()
    # Dead, or dead and waiting for a parent to notice.
    status = Path(f"/proc/{child}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()


def test_the_guard_leaves_alone_what_it_was_told_to_forget():
    guard = Guard()
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    guard.watch(child.pid)
    guard.forget(child.pid)
    guard.close()
    assert child.poll() is None
    child.kill()
    child.wait()


def test_a_second_database_is_made_beside_the_first_once_and_only_by_who_may(postgres):
    server = postgres()
    url = server.start()
    beside = services.issuer_database(url)
    for _ in range(2):
        services.make_database(beside, beside=url)
    assert ask(beside, "SELECT current_database()") == "postgres_issuer"
    ask(url, "CREATE ROLE guest LOGIN")
    guest = url.replace("portal@", "guest@")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        services.make_database(f"{services.issuer_database(guest)}_of_guest", beside=guest)
    server.stop()

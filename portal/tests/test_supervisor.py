import http.server
import io
import os
import signal
import socket
import stat
import sys
import threading
import time
from urllib.parse import urlsplit

import psycopg2
import pytest

from portal import env, services, supervisor
from portal.management.commands import up
from portal.services import ServiceError, is_root


def choose(tmp_path, host="127.0.0.1", port=8000, kept=None, given=None):
    return supervisor.choose(host, port, tmp_path, kept=kept or {}, given=given or {})


def test_secrets_are_made_once(tmp_path):
    first = choose(tmp_path)
    second = choose(tmp_path, port=9000, kept=first)
    assert len(first["SECRET_KEY"]) >= 50
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"):
        assert second[name] == first[name]
    assert urlsplit(first["DATABASE_URL"]).password != urlsplit(first["REDIS_URL"]).password
    assert second["PUBLIC_BASE_URL"] == "http://127.0.0.1:9000"


def test_what_is_set_already_is_honoured(tmp_path):
    given = {"DATABASE_URL": "postgres://elsewhere/db", "DEMO": "0", "SECRET_KEY": "x" * 50, "HTTPS_ONLY": ""}
    chosen = choose(tmp_path, given=given)
    assert not {"DATABASE_URL", "DEMO", "SECRET_KEY"} & set(chosen)
    assert chosen["HTTPS_ONLY"] == "0", "an empty variable is an unset one"


@pytest.mark.parametrize(
    ("host", "names", "site"),
    [
        ("127.0.0.1", "127.0.0.1,localhost,[::1]", "http://127.0.0.1:8000"),
        ("0.0.0.0", "*", "http://127.0.0.1:8000"),
        ("::1", "[::1],127.0.0.1,localhost", "http://[::1]:8000"),
        ("portal.example", "portal.example,127.0.0.1,localhost,[::1]", "http://portal.example:8000"),
    ],
)
def test_names_and_links_follow_the_host(tmp_path, host, names, site):
    chosen = choose(tmp_path, host=host)
    assert (chosen["ALLOWED_HOSTS"], chosen["PUBLIC_BASE_URL"]) == (names, site)


def test_the_demo_chooses_an_issuer_once(tmp_path):
    first = choose(tmp_path)
    second = choose(tmp_path, host="portal.example", kept=first)
    port = urlsplit(first["OIDC_ISSUER"]).port
    assert first["OIDC_ISSUER"] == f"http://127.0.0.1:{port}"
    assert second["OIDC_ISSUER"] == f"http://portal.example:{port}"
    assert (second["OIDC_CLIENT_ID"], second["OIDC_CLIENT_SECRET"]) == (first["OIDC_CLIENT_ID"], first["OIDC_CLIENT_SECRET"])
    assert len(first["OIDC_CLIENT_SECRET"]) >= 40
    assert urlsplit(choose(tmp_path, port=port, kept=first)["OIDC_ISSUER"]).port != port, "the portal itself listens there now"


@pytest.mark.parametrize("given", [{"DEMO": "0"}, {"OIDC_ISSUER": "https://dvcqg.example"}, {"OIDC_ISSUER": ""}])
def test_no_issuer_is_chosen_outside_the_demo_or_beside_a_given_one(tmp_path, given):
    assert not {"OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"} & set(choose(tmp_path, given=given))


def test_prepare_keeps_the_values_for_the_owner_alone(tmp_path, monkeypatch):
    before = dict(os.environ)
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    try:
        supervisor.prepare(["--data", "here", "--port", "8123"], tmp_path)
        assert os.environ["DATA_DIR"] == str(tmp_path / "here")
        assert env.read_file(tmp_path / "here" / "env")["SECRET_KEY"] == os.environ["SECRET_KEY"]
        assert stat.S_IMODE((tmp_path / "here").stat().st_mode) == 0o700
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"Name another one: python manage\.py up --data FOLDER"):
        supervisor.prepare(["--data", "file/var"], tmp_path)


def test_a_taken_port_names_another():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServiceError, match=rf"^Port {port} is taken by another program\. .* --port \d+$"):
            supervisor.check_port("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port", "words"), [("127.0.0.1", 70000, "no port 70000"), ("203.0.113.1", 8000, "no address")])
def test_an_impossible_address_is_said_in_words(host, port, words):
    with pytest.raises(ServiceError, match=words):
        supervisor.check_port(host, port)


def crew(tmp_path):
    said = []
    crew = supervisor.Supervisor(tmp_path, tmp_path, "127.0.0.1", supervisor.free_port(), said.append)
    return crew, said


def test_one_data_folder_has_one_up(tmp_path):
    first, _ = crew(tmp_path)
    second, _ = crew(tmp_path)
    first.claim()
    with pytest.raises(ServiceError, match="already running"):
        second.claim()
    first.guard.close()
    first._lock.close()
    second._lock.close()


def test_a_child_that_ends_is_started_again_with_growing_pauses(tmp_path):
    boss, said = crew(tmp_path)
    boss.claim()
    boss._add("worker", [sys.executable, "-c", "import time; time.sleep(60)"])
    (worker,) = boss.children
    killed = worker.process.pid
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (not worker.is_running() or worker.process.pid == killed) and time.monotonic() < deadline:
        boss.look()
        time.sleep(0.05)
    assert worker.process.pid != killed
    assert said == [f"worker has ended (signal SIGKILL); it starts again in 1 s. See {worker.log}"]
    assert [worker.next_pause() for _ in range(6)] == [2, 4, 8, 16, 30, 30]
    worker.clear(boss.guard)
    worker.process.wait()
    boss.guard.close()
    boss._lock.close()


@pytest.fixture
def with_issuer(tmp_path, monkeypatch):
    """A supervisor that brings the simulated issuer, the name of each database it makes, and what it says."""
    boss, said = crew(tmp_path)
    boss.given_issuer = False
    made = []
    monkeypatch.setenv("DATABASE_URL", "postgres://portal@127.0.0.1:5432/portal")
    monkeypatch.setenv("OIDC_ISSUER", f"http://127.0.0.1:{supervisor.free_port()}")
    monkeypatch.setattr(services, "make_database", lambda url, beside: made.append((url, beside)))
    return boss, made, said


def test_the_issuer_gets_a_database_beside_the_portals(with_issuer):
    boss, made, said = with_issuer
    assert boss.prepare_issuer() == {}
    assert made == [("postgres://portal@127.0.0.1:5432/portal_issuer", "postgres://portal@127.0.0.1:5432/portal")]
    assert said == []


def test_an_issuer_whose_port_was_taken_moves_and_says_where(with_issuer, monkeypatch):
    boss, _, _ = with_issuer
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setenv("OIDC_ISSUER", f"http://127.0.0.1:{taken}")
        moved = boss.prepare_issuer()
    assert set(moved) == {"OIDC_ISSUER"}
    assert urlsplit(moved["OIDC_ISSUER"]).hostname == "127.0.0.1"
    assert urlsplit(moved["OIDC_ISSUER"]).port != taken


def test_a_server_that_allows_no_second_database_costs_the_issuer_only(with_issuer, monkeypatch):
    boss, _, said = with_issuer

    def refuse(url, beside):
        raise psycopg2.errors.InsufficientPrivilege("permission denied to create database\n")

    monkeypatch.setattr(services, "make_database", refuse)
    assert boss.prepare_issuer() == {"OIDC_ISSUER": ""}
    assert said == [
        "The simulated national sign-in stays away: its database could not be made beside the portal's (permission denied to create database)."
    ]
    boss.start_issuer()
    assert boss.children == []


def test_the_issuer_is_a_child_that_listens_as_the_portal_does(with_issuer, monkeypatch):
    boss, _, _ = with_issuer
    started = []
    monkeypatch.setattr(supervisor.Supervisor, "_add", lambda self, name, command: started.append((name, command[1:])))
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:8123")
    boss.start_issuer()
    boss.host = "0.0.0.0"
    boss.start_issuer()
    boss.host = "::1"
    boss.start_issuer()
    assert started == [("issuer", ["-m", "portal.issuer", f"{host}:8123"]) for host in ("127.0.0.1", "0.0.0.0", "[::1]")]


@pytest.mark.parametrize(("name", "given"), [("DATABASE_URL", "given_database"), ("REDIS_URL", "given_redis")])
def test_a_named_server_that_is_away_is_told_before_anything_is_started(tmp_path, monkeypatch, name, given):
    boss, said = crew(tmp_path)
    setattr(boss, given, True)
    scheme = "postgres" if given == "given_database" else "redis"
    monkeypatch.setenv(name, f"{scheme}://portal:secret@127.0.0.1:{supervisor.free_port()}/0")
    with pytest.raises(ServiceError, match=rf"in {name} cannot be used: .*Connection refused.* Start it, or correct {name}") as refusal:
        boss.claim()
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert (said, boss.children, boss.guard, boss.postgres, boss.redis) == ([], [], None, None, None)
    boss._lock.close()


def test_a_named_server_that_never_answers_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(services, "GIVEN_SECONDS", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ServiceError, match=r"in REDIS_URL cannot be used: .*[Tt]imeout"):
            services.check_given_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")


def test_named_servers_that_answer_are_used(tmp_path):
    services.check_given_database(os.environ["DATABASE_URL"])
    services.check_given_redis(os.environ["REDIS_URL"])


def test_a_site_is_called_ready_only_once_it_says_so(tmp_path, monkeypatch):
    boss, _ = crew(tmp_path)
    answers = [(503, b'{"ready": false, "database": "away"}')] * 3 + [(200, b"{}")]

    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answers.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    monkeypatch.setattr(up, "READY_SECONDS", 0.05)
    said = io.StringIO()
    with http.server.HTTPServer(("127.0.0.1", boss.port), Ready) as site:
        threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        up.Command(stdout=said)._await_ready(boss)
        site.shutdown()
    assert answers == []
    (line,) = said.getvalue().splitlines()
    assert line.startswith('The site is not ready yet: {"ready": false, "database": "away"} See ')


@pytest.mark.skipif(not is_root(), reason="only root keeps the database outside the data folder")
def test_roots_database_moves_with_its_project_and_is_never_overwritten(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "ROOT_HOME", tmp_path / "lib")
    said = []
    here, moved, copy = tmp_path / "here", tmp_path / "moved", tmp_path / "copy"
    here.mkdir()
    home = supervisor.database_home(here, said.append)
    assert supervisor.database_home(here, said.append) == home
    assert (here / "postgres.path").read_text() == f"{home}\n"

    here.rename(moved)
    assert supervisor.database_home(moved, said.append) == home

    copy.mkdir()
    (copy / "postgres.path").write_text(f"{home}\n")
    assert supervisor.database_home(copy, said.append) not in {home, None}

    here.mkdir()
    assert not said
    new = supervisor.database_home(here, said.append)
    assert new == home
    assert len(said) == 1
    assert "was set aside in" in said[0]
    assert len(list((tmp_path / "lib").iterdir())) == 3


@pytest.mark.skipif(is_root(), reason="root keeps the database outside the data folder")
def test_an_ordinary_user_keeps_the_database_in_the_data_folder(tmp_path):
    assert supervisor.database_home(tmp_path, print) == tmp_path

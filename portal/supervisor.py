"""`manage.py up`: everything the portal needs, started together, kept alive and stopped together.

`prepare` runs before Django reads its settings and chooses every value that is not set already;
`Supervisor` runs inside the command and owns the servers and the children.
"""

import argparse
import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from portal import env, services
from portal.guard import Guard
from portal.services import Postgres, Redis, Server, ServiceError, free_port, is_listening, is_root, server_user

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000
ROOT_HOME = Path("/var/lib/mot-cua")
EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not listened on
STOP_SECONDS = 8
LONGEST_PAUSE = 30
STEADY_SECONDS = 30
LOG_BYTES = 5_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=DEFAULT_HOST, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port to listen on (default: %(default)s)")
    parser.add_argument("--data", default=os.environ.get("DATA_DIR") or "var", help="folder for everything that stays (default: var)")


# --- Before Django --------------------------------------------------------------------------------


def prepare(arguments: list[str], base: Path) -> None:
    """Choose the values that are unset, keep them in <data>/env, put them into the environment."""
    if {"-h", "--help"} & set(arguments):
        # Only the help is wanted: settings must load, nothing is started or kept.
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
        os.environ.setdefault("DATABASE_URL", "postgres://127.0.0.1/portal")
        os.environ.setdefault("REDIS_URL", "redis://127.0.0.1/0")
        return
    parser = argparse.ArgumentParser(add_help=False)
    add_arguments(parser)
    options, _ = parser.parse_known_args(arguments)
    data = (base / options.data).resolve()
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        chosen = choose(options.host, options.port, data, kept=env.read_file(data / "env"), given=os.environ)
        env.write_file(data / "env", chosen)
    except OSError as error:
        sys.exit(f"The folder {data} cannot be used ({error.strerror}). Name another one: python manage.py up --data FOLDER")
    os.environ.update(chosen, DATA_DIR=str(data))


def choose(host: str, port: int, data: Path, *, kept: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """What `up` decides itself: secrets once, addresses at every start, nothing that is set already."""
    name = reachable(host)
    site = f"http://{name}:{port}"
    values = {
        "SECRET_KEY": kept.get("SECRET_KEY") or secrets.token_urlsafe(50),
        "DEMO": "1",
        "HTTPS_ONLY": "0",
        # A visitor's own number is in no register of the demo.
        "SUBSCRIBER_UNKNOWN": "allow",
        # A demo has few accounts, and whoever loads it files by all of them.
        "SUBMISSIONS_PER_DAY": "10000",
        # Nobody's phone rings at night: whoever tries the demo late sees every SMS at once.
        "SMS_HOURS": "0-24",
        # Which names lead here cannot be known when every address is listened on; links do not depend on it.
        "ALLOWED_HOSTS": "*" if host in EVERYWHERE else ",".join(dict.fromkeys([name, "127.0.0.1", "localhost", "[::1]"])),
        "PUBLIC_BASE_URL": site,
        "CSRF_TRUSTED_ORIGINS": ",".join(dict.fromkeys([site, f"http://localhost:{port}"])),
        "DATABASE_URL": kept.get("DATABASE_URL") or f"postgres://portal:{secrets.token_urlsafe(24)}@127.0.0.1:{free_port()}/postgres",
        "REDIS_URL": kept.get("REDIS_URL") or f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:{free_port()}/0",
        "PROMETHEUS_MULTIPROC_DIR": str(data / "metrics"),
    }
    # Given empty, it shuts the national door.
    if (given.get("DEMO") or values["DEMO"]).lower() in env.TRUE and "OIDC_ISSUER" not in given:
        values |= _issuer(name, port, kept)
    return {name: value for name, value in values.items() if not given.get(name)}


def _issuer(name: str, port: int, kept: dict[str, str]) -> dict[str, str]:
    """Where the demo's stand-in for the national portal listens, and how the portal proves itself there."""
    own = urlsplit(kept.get("OIDC_ISSUER", "")).port
    while own in (None, port):
        own = free_port()
    return {
        "OIDC_ISSUER": f"http://{name}:{own}",
        "OIDC_CLIENT_ID": kept.get("OIDC_CLIENT_ID") or "mot-cua",
        "OIDC_CLIENT_SECRET": kept.get("OIDC_CLIENT_SECRET") or secrets.token_urlsafe(32),
    }


def reachable(host: str) -> str:
    """How a browser on this machine writes the address that is listened on."""
    name = "127.0.0.1" if host in EVERYWHERE else host
    return f"[{name}]" if ":" in name else name


# --- Inside the command ---------------------------------------------------------------------------


@dataclass
class Child:
    """A process that is started again when it ends, each time after a longer pause."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen | None = None
    started: float = 0
    restart_at: float | None = None
    pause: float = 0.5

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, guard: Guard, base: Path) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=base, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        guard.watch(self.process.pid)
        self.started, self.restart_at = time.monotonic(), None

    def clear(self, guard: Guard) -> None:
        """End what the process left running: a killed parent's own children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        guard.forget(self.process.pid)

    def next_pause(self) -> float:
        steady = time.monotonic() - self.started > STEADY_SECONDS
        self.pause = 1 if steady else min(self.pause * 2, LONGEST_PAUSE)
        return self.pause


@dataclass
class Supervisor:
    base: Path
    data: Path
    host: str
    port: int
    say: Callable[[str], None]
    given_database: bool = False
    given_redis: bool = False
    given_issuer: bool = True
    guard: Guard = None
    postgres: Postgres | None = None
    redis: Redis | None = None
    children: list[Child] = field(default_factory=list)
    _lock: object = None

    # Starting

    def claim(self) -> None:
        """One `up` for one data folder, and a free port, before anything is started."""
        self._lock = (self.data / "up.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ServiceError(
                f"Một Cửa is already running from {self.data}. Stop it with Ctrl-C in its terminal, or start with --data OTHER --port OTHER."
            ) from None
        check_port(self.host, self.port)
        if self.given_database:
            services.check_given_database(os.environ["DATABASE_URL"])
        if self.given_redis:
            services.check_given_redis(os.environ["REDIS_URL"])
        self.guard = Guard()
        (self.data / "log").mkdir(exist_ok=True)

    def start_servers(self) -> dict[str, str]:
        """Start what no URL was given for; return the URLs that had to change since the last start."""
        changed = {}
        if not self.given_database:
            at = urlsplit(os.environ["DATABASE_URL"])
            home = database_home(self.data, self.say)
            self.postgres = Postgres(
                home / "postgres", at.port, at.password, durable=True, log=self._log("postgres"), guard=self.guard, copies=home / "binaries"
            )
            if is_listening(at.port) and not (self.postgres.data / "postmaster.pid").exists():
                self.postgres.port = free_port()
            changed["DATABASE_URL"] = self.postgres.start()
            self.say("PostgreSQL is up.")
        if not self.given_redis:
            at = urlsplit(os.environ["REDIS_URL"])
            self.redis = Redis(self.data / "redis", at.port, at.password, durable=True, log=self._log("redis"), guard=self.guard)
            if is_listening(at.port):
                end_orphan(os.environ["REDIS_URL"])
            if is_listening(at.port):
                self.redis.port = free_port()
            changed["REDIS_URL"] = self.redis.start()
            self.say("Redis is up.")
        return {name: url for name, url in changed.items() if url != os.environ[name]}

    def prepare_issuer(self) -> dict[str, str]:
        """A database and a free port for the simulated issuer; return what had to change, an empty address where it cannot be."""
        if self.given_issuer:
            return {}
        beside = os.environ["DATABASE_URL"]
        try:
            services.make_database(services.issuer_database(beside), beside=beside)
        except psycopg2.Error as error:
            reason = str(error).splitlines()[0]
            self.say(f"The simulated national sign-in stays away: its database could not be made beside the portal's ({reason}).")
            self.given_issuer = True
            return {"OIDC_ISSUER": ""}
        at = urlsplit(os.environ["OIDC_ISSUER"])
        if is_free(self.host, at.port):
            return {}
        return {"OIDC_ISSUER": at._replace(netloc=f"{reachable(self.host)}:{free_port()}").geturl()}

    def start_issuer(self) -> None:
        if not self.given_issuer:
            port = urlsplit(os.environ["OIDC_ISSUER"]).port
            self._add("issuer", [sys.executable, "-m", "portal.issuer", f"{self._bind_host()}:{port}"])

    def start_workers(self) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "portal", "--quiet"]
        # In the environment's own folder: a schedule of another machine's clock would hold tasks back.
        schedule = str(self.data / "celerybeat-schedule")
        self._add("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"])
        self._add("beat", [*celery, "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile="])

    def start_web(self) -> None:
        metrics = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR") or self.data / "metrics")
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True, exist_ok=True)
        self._add(
            "web",
            [
                *[sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"{self._bind_host()}:{self.port}"],
                *["-w", "2", "--threads", "4", "--max-requests", "1000", "--max-requests-jitter", "100"],
                # The code is read once and then forked: two workers on a small machine are there sooner.
                *["--preload", "--graceful-timeout", "5", "--no-control-socket"],
            ],
        )

    def _bind_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host or "0.0.0.0"  # noqa: S104 - asked for

    def _add(self, name: str, command: list[str]) -> None:
        child = Child(name, command, self._log(name))
        self.children.append(child)
        child.start(self.guard, self.base)

    def _log(self, name: str) -> Path:
        log = self.data / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        log.touch(mode=0o600)
        return log

    # Keeping alive

    def look(self) -> None:
        """Start again whatever has ended since the last look."""
        for server in filter(None, (self.postgres, self.redis)):
            if not server.is_running():
                self._restart_server(server)
        for child in self.children:
            if child.is_running():
                continue
            if child.restart_at is None:
                pause = child.next_pause()
                self.say(f"{child.name} has ended ({_how(child.process.returncode)}); it starts again in {pause:g} s. See {child.log}")
                child.clear(self.guard)
                child.restart_at = time.monotonic() + pause
            elif time.monotonic() >= child.restart_at:
                child.start(self.guard, self.base)

    def _restart_server(self, server: Server) -> None:
        name = type(server).__name__
        self.say(f"{name} has ended ({_how(server.process.returncode)}); it starts again on port {server.port}.")
        self.guard.forget(server.process.pid)
        try:
            server.start()
        except ServiceError as error:
            self.say(str(error))
            time.sleep(1)

    # Stopping

    def stop(self) -> None:
        """Web and workers first, then what they lean on; every wait has an end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        running = [child for child in self.children if child.is_running()]
        for child in running:
            child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        for child in self.children:
            child.clear(self.guard)
        for server in filter(None, (self.redis, self.postgres)):
            server.stop()
        if self.guard:
            self.guard.close()


def _how(status: int | None) -> str:
    if status is not None and status < 0:
        return f"signal {signal.Signals(-status).name}"
    return f"status {status}"


def check_port(host: str, port: int) -> None:
    """Say now, in a sentence, what gunicorn would say later in a traceback."""
    if not 0 < port < 65536:
        raise ServiceError(f"There is no port {port}. Choose one between 1024 and 65535: python manage.py up --port {DEFAULT_PORT}")
    try:
        _bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServiceError(
                f"Port {port} is taken by another program. Stop that program, or start with another port: "
                f"python manage.py up --port {_free_port_after(port)}"
            ) from None
        if error.errno == errno.EACCES:
            raise ServiceError(f"Port {port} needs root. Choose one from 1024 on: python manage.py up --port {DEFAULT_PORT}") from None
        raise ServiceError(f"This machine has no address {host}. Start with --host 127.0.0.1, or --host 0.0.0.0 for all of them.") from None


def is_free(host: str, port: int) -> bool:
    """Whether a server of ours can listen there."""
    try:
        _bind(host, port)
    except OSError:
        return False
    return True


def _bind(host: str, port: int) -> None:
    family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _free_port_after(port: int) -> int:
    return next((other for other in range(port + 1, min(port + 100, 65536)) if not is_listening(other)), DEFAULT_PORT)


def database_home(data: Path, say) -> Path:
    """Where PostgreSQL's files lie: in the data folder, or for root where an unprivileged user may reach them.

    The folder is named in <data>/postgres.path, and names its data folder in turn: so a project that was
    moved keeps its database, a copy of a project gets one of its own, and a database whose project was
    deleted is set aside, never overwritten.
    """
    if not is_root():
        return data
    note = data / "postgres.path"
    home = Path(note.read_text().strip()) if note.exists() else None
    if home and home.is_dir():
        owner = Path((home / "owner").read_text().strip())
        if owner == data or not (owner / "postgres.path").exists():
            (home / "owner").write_text(f"{data}\n")
            return home
    home = ROOT_HOME / hashlib.sha256(str(data).encode()).hexdigest()[:16]
    ROOT_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
    if home.exists():
        aside = home.with_name(f"{home.name}.{time.strftime('%Y%m%d-%H%M%S')}")
        home.rename(aside)
        say(f"The database of an earlier {data} was set aside in {aside}. Delete it if nobody needs it.")
    identity = server_user()
    home.mkdir(mode=0o700)
    os.chown(home, identity["user"], identity["group"])
    (home / "owner").write_text(f"{data}\n")
    note.write_text(f"{home}\n")
    return home


def end_orphan(url: str) -> None:
    """End the Redis that an earlier, killed `up` left behind: it is ours if it knows our password."""
    with contextlib.suppress(redis.RedisError):
        redis.Redis.from_url(url, socket_timeout=2).shutdown()

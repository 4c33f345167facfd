"""Everything at once: servers, tables, catalogue, demo data, web, worker and timetable."""

import io
import os
import signal
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from portal import env, supervisor
from portal.services import ServiceError

READY_SECONDS = 60
LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Start PostgreSQL, Redis, the web server, the worker and the timetable, with demo data. One Ctrl-C stops it all."
    requires_system_checks = []  # they run once the database is there

    def add_arguments(self, parser):
        supervisor.add_arguments(parser)

    def handle(self, *, host, port, data, **options):
        kept = env.read_file(Path(settings.DATA_DIR) / "env")
        crew = supervisor.Supervisor(
            settings.BASE_DIR,
            Path(settings.DATA_DIR),
            host,
            port,
            self._say,
            given_database="DATABASE_URL" not in kept,
            given_redis="REDIS_URL" not in kept,
            given_issuer="OIDC_ISSUER" not in kept,
        )
        # SIGINT too: a shell that starts `up` in the background hands it down ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        try:
            crew.claim()
            self._start(crew, kept)
            while True:
                time.sleep(LOOK_SECONDS)
                crew.look()
        except KeyboardInterrupt:
            self._say("Stopping …")
        except ServiceError as error:
            raise CommandError(str(error)) from None
        finally:
            connections.close_all()
            crew.stop()
        self._say("Stopped. Everything stored is kept.")

    def _start(self, crew, kept):
        if moved := crew.start_servers():
            self._follow(moved, kept, crew)
        if moved := crew.prepare_issuer():
            self._follow(moved, env.read_file(crew.data / "env"), crew)
        call_command("check", stdout=io.StringIO())
        call_command("migrate", verbosity=0, interactive=False)
        crew.start_workers()
        self._say("The tables are up to date.")
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("load_catalogue")
        if settings.DEMO:
            call_command("seed_demo")
        connections.close_all()
        crew.start_web()
        crew.start_issuer()
        self._await_ready(crew)
        self._greet(crew)

    def _follow(self, moved, kept, crew):
        """A port kept from the last start belongs to somebody else now: go on with another, also in settings."""
        env.write_file(crew.data / "env", kept | moved)
        os.environ.update(moved)
        if "DATABASE_URL" in moved:
            connections["default"].settings_dict["PORT"] = crew.postgres.port
        if "REDIS_URL" in moved:
            settings.REDIS_URL = settings.CELERY_BROKER_URL = settings.CACHES["default"]["LOCATION"] = moved["REDIS_URL"]

    def _await_ready(self, crew):
        """Until /readyz answers 200; after a minute say why it does not, and go on waiting."""
        patience = time.monotonic() + READY_SECONDS
        while trouble := self._trouble(crew):
            if patience and time.monotonic() > patience:
                self._say(f"The site is not ready yet: {trouble} See {crew.data / 'log'}. It goes on trying; Ctrl-C stops everything.")
                patience = None
            crew.look()
            time.sleep(0.1)

    @staticmethod
    def _trouble(crew) -> str:
        """Why the site cannot be used yet, or nothing."""
        # The host named in ALLOWED_HOSTS, whatever address is listened on.
        address = f"http://{supervisor.reachable(crew.host)}:{crew.port}/readyz"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return "" if answer.status == HTTPStatus.OK else f"status {answer.status}."
        except urllib.error.HTTPError as error:
            with error:
                return error.read(400).decode(errors="replace")
        except OSError as error:
            return f"{error}."

    def _greet(self, crew):
        self._say("")
        self._say(f"Một Cửa is ready:   {settings.PUBLIC_BASE_URL}/")
        self._say(f"Officials:          {settings.PUBLIC_BASE_URL}/quan-tri/")
        if settings.DEMO:
            self._say(f"Mail and SMS sent:  {settings.PUBLIC_BASE_URL}/dev/hop-thu/")
        if not crew.given_issuer:
            self._say(f"National sign-in (simulated): {os.environ['OIDC_ISSUER']}/")
        self._say(f"Logs and data:      {crew.data}")
        self._say("Ctrl-C stops everything.")

    def _say(self, line):
        self.stdout.write(line)
        self.stdout.flush()

    @staticmethod
    def _interrupt(number, frame):
        raise KeyboardInterrupt

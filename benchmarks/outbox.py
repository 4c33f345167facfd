"""What a letter costs through the outbox, against one Celery task for each: real workers, PostgreSQL, Redis and SMTP."""

import argparse
import contextlib
import itertools
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil

from benchmarks import turns
from benchmarks.postbox import Postbox

TURNS, LETTERS, SINGLE = 6, 1000, 30
CONCURRENCY = 2
FLOOD_THREADS = 4
# Between one letter and the next under light load, at random.
PAUSE_SECONDS = (0.2, 0.5)
PATIENCE_SECONDS = 120
OUTBOX, BARE = "outbox", "a task each"


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--turns", type=int, default=TURNS)
    asked.add_argument("--letters", type=int, default=LETTERS)
    asked.add_argument("--single", type=int, default=SINGLE)
    asked = asked.parse_args()
    with Postbox(max(asked.letters, asked.single)) as postbox:
        turns.prepare(durable=True, EMAIL_HOST="127.0.0.1", EMAIL_PORT=postbox.port)
        with Worker() as worker:
            Comparison(postbox, worker, asked).run()


class Worker:
    """A worker as docs/operations.md starts it, and all its processes."""

    def __enter__(self):
        command = ["-m", "celery", "-A", "benchmarks.bare_task", "worker", "--concurrency", str(CONCURRENCY), "--loglevel", "INFO"]
        self._popen = subprocess.Popen(
            [sys.executable, *command], cwd=turns.BASE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.process = psutil.Process(self._popen.pid)
        return self

    def __exit__(self, *exc):
        self._popen.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(20)
        self._popen.kill()

    def hold(self) -> None:
        for process in self._processes():
            process.suspend()

    def release(self) -> None:
        for process in self._processes():
            process.resume()

    def cpu(self) -> float:
        return sum(cpu_of(process) for process in self._processes())

    def _processes(self):
        return [self.process, *self.process.children(recursive=True)]


class Database:
    """PostgreSQL with all its processes, those that ended included."""

    def __init__(self):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.process = psutil.Process(cursor.fetchone()[0]).parent()

    def cpu(self) -> float:
        ended = self.process.cpu_times()
        running = [self.process, *self.process.children()]
        return ended.children_user + ended.children_system + sum(cpu_of(process) for process in running)


class Broker:
    """Redis, and whether the workers have done all that was asked through it."""

    def __init__(self):
        import redis

        self._redis = redis.Redis.from_url(os.environ["REDIS_URL"])
        self.process = psutil.Process(self._redis.info("server")["process_id"])

    def cpu(self) -> float:
        return cpu_of(self.process)

    def is_idle(self) -> bool:
        return not self._redis.llen("celery") and not self._redis.hlen("unacked")


class Comparison:
    """Turns of both ways over the same letters, the same workers and the same servers."""

    def __init__(self, postbox, worker, asked):
        self.postbox, self.worker, self.asked = postbox, worker, asked
        self.database, self.broker = Database(), Broker()
        self.texts = dict(zip(("subject", "body", "html"), a_notice(), strict=True))
        self.events = itertools.count()
        self.threads = ThreadPoolExecutor(FLOOD_THREADS)
        self.post = {OUTBOX: self._through_the_outbox, BARE: self._as_a_task}

    def run(self):
        loads = {"backlog": self.backlog, "flood": self.flood, "stream": self.stream, "single": self.single}
        measured = {(load, way): [] for load in loads for way in self.post}
        for turn in range(self.asked.turns + 1):
            for load, measure in loads.items():
                # Who begins changes from turn to turn.
                for way in sorted(self.post, reverse=bool(turn % 2)):
                    figures = measure(self.post[way])
                    if turn:  # the first is for warming up
                        measured[load, way].append(figures)
        self._print(measured)

    # --- The loads ---------------------------------------------------------------------------

    def backlog(self, post) -> dict:
        """So many letters wait when the workers begin."""
        self._empty()
        before = self._cpu()
        self.worker.hold()
        for number in range(self.asked.letters):
            post(number)
        posted = self._cpu()
        started = time.monotonic()
        self.worker.release()
        self._await(self.asked.letters)
        after = self._cpu()
        rate = self.asked.letters / (max(self.postbox.arrived) - started)
        return {"rate": rate, "connections": self.postbox.connections.value} | self._each(before, after, self.asked.letters, posting=posted)

    def stream(self, post) -> dict:
        """Posted one after the other, as fast as that goes, while the workers send: they keep up."""
        return self._while_posting(lambda: [post(number) for number in range(self.asked.letters)])

    def flood(self, post) -> dict:
        """Posted by several at once: the workers fall behind."""
        return self._while_posting(lambda: list(self.threads.map(post, range(self.asked.letters))))

    def _while_posting(self, post_all) -> dict:
        self._empty()
        before, started = self._cpu(), time.monotonic()
        post_all()
        self._await(self.asked.letters)
        after = self._cpu()
        rate = self.asked.letters / (max(self.postbox.arrived) - started)
        return {"rate": rate, "connections": self.postbox.connections.value} | self._each(before, after, self.asked.letters)

    def single(self, post) -> dict:
        """One letter now and then: how long from its commit until the server has acknowledged it."""
        self._empty()
        before, waits = self._cpu(), []
        for number in range(self.asked.single):
            time.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311 - spreads load, keeps no secret
            committed = post(number)
            self._await(number + 1)
            waits.append(self.postbox.arrived[number] - committed)
        after = self._cpu()
        return {"waits": waits} | self._each(before, after, self.asked.single)

    # --- The two ways ------------------------------------------------------------------------

    def _through_the_outbox(self, number) -> float:
        from django.db import transaction

        from portal.messaging import outbox

        committed = []
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(time.monotonic()))
            outbox.write(**self._row(number))
        return committed[0]

    def _as_a_task(self, number) -> float:
        from django.db import transaction

        from benchmarks.bare_task import send
        from portal.messaging.models import OutgoingMessage

        committed = []
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(time.monotonic()))
            row = OutgoingMessage.objects.create(**self._row(number), state="sent")
            transaction.on_commit(lambda: send.delay(row.event, row.recipient, row.subject, row.body, row.html), robust=True)
        return committed[0]

    def _row(self, number) -> dict:
        event = f"benchmark:{next(self.events)}"
        return {"event": event, "kind": "dossier.received", "channel": "email", "recipient": f"{number}@example.com"} | self.texts

    # --- Around them -------------------------------------------------------------------------

    def _empty(self) -> None:
        from portal.messaging.models import OutgoingMessage

        OutgoingMessage.objects.all().delete()
        self.postbox.empty()

    def _await(self, count: int) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.postbox.letters.value < count or not self.broker.is_idle():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.postbox.letters.value} of {count} letters came in {PATIENCE_SECONDS} seconds")
            time.sleep(0.005)
        if self.postbox.letters.value > count or not all(self.postbox.arrived[:count]):
            raise RuntimeError(f"{self.postbox.letters.value} letters came of {count}, or not each once")

    def _cpu(self) -> dict:
        own = time.process_time()
        return {"worker": self.worker.cpu(), "database": self.database.cpu(), "broker": self.broker.cpu(), "posting": own}

    @staticmethod
    def _each(before: dict, after: dict, count: int, posting: dict | None = None) -> dict:
        """Seconds of CPU a letter; that of posting ends where the waiting for the letters begins, if that is told."""
        spent = {side: (after[side] - before[side]) / count for side in before}
        if posting:
            spent["posting"] = (posting["posting"] - before["posting"]) / count
        return spent

    # --- What came out -----------------------------------------------------------------------

    def _print(self, measured: dict) -> None:
        rows = []
        for load, way in measured:
            cells = [self._cell(measured, load, way, what) for what in ("rate", "worker", "posting", "database", "broker")]
            rows.append([load, way, *cells])
        turns.table(["load", "way", "× letters a second", "× CPU of the workers", "of posting", "of PostgreSQL", "of Redis"], rows)
        print()
        rows = []
        for way in self.post:
            cells = []
            for share in (50, 95):
                own, bare = ([percentile(each["waits"], share) for each in measured["single", name]] for name in (way, BARE))
                middle, spread = turns.ratio(own, bare)
                cells.append("1" if way == BARE else f"{middle:.2f} ± {spread:.2f}")
            rows.append([way, *cells])
        turns.table(["commit to acknowledged, one now and then", "× median", "× 95th of a hundred"], rows)
        print()
        here = [
            f"{self.asked.turns} turns of {self.asked.letters} letters, {self.asked.single} single ones; {CONCURRENCY} processes. Here:"
        ]
        for load, way in measured:
            runs = measured[load, way]
            middle = {what: statistics.median(each[what] for each in runs) for what in runs[0] if what != "waits"}
            words = [f"{middle[side] * 1000:.2f} ms {side}" for side in ("worker", "posting", "database", "broker")]
            if load == "single":
                waits = [wait for each in runs for wait in each["waits"]]
                words.append(f"{percentile(waits, 50) * 1000:.1f} ms median, {percentile(waits, 95) * 1000:.1f} ms 95th")
            else:
                words.append(f"{middle['rate']:.0f} a second, {middle['connections']:.0f} connections")
            here.append(f"  {load}, {way}: " + ", ".join(words))
        print("\n".join(here))

    @staticmethod
    def _cell(measured: dict, load: str, way: str, what: str) -> str:
        ours, bare = ([each.get(what, 0) for each in measured[load, name]] for name in (way, BARE))
        # The clock of processes ticks a hundred times a second: a few letters may cost no tick.
        if not all(bare) or (load == "single" and what != "worker"):
            return ""
        if way == BARE:
            return "1"
        middle, spread = turns.ratio(ours, bare)
        return f"{middle:.2f} ± {spread:.2f}"


def a_notice() -> tuple[str, str, str]:
    """Subject, text and HTML of the letter that a citizen gets when a dossier is received."""
    from accounts.tests.make import make_citizen
    from dossiers import notices
    from dossiers.models import DossierEvent
    from dossiers.status import Status
    from dossiers.tests.make import make_dossier
    from portal.messaging import wording
    from procedures.tests.make import make_agency, make_procedure

    dossier = make_dossier(make_citizen(), make_procedure(), make_agency(), Status.RECEIVED)
    event = DossierEvent.objects.create(
        dossier=dossier, verb="receive", from_status=Status.SUBMITTED, to_status=Status.RECEIVED, at=dossier.submitted_at
    )
    return wording.email("dossiers/received", notices.facts(event))


def percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]


def cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()

"""What goes wrong: servers killed with -9 and providers out of temper, drawn from one seed.

The plan is the same for the same seed; what it hits depends on the moment, as threads and processes run freely.
"""

import contextlib
import os
import random
import signal
import threading
import time
from dataclasses import dataclass

import psutil
import psycopg2

from portal.messaging.tests.peers import SmtpPeer
from portal.testing.site import wait_until

# All of them in every six blows, in any order; “child” is one process of the worker's pool.
BLOWS = (("worker",), ("redis",), ("postgres",), ("child",), ("worker", "redis"), ("postgres", "worker"))
LONGEST_ABSENCE_SECONDS = 3.0
# From the moment on when all are at work again: who is not there cannot be caught at work.
BETWEEN_BLOWS_SECONDS = (1.0, 5.0)
BETWEEN_MOODS_SECONDS = (0.5, 3.0)
# Words of the peers; “stop” is a port that nobody listens on. Half of the time they are friendly, or the worker
# would have nothing in hand when it is killed.
SMTP_TROUBLES = ("later", "hang", "slow", "drop", "hang-up", "flap", "refuse", "stop")
SMS_TROUBLES = ("busy", "unauthorised", "hang", "slow", "drop", "flap", "stop")
BACK_SECONDS = 60


@dataclass(frozen=True)
class Outage:
    """Which were killed, when, and from when on they could be used again (for PostgreSQL) or were let back (for others)."""

    names: tuple[str, ...]
    since: float
    until: float


class Storm:
    """Blows fall and tempers change while its block lasts; after it everything is let back and everybody friendly."""

    def __init__(self, site, peers, seed: int):
        self.site, self.peers = site, peers
        self.outages: list[Outage] = []
        self.moods: dict[str, list[str]] = {}
        self._blows = random.Random(f"{seed} blows")
        self._tempers = {name: random.Random(f"{seed} {name}") for name in peers}
        self._over, self._all_fell = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._strike, daemon=True)]
        self._threads += [threading.Thread(target=self._vex, args=(name,), daemon=True) for name in peers]
        self.fault: BaseException | None = None

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, *rest):
        self._over.set()
        for thread in self._threads:
            thread.join()
        for name, peer in self.peers.items():
            _be(peer, "accept", self.moods[name][-1])
        if self.fault and kind is None:
            raise self.fault

    def await_every_blow(self, seconds: float) -> None:
        """However early the citizens are done: no storm without each of its blows."""
        assert self._all_fell.wait(seconds), f"only {self.outages} in time: {self.fault}"

    @contextlib.contextmanager
    def away(self, *names: str):
        """These are dead as long as the block lasts; noted, so that what it explains can be explained."""
        since = time.time()
        with self.site.without(*names):
            yield
        if "postgres" in names:
            wait_until(self._database_answers, BACK_SECONDS, "PostgreSQL did not come back")
        self.outages.append(Outage(names, since, time.time()))

    def _strike(self) -> None:
        try:
            while True:
                for names in self._blows.sample(BLOWS, len(BLOWS)):
                    if not self._lie_in_wait():
                        return
                    self._blow(names)
                self._all_fell.set()
        except BaseException as fault:
            self.fault = fault

    def _blow(self, names) -> None:
        absence = self._blows.uniform(0, LONGEST_ABSENCE_SECONDS)
        if names == ("child",):
            return self._kill_a_child(self._blows.random())
        with self.away(*names):
            # Not cut short by the end of the storm: whoever is away longest is the one to be seen.
            time.sleep(absence)

    def _lie_in_wait(self) -> bool:
        """Until all have been at work for a while; False where the storm is over before."""
        while not self._over.is_set():
            wait_until(lambda: self._over.is_set() or self._all_at_work(), BACK_SECONDS, "not everybody came back from a blow")
            self._over.wait(self._blows.uniform(*BETWEEN_BLOWS_SECONDS))
            # A worker may end over the broker it has just lost, and be started again.
            if not self._over.is_set() and self._all_at_work():
                return True
        return False

    def _all_at_work(self) -> bool:
        with contextlib.suppress(AssertionError, psutil.Error):
            # A worker that is still being started has no children yet.
            return self.site.process("redis").is_running() and bool(self.site.process("worker").children()) and self._database_answers()
        return False

    def _kill_a_child(self, chance: float) -> None:
        """One process of the pool: the worker's head lives on and takes a new one."""
        with contextlib.suppress(AssertionError, psutil.Error, ProcessLookupError):
            children = self.site.process("worker").children()
            if children:
                since = time.time()
                os.kill(children[int(chance * len(children))].pid, signal.SIGKILL)
                self.outages.append(Outage(("child",), since, time.time()))

    def _database_answers(self) -> bool:
        with contextlib.suppress(psycopg2.Error):
            return self.site.rows("SELECT 1") == [(1,)]
        return False

    def _vex(self, name) -> None:
        peer, chance, before = self.peers[name], self._tempers[name], "accept"
        troubles = SMTP_TROUBLES if isinstance(peer, SmtpPeer) else SMS_TROUBLES
        moods = troubles + ("accept",) * len(troubles)
        try:
            while True:
                for mood in chance.sample(moods, len(moods)):
                    _be(peer, mood, before)
                    before = mood
                    self.moods.setdefault(name, []).append(mood)
                    if self._over.wait(chance.uniform(*BETWEEN_MOODS_SECONDS)):
                        return
        except BaseException as fault:
            self.fault = fault


def _be(peer, mood: str, before: str) -> None:
    # Whoever hung is let go at last, as when a server is restarted.
    if before == "hang":
        peer.stop()
    peer.behaviour = "accept" if mood == "stop" else mood
    if mood == "stop" and before not in ("hang", "stop"):
        peer.stop()
    elif mood != "stop" and before in ("hang", "stop"):
        peer.start()

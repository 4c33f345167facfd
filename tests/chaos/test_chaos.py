"""Citizens file and text while servers are killed with -9 and providers refuse, hang, drop and flap.

The story is told once; each test then asks one of the promises. A run of another size or another seed:

    CHAOS_DOSSIERS=400 CHAOS_SEED=7 pytest -m outage tests/chaos

CHAOS_SEED repeats the plan of an earlier run; its moments differ, as processes run freely. The run must
be able to fail, and does with one of the guards taken away:

    CHAOS_BREAK=sweep pytest -m outage tests/chaos   # nobody looks for what was forgotten
    CHAOS_BREAK=keys pytest -m outage tests/chaos    # nothing is unique
"""

import json
import os
import random
import threading
import time

import pytest

from portal.messaging.tests.peers import JsonPeer, KannelPeer, SmtpPeer
from portal.testing.site import running, wait_until
from tests.chaos import evidence, promises
from tests.chaos.filing import Filers
from tests.chaos.storm import Storm
from tests.chaos.texting import SECRET, Carrier

pytestmark = pytest.mark.outage

DOSSIERS = int(os.environ.get("CHAOS_DOSSIERS") or 60)
SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10**6))
BREAK = os.environ.get("CHAOS_BREAK", "")

CITIZENS = 12
# Filed when nobody could wake a worker, after which nobody files any more: the sweep alone can find them.
STRANDED = 4
STORM_SECONDS = max(35, DOSSIERS * 0.6)
ALL_BLOWS_SECONDS = 120
TEXTS, CHATTER = DOSSIERS // 2, 12
# A message that was put off three or four times comes within a minute or two; so does that of a dead worker.
PATIENCE_SECONDS = 240 if DOSSIERS <= 100 else 900
UNIQUE_KEYS = (
    "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'u'"
    " AND conrelid IN ('messaging_outgoingmessage'::regclass, 'messaging_incomingsms'::regclass)"
)
SEND_AGAIN = (
    "from django.utils import timezone; from portal.messaging.models import OutgoingMessage;"
    "OutgoingMessage.objects.send_again(timezone.now())"
)
UNSENT = (
    "SELECT channel || ' ' || kind || ' after ' || tries || ' tries', count(*) FROM messaging_outgoingmessage"
    " WHERE state = 'waiting' GROUP BY 1"
    " UNION ALL SELECT 'texts without an answer', count(*) FROM messaging_incomingsms WHERE answered_at IS NULL HAVING count(*) > 0"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory, peers):
    with running(
        tmp_path_factory.mktemp("chaos"),
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(peers["smtp"].port),
        SMS_GATEWAY_URL=peers["first"].url,
        SMS_GATEWAY_NAME="first",
        SMS_GATEWAY_2_URL=peers["second"].url,
        SMS_GATEWAY_2_KIND="json",
        SMS_GATEWAY_2_NAME="second",
        SMS_MO_SECRET=SECRET,
        SMS_MO_ALLOWED_IPS="127.0.0.1",
        # What takes minutes in production takes seconds here.
        SMS_GATEWAY_PAUSE_SECONDS="1",
        MESSAGE_LEASE_SECONDS="45",
        SWEEP_SECONDS="2",
        DJANGO_SETTINGS_MODULE="tests.chaos.settings_without_sweep" if BREAK == "sweep" else "portal.settings",
        # One address makes every request; limits are tried in the unit tests.
        LOOKUPS_PER_10_MINUTES="10000",
        SMS_ANSWERS_PER_HOUR="10000",
        SMS_DAILY_BUDGET="0",
        CAPTCHA_WRONG_PER_10_MINUTES="10000",
    ) as started:
        if BREAK == "keys":
            for table, key in started.rows(UNIQUE_KEYS):
                started.change(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        yield started


@pytest.fixture(scope="module")
def peers():
    with SmtpPeer() as smtp, KannelPeer() as first, JsonPeer() as second:
        yield {"smtp": smtp, "first": first, "second": second}


@pytest.fixture(scope="module")
def found(site, peers, request):
    def say(words: str) -> None:
        """Past the capturing: the seed is of use only where it can be read."""
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\nchaos: {words}", flush=True)

    say(f"seed {SEED}, {DOSSIERS} dossiers" + (f", without {BREAK}" if BREAK else ""))
    begun = time.monotonic()
    accounts = site.people()["citizens"][:CITIZENS]
    filers, carrier, storm = Filers(site, accounts, SEED), Carrier(site.url, SEED), Storm(site, peers, SEED)
    names = [account["user"] for account in accounts]
    drafts = json.loads(
        site.command("shell", "--no-imports", "-c", f"from tests.chaos.drafts import prepare; prepare({names!r}, {DOSSIERS})")
    )
    plan = filers.plan(drafts, STORM_SECONDS)
    for peer in peers.values():
        peer.slow_seconds = 2.0
    prepared = time.monotonic()
    with storm:
        _together(
            lambda: filers.file_all(plan[:-STRANDED]),
            lambda: carrier.ask_about(filers.seen.known_codes, TEXTS, STORM_SECONDS),
            lambda: carrier.chatter(CHATTER, STORM_SECONDS / 2),
        )
        storm.await_every_blow(ALL_BLOWS_SECONDS)
    site.await_ready()
    with storm.away("redis"):
        for _moment, name, key, manner in plan[-STRANDED:]:
            filers.file(name, key, manner)
    calm, calm_at = time.monotonic(), time.time()
    sent_again: list[tuple] = []
    still_waiting = _await_the_end(site, sent_again)
    proof = evidence.collect(site, peers, filers, carrier, storm, drafts)
    proof.still_waiting, proof.sent_again, proof.calm_at = still_waiting, sent_again, calm_at
    say(
        f"{calm - prepared:.0f} s of storm after {prepared - begun:.0f} s, quiet {time.monotonic() - calm:.0f} s later; "
        f"{len(storm.outages)} blows, {sum(map(len, storm.moods.values()))} moods, line cut {filers.seen.cut} times, "
        f"{len(filers.seen.refusals)} times 503, the carrier heard {dict(carrier.answers)}; {len(proof.messages)} messages, "
        f"{len(sent_again)} sent again, {len(proof.taken)} taken, {len(proof.taken_in_the_storm())} of them in the storm, doubled: {dict(promises.doubles(proof))}"
    )
    return proof


def _together(*acts) -> None:
    faults = []

    def run(act):
        try:
            act()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _await_the_end(site, sent_again: list) -> str:
    """Wait until nothing waits; what still does, when patience is over."""
    try:
        wait_until(lambda: _is_quiet(site, sent_again), PATIENCE_SECONDS, "something waits")
    except AssertionError:
        return f"{dict(site.rows(UNSENT))} still waiting after {PATIENCE_SECONDS} s of peace"
    return ""


def _is_quiet(site, sent_again: list) -> bool:
    """An official sends again what was refused meanwhile, with the one press there is for it."""
    if refused := site.rows("SELECT channel, last_error FROM messaging_outgoingmessage WHERE state = 'failed'"):
        sent_again += refused
        site.command("shell", "--no-imports", "-c", SEND_AGAIN)
        return False
    return not site.rows(UNSENT)


@pytest.mark.parametrize("promise", promises.EVERY, ids=lambda promise: promise.__name__)
def test_it_is_kept(promise, found):
    promise(found)


def test_the_storm_was_one(found):
    """Or the promises would not have been tried at all."""
    killed = {name for outage in found.outages for name in outage.names}
    assert killed >= {"worker", "redis", "postgres"}
    assert found.taken_in_the_storm()
    assert any(message.tries > 1 for message in found.messages)

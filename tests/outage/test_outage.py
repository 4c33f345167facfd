"""Citizens file while worker, Redis and PostgreSQL are killed with -9: what was accepted stays, and is told once.

The story is told once; each test then asks one question about it.
"""

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from portal.testing.citizen import Citizen
from portal.testing.papers import make_photo
from portal.testing.site import wait_until
from tests.outage.form import ANSWERS, PROCEDURE

pytestmark = pytest.mark.outage

READY_BEFORE, STRANDED = 4, 4  # with a finished draft when the servers go; coming only then
BEFORE_THE_CRASH, IN_THE_CRASH = 1, 1  # of PostgreSQL
# A request waits two seconds at most for a broker that is away; the rest is a machine under load.
QUICK_SECONDS = 10
RECOVERY_SECONDS = 60


@dataclass
class Story:
    people: list[Citizen] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)  # by account
    probes: dict[str, dict] = field(default_factory=dict)
    states_without_redis: Counter = field(default_factory=Counter)
    refused: object = None
    dump: list[dict] = field(default_factory=list)
    inbox: Counter = field(default_factory=Counter)

    def dossiers(self):
        """Those of these people: other tests file as well."""
        return [row for row in self.dump if row["t"] == "dossier" and row["owner"] in self.codes]

    def messages(self):
        return [row for row in self.dump if row["t"] == "message"]


@pytest.fixture(scope="module")
def story(running_site):
    site, told = running_site, Story()
    people = (Citizen(running_site.url, account) for account in site.people()["citizens"])
    early, late, before, within = ([next(people) for _ in range(n)] for n in (READY_BEFORE, STRANDED, BEFORE_THE_CRASH, IN_THE_CRASH))
    told.people = early + late + before + within
    with ThreadPoolExecutor(4) as pool:
        # The worker dies over the photographs of the first, or with them in its queue.
        list(pool.map(prepare, early + before + within))
        with site.without("worker", "redis"):
            told.probes["redis"] = probe(early[0])
            list(pool.map(lambda citizen: keep(told, citizen, file_over_a_cut_line(citizen, site)), early))
            list(pool.map(prepare, late))
            list(pool.map(lambda citizen: keep(told, citizen, file_over_a_cut_line(citizen, site)), late))
            told.states_without_redis = Counter(
                state
                for (state,) in site.rows(
                    "SELECT state FROM messaging_outgoingmessage JOIN dossiers_dossier ON about = 'dossier:' || dossiers_dossier.id"
                    " WHERE receipt_code = ANY(%s)",
                    list(told.codes.values()),
                )
            )
    site.await_ready(RECOVERY_SECONDS)
    for citizen in before:
        keep(told, citizen, file(citizen, site))
    forms = {citizen.account["user"]: citizen.filing(site.captcha_answer) for citizen in within}
    with site.without("postgres"):
        told.probes["database"] = probe(within[0])
        form, filled = forms[within[0].account["user"]]
        told.refused = within[0].send(form, **filled)
    site.await_ready(RECOVERY_SECONDS)
    for citizen in within:
        form, filled = forms[citizen.account["user"]]
        keep(told, citizen, code_on(citizen.send(form, **filled)))
    wait_until(lambda: not unfinished(site), RECOVERY_SECONDS, "messages unsent or photographs unchecked")
    told.dump = site.dump()
    # The simulated national portal's own texts come in there too.
    told.inbox = Counter(site.rows("SELECT channel, recipient FROM messaging_inboxcopy WHERE sender <> 'DVCQG'"))
    return told


def prepare(citizen):
    """Everything up to the review, with a photograph."""
    citizen.sign_in()
    citizen.begin(PROCEDURE)
    citizen.confirm("nguoi-nop", "don")
    citizen.confirm("don", "giay-to", **ANSWERS)
    citizen.attach(make_photo(1600, 1200))
    citizen.confirm("giay-to", "nhan-ket-qua")
    citizen.confirm("nhan-ket-qua", "kiem-tra", delivery="direct")


def file(citizen, site):
    form, filled = citizen.filing(site.captcha_answer)
    return code_on(citizen.send(form, **filled))


def file_over_a_cut_line(citizen, site):
    """Press “Nộp hồ sơ”, hear nothing, press again, and once more."""
    form, filled = citizen.filing(site.captcha_answer)
    citizen.send_and_hang_up(form, **filled)
    codes = {code_on(citizen.send(form, **filled)) for _press in range(2)}
    assert len(codes) == 1
    return codes.pop()


def code_on(page):
    assert page.path.endswith("/da-nop/"), f"{page.status} {page.url}: {page.text}"
    return re.search(r"H\d\d\.[\w.]+-\d{6}-\d{4,}", page.text).group()


def keep(told, citizen, code):
    told.codes[citizen.account["user"]] = code


def probe(citizen):
    """What the two probes say, and how a page looks to somebody who only reads."""
    alive, ready = citizen.get("/healthz"), citizen.get("/readyz")
    return {"alive": alive.status, "ready": ready.status, "says": json.loads(ready.text), "page": citizen.get("/tracuuhs?ma=H15")}


def unfinished(site):
    """How much still waits: messages to be sent, photographs to be looked at."""
    return site.rows(
        "SELECT (SELECT count(*) FROM messaging_outgoingmessage WHERE state = 'waiting')"
        " + (SELECT count(*) FROM dossiers_attachment WHERE state = 'checking')"
    )[0][0]


def test_everybody_gets_a_code_of_their_own(story):
    assert len(story.codes) == len(story.people)
    assert len(set(story.codes.values())) == len(story.people)


def test_one_draft_is_one_dossier_however_often_it_was_sent(story):
    assert {row["owner"]: row["code"] for row in story.dossiers()} == story.codes
    assert len(story.dossiers()) == len(story.codes)


def test_the_codes_have_no_gap(story):
    numbers = {}
    for row in story.dump:
        if row["t"] == "dossier":
            numbers.setdefault(row["series"], []).append(row["seq"])
    assert {series: sorted(taken) for series, taken in numbers.items()} == {
        series: list(range(1, len(taken) + 1)) for series, taken in numbers.items()
    }


def test_nothing_was_sent_while_nobody_could_send(story):
    """Or the test would not have seen an outage at all."""
    assert story.states_without_redis == {"waiting": 2 * (READY_BEFORE + STRANDED)}


def test_every_dossier_is_told_once_by_mail_and_once_by_sms(story):
    filed = {row["id"] for row in story.dossiers()}
    told = Counter(
        (row["dossier"], row["kind"], row["channel"], row["to"], row["status"]) for row in story.messages() if row["dossier"] in filed
    )
    accounts = {citizen.account["user"]: citizen.account for citizen in story.people}
    assert told == Counter(
        (row["id"], "dossier.submitted", channel, accounts[row["owner"]][address], "sent")
        for row in story.dossiers()
        for channel, address in (("email", "email"), ("sms", "phone"))
    )


def test_what_was_sent_arrived_once(story):
    assert story.inbox == Counter((row["channel"], row["to"]) for row in story.messages())


def test_every_photograph_was_looked_at(story):
    assert [len(row["files"]) for row in story.dossiers()] == [1] * len(story.people)
    assert all(re.fullmatch("[0-9a-f]{64}", sha256) for row in story.dossiers() for sha256, _size in row["files"])


def test_nobody_waits_long(story):
    slowest = max((visit for citizen in story.people for visit in citizen.visits), key=lambda visit: visit.seconds)
    print(f"slowest: {slowest}")
    assert slowest.seconds < QUICK_SECONDS, slowest


def test_no_page_breaks_without_redis(story):
    early_and_late = story.people[: READY_BEFORE + STRANDED]
    refused = [visit for citizen in early_and_late for visit in citizen.visits if visit.status >= 400 and visit.path != "/readyz"]
    assert refused == []
    assert story.probes["redis"]["page"].status == 200


def test_without_the_database_the_site_says_so_in_words(story):
    for page in (story.refused, story.probes["database"]["page"]):
        assert page.status == 503
        assert int(page.headers["Retry-After"]) > 0
        assert "<h1" in page.text
        assert "1022" in page.text


@pytest.mark.parametrize(
    ("away", "says"),
    [
        ("redis", {"ready": False, "database": "ok", "redis": "away", "disk": "ok", "messages": "ok"}),
        ("database", {"ready": False, "database": "away", "redis": "ok", "disk": "ok", "messages": "away"}),
    ],
)
def test_the_probes_name_what_is_away(story, away, says):
    probe = story.probes[away]
    assert (probe["alive"], probe["ready"], probe["says"]) == (200, 503, says)


def test_the_database_never_locked_itself_up(story, running_site):
    assert "deadlock detected" not in running_site.log("postgres")

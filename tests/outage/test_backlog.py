"""A worker that was down for ten minutes: once it is back everything goes out within a minute, in the order of need.

The worker is two processes and each takes a batch in hand, so the order is that of taking: what lies
two batches further back comes later for certain.
"""

import json
from collections import Counter
from dataclasses import dataclass

import pytest

from portal.messaging.claims import BATCH, URGENT_BATCH
from portal.messaging.tests.peers import KannelPeer, SmtpPeer
from portal.testing.site import running, wait_until

pytestmark = pytest.mark.outage

NOTICES, LIVING, EXPIRED = 500, 100, 50
WITHIN_SECONDS = 60
PROCESSES = 2
WAITING = "SELECT count(*) FROM messaging_outgoingmessage WHERE state = 'waiting'"


@dataclass
class Written:
    recipient: str
    what: str
    age: float


@dataclass
class Told:
    written: list[Written]
    arrived: list[str]  # recipients, in the order in which the providers took their messages
    states: Counter
    bodies_left: int

    def of(self, what: str) -> list[str]:
        """Recipients, the one who has waited longest first."""
        return [row.recipient for row in sorted(self.written, key=lambda row: -row.age) if row.what == what]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    with SmtpPeer() as smtp, KannelPeer() as gateway:
        data = tmp_path_factory.mktemp("backlog")
        with running(data, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(smtp.port), SMS_GATEWAY_URL=gateway.url, SMS_DAILY_BUDGET="0") as site:
            with site.without("worker"):
                fill = f"from tests.outage.backlog import fill; fill({NOTICES}, {LIVING}, {EXPIRED})"
                written = [Written(*row) for row in json.loads(site.command("shell", "--no-imports", "-c", fill))]
            wait_until(lambda: site.rows(WAITING) == [(0,)], WITHIN_SECONDS, "messages wait")
            rows = site.rows("SELECT recipient, state, body FROM messaging_outgoingmessage WHERE event LIKE 'backlog:%%'")
        what = {row.recipient: row.what for row in written}
        return Told(
            written,
            arrived=[kept.to for kept in sorted(smtp.kept + gateway.kept, key=lambda kept: kept.at)],
            states=Counter((what[recipient], state) for recipient, state, _body in rows),
            bodies_left=sum(body != "" for recipient, _state, body in rows if what[recipient] != "notice"),
        )


def test_all_is_told_that_still_may_be(told):
    assert told.states == Counter({("notice", "sent"): NOTICES, ("living", "sent"): LIVING, ("expired", "expired"): EXPIRED})
    assert sorted(told.arrived) == sorted(told.of("notice") + told.of("living"))


def test_of_codes_no_text_stays(told):
    assert told.bodies_left == 0


def test_codes_go_before_notices(told):
    """While one process hands over the last codes it holds, the other may begin with notices."""
    codes = set(told.of("living"))
    last_code = max(place for place, recipient in enumerate(told.arrived) if recipient in codes)
    assert last_code < LIVING + BATCH


@pytest.mark.parametrize(("what", "batch"), [("living", URGENT_BATCH), ("notice", BATCH)])
def test_the_oldest_goes_first(told, what, batch):
    place = {recipient: n for n, recipient in enumerate(told.arrived)}
    wanted = told.of(what)
    early = [(older, newer) for n, older in enumerate(wanted) for newer in wanted[n + PROCESSES * batch :] if place[newer] < place[older]]
    assert early == []

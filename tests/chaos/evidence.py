"""What is known when the storm is over: from the citizens, the carrier, the providers and the database."""

from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.storm import Outage
from tests.chaos.texting import Text


@dataclass(frozen=True)
class Dossier:
    pk: int
    key: str
    code: str | None


@dataclass(frozen=True)
class Message:
    """A row of the outbox."""

    pk: int
    kind: str
    channel: str
    recipient: str
    about: str
    state: str
    tries: int = 1


@dataclass(frozen=True)
class Received:
    """A row of the texts that came in."""

    pk: int
    provider_id: str
    sender: str
    answered: bool


@dataclass(frozen=True)
class Taken:
    """One message that a provider took, and whether the sender could know."""

    provider: str
    row: int
    reference: str
    to: str
    at: float
    acknowledged: bool


@dataclass
class Evidence:
    drafts: list[str]
    codes: dict[str, set[str]]  # shown to the citizen, by draft
    dossiers: list[Dossier]
    counters: dict[str, int]  # series → the last number that was given out
    messages: list[Message]
    taken: list[Taken]
    outages: list[Outage]
    texts: list[Text]
    received: list[Received]
    refusals: list = field(default_factory=list)  # pages of status 500 and above
    surprises: list[str] = field(default_factory=list)
    carrier_heard: Counter = field(default_factory=Counter)
    sent_again: list[tuple[str, str]] = field(default_factory=list)  # channel and last error of what had failed
    still_waiting: str = ""  # what had not happened when patience was over
    database_log: str = ""
    calm_at: float = 0  # from then on all were there and friendly

    def about_dossiers(self) -> dict[str, list[Message]]:
        rows: dict[str, list[Message]] = {f"dossier:{dossier.pk}": [] for dossier in self.dossiers if dossier.code}
        for message in self.messages:
            if message.about in rows:
                rows[message.about].append(message)
        return rows

    def taken_in_the_storm(self) -> list[Taken]:
        return [taken for taken in self.taken if taken.at < self.calm_at]

    def takings(self) -> dict[int, list[Taken]]:
        """What the providers took, by row, oldest first."""
        found: dict[int, list[Taken]] = {}
        for taken in sorted(self.taken, key=lambda taken: taken.at):
            found.setdefault(taken.row, []).append(taken)
        return found


def collect(site, peers, filers, carrier, storm, drafts: dict[str, list[str]]) -> Evidence:
    keys = [key for found in drafts.values() for key in found]
    return Evidence(
        drafts=keys,
        codes=filers.seen.codes,
        dossiers=[Dossier(*row) for row in site.rows("SELECT id, key::text, receipt_code FROM dossiers_dossier")],
        counters=dict(
            site.rows(
                "SELECT identifier || '-' || to_char(day, 'YYMMDD'), last FROM dossiers_receiptcounter"
                " JOIN procedures_agency ON procedures_agency.id = agency_id"
            )
        ),
        messages=[
            Message(*row) for row in site.rows("SELECT id, kind, channel, recipient, about, state, tries FROM messaging_outgoingmessage")
        ],
        taken=[
            Taken(name, row_of(kept.reference), kept.reference, kept.to, kept.at, kept.acknowledged)
            for name, peer in peers.items()
            for kept in list(peer.kept)
        ],
        outages=storm.outages,
        texts=carrier.texts,
        received=[
            Received(*row) for row in site.rows("SELECT id, provider_id, sender, answered_at IS NOT NULL FROM messaging_incomingsms")
        ],
        refusals=filers.seen.refusals,
        surprises=filers.seen.surprises,
        carrier_heard=carrier.answers,
        database_log=site.log("postgres"),
    )


def row_of(reference: str) -> int:
    """The number of the row: a Message-ID begins with it, an SMS has nothing else."""
    digits = reference.lstrip("<").partition(".")[0]
    return int(digits) if digits.isdecimal() else 0

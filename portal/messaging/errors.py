"""What can go wrong between a row and its recipient."""

import re


class GatewayError(Exception):
    """The provider did not take a message.

    `permanent`: this message will never be taken, e.g. a wrong number; otherwise it was a bad minute.
    `away`: the provider itself did not answer, so the next message need not be tried now either.
    `doubtful`: it may have been taken all the same, as the answer was lost on its way.
    """

    def __init__(self, reason: str, *, permanent: bool = False, away: bool = False, doubtful: bool = False):
        super().__init__(reason)
        self.permanent = permanent
        self.away = away
        self.doubtful = doubtful


ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|\+?\d{8,}")


def without_addresses(reason: str) -> str:
    """A provider's answer fit for logs and lists: it likes to repeat the recipient."""
    return " ".join(ADDRESS.sub("…", reason).split())[:300]

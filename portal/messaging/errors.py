"""What can go wrong between a row and its recipient."""

import re

from portal.logs import KEY, SECRET, SIGNED


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

    def conceal(self, text: str) -> None:
        """Take out what it repeats of the text that was handed over: lists and logs must not tell a code."""
        words = sorted(set(WORD.findall(text)), key=len, reverse=True)
        if words:
            self.args = (re.sub("|".join(map(re.escape, words)), "…", str(self)),)


WORD = re.compile(r"\w{4,}")
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|\+?\d{8,}")


def without_addresses(reason: str) -> str:
    """A provider's answer fit for logs and lists: it likes to repeat the recipient, the address it was asked at, a link."""
    reason = KEY.sub("…", SIGNED.sub("…", SECRET.sub(r"\g<name>…", reason)))
    return " ".join(ADDRESS.sub("…", reason).split())[:300]

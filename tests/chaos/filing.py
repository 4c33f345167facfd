"""Citizens who press “Nộp hồ sơ” whatever happens: until they see their code."""

import copy
import http.client
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg2

from portal.testing.citizen import Citizen, Page

CODE = re.compile(r"H\d\d\.[\w.]+-\d{6}-\d{4,}")
# The line was cut, or nobody is there: what a browser would say in its own words.
CUT = (OSError, http.client.HTTPException, psycopg2.Error)
# Once; hearing nothing and once more; impatiently, so that two presses run at once.
MANNERS = ("once", "hang up", "twice at once")


@dataclass
class Filing:
    """What the citizens saw."""

    codes: dict[str, set[str]] = field(default_factory=dict)  # by draft
    manners: Counter = field(default_factory=Counter)
    cut: int = 0
    refusals: list[Page] = field(default_factory=list)  # every answer of status 500 and above
    surprises: list[str] = field(default_factory=list)  # what is neither the code nor the review

    def known_codes(self) -> list[str]:
        return sorted({code for codes in list(self.codes.values()) for code in list(codes)})


class Filers:
    """Sessions of citizens, signed in before anything goes wrong."""

    LONGEST_SECONDS = 240

    def __init__(self, site, accounts: list[dict], seed: int):
        self.site, self.chance = site, random.Random(f"{seed} filing")
        self.seen = Filing()
        self.sessions = {account["user"]: Citizen(site.url, account) for account in accounts}
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Citizen.sign_in, self.sessions.values()))

    def plan(self, drafts: dict[str, list[str]], within: float) -> list[tuple]:
        """Who files what at which second and how, in the order of time."""
        every = [(name, key) for name, keys in drafts.items() for key in keys]
        self.chance.shuffle(every)
        return sorted((self.chance.uniform(0, within), name, key, self.chance.choice(MANNERS)) for name, key in every)

    def file_all(self, plan: list[tuple], threads: int = 6) -> None:
        begun = time.monotonic()

        def wait_and_file(filing):
            moment, name, key, manner = filing
            time.sleep(max(0, begun + moment - time.monotonic()))
            self.file(name, key, manner)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(wait_and_file, plan))

    def file(self, name: str, key: str, manner: str) -> None:
        citizen = copy.copy(self.sessions[name])  # its cookies are shared: the same browser, another window
        citizen.draft = f"{citizen.url}/nop-ho-so/{key}/"
        self.seen.manners[manner] += 1
        end = time.monotonic() + self.LONGEST_SECONDS
        while time.monotonic() < end:
            form = self._review(citizen, key)
            if form is None or self._press(citizen, key, manner, *form):
                return
        raise AssertionError(f"draft {key} could not be filed in {self.LONGEST_SECONDS} s: {citizen.visits[-5:]}")

    def _review(self, citizen, key):
        """The form to press, or None where the receipt comes instead: an earlier press had arrived."""
        page = self._patiently(lambda: citizen.get(f"{citizen.draft}kiem-tra/"))
        if self._is_receipt(page, key):
            return None
        form, filled = page.form("sworn"), {"sworn": "on"}
        if "captcha_0" in form:
            filled["captcha_1"] = self._patiently(lambda: self.site.captcha_answer(form["captcha_0"]))
        return form, filled

    def _press(self, citizen, key, manner, form, filled) -> bool:
        def press():
            return self._patiently(lambda: citizen.send(form, **filled))

        if manner == "hang up":
            self._hang_up(citizen, form, filled)
        if manner == "twice at once":
            with ThreadPoolExecutor(2) as pool:
                pages = [future.result() for future in [pool.submit(press), pool.submit(press)]]
        else:
            pages = [press()]
        # Asked for all of them: each page may show a code, and all must show the same.
        receipts = [page for page in pages if self._is_receipt(page, key)]
        return bool(receipts)

    def _hang_up(self, citizen, form, filled) -> None:
        try:
            citizen.send_and_hang_up(form, **filled)
        except CUT:
            self.seen.cut += 1

    def _is_receipt(self, page: Page, key: str) -> bool:
        if page.path.endswith(f"/{key}/da-nop/") and page.status == 200:
            self.seen.codes.setdefault(key, set()).add(CODE.search(page.text).group())
            return True
        if not (page.path.endswith(f"/{key}/kiem-tra/") and page.status == 200):
            self.seen.surprises.append(f"{page.status} {page.url}")
            time.sleep(1)
        return False

    def _patiently(self, ask):
        """Ask again while the line is cut or the site says “later”."""
        end = time.monotonic() + self.LONGEST_SECONDS
        while time.monotonic() < end:
            try:
                answer = ask()
            except CUT:
                self.seen.cut += 1
            else:
                if not (isinstance(answer, Page) and answer.status >= 500):
                    return answer
                self.seen.refusals.append(answer)
            time.sleep(0.4)
        raise AssertionError(f"the site did not come back in {self.LONGEST_SECONDS} s")

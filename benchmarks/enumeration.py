"""Whether the time of an answer tells who has an account: known and unknown names in turns, at the real pages."""

import itertools
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import attacker, turns

TURNS = 80


def main():
    turns.prepare(SUBSCRIBER_UNKNOWN="allow", SIGNUP_DOORS="mobile,email,sms", SMS_DAILY_BUDGET="0")
    from portal.messaging import broker

    # Waking the workers is asked of Redis after the commit, and is the same for both.
    broker.ask = broker.ask_once = lambda *words: True
    number = itertools.count(1)
    names = known_and_unknown()
    rows = []
    for door, page, status, filled in [
        ("sign-in, a wrong password", "account_login", 200, lambda name, n: {"login": name, "password": "không phải"}),
        ("recovery by SMS", "account_reset_password", 302, lambda name, n: {"login": name, "by": "sms"}),
        ("recovery by mail", "account_reset_password", 302, lambda name, n: {"login": name, "by": "mail"}),
        ("e-mail sign-up, the address", "accounts:signup_email", 302, lambda name, n: attacker.by_email(f"0010802{n:05d}", name)),
    ]:
        by_mail = page == "accounts:signup_email" or door == "recovery by mail"
        known, unknown = names["mail" if by_mail else "number"]
        spent = timed(page, status, filled, known, unknown, number)
        ratio, spread = turns.ratio(spent["known"], spent["unknown"])
        medians = {name: statistics.median(seconds) for name, seconds in spent.items()}
        # The medians of the two, as a watcher would compare them; and turn by turn, which the machine's load disturbs less.
        rows.append([door, f"{medians['known'] / medians['unknown']:.2f}", f"{ratio:.2f} ± {spread:.2f}"])
    turns.table(["Known ÷ unknown", "of the medians", "turn by turn"], rows)
    print(f"{TURNS} turns each, {names['hasher']}; {medians['unknown'] * 1000:.0f} ms for the last one here.")


def known_and_unknown() -> dict:
    """As many names of accounts as of nobody, so that no counter is met twice."""
    from django.contrib.auth.hashers import get_hasher
    from django.contrib.auth.hashers import make_password as hashed
    from django.utils import timezone

    from accounts.tests.make import PASSWORD, make_citizen

    secret = hashed(PASSWORD)
    owners = []
    for n in range(3 * TURNS):
        owner = make_citizen(phone=f"+8498000{n:04d}", phone_verified_at=timezone.now(), national_id=f"0010800{n:05d}", password=None)
        type(owner).objects.filter(pk=owner.pk).update(password=secret)
        owners.append(owner)
    return {
        "number": ([owner.national_id for owner in owners], [f"0010810{n:05d}" for n in range(3 * TURNS)]),
        "mail": ([owner.email for owner in owners], [f"nobody{n}@example.com" for n in range(3 * TURNS)]),
        "hasher": f"{get_hasher().algorithm} with {get_hasher().iterations:,} rounds",
    }


def timed(page, status, filled, known, unknown, number) -> dict[str, list[float]]:
    """Seconds on the clock of one answer, known and unknown by turns; the first turns are for warming up."""
    attacker.nothing_counted()
    spent = {"known": [], "unknown": []}
    for turn in range(TURNS + 5):
        order = [("known", known[turn]), ("unknown", unknown[turn])]
        for which, name in order if turn % 2 else reversed(order):
            n = next(number)
            person = attacker.browser(f"10.{n // 250}.{n % 250}.7")
            data = filled(name, n)
            started = time.perf_counter()
            answer = attacker.answer_to(person, page, data)
            took = time.perf_counter() - started
            if answer.status_code != status:
                raise RuntimeError(f"{answer.status_code} at {page}: {attacker.text_of(answer)[:500]}")
            if turn >= 5:
                spent[which].append(took)
    return spent


if __name__ == "__main__":
    main()

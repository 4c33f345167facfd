"""Whether those who file at one agency wait for each other: the same drafts at one agency and at twenty."""

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import turns

TURNS, DRAFTS, THREADS = 8, 80, 8


def main():
    # The counter's row stays locked until the commit is on the disk.
    turns.prepare(durable=True)
    from accounts.tests.make import make_citizen
    from portal.messaging import broker
    from procedures.tests.make import make_agency, make_procedure

    # Waking the workers is asked of Redis after the commit and is the same for both.
    broker.ask = broker.ask_once = lambda *words: True
    citizen, procedure = make_citizen(), make_procedure()
    agencies = [make_agency() for _ in range(20)]
    rates = {1: [], 20: []}
    with ThreadPoolExecutor(THREADS) as pool:
        for turn in range(TURNS + 1):
            for spread in rates:
                taken = submit_all(pool, citizen, procedure, agencies[:spread])
                if turn:  # the first is for warming up
                    rates[spread].append(DRAFTS / taken)
    rows = []
    for spread, measured in rates.items():
        middle, deviation = turns.ratio(measured, rates[20])
        rows.append([f"{spread}", "1" if spread == 20 else f"{middle:.2f} ± {deviation:.2f}"])
    turns.table(["agencies", "× submissions a second"], rows)
    print(f"{TURNS} turns of {DRAFTS} drafts by {THREADS} threads; {statistics.median(rates[20]):.0f} a second over twenty agencies here.")


def submit_all(pool, citizen, procedure, agencies) -> float:
    """Seconds until every one of these drafts has its code."""
    from django.db import connection

    from dossiers import submission
    from dossiers.tests.make import make_ready_draft

    drafts = [make_ready_draft(citizen, procedure, agencies[number % len(agencies)]).pk for number in range(DRAFTS)]
    connection.close()
    started = time.monotonic()
    list(pool.map(lambda pk: submission.submit(pk, citizen), drafts))
    return time.monotonic() - started


if __name__ == "__main__":
    main()

"""What the short code's door costs for each text: against plain Django views that store it, with and without asking a worker."""

import itertools
import statistics
from urllib.parse import urlencode

from benchmarks import turns
from benchmarks.tracking import STOCK_MIDDLEWARE, get

TURNS, REPEAT = 25, 40
SECRET = "benchmark"  # noqa: S105 - of a throw-away door
DOOR, PLAIN, BARE = "the door", "plain view, INSERT and .delay", "plain view, INSERT"


def main():
    turns.prepare(urls="reference.urls", SMS_MO_SECRET=SECRET, SMS_MO_ALLOWED_IPS="127.0.0.1")
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    ours = WSGIHandler()
    with override_settings(MIDDLEWARE=STOCK_MIDDLEWARE):
        plain = WSGIHandler()
    numbers = itertools.count()
    work = {
        DOOR: lambda: get(ours, "/sms/mo/", a_text(next(numbers))),
        PLAIN: lambda: get(plain, "/reference/sms/asked/", a_text(next(numbers))),
        BARE: lambda: get(plain, "/reference/sms/", a_text(next(numbers))),
    }
    spent = turns.take_turns(work, turns=TURNS, repeat=REPEAT)
    rows = []
    for name in work:
        cells = []
        for other in (PLAIN, BARE):
            middle, spread = turns.ratio(*([web for web, _database in spent[each]] for each in (name, other)))
            cells.append("1" if name == other else f"{middle:.2f} ± {spread:.2f}")
        database, web = (sum(figures[side] for figures in spent[name]) for side in (1, 0))
        rows.append([name, *cells, f"{database / web:.2f}"])
    turns.table(["CPU of one text", "× with .delay", "× INSERT alone", "database ÷ web"], rows)
    here = statistics.median(web for web, _database in spent[DOOR]) / REPEAT
    print(f"{TURNS} turns of {REPEAT} texts each; the door took {here * 1000:.2f} ms of CPU here.")


def a_text(number: int) -> str:
    fields = {
        "from": f"+8491{number % 10**7:07d}", "to": "8188", "text": "DVC H15.24.002-261118-0001", "msgid": f"benchmark-{number}",
        "ts": "2026-11-25 08:12:00", "charset": "UTF-8", "secret": SECRET,
    }  # fmt: skip
    return urlencode(fields)


if __name__ == "__main__":
    main()
